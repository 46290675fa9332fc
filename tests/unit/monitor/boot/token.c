// SPDX-License-Identifier: BSD-3-Clause
/* The platform token: every claim in its order, the signature, errors. */
#include "../../lib/unit.h"
#include <errno.h>
#include <monitor/boot/token.h>

static const uint8_t key[P384_SCALAR_SIZE] = {0x12, 0x34, [47] = 0x56};
static const uint8_t monitor_hash[SHA256_SIZE] = {0xaa, [31] = 0xab};
static const uint8_t rmm_hash[SHA256_SIZE] = {0xbb, [31] = 0xbc};
static const uint8_t signer[SHA256_SIZE] = {0xdd, [31] = 0xde};
static const uint8_t challenge[SHA512_SIZE] = {0xc0, 0xc1, [63] = 0xcf};
static const uint8_t implementation[IMPLEMENTATION_ID_SIZE] = {0x11, [31] = 0x12};
static const uint8_t config[] = {0xcc, 0xce, 0xcf};

static struct token_input sample(void)
{
	return (struct token_input){
		.implementation_id = implementation,
		.lifecycle = 0x30fe,
		.config = config,
		.config_len = sizeof(config),
		.signer = signer,
		.monitor = {.measurement = monitor_hash, .type = "BL31", .version = "0.1"},
		.rmm = {.measurement = rmm_hash, .type = "the RMM"},
		.challenge = challenge,
		.challenge_len = SHA256_SIZE,
	};
}

static void next_text(struct cbor_reader *r, const char *want)
{
	size_t len;
	const char *text = cbor_get_text(r, &len);

	assert_non_null(text);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(text, want, len);
}

static void next_bytes(struct cbor_reader *r, const void *want, size_t want_len)
{
	size_t len;
	const uint8_t *bytes = cbor_get_bytes(r, &len);

	assert_non_null(bytes);
	assert_int_equal(len, want_len);
	assert_memory_equal(bytes, want, len);
}

/* version NULL: the component has none. */
static void next_component(struct cbor_reader *r, const char *type, const uint8_t *hash,
			   const char *version)
{
	assert_int_equal(cbor_get_map(r), version ? 5 : 4);
	assert_int_equal(cbor_get_int(r), 1);
	next_text(r, type);
	assert_int_equal(cbor_get_int(r), 2);
	next_bytes(r, hash, SHA256_SIZE);
	if (version) {
		assert_int_equal(cbor_get_int(r), 4);
		next_text(r, version);
	}
	assert_int_equal(cbor_get_int(r), 5);
	next_bytes(r, signer, SHA256_SIZE);
	assert_int_equal(cbor_get_int(r), 6);
	next_text(r, "sha-256");
}

/* 0x01, then SHA-256 of the signing key's COSE_Key. */
static void make_instance_id(uint8_t id[33])
{
	uint8_t point[P384_POINT_SIZE], cose_key[COSE_KEY_P384_SIZE];

	assert_int_equal(p384_public(key, point), 0);
	cose_key_p384(point, cose_key);
	id[0] = 0x01;
	hash_digest(HASH_SHA256, cose_key, sizeof(cose_key), id + 1);
}

static void check_claims(struct cbor_reader *r, const struct token_input *in)
{
	uint8_t id[33];

	make_instance_id(id);
	assert_int_equal(cbor_get_map(r), 9);
	assert_int_equal(cbor_get_int(r), 265);
	next_text(r, "tag:arm.com,2024:cca_platform#2.0.0");
	assert_int_equal(cbor_get_int(r), 10);
	next_bytes(r, in->challenge, in->challenge_len);
	assert_int_equal(cbor_get_int(r), 2394);
	assert_int_equal(cbor_get_int(r), 1);
	assert_int_equal(cbor_get_int(r), 2396);
	next_bytes(r, implementation, sizeof(implementation));
	assert_int_equal(cbor_get_int(r), 256);
	next_bytes(r, id, sizeof(id));
	assert_int_equal(cbor_get_int(r), 2401);
	next_bytes(r, config, sizeof(config));
	assert_int_equal(cbor_get_int(r), 2395);
	assert_int_equal(cbor_get_int(r), 0x30fe);
	assert_int_equal(cbor_get_int(r), 2402);
	next_text(r, "sha-256");
	assert_int_equal(cbor_get_int(r), 2399);
	assert_int_equal(cbor_get_array(r), in->rmm.measurement ? 2 : 1);
	next_component(r, "BL31", monitor_hash, "0.1");
	if (in->rmm.measurement)
		next_component(r, "the RMM", rmm_hash, in->rmm.version);
	assert_true(cbor_reader_done(r));
}

static void check_token(const struct token_input *in)
{
	uint8_t buf[TOKEN_SIZE_MAX], digest[SHA384_SIZE], point[P384_POINT_SIZE];
	struct cose_sign1_view view;
	struct cbor_reader r;
	int len = token_build(in, key, buf, sizeof(buf));

	assert_true(len > 0);
	assert_true(cose_sign1_parse(buf, (size_t)len, &view));
	cose_sign1_view_digest(&view, digest);
	assert_int_equal(p384_public(key, point), 0);
	assert_int_equal(p384_verify(point, digest, view.signature), 0);
	cbor_reader_init(&r, view.payload, view.payload_len);
	check_claims(&r, in);
}

static void token_has_every_claim_and_verifies(void **state)
{
	struct token_input in = sample();

	check_token(&in);
	in.rmm.version = "2.0-rmm";
	check_token(&in);
}

static void all_challenge_lengths(void **state)
{
	struct token_input in = sample();

	in.challenge_len = SHA384_SIZE;
	check_token(&in);
	in.challenge_len = SHA512_SIZE;
	check_token(&in);
}

static void without_rmm_one_component_is_left(void **state)
{
	struct token_input in = sample();

	in.rmm.measurement = NULL;
	check_token(&in);
}

/* The stated maximum holds for the longest input. */
static void longest_token_fits(void **state)
{
	struct token_input in = sample();
	uint8_t buf[TOKEN_SIZE_MAX], long_config[128] = {0};
	char text[65];

	memset(text, 'v', 64);
	text[64] = '\0';
	in.monitor.version = in.rmm.version = in.monitor.type = in.rmm.type = text;
	in.config = long_config;
	in.config_len = sizeof(long_config);
	in.challenge_len = SHA512_SIZE;
	assert_true(token_build(&in, key, buf, sizeof(buf)) > 0);
}

static void errors(void **state)
{
	static const uint8_t zero_key[P384_SCALAR_SIZE];
	struct token_input in = sample();
	uint8_t buf[TOKEN_SIZE_MAX];
	int len = token_build(&in, key, buf, sizeof(buf));

	assert_int_equal(token_build(&in, key, buf, (size_t)len), len);
	assert_int_equal(token_build(&in, key, buf, (size_t)len - 1), -ENOSPC);
	assert_int_equal(token_build(&in, zero_key, buf, sizeof(buf)), -EINVAL);
	in.challenge_len = 33;
	assert_int_equal(token_build(&in, key, buf, sizeof(buf)), -EINVAL);
	in.challenge_len = 0;
	assert_int_equal(token_build(&in, key, buf, sizeof(buf)), -EINVAL);
}

static void realm_key_challenge_is_the_hash_of_its_cose_key(void **state)
{
	uint8_t want[SHA384_SIZE], got[SHA384_SIZE], point[P384_POINT_SIZE];
	uint8_t cose_key[COSE_KEY_P384_SIZE];

	assert_int_equal(p384_public(key, point), 0);
	cose_key_p384(point, cose_key);
	hash_digest(HASH_SHA384, cose_key, sizeof(cose_key), want);
	assert_int_equal(token_realm_key_challenge(key, HASH_SHA384, got), 0);
	assert_memory_equal(got, want, sizeof(want));
}

static int setup(void **state)
{
	return p384_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_has_every_claim_and_verifies),
		cmocka_unit_test(all_challenge_lengths),
		cmocka_unit_test(without_rmm_one_component_is_left),
		cmocka_unit_test(longest_token_fits),
		cmocka_unit_test(errors),
		cmocka_unit_test(realm_key_challenge_is_the_hash_of_its_cose_key),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
