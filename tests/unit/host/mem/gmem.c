/* SPDX-License-Identifier: BSD-3-Clause */
/* host/mem/gmem.c: no private page is freed that may still be mapped, and none is lost on the way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/mem/gmem.h"
#include "host/mem/gmem_object.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/stats.h"
#include "host/vcpu/kick.h"
#include "tests/unit/host/mem/granules.h"

#define FILE_BLOCKS 4UL
#define SIZE	    (FILE_BLOCKS << GMEM_BLOCK_SHIFT)
#define BLOCK	    (1L << GMEM_BLOCK_SHIFT)
#define PUNCH	    (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)
#define GFN	    0x40000UL
#define SPARE	    0x123000UL

atomic64_t cca_stats[STAT_COUNT];

static struct cca_vm vm;
static struct cca_slot slot;
static int unmap_result;
static unsigned int unmaps, kills, spares;

/* ---- the rest of the module ---- */

int cca_mem_unmap_private(struct cca_vm *of, struct cca_slot *in, u64 gfn, u64 pages)
{
	unmaps++;
	return unmap_result;
}

void cca_pool_put(struct cca_pool *pool, u64 pa)
{
	assert_int_equal(pa, SPARE);
	spares++;
}

void cca_vm_kill(struct cca_vm *of)
{
	kills++;
}

/* ---- what only a file that can be mapped uses ---- */

void cca_mem_unmap_shared(struct cca_vm *of, u64 gfn, u64 pages)
{
	fail();
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t size, int cows)
{
	fail();
}

void lock_page(struct page *page)
{
	fail();
}

unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	return n;
}

unsigned long put_user_u64(u64 value, unsigned long long *to)
{
	return sizeof(*to);
}

/* ---- helpers ---- */

static int set_up(void **state)
{
	struct kvm_create_guest_memfd args = {.size = SIZE};

	memset(&vm, 0, sizeof(vm));
	vm.ipa_bits = 40;
	vm.ref.count = 1;
	INIT_LIST_HEAD(&vm.gmems);
	slot = (struct cca_slot){.vm = &vm, .gfn = GFN, .pages = SIZE >> PAGE_SHIFT};
	unmap_result = 0;
	unmaps = kills = spares = 0;
	kernel_fail_after = -1;
	kernel_no_blocks = false;
	assert_true(cca_gmem_create(&vm, &args) >= 0);
	assert_int_equal(cca_gmem_bind(&slot, 3, 0), 0);
	return 0;
}

static int get(pgoff_t index)
{
	bool block;
	u64 pa;

	return cca_gmem_get(slot.gmem, index, &pa, &block);
}

static bool get_block(pgoff_t index)
{
	bool block = false;
	u64 pa;

	return !cca_gmem_get(slot.gmem, index, &pa, &block) && block;
}

static long punch(loff_t from, loff_t size)
{
	return kernel_file.f_op->fallocate(&kernel_file, PUNCH, from, size);
}

static void close_file(void)
{
	kernel_file.f_op->release(NULL, &kernel_file);
}

static void expect_nothing_left(void)
{
	assert_int_equal(kernel_pages(), 0);
	assert_int_equal(cca_stats[STAT_PRIVATE].value, 0);
	assert_true(list_empty(&vm.gmems));
}

/* ---- tests ---- */

static void hole_that_stays_mapped(void **state)
{
	assert_int_equal(get(0), 0);
	unmap_result = -EIO;
	assert_int_equal(punch(0, BLOCK), -EIO);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES);
	assert_int_equal(punch(0, PAGE_SIZE), -EIO);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES);
	unmap_result = 0;
	assert_int_equal(punch(0, PAGE_SIZE), 0);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES - 1);
	close_file();
	expect_nothing_left();
}

/* The pages last until the Realm, which must not run any more, is destroyed. */
static void file_that_stays_mapped(void **state)
{
	assert_int_equal(get(0), 0);
	unmap_result = -EIO;
	close_file();
	assert_int_equal(vm.ref.count, 1);
	assert_int_equal(kills, 1);
	assert_null(slot.gmem);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES);
	cca_gmem_free_all(&vm);
	cca_gmem_forget(&vm);
	expect_nothing_left();
}

static void block_after_a_page_that_failed(void **state)
{
	/* The chunk, its place, the reserve and the list of pages are there, the page is not. */
	kernel_no_blocks = true;
	kernel_fail_after = 3 + GMEM_RESERVE;
	assert_int_equal(get(0), -ENOMEM);
	kernel_fail_after = -1;
	kernel_no_blocks = false;
	assert_true(get_block(0));
	assert_true(get_block(GMEM_BLOCK_PAGES - 1));
	assert_int_equal(punch(0, BLOCK), 0);
	assert_int_equal(kernel_pages(), GMEM_RESERVE);
	close_file();
	expect_nothing_left();
}

/* Blocks are had without it, and a page only together with all of it. */
static void the_vmm_has_a_reserve_at_its_limit(void **state)
{
	assert_true(get_block(0));
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES);
	kernel_no_blocks = true;
	assert_int_equal(get(GMEM_BLOCK_PAGES), 0);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES + 1 + GMEM_RESERVE);
	kernel_fail_after = 0;
	assert_int_equal(get(GMEM_BLOCK_PAGES + 1), -ENOMEM);
	cca_gmem_give_way(slot.gmem);
	assert_int_equal(kernel_pages(), GMEM_BLOCK_PAGES + 1);
	kernel_fail_after = GMEM_RESERVE;
	assert_int_equal(get(GMEM_BLOCK_PAGES + 1), -ENOMEM);
	kernel_fail_after = -1;
	assert_int_equal(get(GMEM_BLOCK_PAGES + 1), 0);
	close_file();
	expect_nothing_left();
}

static void no_memory_at_any_step(void **state)
{
	int n;

	for (n = 0; n < 8 + GMEM_RESERVE; n++) {
		kernel_fail_after = n;
		get(0);
		get(1);
		get(GMEM_BLOCK_PAGES + 1);
		kernel_fail_after = -1;
		assert_int_equal(get(0), 0);
		assert_int_equal(get(5), 0);
		assert_int_equal(punch(PAGE_SIZE, BLOCK), 0);
		assert_int_equal(get(2), 0);
		assert_int_equal(punch(0, SIZE), 0);
		cca_gmem_give_way(slot.gmem);
		assert_int_equal(kernel_pages(), 0);
	}
	close_file();
	expect_nothing_left();
}

/* A page whose memory has failed is not mapped, and the kernel learns of it when it is freed. */
static void page_whose_memory_has_failed(void **state)
{
	bool block;
	u64 pa;

	assert_int_equal(cca_gmem_get(slot.gmem, 7, &pa, &block), 0);
	assert_true(block);
	phys_to_page(pa)->poisoned = true;
	assert_int_equal(get(7), -EHWPOISON);
	assert_int_equal(get(8), 0);
	assert_int_equal(punch(0, BLOCK), 0);
	assert_int_equal(kernel_pages(), 0);
	close_file();
	expect_nothing_left();
}

static void spare_goes_with_the_last_page(void **state)
{
	assert_null(cca_gmem_spare(slot.gmem, 0));
	assert_true(get_block(0));
	assert_int_equal(*cca_gmem_spare(slot.gmem, 0), 0);
	*cca_gmem_spare(slot.gmem, 7) = SPARE;
	assert_int_equal(punch(0, PAGE_SIZE), 0);
	assert_int_equal(spares, 0);
	assert_int_equal(*cca_gmem_spare(slot.gmem, 0), SPARE);
	assert_int_equal(punch(PAGE_SIZE, BLOCK - PAGE_SIZE), 0);
	assert_int_equal(spares, 1);
	assert_null(cca_gmem_spare(slot.gmem, 0));
	close_file();
	expect_nothing_left();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(hole_that_stays_mapped, set_up),
		cmocka_unit_test_setup(file_that_stays_mapped, set_up),
		cmocka_unit_test_setup(block_after_a_page_that_failed, set_up),
		cmocka_unit_test_setup(the_vmm_has_a_reserve_at_its_limit, set_up),
		cmocka_unit_test_setup(no_memory_at_any_step, set_up),
		cmocka_unit_test_setup(page_whose_memory_has_failed, set_up),
		cmocka_unit_test_setup(spare_goes_with_the_last_page, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
