// SPDX-License-Identifier: BSD-3-Clause
/* COSE_Sign1 and COSE_Key: exact bytes, digest, round trip with a real signature, refusals. */
#include "unit.h"
#include <cose.h>
#include <errno.h>
#include <p384.h>

static const uint8_t scalar[P384_SCALAR_SIZE] = {0x11, 0x22, [47] = 0x33};

static void encode_text(struct cbor *c, const void *arg)
{
	cbor_text(c, arg);
}

static int sign(const void *key, const uint8_t digest[SHA384_SIZE],
		uint8_t signature[P384_SIGNATURE_SIZE])
{
	return p384_sign(key, digest, signature, NULL, NULL);
}

static int refuse(const void *key, const uint8_t digest[SHA384_SIZE],
		  uint8_t signature[P384_SIGNATURE_SIZE])
{
	return -EIO;
}

/* The Sig_structure written out by hand. */
static void digest_covers_the_sig_structure(void **state)
{
	const struct cose_sign1 msg = {.payload = encode_text, .arg = "hi"};
	uint8_t sig_structure[64], digest[SHA384_SIZE], want[SHA384_SIZE];
	size_t len = from_hex("84 6a 5369676e617475726531 44 a1013822 40 43 626869", sig_structure,
			      sizeof(sig_structure));

	cose_sign1_digest(&msg, digest);
	hash_digest(HASH_SHA384, sig_structure, len, want);
	assert_memory_equal(digest, want, sizeof(want));
}

static void message_has_the_expected_bytes(void **state)
{
	struct cose_sign1 msg = {.payload = encode_text, .arg = "hi"};
	uint8_t buf[128];
	struct cbor c;

	memset(msg.signature, 0xee, sizeof(msg.signature));
	cbor_init(&c, buf, sizeof(buf));
	cose_sign1_encode(&c, &msg);
	assert_int_equal(cbor_finish(&c), 14 + 96);
	assert_hex_equal(buf, 14, "d2 84 44a1013822 a0 43626869 5860");
	assert_memory_equal(buf + 14, msg.signature, sizeof(msg.signature));
}

/* A payload of several hash windows. */
static void built_message_verifies(void **state)
{
	char text[1000];
	uint8_t buf[1200], digest[SHA384_SIZE], point[P384_POINT_SIZE];
	struct cose_sign1_view view;
	int len;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(p384_public(scalar, point), 0);
	len = cose_sign1_build(buf, sizeof(buf), encode_text, text, sign, scalar);
	assert_true(len > 0);
	assert_true(cose_sign1_parse(buf, (size_t)len, &view));
	assert_int_equal(view.payload_len, 3 + strlen(text));
	assert_memory_equal(view.payload + 3, text, strlen(text));
	cose_sign1_view_digest(&view, digest);
	assert_int_equal(p384_verify(point, digest, view.signature), 0);

	buf[500] ^= 1;
	cose_sign1_view_digest(&view, digest);
	assert_int_equal(p384_verify(point, digest, view.signature), -EBADMSG);
}

static void build_reports_errors(void **state)
{
	uint8_t buf[110];

	assert_int_equal(cose_sign1_build(buf, 110, encode_text, "hi", sign, scalar), 110);
	assert_int_equal(cose_sign1_build(buf, 109, encode_text, "hi", sign, scalar), -ENOSPC);
	assert_int_equal(cose_sign1_build(buf, 110, encode_text, "hi", refuse, scalar), -EIO);
}

static void parse_refuses_other_messages(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
	} edits[] = {
		{0, 0xd1},  /* another tag */
		{1, 0x83},  /* another array */
		{3, 0xa2},  /* another protected header */
		{5, 0x39},  /* another algorithm */
		{6, 0x23},  /* likewise */
		{7, 0xa1},  /* something unprotected */
		{8, 0x63},  /* payload is text */
		{12, 0x5f}, /* signature of another size */
	};
	uint8_t buf[110], bad[111];
	struct cose_sign1_view view;
	size_t i;

	assert_int_equal(cose_sign1_build(buf, 110, encode_text, "hi", sign, scalar), 110);
	assert_true(cose_sign1_parse(buf, 110, &view));
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		memcpy(bad, buf, sizeof(buf));
		bad[edits[i].offset] = edits[i].value;
		assert_false(cose_sign1_parse(bad, 110, &view));
	}
	memcpy(bad, buf, sizeof(buf));
	bad[110] = 0;
	assert_false(cose_sign1_parse(bad, 111, &view));
	for (i = 0; i < 110; i++)
		assert_false(cose_sign1_parse(buf, i, &view));
}

static void cose_key_has_the_expected_bytes(void **state)
{
	uint8_t point[P384_POINT_SIZE], again[P384_POINT_SIZE], key[COSE_KEY_P384_SIZE];

	assert_int_equal(p384_public(scalar, point), 0);
	cose_key_p384(point, key);
	assert_hex_equal(key, 8, "a4 0102 2002 21 5830");
	assert_memory_equal(key + 8, point + 1, 48);
	assert_hex_equal(key + 56, 3, "22 5830");
	assert_memory_equal(key + 59, point + 49, 48);
	assert_true(cose_key_p384_point(key, sizeof(key), again));
	assert_memory_equal(again, point, sizeof(point));
	assert_false(cose_key_p384_point(key, sizeof(key) - 1, again));
	key[4] = 1; /* P-256 */
	assert_false(cose_key_p384_point(key, sizeof(key), again));
}

static int setup(void **state)
{
	return p384_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_covers_the_sig_structure),
		cmocka_unit_test(message_has_the_expected_bytes),
		cmocka_unit_test(built_message_verifies),
		cmocka_unit_test(build_reports_errors),
		cmocka_unit_test(parse_refuses_other_messages),
		cmocka_unit_test(cose_key_has_the_expected_bytes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
