/* SPDX-License-Identifier: BSD-3-Clause */
/* VMIDs: rmm/core/vmid.c. The lowest free one each time, to the last. */
#include "host.h"
#include "rmm/core/realm.h"

#define VMIDS 65536

static void take_all(unsigned int count)
{
	uint16_t vmid;

	for (unsigned int i = 0; i < count; i++) {
		assert_true(vmid_alloc(&vmid));
		assert_int_equal(vmid, i);
	}
	assert_false(vmid_alloc(&vmid));
}

static void free_all(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		vmid_free((uint16_t)i);
}

static void test_all(void **state)
{
	take_all(VMIDS);
	free_all(VMIDS);
	take_all(VMIDS);
	free_all(VMIDS);
}

/* A machine with VMIDs of 8 bits never gets one that has more. */
static void test_eight_bits(void **state)
{
	arch_features.vmid16 = false;
	take_all(256);
	free_all(256);
	take_all(256);
	free_all(256);
	arch_features.vmid16 = true;
}

/* Whatever is given back is found again, at any place of any level, the lowest first. */
static void test_freed_ones_are_found(void **state)
{
	static const uint16_t pairs[][2] = {
		{0, 1},	    {0, 63},	   {63, 64},	   {64, 4095},	   {4095, 4096},
		{0, 65535}, {4096, 65535}, {65534, 65535}, {12345, 54321}, {32767, 32768},
	};
	uint16_t vmid;

	take_all(VMIDS);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		vmid_free(pairs[i][1]);
		vmid_free(pairs[i][0]);
		for (unsigned int k = 0; k < 2; k++) {
			assert_true(vmid_alloc(&vmid));
			assert_int_equal(vmid, pairs[i][k]);
		}
		assert_false(vmid_alloc(&vmid));
	}
	free_all(VMIDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_eight_bits),
		cmocka_unit_test(test_freed_ones_are_found),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
