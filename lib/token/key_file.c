/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of key.h from files: PEM and DER by the crypto library, JWK (RFC 7517, 7518) by jansson. */
#include <base64.h>
#include <jansson.h>
#include <mbedtls/pk.h>
#include <string.h>
#include <token/key.h>
#include <token/signature.h>

#define DER_SEQUENCE	 0x30
#define CBOR_MAP_FIRST	 0xa0
#define CBOR_MAP_LAST	 0xbb
#define PEM_START	 "-----BEGIN "
#define NOT_ON_CURVE	 "a point that is not on its curve"
#define NOT_A_PUBLIC_KEY "not a public key (SubjectPublicKeyInfo)"

static const char *key_of_group(const mbedtls_ecp_keypair *pair, struct token_key *key)
{
	uint8_t point[TOKEN_POINT_MAX];
	enum token_curve curve;
	size_t len = 0;

	switch (pair->grp.id) {
	case MBEDTLS_ECP_DP_SECP256R1:
		curve = TOKEN_P256;
		break;
	case MBEDTLS_ECP_DP_SECP384R1:
		curve = TOKEN_P384;
		break;
	case MBEDTLS_ECP_DP_SECP521R1:
		curve = TOKEN_P521;
		break;
	default:
		return "a key on another curve than P-256, P-384 and P-521";
	}
	if (mbedtls_ecp_point_write_binary(&pair->grp, &pair->Q, MBEDTLS_ECP_PF_UNCOMPRESSED, &len,
					   point, sizeof(point)))
		return NOT_A_PUBLIC_KEY;
	token_key_set(key, curve, point + 1, point + 1 + token_curves[curve].coordinate);
	return NULL;
}

/* What the library takes: DER, or PEM with its zero byte counted. */
static const char *parse(const uint8_t *data, size_t len, struct token_key *key)
{
	const char *wrong = NOT_A_PUBLIC_KEY;
	mbedtls_pk_context pk;

	mbedtls_pk_init(&pk);
	if (mbedtls_pk_parse_public_key(&pk, data, len) == 0)
		wrong = mbedtls_pk_get_type(&pk) == MBEDTLS_PK_ECKEY
				? key_of_group(mbedtls_pk_ec(pk), key)
				: "a public key that is not of an elliptic curve";
	mbedtls_pk_free(&pk);
	return wrong;
}

const char *token_key_pem(const char *text, size_t len, struct token_key *key)
{
	const char *first = strstr(text, PEM_START);

	if (strlen(text) != len)
		return "a zero byte in the text";
	if (strstr(text, "PRIVATE KEY"))
		return "a private key; only its public half belongs here";
	if (first && strstr(first + 1, PEM_START))
		return "more than one key";
	return parse((const uint8_t *)text, len + 1, key);
}

static bool member_is(const json_t *jwk, const char *name, const char *want)
{
	const char *value = json_string_value(json_object_get(jwk, name));

	return value && strcmp(value, want) == 0;
}

static bool coordinate(const json_t *jwk, const char *name, uint8_t *out, size_t size)
{
	return base64_decode_exactly(BASE64_URL, json_string_value(json_object_get(jwk, name)), out,
				     size);
}

const char *token_key_jwk(const json_t *jwk, struct token_key *key)
{
	uint8_t x[TOKEN_COORDINATE_MAX], y[TOKEN_COORDINATE_MAX];
	size_t i, size;

	if (!json_is_object(jwk) || !member_is(jwk, "kty", "EC"))
		return "not a JWK whose kty is EC";
	if (json_object_get(jwk, "d"))
		return "a private key; only its public half belongs here";
	for (i = 0; i < TOKEN_CURVES; i++)
		if (member_is(jwk, "crv", token_curves[i].name))
			break;
	if (i == TOKEN_CURVES)
		return "a key on another curve than P-256, P-384 and P-521";
	if (json_object_get(jwk, "alg") && !member_is(jwk, "alg", token_curves[i].alg_name))
		return "a key whose algorithm is not that of its curve";
	size = token_curves[i].coordinate;
	if (!coordinate(jwk, "x", x, size) || !coordinate(jwk, "y", y, size))
		return "a key whose coordinates are not as long as its curve's";
	token_key_set(key, (enum token_curve)i, x, y);
	return token_key_on_curve(key) ? NULL : NOT_ON_CURVE;
}

static const char *parse_jwk(const void *buf, size_t len, struct token_key *key)
{
	json_t *jwk = json_loadb(buf, len, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = jwk ? token_key_jwk(jwk, key) : "not JSON, or with a member twice";

	json_decref(jwk);
	return wrong;
}

static const char *parse_cose(const void *buf, size_t len, struct token_key *key)
{
	size_t at;
	const char *wrong = token_key_cose(buf, 0, len, key, &at);

	return wrong || token_key_on_curve(key) ? wrong : NOT_ON_CURVE;
}

static const char *parse_pem(const void *buf, size_t len, struct token_key *key)
{
	char *text = malloc(len + 1);
	const char *wrong;

	if (!text)
		return "no memory";
	memcpy(text, buf, len);
	text[len] = '\0';
	wrong = token_key_pem(text, len, key);
	free(text);
	return wrong;
}

const char *token_key_file(const void *buf, size_t len, struct token_key *key)
{
	const uint8_t *first = buf;
	size_t blanks = 0;

	while (blanks < len && strchr(" \t\r\n", first[blanks]) && first[blanks])
		blanks++;
	if (blanks == len)
		return "empty";
	if (first[blanks] == '{')
		return parse_jwk(buf, len, key);
	if (len - blanks >= strlen(PEM_START) &&
	    memcmp(first + blanks, PEM_START, strlen(PEM_START)) == 0)
		return parse_pem(buf, len, key);
	if (first[0] == DER_SEQUENCE)
		return parse(buf, len, key);
	if (first[0] >= CBOR_MAP_FIRST && first[0] <= CBOR_MAP_LAST)
		return parse_cose(buf, len, key);
	return "none of PEM, DER, JWK and COSE_Key";
}
