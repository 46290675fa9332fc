/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/token/key_file.c and key.c: files of public keys, and what is none. */
#include <mbedtls/pk.h>
#include <stdio.h>
#include <token/key.h>
#include <util.h>

#include "maker.h"

#define FILE_MAX 2048

static struct token_key want, have;

static const mbedtls_ecp_group_id groups[TOKEN_CURVES] = {
	MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1};

static void expect_key(const void *file, size_t len)
{
	const char *wrong;

	memset(&have, 0xaa, sizeof(have));
	wrong = token_key_file(file, len, &have);
	if (wrong)
		fail_msg("%s", wrong);
	assert_true(token_key_equal(&want, &have));
}

static void expect_wrong(const void *file, size_t len, const char *why)
{
	const char *wrong = token_key_file(file, len, &have);

	if (!wrong || strcmp(wrong, why))
		fail_msg("%s; wanted %s", wrong ? wrong : "taken", why);
}

static void expect_text_wrong(const char *text, const char *why)
{
	expect_wrong(text, strlen(text), why);
}

static void load_pair(mbedtls_pk_context *pk, enum token_curve curve)
{
	mbedtls_ecp_keypair *pair;

	mbedtls_pk_init(pk);
	assert_int_equal(mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), 0);
	pair = mbedtls_pk_ec(*pk);
	maker_key(&want, curve, 5);
	assert_int_equal(mbedtls_ecp_group_load(&pair->grp, groups[curve]), 0);
	assert_int_equal(mbedtls_ecp_point_read_binary(&pair->grp, &pair->Q, want.point,
						       token_point_size(&want)),
			 0);
	assert_int_equal(mbedtls_mpi_lset(&pair->d, 77), 0);
}

static size_t write_pem(char *pem, enum token_curve curve)
{
	mbedtls_pk_context pk;

	load_pair(&pk, curve);
	assert_int_equal(mbedtls_pk_write_pubkey_pem(&pk, (unsigned char *)pem, FILE_MAX), 0);
	mbedtls_pk_free(&pk);
	return strlen(pem);
}

static void pem_and_der(void **state)
{
	unsigned char der[FILE_MAX];
	char pem[FILE_MAX], blanks[FILE_MAX + 4];
	mbedtls_pk_context pk;
	unsigned int i;
	int len;

	for (i = 0; i < TOKEN_CURVES; i++) {
		expect_key(pem, write_pem(pem, i));
		snprintf(blanks, sizeof(blanks), "\n %s", pem);
		expect_key(blanks, strlen(blanks));
		load_pair(&pk, i);
		len = mbedtls_pk_write_pubkey_der(&pk, der, sizeof(der));
		assert_true(len > 0);
		expect_key(der + sizeof(der) - len, (size_t)len);
		mbedtls_pk_free(&pk);
	}
}

static void a_private_pem_is_refused(void **state)
{
	unsigned char pem[FILE_MAX];
	mbedtls_pk_context pk;

	load_pair(&pk, TOKEN_P384);
	assert_int_equal(mbedtls_pk_write_key_pem(&pk, pem, sizeof(pem)), 0);
	mbedtls_pk_free(&pk);
	expect_text_wrong((char *)pem, "a private key; only its public half belongs here");
}

static void two_keys_in_a_file_are_refused(void **state)
{
	char pem[2 * FILE_MAX];
	size_t len = write_pem(pem, TOKEN_P256);

	write_pem(pem + len, TOKEN_P384);
	expect_text_wrong(pem, "more than one key");
}

/* A reader of C strings would see the first key, a reader of files both. */
static void nothing_hides_behind_a_zero_byte(void **state)
{
	char pem[2 * FILE_MAX];
	size_t len = write_pem(pem, TOKEN_P256);

	len += 1 + write_pem(pem + len + 1, TOKEN_P384);
	expect_wrong(pem, len, "a zero byte in the text");
}

static void a_damaged_pem_is_refused(void **state)
{
	char pem[FILE_MAX];
	size_t len = write_pem(pem, TOKEN_P256);

	pem[len / 2] ^= 1;
	assert_non_null(token_key_file(pem, len, &have));
	expect_text_wrong("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
			  "not a public key (SubjectPublicKeyInfo)");
	expect_text_wrong("-----BEGIN PUBLIC KEY-----", "not a public key (SubjectPublicKeyInfo)");
}

/* ---- JWK ---- */

/* NIST's base point of P-256 as a key, which other tools have written. */
#define X "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"
#define Y "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"

static void jwk(void **state)
{
	static const char text[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y
				   "\",\"kid\":\"1\",\"alg\":\"ES256\"}";

	want.curve = TOKEN_P256;
	from_hex("04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
		 "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
		 want.point, sizeof(want.point));
	expect_key(text, strlen(text));
}

static void what_is_no_jwk(void **state)
{
	static const char *const wrong[][2] = {
		{"{", "not JSON, or with a member twice"},
		{"{\"kty\":\"EC\",\"kty\":\"EC\"}", "not JSON, or with a member twice"},
		{"{}", "not a JWK whose kty is EC"},
		{"{\"kty\":\"RSA\"}", "not a JWK whose kty is EC"},
		{"{\"kty\":\"EC\",\"crv\":\"secp256k1\"}",
		 "a key on another curve than P-256, P-384 and P-521"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"" X "\"}",
		 "a private key; only its public half belongs here"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\"}",
		 "a key whose algorithm is not that of its curve"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"}",
		 "a key whose coordinates are not as long as its curve's"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "=\"}",
		 "a key whose coordinates are not as long as its curve's"},
		{"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X "\",\"y\":\"" Y "\"}",
		 "a key whose coordinates are not as long as its curve's"},
		/* The last digit holds four bits: the two below them must be zero. */
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
		 "\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZ\","
		 "\"y\":\"" Y "\"}",
		 "a key whose coordinates are not as long as its curve's"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"+"
		 "xfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
		 "\"y\":\"" Y "\"}",
		 "a key whose coordinates are not as long as its curve's"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" Y "\",\"y\":\"" X "\"}",
		 "a point that is not on its curve"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_text_wrong(wrong[i][0], wrong[i][1]);
}

/* ---- COSE_Key ---- */

static void cose_key(void **state)
{
	static struct recipe r;
	unsigned int i;

	for (i = 0; i < TOKEN_CURVES; i++) {
		recipe_init(&r, "2023");
		recipe_set_curves(&r, TOKEN_P384, i);
		maker_key(&want, i, REALM_KEY);
		expect_key(r.key.data, r.key.len);
	}
	expect_wrong(r.key.data, r.key.len - 1, "longer than what it stands in");
	r.key.data[r.key.len - 1] ^= 1;
	expect_wrong(r.key.data, r.key.len, "a point that is not on its curve");
}

static void what_is_no_key_at_all(void **state)
{
	expect_text_wrong("", "empty");
	expect_text_wrong(" \n", "empty");
	expect_wrong("\0", 1, "none of PEM, DER, JWK and COSE_Key");
	expect_text_wrong("-----BEGIN", "none of PEM, DER, JWK and COSE_Key");
	expect_text_wrong("0\202", "not a public key (SubjectPublicKeyInfo)");
	expect_wrong("\xa0", 1, "a key whose type is not EC2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_and_der),
		cmocka_unit_test(a_private_pem_is_refused),
		cmocka_unit_test(two_keys_in_a_file_are_refused),
		cmocka_unit_test(nothing_hides_behind_a_zero_byte),
		cmocka_unit_test(a_damaged_pem_is_refused),
		cmocka_unit_test(jwk),
		cmocka_unit_test(what_is_no_jwk),
		cmocka_unit_test(cose_key),
		cmocka_unit_test(what_is_no_key_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
