/* SPDX-License-Identifier: BSD-3-Clause */
/* COSE_Sign1 of cose.h: Sig_structure and message. */
#include <cose.h>
#include <errno.h>

#include "header.h"

/* Size of the pieces in which an encoding goes through the hash. */
#define HASH_WINDOW 256

static void encode_protected(struct cbor *c)
{
	cbor_bytes(c, protected_header, sizeof(protected_header));
}

/* RFC 9052 section 4.4: [ "Signature1", protected, external_aad, payload ]. */
static void encode_sig_structure(struct cbor *c, const void *arg)
{
	const struct cose_sign1 *msg = arg;

	cbor_array(c, 4);
	cbor_text(c, "Signature1");
	encode_protected(c);
	cbor_bytes_head(c, 0);
	cbor_bytes_nested(c, msg->payload, msg->arg);
}

static void hash_encoding(enum hash_alg alg, cbor_encode_fn fn, const void *arg, uint8_t *digest)
{
	uint8_t window[HASH_WINDOW];
	struct hash h;
	struct cbor c;
	size_t from = 0;

	hash_init(&h, alg);
	do {
		cbor_init_window(&c, window, sizeof(window), from);
		fn(&c, arg);
		hash_update(&h, window, cbor_window_used(&c));
		from += sizeof(window);
	} while (c.pos > from);
	hash_final(&h, digest);
}

void cose_sign1_digest(const struct cose_sign1 *msg, uint8_t digest[SHA384_SIZE])
{
	hash_encoding(HASH_SHA384, encode_sig_structure, msg, digest);
}

void cose_sign1_encode(struct cbor *c, const void *arg)
{
	const struct cose_sign1 *msg = arg;

	cbor_tag(c, COSE_TAG_SIGN1);
	cbor_array(c, 4);
	encode_protected(c);
	cbor_map(c, 0);
	cbor_bytes_nested(c, msg->payload, msg->arg);
	cbor_bytes(c, msg->signature, sizeof(msg->signature));
}

int cose_sign1_build(void *buf, size_t size, cbor_encode_fn payload, const void *arg,
		     cose_sign_fn sign, const void *key)
{
	struct cose_sign1 msg = {.payload = payload, .arg = arg};
	uint8_t digest[SHA384_SIZE];
	struct cbor c;
	int ret;

	if (cbor_length(cose_sign1_encode, &msg) > size)
		return -ENOSPC;
	cose_sign1_digest(&msg, digest);
	ret = sign(key, digest, msg.signature);
	if (ret)
		return ret;
	cbor_init(&c, buf, size);
	cose_sign1_encode(&c, &msg);
	return (int)cbor_finish(&c);
}
