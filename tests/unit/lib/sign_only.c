// SPDX-License-Identifier: BSD-3-Clause
/*
 * Firmware that only signs links lib/mbedtls_port/absent.c in place of the crypto library's digests
 * and generator: keys and signatures must not need them.
 */
#include "unit.h"
#include <errno.h>
#include <p384.h>
#include <mbedtls/md.h>

/* RFC 6979 A.2.6, SHA-384, message "test". */
static void the_published_signature_comes_out(void **state)
{
	uint8_t d[P384_SCALAR_SIZE], digest[SHA384_SIZE], signature[P384_SIGNATURE_SIZE];

	assert_null(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384)); /* absent.c it is */
	from_hex("6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
		 "96d5724e4c70a825f872c9ea60d2edf5",
		 d, sizeof(d));
	hash_digest(HASH_SHA384, "test", 4, digest);
	assert_int_equal(p384_init(), 0);
	assert_int_equal(p384_sign(d, digest, signature, NULL, NULL), 0);
	assert_hex_equal(signature, sizeof(signature),
			 "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb"
			 "0542a7f0812998da8f1dd3ca3cf023db"
			 "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e0"
			 "6a739f040649a667bf3b828246baa5a5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_signature_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
