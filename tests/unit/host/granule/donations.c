/* SPDX-License-Identifier: BSD-3-Clause */
/* host/granule/donations.c: lists say what the RMM asked for, and nothing of them is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/granule/donations.h"

#define POOL_BASE 0x40000000UL
#define PLENTY	  1000U

static unsigned int room;     /* how many granules there is memory for */
static unsigned int got_sure; /* how many granules came in spite of a memory limit */
static unsigned int blocks;
static u64 next_pa, put_sum;
static unsigned int puts;
static u64 list[DONATIONS_MAX];

int cca_pool_get(struct cca_pool *pool, u64 *pa)
{
	if (!room)
		return -ENOMEM;
	room--;
	*pa = next_pa;
	next_pa += PAGE_SIZE;
	return 0;
}

int cca_pool_get_sure(struct cca_pool *pool, u64 *pa)
{
	got_sure++;
	room++;
	return cca_pool_get(pool, pa);
}

int cca_pool_get_block(struct cca_pool *pool, unsigned int order, bool delegated, u64 *pa)
{
	if (room < 1U << order)
		return -ENOMEM;
	blocks++;
	*pa = next_pa;
	next_pa += PAGE_SIZE << order;
	return 0;
}

void cca_pool_put(struct cca_pool *pool, u64 pa)
{
	puts++;
	put_sum += (pa - POOL_BASE) >> PAGE_SHIFT;
}

static int reset(void **state)
{
	room = PLENTY;
	got_sure = blocks = puts = 0;
	next_pa = POOL_BASE;
	put_sum = 0;
	return 0;
}

static u64 request(u64 count, u64 state, u64 flags)
{
	return count << RMI_DONATE_COUNT_SHIFT | state << RMI_DONATE_STATE_SHIFT | flags;
}

static unsigned int fill(u64 word, bool must)
{
	return donations_fill(NULL, word, must, list);
}

static void single_granules(void **state)
{
	assert_int_equal(fill(request(3, RMI_DESC_DELEGATED, 0), false), 3);
	assert_int_equal(list[2] & RMI_DESC_ADDR_MASK, POOL_BASE + 2 * PAGE_SIZE);
	assert_int_equal(RMI_DESC_COUNT(list[2]), 1);
	assert_int_equal(got_sure, 0);
}

static void contiguous_granules_are_one_entry(void **state)
{
	assert_int_equal(fill(request(8, RMI_DESC_DELEGATED, RMI_DONATE_CONTIGUOUS), false), 1);
	assert_int_equal(blocks, 1);
	assert_int_equal(RMI_DESC_COUNT(list[0]), 8);
}

static void requests_that_cannot_be_served(void **state)
{
	assert_int_equal(fill(request(0, RMI_DESC_DELEGATED, 0), true), 0);
	assert_int_equal(fill(request(3, RMI_DESC_DELEGATED, RMI_DONATE_CONTIGUOUS), true), 0);
	assert_int_equal(fill(request(1, RMI_DESC_UNDELEGATED + 1, 0), true), 0);
	assert_int_equal(next_pa, POOL_BASE);
}

static void as_many_as_there_is_memory_for(void **state)
{
	room = 2;
	assert_int_equal(fill(request(5, RMI_DESC_DELEGATED, 0), false), 2);
	assert_int_equal(fill(request(5, RMI_DESC_DELEGATED, 0), false), 0);
}

/* The host must be able to finish an operation that cannot be cancelled, one granule at a time. */
static void the_first_granule_is_sure_if_it_must_be(void **state)
{
	room = 0;
	assert_int_equal(fill(request(5, RMI_DESC_DELEGATED, 0), true), 1);
	assert_int_equal(got_sure, 1);
}

static void a_list_is_not_longer_than_a_page_allows(void **state)
{
	assert_int_equal(fill(request(DONATIONS_MAX + 1, RMI_DESC_DELEGATED, 0), false),
			 DONATIONS_MAX);
}

static void what_was_kept_does_not_come_back(void **state)
{
	assert_int_equal(fill(request(4, RMI_DESC_DELEGATED, RMI_DONATE_CONTIGUOUS), false), 1);
	list[1] = (POOL_BASE + 10 * PAGE_SIZE) | 1ULL << RMI_DESC_COUNT_SHIFT;
	donations_put(NULL, list, 2, 3);
	assert_int_equal(puts, 2);
	assert_int_equal(put_sum, 3 + 10);
	donations_put(NULL, list, 2, 5);
	assert_int_equal(puts, 2);
	donations_put(NULL, list, 2, 0);
	assert_int_equal(puts, 2 + 5);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(single_granules),
		TEST(contiguous_granules_are_one_entry),
		TEST(requests_that_cannot_be_served),
		TEST(as_many_as_there_is_memory_for),
		TEST(the_first_granule_is_sure_if_it_must_be),
		TEST(a_list_is_not_longer_than_a_page_allows),
		TEST(what_was_kept_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
