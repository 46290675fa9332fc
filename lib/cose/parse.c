/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a COSE_Sign1 of cose.h, for tests and tools that check tokens. */
#include <cose.h>
#include <string.h>

#include "header.h"

static bool parse_headers(struct cbor_reader *r)
{
	const uint8_t *header;
	size_t len;

	if (cbor_get_tag(r) != COSE_TAG_SIGN1 || cbor_get_array(r) != 4)
		return false;
	header = cbor_get_bytes(r, &len);
	return header && len == sizeof(protected_header) &&
	       memcmp(header, protected_header, len) == 0 && cbor_get_map(r) == 0;
}

bool cose_sign1_parse(const void *buf, size_t len, struct cose_sign1_view *view)
{
	struct cbor_reader r;
	size_t signature_len;

	cbor_reader_init(&r, buf, len);
	if (!parse_headers(&r))
		return false;
	view->payload = cbor_get_bytes(&r, &view->payload_len);
	view->signature = cbor_get_bytes(&r, &signature_len);
	return cbor_reader_done(&r) && signature_len == P384_SIGNATURE_SIZE;
}

static void encode_view_payload(struct cbor *c, const void *arg)
{
	const struct cose_sign1_view *view = arg;

	cbor_raw(c, view->payload, view->payload_len);
}

void cose_sign1_view_digest(const struct cose_sign1_view *view, uint8_t digest[SHA384_SIZE])
{
	const struct cose_sign1 msg = {.payload = encode_view_payload, .arg = view};

	cose_sign1_digest(&msg, digest);
}
