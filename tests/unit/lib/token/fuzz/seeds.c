/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a token of every shape into the folder given: the corpus that fuzzing starts from. */
#include <stdio.h>

#include "tests/unit/lib/token/maker.h"

static const char *folder;
static struct recipe r;

static void write_token(const char *name)
{
	char path[512];
	FILE *f;

	recipe_seal(&r);
	recipe_build(&r);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(r.made.data, 1, r.made.len, f), r.made.len);
	assert_int_equal(fclose(f), 0);
}

static void a_token_of_every_shape(void **state)
{
	static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	size_t i;

	for (i = 0; i < shape_count; i++) {
		recipe_init(&r, shapes[i].name);
		r.tag = i % 2 ? 399 : 907;
		if (shapes[i].realm)
			recipe_set_curves(&r, i % TOKEN_CURVES, (i + 1) % TOKEN_CURVES);
		recipe_set_hashes(&r, algs[i % 3], algs[i / 3]);
		map_add(&r.platform.unprotected, 33, "41 30");
		map_add_raw(&r.realm.payload, "61 78", "83 c1 f9 3c00 a1 01 f5 38 20");
		write_token(shapes[i].name);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_token_of_every_shape)};

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
