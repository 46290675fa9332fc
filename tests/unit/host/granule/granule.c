/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host/granule/granule.c and pool.c: a page that may be in another world is hidden from scanners of
 * memory and is not in the kernel's linear map, from before it goes until it is back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/granule/granule.h"
#include "host/granule/linear_map.h"
#include "host/granule/pool.h"
#include "host/rmi/call.h"
#include "host/stats.h"

atomic64_t cca_stats[STAT_COUNT];

static bool holes;	       /* the linear map can have them */
static unsigned int waits;     /* for readers of /proc/kcore */
static unsigned int delegated; /* calls */
static u64 refuse_at;	       /* an address the RMM does not take */
static u64 keep_at;	       /* one it does not give back */

void page_offline_begin(void)
{
	waits++;
}

void page_offline_end(void)
{
}

bool linear_map_hide(struct page *page, unsigned long n)
{
	while (holes && n--) {
		assert_true(page->offline);
		page++->hidden = true;
	}
	return holes;
}

void linear_map_show(struct page *page, unsigned long n)
{
	for (; n--; page++) {
		assert_false(page->away);
		assert_true(page->offline);
		page->hidden = false;
	}
}

/* Checks that nobody in the kernel can read the page any more. */
static void check_unreachable(const struct page *page)
{
	assert_true(page->offline);
	assert_true(holes ? page->hidden : waits > 0);
}

/* The RMM of this test moves half of a range at a time. */
static u64 step(u64 base, u64 top)
{
	u64 half = (top - base) / 2 & ~(PAGE_SIZE - 1);

	return half ? base + half : top;
}

u64 rmi_granule_delegate(u64 base, u64 top, u64 *out_top)
{
	u64 pa;

	delegated++;
	for (pa = base; pa < top; pa += PAGE_SIZE)
		check_unreachable(phys_to_page(pa));
	*out_top = base;
	if (base == refuse_at)
		return RMI_ERROR_INPUT;
	*out_top = step(base, top);
	for (pa = base; pa < *out_top; pa += PAGE_SIZE)
		phys_to_page(pa)->away = true;
	return RMI_SUCCESS;
}

u64 rmi_granule_undelegate(u64 base, u64 top, u64 *out_top)
{
	*out_top = base;
	if (base == keep_at)
		return RMI_ERROR_INPUT;
	check_unreachable(phys_to_page(base));
	phys_to_page(base)->away = false;
	*out_top = base + PAGE_SIZE;
	return RMI_SUCCESS;
}

int rmi_errno(u64 status)
{
	return status ? -EIO : 0;
}

static int reset(void **state)
{
	memset(kernel_memory, 0, sizeof(kernel_memory));
	memset(cca_stats, 0, sizeof(cca_stats));
	holes = true;
	waits = delegated = 0;
	refuse_at = keep_at = 0;
	return 0;
}

static void all_is_back(void)
{
	unsigned int i;

	for (i = 0; i < KERNEL_PAGES; i++)
		assert_false(kernel_memory[i].offline || kernel_memory[i].hidden ||
			     kernel_memory[i].away);
	assert_int_equal(kernel_pages(), 0);
	assert_int_equal(cca_stats[STAT_DELEGATED].value, 0);
}

static struct page *eight_pages(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	split_page(page, 3);
	return page;
}

static void free_all(struct page *page, unsigned long n)
{
	while (n--)
		__free_page(page++);
}

static void a_page_is_out_of_reach_before_it_is_delegated(void **state)
{
	struct page *page = eight_pages();

	assert_int_equal(granule_delegate(page, 8), 0);
	assert_true(page[7].away);
	assert_int_equal(waits, 0);
	assert_int_equal(granule_undelegate(page, 8), 0);
	free_all(page, 8);
	all_is_back();
}

static void without_holes_readers_are_waited_for(void **state)
{
	struct page *page = eight_pages();

	holes = false;
	assert_int_equal(granule_delegate(page, 8), 0);
	assert_int_equal(waits, 1);
	assert_int_equal(granule_undelegate(page, 8), 0);
	free_all(page, 8);
	all_is_back();
}

static void what_is_not_delegated_is_shown_again(void **state)
{
	struct page *page = eight_pages();

	refuse_at = page_to_phys(page + 4);
	assert_int_equal(granule_delegate(page, 8), -EIO);
	free_all(page, 8);
	all_is_back();
}

static void what_the_rmm_keeps_stays_out_of_reach(void **state)
{
	struct page *page = eight_pages();

	assert_int_equal(granule_delegate(page, 8), 0);
	keep_at = page_to_phys(page + 2);
	assert_int_equal(granule_undelegate(page, 8), 1);
	assert_true(page[2].offline && page[2].hidden);
	assert_false(page[3].offline || page[3].hidden);
	assert_int_equal(cca_stats[STAT_LEAKED].value, 1);
	granule_free(page, 8);
	assert_int_equal(kernel_pages(), 1);
	assert_true(page[2].allocated);
}

static void memory_that_the_rmm_wants_undelegated_is_out_of_reach_too(void **state)
{
	struct cca_pool pool;
	u64 pa;
	int i;

	cca_pool_init(&pool);
	assert_int_equal(cca_pool_get_block(&pool, 2, false, &pa), 0);
	assert_int_equal(delegated, 0);
	for (i = 0; i < 4; i++)
		check_unreachable(phys_to_page(pa) + i);
	for (i = 0; i < 4; i++)
		cca_pool_put(&pool, pa + i * PAGE_SIZE);
	cca_pool_destroy(&pool);
	all_is_back();
}

static void of_such_memory_what_the_rmm_keeps_stays_so(void **state)
{
	struct cca_pool pool;
	u64 pa;

	cca_pool_init(&pool);
	assert_int_equal(cca_pool_get_block(&pool, 2, false, &pa), 0);
	cca_pool_put(&pool, pa + PAGE_SIZE);
	cca_pool_destroy(&pool);
	assert_false(phys_to_page(pa)[1].allocated);
	check_unreachable(phys_to_page(pa));
	assert_true(phys_to_page(pa)->allocated);
	assert_int_equal(cca_stats[STAT_LEAKED].value, 3);
}

/* The machine was off, so the RMM that had the granules is gone. */
static void after_a_hibernation_all_of_a_pool_is_the_hosts(void **state)
{
	struct cca_pool pool;
	u64 pa, block;
	int i;

	cca_pool_init(&pool);
	assert_int_equal(cca_pool_get(&pool, &pa), 0);
	assert_int_equal(cca_pool_get_block(&pool, 1, false, &block), 0);
	for (i = 0; i < KERNEL_PAGES; i++)
		kernel_memory[i].away = false;
	keep_at = pa; /* must not matter: no RMM is asked */
	cca_pool_forget(&pool);
	all_is_back();
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_page_is_out_of_reach_before_it_is_delegated),
		TEST(without_holes_readers_are_waited_for),
		TEST(what_is_not_delegated_is_shown_again),
		TEST(what_the_rmm_keeps_stays_out_of_reach),
		TEST(memory_that_the_rmm_wants_undelegated_is_out_of_reach_too),
		TEST(of_such_memory_what_the_rmm_keeps_stays_so),
		TEST(after_a_hibernation_all_of_a_pool_is_the_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
