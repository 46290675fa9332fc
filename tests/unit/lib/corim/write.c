/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/corim/encode.c and write.c: what is written is read again, and is signed by the key that was
 * given. */
#include <corim/corim.h>
#include <util.h>

#include "private.h"
#include "tests/unit/lib/token/maker.h"

static struct corim said, read;
static struct corim_error error;
static uint8_t buf[65536];
static size_t len;

/* Bytes that are others for each seed. */
static const uint8_t *bytes(unsigned int seed)
{
	static uint8_t pool[256][HASH_SIZE_MAX];

	hash_digest(HASH_SHA512, &seed, sizeof(seed), pool[seed]);
	return pool[seed];
}

static const uint8_t *instance(void)
{
	static uint8_t id[CORIM_INSTANCE_ID] = {1, 2, 3};

	return id;
}

static void say_platform(void)
{
	struct corim_platform *p = &said.platform[0];

	said = (struct corim){.kind = CORIM_PLATFORM, .id = corim_text("a platform")};
	said.platforms = 2;
	p->implementation_id = bytes(1);
	p->components = 2;
	p->component[0] = (struct corim_component){
		.type = corim_text("RMM"),
		.version = corim_text("1.0"),
		.digest = {{HASH_SHA256, bytes(2)},
			   {HASH_SHA384, bytes(3)},
			   {HASH_SHA512, bytes(4)}},
		.digests = 3,
		.signer = {bytes(5), 48},
	};
	p->component[1] = (struct corim_component){
		.digest = {{HASH_SHA256, bytes(6)}}, .digests = 1, .signer = {bytes(7), 32}};
	p->config = (struct corim_config){.value = {bytes(8), 20}, .mask = {bytes(9), 20}};
	p->manufacturing_config.value = (struct corim_bytes){bytes(10), 3};
	p->rotpk[0] = (struct corim_rotpk){"DM", 0, UINT32_MAX, {bytes(11), 64}};
	p->rotpks = 1;
	said.platform[1] = *p;
	said.platform[1].components = 1;
	said.key[0] = (struct corim_key){bytes(1), instance(), corim_text("not\nlooked at\n")};
	said.keys = 1;
}

static void say_realm(void)
{
	struct corim_realm *r = &said.realm[0];

	said = (struct corim){.kind = CORIM_REALM, .id = corim_text("a Realm"), .realms = 2};
	r->rim = (struct corim_digest){HASH_SHA384, bytes(20)};
	r->rem[1] = (struct corim_digest){HASH_SHA384, bytes(21)};
	r->rpv = bytes(22);
	said.realm[1].rim = (struct corim_digest){HASH_SHA512, bytes(23)};
}

static void write(void)
{
	const char *wrong = corim_write(&said, NULL, 0, buf, sizeof(buf), &len);

	if (wrong)
		fail_msg("%s", wrong);
	assert_true(corim_decode(buf, len, &read, &error));
}

static void assert_bytes_equal(const struct corim_bytes *a, const struct corim_bytes *b)
{
	assert_int_equal(a->data != NULL, b->data != NULL);
	assert_int_equal(a->len, b->len);
	if (a->data)
		assert_memory_equal(a->data, b->data, a->len);
}

static void assert_digest_equal(const struct corim_digest *a, const struct corim_digest *b)
{
	assert_int_equal(a->data != NULL, b->data != NULL);
	if (!a->data)
		return;
	assert_int_equal(a->alg, b->alg);
	assert_memory_equal(a->data, b->data, hash_size(a->alg));
}

static void assert_component_equal(const struct corim_component *a, const struct corim_component *b)
{
	size_t i;

	assert_bytes_equal(&a->type, &b->type);
	assert_bytes_equal(&a->version, &b->version);
	assert_bytes_equal(&a->signer, &b->signer);
	assert_int_equal(a->digests, b->digests);
	for (i = 0; i < a->digests; i++)
		assert_digest_equal(&a->digest[i], &b->digest[i]);
}

static void assert_platform_equal(const struct corim_platform *a, const struct corim_platform *b)
{
	size_t i;

	assert_memory_equal(a->implementation_id, b->implementation_id, CORIM_IMPLEMENTATION_ID);
	assert_int_equal(a->components, b->components);
	for (i = 0; i < a->components; i++)
		assert_component_equal(&a->component[i], &b->component[i]);
	assert_bytes_equal(&a->config.value, &b->config.value);
	assert_bytes_equal(&a->config.mask, &b->config.mask);
	assert_bytes_equal(&a->manufacturing_config.value, &b->manufacturing_config.value);
	assert_int_equal(a->rotpks, b->rotpks);
	assert_string_equal(a->rotpk[0].kind, b->rotpk[0].kind);
	assert_int_equal(a->rotpk[0].second, b->rotpk[0].second);
	assert_bytes_equal(&a->rotpk[0].hash, &b->rotpk[0].hash);
}

static void a_platform_in_both_spellings(void **state)
{
	size_t i;

	for (i = 0; i < CORIM_SPELLINGS; i++) {
		say_platform();
		said.spelling = (enum corim_spelling)i;
		write();
		assert_int_equal(read.kind, CORIM_PLATFORM);
		assert_int_equal(read.spelling, i);
		assert_bytes_equal(&said.id, &read.id);
		assert_int_equal(read.platforms, 2);
		assert_platform_equal(&said.platform[0], &read.platform[0]);
		assert_int_equal(read.platform[1].components, 1);
		assert_int_equal(read.keys, 1);
		assert_bytes_equal(&said.key[0].pem, &read.key[0].pem);
		assert_memory_equal(read.key[0].instance_id, instance(), CORIM_INSTANCE_ID);
	}
}

static void a_realm_in_both_spellings(void **state)
{
	size_t i, rem;

	for (i = 0; i < CORIM_SPELLINGS; i++) {
		say_realm();
		said.spelling = (enum corim_spelling)i;
		write();
		assert_int_equal(read.kind, CORIM_REALM);
		assert_int_equal(read.spelling, i);
		assert_int_equal(read.realms, 2);
		assert_digest_equal(&said.realm[0].rim, &read.realm[0].rim);
		for (rem = 0; rem < TOKEN_REMS; rem++)
			assert_digest_equal(&said.realm[0].rem[rem], &read.realm[0].rem[rem]);
		assert_memory_equal(read.realm[0].rpv, bytes(22), CORIM_RPV);
		assert_digest_equal(&said.realm[1].rim, &read.realm[1].rim);
		assert_null(read.realm[1].rpv);
	}
}

static void keys_alone(void **state)
{
	say_platform();
	said.platforms = 0;
	write();
	assert_int_equal(read.platforms, 0);
	assert_int_equal(read.keys, 1);
}

static void a_mask_is_written_as_the_spelling_has_it(void **state)
{
	say_platform();
	said.platform[0].config.mask.data = NULL;
	said.spelling = CORIM_CCA;
	write();
	assert_hex_equal(read.platform[0].config.mask.data, 4, "ffffffff");
	assert_hex_equal(read.platform[0].config.value.data - 4, 4, "d9 0230 54");
	said.spelling = CORIM_ENDORSEMENTS;
	write();
	assert_hex_equal(read.platform[0].config.mask.data, 4, "ffffffff");
	assert_hex_equal(read.platform[0].config.value.data - 5, 5, "d9 0233 82 54");
}

static void validity(void **state)
{
	say_realm();
	said.validity = (struct corim_validity){0, 1000};
	write();
	assert_int_equal(read.validity.not_before, 0);
	assert_int_equal(read.validity.not_after, 1000);
	said.validity.not_before = 500;
	write();
	assert_int_equal(read.validity.not_before, 500);
}

static void what_is_written_twice_is_the_same(void **state)
{
	static uint8_t first[sizeof(buf)];
	size_t first_len;

	say_platform();
	write();
	memcpy(first, buf, len);
	first_len = len;
	write();
	assert_int_equal(len, first_len);
	assert_memory_equal(buf, first, len);
}

static void expect_wrong(const char *want)
{
	const char *wrong = corim_write(&said, NULL, 0, buf, sizeof(buf), &len);

	assert_non_null(wrong);
	assert_string_equal(wrong, want);
}

static void nothing_is_written_that_is_not_read(void **state)
{
	say_platform();
	said.platform[1].components = 0;
	expect_wrong("a platform without software components");
	say_platform();
	said.platform[0].component[0].signer.len = 31;
	expect_wrong("a key that is not as long as a hash");
	say_realm();
	said.realm[0].rem[0] = (struct corim_digest){HASH_SHA256, bytes(30)};
	expect_wrong("a REM by another algorithm than the RIM");
	say_realm();
	said.realms = 0;
	expect_wrong("neither reference values nor keys");
	say_realm();
	assert_string_equal(corim_write(&said, NULL, 0, buf, 20, &len), "larger than its place");
}

/* ---- signatures ---- */

static void sign(enum token_curve curve, bool pem, struct token_key *public)
{
	static uint8_t file[PRIVATE_MAX];
	size_t file_len = private_key(curve, pem, file, public);
	const char *wrong;

	said.signer = corim_text("the signer");
	wrong = corim_write(&said, file, file_len, buf, sizeof(buf), &len);
	if (wrong)
		fail_msg("%s", wrong);
	assert_true(corim_decode(buf, len, &read, &error));
}

static void a_signature_is_the_keys_on_every_curve(void **state)
{
	struct token_key public, other;
	size_t i;

	for (i = 0; i < TOKEN_CURVES; i++) {
		say_platform();
		sign((enum token_curve)i, i % 2, &public);
		assert_true(read.is_signed);
		assert_bytes_equal(&said.signer, &read.signer);
		assert_platform_equal(&said.platform[0], &read.platform[0]);
		assert_true(corim_signed_by(&read, &public));
		maker_key(&other, (enum token_curve)i, 9);
		assert_false(corim_signed_by(&read, &other));
		maker_key(&other, (enum token_curve)((i + 1) % TOKEN_CURVES), 9);
		assert_false(corim_signed_by(&read, &other));
	}
}

static void an_unsigned_one_is_signed_by_nobody(void **state)
{
	struct token_key key;

	say_realm();
	write();
	maker_key(&key, TOKEN_P256, 1);
	assert_false(corim_signed_by(&read, &key));
}

static void no_flipped_byte_is_signed(void **state)
{
	struct token_key public;
	size_t i;

	say_realm();
	sign(TOKEN_P256, true, &public);
	for (i = 0; i < len; i++) {
		buf[i] ^= 1;
		if (corim_decode(buf, len, &read, &error))
			assert_false(corim_signed_by(&read, &public));
		buf[i] ^= 1;
	}
}

static void what_is_no_private_key(void **state)
{
	static const char none[] = "not a private key without a password (PEM or DER)";
	uint8_t file[PRIVATE_MAX];
	struct token_key public;
	size_t file_len = private_key(TOKEN_P256, true, file, &public);

	say_realm();
	assert_string_equal(corim_write(&said, "x", 1, buf, sizeof(buf), &len), none);
	assert_string_equal(corim_write(&said, file, file_len / 2, buf, sizeof(buf), &len), none);
	assert_string_equal(corim_write(&said, "", 0, buf, sizeof(buf), &len), none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_platform_in_both_spellings),
		cmocka_unit_test(a_realm_in_both_spellings),
		cmocka_unit_test(keys_alone),
		cmocka_unit_test(a_mask_is_written_as_the_spelling_has_it),
		cmocka_unit_test(validity),
		cmocka_unit_test(what_is_written_twice_is_the_same),
		cmocka_unit_test(nothing_is_written_that_is_not_read),
		cmocka_unit_test(a_signature_is_the_keys_on_every_curve),
		cmocka_unit_test(an_unsigned_one_is_signed_by_nobody),
		cmocka_unit_test(no_flipped_byte_is_signed),
		cmocka_unit_test(what_is_no_private_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
