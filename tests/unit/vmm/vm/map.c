/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/vm/map.h: the shape of the guest's address space. */
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/vm/map.h"

static void one_bit_above_all_memory_says_shared(void **state)
{
	assert_int_equal(map_ipa_bits(MIB(2)), 33);
	assert_int_equal(map_ipa_bits(GIB(3)), 33);
	assert_int_equal(map_ipa_bits(GIB(3) + MIB(2)), 34);
	assert_int_equal(map_ipa_bits(GIB(7)), 34);
	assert_int_equal(map_ipa_bits(MAP_RAM_MAX), 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bit_above_all_memory_says_shared),
	};

	return cmocka_run_group_tests_name("vmm/vm/map", tests, NULL, NULL);
}
