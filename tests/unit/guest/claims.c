/* SPDX-License-Identifier: BSD-3-Clause */
/* guest/demo/claims.c: tokens taken apart, and what is none refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <cbor.h>

#include "guest/demo/claims.h"

/* A token as an RMM makes it, with what the tests vary. */
static struct recipe {
	uint64_t tag;
	const char *hash;
	size_t rim_size;
	size_t rem_size;
	size_t rems;
	bool bare; /* parts without a content format */
	bool no_rpv;
	bool no_platform;
	size_t cut; /* bytes missing at the end of the Realm's payload */
} recipe;

static uint8_t token[4096];
static struct claims claims;

static int reset(void **state)
{
	recipe = (struct recipe){
		.tag = 907, .hash = "sha-384", .rim_size = 48, .rem_size = 48, .rems = 4};
	return 0;
}

static void put_filled(struct cbor *c, uint8_t fill, size_t len)
{
	uint8_t bytes[64];

	memset(bytes, fill, sizeof(bytes));
	cbor_bytes(c, bytes, len);
}

static void encode_realm(struct cbor *c)
{
	size_t i;

	cbor_map(c, recipe.no_rpv ? 6 : 7);
	cbor_int(c, 10);
	put_filled(c, 0xc0, 64);
	if (!recipe.no_rpv) {
		cbor_int(c, 44235);
		put_filled(c, 0xa0, 64);
	}
	cbor_int(c, 44236);
	cbor_text(c, recipe.hash);
	cbor_int(c, 99999);
	cbor_int(c, 1);
	cbor_int(c, 265);
	cbor_text(c, "tag:realm");
	cbor_int(c, 44238);
	put_filled(c, 0x11, recipe.rim_size);
	cbor_int(c, 44239);
	cbor_array(c, recipe.rems);
	for (i = 0; i < recipe.rems; i++)
		put_filled(c, (uint8_t)(0x20 + i), recipe.rem_size);
}

static void encode_platform(struct cbor *c)
{
	cbor_map(c, 4);
	cbor_int(c, 10);
	put_filled(c, 0xd0, 32);
	cbor_int(c, 265);
	cbor_text(c, "tag:platform");
	cbor_int(c, 2395);
	cbor_int(c, 0x3003);
	cbor_int(c, 2399);
	cbor_array(c, 2);
	cbor_map(c, 1);
	cbor_int(c, 1);
	cbor_text(c, "BL1");
	cbor_map(c, 0);
}

/* A byte string with a COSE_Sign1 over what `payload` writes. */
static void put_signed(struct cbor *c, void (*payload)(struct cbor *), size_t cut)
{
	uint8_t inner[2048], outer[2560];
	struct cbor in, out;
	size_t len;

	cbor_init(&in, inner, sizeof(inner));
	payload(&in);
	len = cbor_finish(&in) - cut;
	cbor_init(&out, outer, sizeof(outer));
	cbor_tag(&out, 18);
	cbor_array(&out, 4);
	put_filled(&out, 0, 4);
	cbor_map(&out, 0);
	cbor_bytes(&out, inner, len);
	put_filled(&out, 0, 64);
	if (!recipe.bare) {
		cbor_array(c, 2);
		cbor_int(c, 263);
	}
	cbor_bytes(c, outer, cbor_finish(&out));
}

static size_t make_token(void)
{
	struct cbor c;

	cbor_init(&c, token, sizeof(token));
	cbor_tag(&c, recipe.tag);
	cbor_map(&c, recipe.no_platform ? 1 : 2);
	if (!recipe.no_platform) {
		cbor_int(&c, 44234);
		put_signed(&c, encode_platform, 0);
	}
	cbor_int(&c, 44241);
	put_signed(&c, encode_realm, recipe.cut);
	return cbor_finish(&c);
}

static const char *parse(void)
{
	return claims_parse(token, make_token(), &claims);
}

static void assert_filled(const struct claim *c, uint8_t fill, size_t len)
{
	size_t i;

	assert_int_equal(c->len, len);
	for (i = 0; i < len; i++)
		assert_int_equal(c->data[i], fill);
}

static void claims_are_found(void **state)
{
	assert_null(parse());
	assert_filled(&claims.realm.challenge, 0xc0, 64);
	assert_filled(&claims.realm.rpv, 0xa0, 64);
	assert_filled(&claims.realm.rim, 0x11, 48);
	assert_filled(&claims.realm.rem[0], 0x20, 48);
	assert_filled(&claims.realm.rem[3], 0x23, 48);
	assert_memory_equal(claims.realm.hash_alg.data, "sha-384", 7);
	assert_filled(&claims.platform.challenge, 0xd0, 32);
	assert_int_equal(claims.platform.lifecycle, 0x3003);
	assert_int_equal(claims.platform.components, 2);
	assert_null(claims.platform.implementation.data);
}

static void the_older_form_is_read_too(void **state)
{
	recipe.tag = 399;
	recipe.bare = true;
	assert_null(parse());
	assert_filled(&claims.realm.rim, 0x11, 48);
}

static void measurements_have_the_length_of_their_algorithm(void **state)
{
	recipe.rim_size = 32;
	assert_string_equal(parse(), "the RIM's length is not that of the hash algorithm");
	recipe.rim_size = 48;
	recipe.rem_size = 64;
	assert_string_equal(parse(), "a REM's length is not that of the hash algorithm");
	recipe.rem_size = 48;
	recipe.rems = 3;
	assert_string_equal(parse(), "a REM's length is not that of the hash algorithm");
	recipe.rems = 4;
	recipe.hash = "sha-1";
	assert_string_equal(parse(), "the Realm's hash algorithm is not known");
}

static void what_every_token_has_must_be_there(void **state)
{
	recipe.no_rpv = true;
	assert_string_equal(parse(), "the Realm's token lacks a claim");
	reset(state);
	recipe.no_platform = true;
	assert_string_equal(parse(), "no CCA token");
}

static void other_tags_are_no_token(void **state)
{
	recipe.tag = 18;
	assert_string_equal(parse(), "no CCA token");
}

static void a_short_payload_is_malformed(void **state)
{
	recipe.cut = 1;
	assert_string_equal(parse(), "the Realm's token is malformed");
}

/* Under the address sanitizer, from memory of exactly that size. */
static void every_shorter_token_is_refused(void **state)
{
	size_t len = make_token(), i;

	for (i = 0; i < len; i++) {
		uint8_t *copy = test_malloc(i ? i : 1);

		memcpy(copy, token, i);
		assert_non_null(claims_parse(copy, i, &claims));
		test_free(copy);
	}
}

/* Any byte may be wrong: nothing outside the token is read, whatever the verdict. */
static void flipped_bytes_do_no_harm(void **state)
{
	size_t len = make_token(), i;
	uint8_t *copy = test_malloc(len);

	for (i = 0; i < len * 8; i++) {
		memcpy(copy, token, len);
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		if (!claims_parse(copy, len, &claims))
			assert_int_equal(claims.realm.rim.len,
					 claims_hash_size(&claims.realm.hash_alg));
	}
	test_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(claims_are_found, reset),
		cmocka_unit_test_setup(the_older_form_is_read_too, reset),
		cmocka_unit_test_setup(measurements_have_the_length_of_their_algorithm, reset),
		cmocka_unit_test_setup(what_every_token_has_must_be_there, reset),
		cmocka_unit_test_setup(other_tags_are_no_token, reset),
		cmocka_unit_test_setup(a_short_payload_is_malformed, reset),
		cmocka_unit_test_setup(every_shorter_token_is_refused, reset),
		cmocka_unit_test_setup(flipped_bytes_do_no_harm, reset),
	};

	return cmocka_run_group_tests_name("guest/demo/claims", tests, NULL, NULL);
}
