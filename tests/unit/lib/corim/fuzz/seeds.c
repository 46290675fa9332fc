/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a CoRIM of every shape into the folder given: the corpus that fuzzing starts from. */
#include <stdio.h>

#include "tests/unit/lib/corim/notation.h"

static const struct {
	const char *name, *text;
} seeds[] = {
	{"realm", REALM_WITH("83", "a2 00 'cca.rem2' 01 a1 02 81 82 01 {32}"
				   "a2 00 'cca.rpv' 01 a1 04 d90230 {64}")},
	{"platform",
	 PLATFORM_WITH("85",
		       "a2 00 'cca.software-component' 01 a4 00 a1 00 '1.0' 02 82"
		       "82 01 {32} 82 'sha-512' {64} 0b 'RMM' 0d 81 d90230 {48}"
		       "a2 00 'cca.platform-config' 01 a1 04 d90233 82 42 0102 42 ff00"
		       "a2 00 'cca.platform-manufacturing-config' 01 a2 04 d90230 41 05 05 41 0f"
		       "a2 00 'cca.rotpk.CM.0.12' 01 a1 0d 81 d90230 {32}")},
	{"key",
	 KEY_WITH("82" KEY_ENVIRONMENT,
		  "81 d9022a '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n'")},
	{"signed",
	 "d2 84 <a4 01 26 03 'application/rim+cbor' 08 <a2 00 a1 00 'me' 01 a1 01 c1 19 01f4>"
	 "0f a3 01 'issuer' 04 19 03e8 05 05> a1 04 41 00 <" REALM_WITH("81", "") "> {64}"},
	{"people", IN_CORIM("tag:arm.com,2025:endorsements/cca_realm#1.0.0",
			    "a6 02 81 a1 00 'x' 05 81 a1 00 'x' 04 a2 00 c1 05 01 c1 18 64",
			    "a4 00 'en' 02 80 01 a1 00 'id' 04 a1 00 81 82"
			    "a1 00 a3 01 'vendor' 02 'model' 00 d90230 {32} 81" RIM)},
};

static const char *folder;

static void a_corim_of_every_shape(void **state)
{
	struct bytes b;
	char path[512];
	size_t i;
	FILE *f;

	for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		notation(&b, seeds[i].text);
		snprintf(path, sizeof(path), "%s/%s", folder, seeds[i].name);
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
		assert_int_equal(fclose(f), 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_corim_of_every_shape)};

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
