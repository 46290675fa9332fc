/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules of the pool of stateful operations: rmm/rmi2/sro.h. */
#include "host.h"
#include "rmm/rmi2/sro.h"

static void test_handles(void **state)
{
	uint64_t handle;
	struct sro *a, *b, *found;

	assert_int_equal(sro_take(0, &found), SRO_NONE);
	assert_int_equal(sro_take(SRO_MAX, &found), SRO_NONE);
	assert_int_equal(sro_take(~0ull, &found), SRO_NONE);
	a = sro_alloc(&handle);
	assert_int_equal(handle, 0);
	assert_int_equal(sro_take(0, &found), SRO_BUSY);
	b = sro_alloc(&handle);
	assert_int_equal(handle, 1);
	a->count = 7;
	sro_park(a);
	assert_int_equal(sro_take(0, &found), SRO_OK);
	assert_ptr_equal(found, a);
	/* The lowest free handle is given first; nothing of its last operation is left. */
	sro_free(found);
	a = sro_alloc(&handle);
	assert_int_equal(handle, 0);
	assert_int_equal(a->count, 0);
	sro_free(a);
	sro_free(b);
}

static void test_exhaustion(void **state)
{
	struct sro *all[SRO_MAX];
	uint64_t handle;

	for (unsigned int i = 0; i < SRO_MAX; i++) {
		all[i] = sro_alloc(&handle);
		assert_int_equal(handle, i);
	}
	assert_null(sro_alloc(&handle));
	for (unsigned int i = 0; i < SRO_MAX; i++)
		sro_free(all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
