/* SPDX-License-Identifier: BSD-3-Clause */
/* The COSE_Sign1 of a signed CoRIM: its headers say who signed, by which algorithm, and until when.
 */
#include <string.h>

#include "lib/corim/reader.h"
#include "lib/corim/names.h"

static struct token_value value_of(const struct reader *d, const struct corim_bytes *bytes)
{
	return (struct token_value){
		.kind = TOKEN_BYTES,
		.offset = bytes->data ? (size_t)(bytes->data - d->r.buf) : 0,
		.data = bytes->data,
		.len = bytes->len,
	};
}

/* Runs a function on the CBOR in a string, and brings the reader back. */
static void within(struct reader *d, const struct corim_bytes *bytes, void (*get)(struct reader *d))
{
	struct cbor_reader outside = d->r;

	reader_enter(d, bytes);
	if (!d->r.failed)
		get(d);
	if (!d->r.failed)
		d->r = outside;
}

static void get_signer(struct reader *d)
{
	size_t pairs = cbor_get_map(&d->r), at;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case SIGNER_NAME:
			d->corim->signer = reader_text(d);
			break;
		case SIGNER_URI:
			cbor_skip(&d->r);
			break;
		default:
			reader_unknown(d, at);
		}
	}
}

static void get_meta(struct reader *d)
{
	size_t pairs = cbor_get_map(&d->r), at;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case META_SIGNER:
			get_signer(d);
			break;
		case META_VALIDITY:
			reader_validity(d);
			break;
		default:
			reader_unknown(d, at);
		}
	}
}

/* Seconds as a CWT has them (RFC 8392 section 2): a whole number without a tag. */
static int64_t get_seconds(struct reader *d)
{
	size_t at = d->r.pos;
	int64_t seconds = cbor_get_int(&d->r);

	if (seconds <= 0)
		reader_fail(d, at, "a time that is not after 1970");
	return d->r.failed ? 1 : seconds;
}

static void get_cwt_claims(struct reader *d)
{
	size_t pairs = cbor_get_map(&d->r), at;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case CWT_ISSUER:
			d->corim->signer = reader_text(d);
			break;
		case CWT_EXPIRES:
			reader_not_after(d, get_seconds(d));
			break;
		case CWT_NOT_BEFORE:
			reader_not_before(d, get_seconds(d));
			break;
		case CWT_SUBJECT:
		case CWT_ISSUED:
			cbor_skip(&d->r);
			break;
		default:
			reader_unknown(d, at);
		}
	}
}

static void get_content_type(struct reader *d)
{
	size_t at = d->r.pos;
	struct corim_bytes type = reader_text(d);

	if (!reader_is_text(&type, CONTENT_TYPE))
		reader_fail(d, at, "a content type other than " CONTENT_TYPE);
}

/* What the protected header must have. */
struct header {
	bool has_alg, has_type, has_meta;
};

static void get_parameter(struct reader *d, struct header *h)
{
	size_t at = d->r.pos;
	struct corim_bytes bytes;

	switch (reader_key(d)) {
	case HEADER_ALG:
		h->has_alg = true;
		if (!token_curve_by_alg(cbor_get_int(&d->r), &d->corim->sign1.curve))
			reader_fail(d, at, "an algorithm other than ES256, ES384 and ES512");
		break;
	case HEADER_CRIT:
		reader_fail(d, at, "critical header parameters (crit)");
		break;
	case HEADER_CONTENT_TYPE:
		h->has_type = true;
		get_content_type(d);
		break;
	case HEADER_META:
		h->has_meta = true;
		bytes = reader_bytes(d);
		within(d, &bytes, get_meta);
		break;
	case HEADER_CWT:
		h->has_meta = true;
		get_cwt_claims(d);
		break;
	case HEADER_KID: /* which key it is, the reader's owner says */
	case HEADER_X5CHAIN:
		cbor_skip(&d->r);
		break;
	default:
		reader_unknown(d, at);
	}
}

static void get_protected(struct reader *d)
{
	struct header h = {false, false, false};
	size_t start = d->r.pos, pairs = cbor_get_map(&d->r);

	for (; pairs != 0 && !d->r.failed; pairs--)
		get_parameter(d, &h);
	if (!h.has_alg)
		reader_fail(d, start, "no algorithm in the protected header");
	if (!h.has_type)
		reader_fail(d, start, "no content type in the protected header");
	if (!h.has_meta)
		reader_fail(d, start, "the protected header does not say who signs");
}

/* Only hints at the key may stand outside of what is signed. */
static void get_unprotected(struct reader *d)
{
	size_t pairs = cbor_get_map(&d->r), at;
	int64_t key;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		key = reader_key(d);
		if (key == HEADER_KID || key == HEADER_X5CHAIN)
			cbor_skip(&d->r);
		else
			reader_fail(d, at, "a header parameter that is not protected");
	}
}

struct corim_bytes reader_sign1(struct reader *d)
{
	struct token_sign1 *sign1 = &d->corim->sign1;
	struct corim_bytes protected, payload, signature;
	size_t start = d->r.pos;

	reader_at(d, "COSE_Sign1");
	reader_tag(d, TAG_SIGN1, "not a COSE_Sign1");
	if (cbor_get_array(&d->r) != 4)
		reader_fail(d, start, "not a COSE_Sign1 of four items");
	protected = reader_bytes(d);
	within(d, &protected, get_protected);
	get_unprotected(d);
	payload = reader_bytes(d);
	start = d->r.pos;
	signature = reader_bytes(d);
	if (!d->r.failed && signature.len != 2 * token_curves[sign1->curve].coordinate)
		reader_fail(d, start, "a signature of another length than its algorithm's");
	d->corim->is_signed = true;
	sign1->protected = value_of(d, &protected);
	sign1->payload = value_of(d, &payload);
	sign1->signature = value_of(d, &signature);
	return payload;
}
