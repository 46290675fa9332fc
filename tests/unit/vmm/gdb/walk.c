/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/gdb/walk.c: where virtual addresses lead, by tables in a small memory. */
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/gdb/walk.h"

#define BASE   0x40000000ULL
#define WORDS  0x10000
#define ON     1ULL
#define TABLE  3ULL
#define PAGE   3ULL
#define BLOCK  1ULL
#define SIZE48 (16ULL | 16ULL << 16)
#define TG1_4K (2ULL << 30)

static uint64_t memory[WORDS];

static bool read_word(void *owner, uint64_t address, uint64_t *value)
{
	uint64_t at = (address - BASE) / 8;

	assert_int_equal(address % 8, 0);
	if (address < BASE || at >= WORDS)
		return false;
	*value = memory[at];
	return true;
}

static struct walk w;
static uint64_t pa, size;

static int set_up(void **state)
{
	memset(memory, 0, sizeof(memory));
	w = (struct walk){.sctlr = ON,
			  .tcr = SIZE48 | TG1_4K,
			  .ttbr = {BASE | 1ULL << 48 /* ASID */ | 1 /* CnP */, BASE},
			  .read = read_word};
	return 0;
}

/* An entry of the table in this 4 KiB page. */
static void put(unsigned int page, unsigned int index, uint64_t value)
{
	memory[page * 512 + index] = value;
}

static void without_the_mmu_addresses_are_physical(void **state)
{
	w.sctlr = 0;
	assert_true(walk_address(&w, 0x40001234, &pa, &size));
	assert_int_equal(pa, 0x40001234);
	assert_int_equal(size, 0x1000 - 0x234);
}

static void pages_of_4k_lie_behind_four_levels(void **state)
{
	uint64_t va = 1ULL << 39 | 2ULL << 30 | 3ULL << 21 | 4ULL << 12 | 0x567;

	put(0, 1, (BASE + 0x1000) | TABLE);
	put(1, 2, (BASE + 0x2000) | TABLE | 1ULL << 59 /* PXNTable */);
	put(2, 3, (BASE + 0x3000) | TABLE);
	put(3, 4, 0x80abc000 | PAGE | 0x60ULL << 48);
	assert_true(walk_address(&w, va, &pa, &size));
	assert_int_equal(pa, 0x80abc567);
	assert_int_equal(size, 0x1000 - 0x567);
	/* In the last level a descriptor that would be a block is none. */
	put(3, 4, 0x80abc000 | BLOCK);
	assert_false(walk_address(&w, va, &pa, &size));
	put(1, 2, 0);
	assert_false(walk_address(&w, va, &pa, &size));
}

static void the_upper_half_has_a_table_of_its_own(void **state)
{
	uint64_t va = 0xffff800000000000ULL | 5ULL << 21 | 0x12345;

	w.ttbr[1] = BASE + 0x4000;
	put(4, 256, (BASE + 0x5000) | TABLE);
	put(5, 0, (BASE + 0x6000) | TABLE);
	put(6, 5, 0xc0000000 | BLOCK);
	assert_true(walk_address(&w, va, &pa, &size));
	assert_int_equal(pa, 0xc0012345);
	assert_int_equal(size, MIB(2) - 0x12345);
	/* The lower half's table is another one. */
	assert_false(walk_address(&w, va & MASK(47, 0), &pa, &size));
}

static void addresses_between_the_halves_are_none(void **state)
{
	put(0, 1, BLOCK);
	assert_false(walk_address(&w, 0x0001000000000000ULL, &pa, &size));
	assert_false(walk_address(&w, 0xfffe800000000000ULL, &pa, &size));
	/* A tag is no part of an address where TBI says so. */
	put(0, 0, (BASE + 0x1000) | TABLE);
	put(1, 1, BASE | BLOCK);
	assert_false(walk_address(&w, 0x5a00000040000000ULL, &pa, &size));
	w.tcr |= 1ULL << 37;
	assert_true(walk_address(&w, 0x5a00000040000000ULL, &pa, &size));
	assert_int_equal(pa, BASE);
}

/* 39 bits: the walk begins a level later. */
static void smaller_halves_take_fewer_levels(void **state)
{
	w.tcr = 25 | 25ULL << 16 | TG1_4K;
	put(0, 1, (BASE + 0x1000) | TABLE);
	put(1, 0, 0x50000000 | BLOCK);
	assert_true(walk_address(&w, 0x40000010, &pa, &size));
	assert_int_equal(pa, 0x50000010);
	assert_false(walk_address(&w, 1ULL << 39, &pa, &size));
}

/* 64 KiB pages, 42 bits: two levels of tables of 8,192 entries. */
static void pages_of_64k(void **state)
{
	w.tcr = 22 | 1ULL << 14 | 22ULL << 16 | 3ULL << 30;
	memory[1] = (BASE + 0x10000) | TABLE;
	memory[0x10000 / 8 + 2] = 0x60000000 | PAGE | 1ULL << 12 /* bit 48 */;
	assert_true(walk_address(&w, 1ULL << 29 | 2 << 16 | 0x4321, &pa, &size));
	assert_int_equal(pa, 1ULL << 48 | 0x60004321);
	assert_int_equal(size, 0x10000 - 0x4321);
}

/* 16 KiB pages, 47 bits: three levels of tables of 2,048 entries. */
static void pages_of_16k(void **state)
{
	w.tcr = 17 | 2ULL << 14 | 17ULL << 16 | 1ULL << 30;
	memory[0] = (BASE + 0x4000) | TABLE;
	memory[0x4000 / 8 + 1] = 0x70000000 | BLOCK;
	assert_true(walk_address(&w, 1ULL << 25 | 7, &pa, &size));
	assert_int_equal(pa, 0x70000007);
	assert_int_equal(size, MIB(32) - 7);
}

/* 52 bits with 4 KiB pages: a fifth level, and the topmost address bits in bits 9 and 8. */
static void addresses_of_52_bits(void **state)
{
	w.tcr = 12 | 12ULL << 16 | TG1_4K | 1ULL << 59;
	put(0, 1, (BASE + 0x1000) | TABLE);
	put(1, 0, (BASE + 0x2000) | TABLE);
	put(2, 0, (BASE + 0x3000) | TABLE);
	put(3, 0, 0x200000 | BLOCK | 2ULL << 8 | 1ULL << 49);
	assert_true(walk_address(&w, 1ULL << 48 | 0x55, &pa, &size));
	assert_int_equal(pa, 1ULL << 51 | 1ULL << 49 | 0x200055);
}

static void a_table_that_is_not_in_memory_ends_the_walk(void **state)
{
	put(0, 0, TABLE);
	assert_false(walk_address(&w, 0, &pa, &size));
	w.tcr = 0;
	assert_false(walk_address(&w, 0, &pa, &size));
	w.tcr = SIZE48;
	assert_false(walk_address(&w, ~0ULL, &pa, &size));
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_the_mmu_addresses_are_physical),
		TEST(pages_of_4k_lie_behind_four_levels),
		TEST(the_upper_half_has_a_table_of_its_own),
		TEST(addresses_between_the_halves_are_none),
		TEST(smaller_halves_take_fewer_levels),
		TEST(pages_of_64k),
		TEST(pages_of_16k),
		TEST(addresses_of_52_bits),
		TEST(a_table_that_is_not_in_memory_ends_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
