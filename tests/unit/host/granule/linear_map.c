/* SPDX-License-Identifier: BSD-3-Clause */
/* host/granule/linear_map.c: holes where the kernel maps by pages, none anywhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/granule/linear_map.h"

#define RUN 16 /* entries that a CPU may keep as one, if they say so */

static pmd_t pmd;
static pte_t table[PTRS_PER_PTE];
static unsigned long flushed; /* pages */

pmd_t *test_pmd(unsigned long address)
{
	return &pmd;
}

pte_t *test_pte(unsigned long address)
{
	return &table[pte_index(address)];
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	flushed += (end - start) >> PAGE_SHIFT;
}

static int reset(void **state)
{
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++)
		table[i].value = PTE_VALID | i << PAGE_SHIFT;
	pmd.leaf = false;
	flushed = 0;
	linear_map_init();
	return 0;
}

static bool valid(unsigned int page)
{
	return table[pte_index(page_to_phys(&kernel_memory[page]))].value & PTE_VALID;
}

static void contiguous(unsigned int first)
{
	unsigned int i;

	for (i = first; i < first + RUN; i++)
		table[pte_index(page_to_phys(&kernel_memory[i]))].value |= PTE_CONT;
}

static void pages_are_taken_out_and_put_back(void **state)
{
	assert_true(linear_map_has_pages());
	assert_true(linear_map_hide(&kernel_memory[3], 2));
	assert_false(valid(3) || valid(4));
	assert_true(valid(2) && valid(5));
	assert_int_equal(flushed, 2);
	linear_map_show(&kernel_memory[3], 2);
	assert_true(valid(3) && valid(4));
}

/* Each entry is looked at: that the first can have a hole says nothing of the others. */
static void an_entry_of_a_contiguous_run_is_left_alone(void **state)
{
	contiguous(RUN);
	assert_false(linear_map_hide(&kernel_memory[RUN - 1], RUN + 2));
	assert_false(valid(RUN - 1) || valid(2 * RUN));
	assert_true(valid(RUN) && valid(2 * RUN - 1));
	linear_map_show(&kernel_memory[RUN - 1], RUN + 2);
	assert_true(valid(RUN - 1) && valid(2 * RUN));
}

static void a_kernel_that_maps_in_blocks_gets_no_holes_anywhere(void **state)
{
	pmd.leaf = true;
	linear_map_init();
	assert_false(linear_map_has_pages());
	pmd.leaf = false; /* an odd part that is mapped by pages */
	assert_false(linear_map_hide(&kernel_memory[3], 2));
	assert_true(valid(3) && valid(4));
	table[pte_index(page_to_phys(&kernel_memory[5]))].value &=
		~PTE_VALID; /* somebody else's hole */
	linear_map_show(&kernel_memory[5], 1);
	assert_false(valid(5));
	assert_int_equal(flushed, 0);
}

static void a_kernel_that_maps_in_contiguous_runs_gets_none_either(void **state)
{
	contiguous(0);
	linear_map_init();
	assert_false(linear_map_has_pages());
	assert_false(linear_map_hide(&kernel_memory[RUN], 1));
	assert_true(valid(RUN));
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(pages_are_taken_out_and_put_back),
		TEST(an_entry_of_a_contiguous_run_is_left_alone),
		TEST(a_kernel_that_maps_in_blocks_gets_no_holes_anywhere),
		TEST(a_kernel_that_maps_in_contiguous_runs_gets_none_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
