/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/initrd.c: how much memory the files of an initrd will take. */
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/initrd.h"

static uint8_t data[1000];

static uint64_t size_of(const char *start, size_t len)
{
	memset(data, 0, sizeof(data) - 4);
	memcpy(data, start, len);
	return initrd_unpacked_size(data, sizeof(data));
}

static void set_end(uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		data[sizeof(data) - 4 + (size_t)i] = (uint8_t)(value >> 8 * i);
}

static void an_archive_takes_its_size(void **state)
{
	assert_int_equal(size_of("070701", 6), 1000);
	assert_int_equal(size_of("070702", 6), 1000);
}

static void gzip_says_it_at_its_end(void **state)
{
	set_end(5000);
	assert_int_equal(size_of("\x1f\x8b\x08", 3), 5000);
}

static void what_cannot_be_true_is_not_believed(void **state)
{
	set_end(999);
	assert_int_equal(size_of("\x1f\x8b\x08", 3), 3000);
	set_end(0xffffffff);
	assert_int_equal(size_of("\x1f\x8b\x08", 3), 3000);
}

static void other_compressions_are_taken_for_usual(void **state)
{
	assert_int_equal(size_of("\x28\xb5\x2f\xfd", 4), 3000);
	assert_int_equal(size_of("\xfd\x37zXZ", 6), 3000);
}

static void the_shortest_files_are_not_read_beyond(void **state)
{
	assert_int_equal(initrd_unpacked_size(NULL, 0), 0);
	assert_int_equal(initrd_unpacked_size(data, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_takes_its_size),
		cmocka_unit_test(gzip_says_it_at_its_end),
		cmocka_unit_test(what_cannot_be_true_is_not_believed),
		cmocka_unit_test(other_compressions_are_taken_for_usual),
		cmocka_unit_test(the_shortest_files_are_not_read_beyond),
	};

	return cmocka_run_group_tests_name("vmm/boot/initrd", tests, NULL, NULL);
}
