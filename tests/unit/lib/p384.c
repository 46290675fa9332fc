// SPDX-License-Identifier: BSD-3-Clause
/* ECDSA P-384: the vectors of RFC 6979 A.2.6, bad inputs, and independence of random numbers. */
#include "unit.h"
#include <errno.h>
#include <p384.h>

#define SCALAR                                                                                     \
	"6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"                         \
	"96d5724e4c70a825f872c9ea60d2edf5"
#define POINT                                                                                      \
	"04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"                       \
	"def8f0ea9055866064a254515480bc13"                                                         \
	"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"                         \
	"288b231c3ae0d4fe7344fd2533264720"
#define SAMPLE_SIGNATURE                                                                           \
	"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"                         \
	"81a648152e44acf96e36dd1e80fabe46"                                                         \
	"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"                         \
	"a329c145786e679e7b82c71a38628ac8"
#define TEST_SIGNATURE                                                                             \
	"8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb"                         \
	"0542a7f0812998da8f1dd3ca3cf023db"                                                         \
	"ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e0"                         \
	"6a739f040649a667bf3b828246baa5a5"
#define ORDER                                                                                      \
	"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"                         \
	"581a0db248b0a77aecec196accc52973"

struct key {
	uint8_t d[P384_SCALAR_SIZE];
	uint8_t point[P384_POINT_SIZE];
	uint8_t digest[SHA384_SIZE];
};

static struct key sample_key(const char *message)
{
	struct key k = {0};

	from_hex(SCALAR, k.d, sizeof(k.d));
	from_hex(POINT, k.point, sizeof(k.point));
	hash_digest(HASH_SHA384, message, strlen(message), k.digest);
	return k;
}

static void public_key_of_the_vector(void **state)
{
	struct key k = sample_key("sample");
	uint8_t point[P384_POINT_SIZE];

	assert_int_equal(p384_public(k.d, point), 0);
	assert_memory_equal(point, k.point, sizeof(point));
}

static void signatures_of_the_vectors(void **state)
{
	struct key k = sample_key("sample");
	uint8_t signature[P384_SIGNATURE_SIZE];

	assert_int_equal(p384_sign(k.d, k.digest, signature, NULL, NULL), 0);
	assert_hex_equal(signature, sizeof(signature), SAMPLE_SIGNATURE);
	k = sample_key("test");
	assert_int_equal(p384_sign(k.d, k.digest, signature, NULL, NULL), 0);
	assert_hex_equal(signature, sizeof(signature), TEST_SIGNATURE);
}

static int rand_fixed(void *arg, unsigned char *buf, size_t len)
{
	++*(int *)arg;
	memset(buf, 0x42, len);
	return 0;
}

static int rand_broken(void *arg, unsigned char *buf, size_t len)
{
	++*(int *)arg;
	return -1;
}

/* Blinding is asked for, and neither its value nor its failure shows in the signature. */
static void random_numbers_do_not_matter(void **state)
{
	struct key k = sample_key("sample");
	uint8_t signature[P384_SIGNATURE_SIZE];
	int fixed = 0, broken = 0;

	assert_int_equal(p384_sign(k.d, k.digest, signature, rand_fixed, &fixed), 0);
	assert_hex_equal(signature, sizeof(signature), SAMPLE_SIGNATURE);
	assert_int_equal(p384_sign(k.d, k.digest, signature, rand_broken, &broken), 0);
	assert_hex_equal(signature, sizeof(signature), SAMPLE_SIGNATURE);
	assert_true(fixed > 0 && broken > 0);
}

static void scalars_out_of_range_are_refused(void **state)
{
	static const uint8_t zero[P384_SIGNATURE_SIZE];
	struct key k = sample_key("sample");
	uint8_t signature[P384_SIGNATURE_SIZE];
	uint8_t point[P384_POINT_SIZE];

	memset(k.d, 0, sizeof(k.d));
	assert_int_equal(p384_public(k.d, point), -EINVAL);
	memset(signature, 0xff, sizeof(signature));
	assert_int_equal(p384_sign(k.d, k.digest, signature, NULL, NULL), -EINVAL);
	assert_memory_equal(signature, zero, sizeof(signature));
	from_hex(ORDER, k.d, sizeof(k.d));
	assert_int_equal(p384_public(k.d, point), -EINVAL);
	assert_int_equal(p384_sign(k.d, k.digest, signature, NULL, NULL), -EINVAL);
	k.d[P384_SCALAR_SIZE - 1]--; /* n - 1 is the greatest one */
	assert_int_equal(p384_public(k.d, point), 0);
	assert_int_equal(p384_sign(k.d, k.digest, signature, NULL, NULL), 0);
	assert_int_equal(p384_verify(point, k.digest, signature), 0);
}

static void verification_accepts_only_the_right_signature(void **state)
{
	struct key k = sample_key("sample");
	uint8_t signature[P384_SIGNATURE_SIZE];

	from_hex(SAMPLE_SIGNATURE, signature, sizeof(signature));
	assert_int_equal(p384_verify(k.point, k.digest, signature), 0);
	signature[95] ^= 1;
	assert_int_equal(p384_verify(k.point, k.digest, signature), -EBADMSG);
	signature[95] ^= 1;
	k.digest[0] ^= 0x80;
	assert_int_equal(p384_verify(k.point, k.digest, signature), -EBADMSG);
	k.digest[0] ^= 0x80;
	memset(signature, 0, sizeof(signature));
	assert_int_equal(p384_verify(k.point, k.digest, signature), -EBADMSG);
	k.point[P384_POINT_SIZE - 1] ^= 1;
	assert_int_equal(p384_verify(k.point, k.digest, signature), -EINVAL);
}

static int setup(void **state)
{
	return p384_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_key_of_the_vector),
		cmocka_unit_test(signatures_of_the_vectors),
		cmocka_unit_test(random_numbers_do_not_matter),
		cmocka_unit_test(scalars_out_of_range_are_refused),
		cmocka_unit_test(verification_accepts_only_the_right_signature),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
