/* SPDX-License-Identifier: BSD-3-Clause */
/* corim_write() and corim_signed_by() of corim.h, over Debian's libmbedcrypto. */
#include <corim/corim.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <token/signature.h>

#include "lib/corim/names.h"

#define PEM_START "-----BEGIN "

bool corim_signed_by(const struct corim *c, const struct token_key *key)
{
	return c->is_signed && token_signature_good(&c->sign1, key);
}

/* ---- the key ---- */

struct signer {
	mbedtls_pk_context pk;
	enum token_curve curve;
};

static const char *take_curve(struct signer *s)
{
	if (mbedtls_pk_get_type(&s->pk) != MBEDTLS_PK_ECKEY)
		return "a key that is not of an elliptic curve";
	switch (mbedtls_pk_ec(s->pk)->grp.id) {
	case MBEDTLS_ECP_DP_SECP256R1:
		s->curve = TOKEN_P256;
		return NULL;
	case MBEDTLS_ECP_DP_SECP384R1:
		s->curve = TOKEN_P384;
		return NULL;
	case MBEDTLS_ECP_DP_SECP521R1:
		s->curve = TOKEN_P521;
		return NULL;
	default:
		return "a key on another curve than P-256, P-384 and P-521";
	}
}

/* The library wants the zero byte behind PEM, and none behind DER. */
static const char *load(struct signer *s, const void *key, size_t len)
{
	bool is_pem = len > strlen(PEM_START) && !memcmp(key, PEM_START, strlen(PEM_START));
	uint8_t *copy = malloc(len + 1);
	int ret;

	if (!copy)
		return "no memory";
	memcpy(copy, key, len);
	copy[len] = '\0';
	ret = mbedtls_pk_parse_key(&s->pk, copy, len + is_pem, NULL, 0);
	mbedtls_platform_zeroize(copy, len);
	free(copy);
	return ret ? "not a private key without a password (PEM or DER)" : take_curve(s);
}

/* For blinding alone: what is signed and how is deterministic. */
static int random_bytes(void *arg, unsigned char *out, size_t len)
{
	return getrandom(out, len, 0) == (ssize_t)len ? 0 : -1;
}

static int sign(struct signer *s, const uint8_t *digest, uint8_t *signature)
{
	static const mbedtls_md_type_t mds[TOKEN_CURVES] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384,
							    MBEDTLS_MD_SHA512};
	const struct token_curve_info *curve = &token_curves[s->curve];
	mbedtls_ecp_keypair *pair = mbedtls_pk_ec(s->pk);
	mbedtls_mpi r, t;
	int ret;

	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&t);
	ret = mbedtls_ecdsa_sign_det_ext(&pair->grp, &r, &t, &pair->d, digest,
					 hash_size(curve->hash), mds[s->curve], random_bytes, NULL);
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&r, signature, curve->coordinate);
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&t, signature + curve->coordinate,
					       curve->coordinate);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&t);
	return ret;
}

/* ---- the message ---- */

static void encode_meta(struct cbor *c, const void *arg)
{
	const struct corim *corim = arg;

	cbor_map(c, 1);
	cbor_uint(c, META_SIGNER);
	cbor_map(c, 1);
	cbor_uint(c, SIGNER_NAME);
	cbor_text_part(c, (const char *)corim->signer.data, corim->signer.len);
}

/* What a message is made of; of the signature, its place. */
struct message {
	const struct corim *corim;
	const struct token_curve_info *curve;
};

static void encode_protected(struct cbor *c, const void *arg)
{
	const struct message *m = arg;

	cbor_map(c, 3);
	cbor_uint(c, HEADER_ALG);
	cbor_int(c, m->curve->cose_alg);
	cbor_uint(c, HEADER_CONTENT_TYPE);
	cbor_text(c, CONTENT_TYPE);
	cbor_uint(c, HEADER_META);
	cbor_bytes_nested(c, encode_meta, m->corim);
}

static void encode_message(struct cbor *c, const struct message *m)
{
	static const uint8_t zeros[2 * TOKEN_COORDINATE_MAX];

	cbor_tag(c, TAG_SIGN1);
	cbor_array(c, 4);
	cbor_bytes_nested(c, encode_protected, m);
	cbor_map(c, 0);
	cbor_bytes_nested(c, corim_encode, m->corim);
	cbor_bytes(c, zeros, 2 * m->curve->coordinate);
}

/* Reads what was written, and signs it if there is a signer. */
static const char *finish(struct signer *s, uint8_t *buf, size_t len)
{
	struct corim *again = malloc(sizeof(*again));
	uint8_t digest[HASH_SIZE_MAX];
	const char *wrong = NULL;
	struct corim_error error;

	if (!again)
		return "no memory";
	if (!corim_decode(buf, len, again, &error)) {
		wrong = error.rule;
	} else if (s) {
		token_sign1_digest(&again->sign1, token_curves[s->curve].hash, digest);
		if (sign(s, digest, buf + again->sign1.signature.offset))
			wrong = "not signed: no memory, or no random numbers";
	}
	free(again);
	return wrong;
}

static const char *write_signed(const struct corim *c, struct signer *s, uint8_t *buf, size_t size,
				size_t *len)
{
	const struct message message = {.corim = c, .curve = &token_curves[s->curve]};
	struct cbor out;

	cbor_init(&out, buf, size);
	encode_message(&out, &message);
	*len = cbor_finish(&out);
	return *len ? finish(s, buf, *len) : "larger than its place";
}

const char *corim_write(const struct corim *c, const void *key, size_t key_len, uint8_t *buf,
			size_t size, size_t *len)
{
	struct signer s;
	const char *wrong;
	struct cbor out;

	if (!key) {
		cbor_init(&out, buf, size);
		corim_encode(&out, c);
		*len = cbor_finish(&out);
		return *len ? finish(NULL, buf, *len) : "larger than its place";
	}
	mbedtls_pk_init(&s.pk);
	wrong = load(&s, key, key_len);
	if (!wrong)
		wrong = write_signed(c, &s, buf, size, len);
	mbedtls_pk_free(&s.pk);
	return wrong;
}
