/* SPDX-License-Identifier: BSD-3-Clause */
/* host/mem/states.c: which pages are private, for each kind of VMM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"

#define GPA	0x40000000UL
#define GFN	(GPA >> PAGE_SHIFT)
#define PAGES	64UL
#define SIZE	(PAGES * PAGE_SIZE)
#define PRIVATE KVM_MEMORY_ATTRIBUTE_PRIVATE
#define AT	7UL /* where the second slot begins in its file */

const struct mmu_interval_notifier_ops cca_mem_notifier_ops;

static struct cca_vm vm;
static struct cca_states file;
static bool file_keeps;
static int unmap_result;
static unsigned int freed;

/* ---- the rest of the module: two slots, with a guest_memfd each; the second may keep states ----
 */

int cca_mem_unmap_private(struct cca_vm *of, struct cca_slot *slot, u64 gfn, u64 pages)
{
	return unmap_result;
}

void cca_mem_unmap_shared(struct cca_vm *of, u64 gfn, u64 pages)
{
}

int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset)
{
	slot->gmem = (struct cca_gmem *)(fd ? (void *)&file : (void *)&vm);
	slot->gmem_index = offset >> PAGE_SHIFT;
	return 0;
}

void cca_gmem_unbind(struct cca_slot *slot)
{
	slot->gmem = NULL;
}

void cca_gmem_free(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	freed += end - start;
}

struct cca_states *cca_gmem_states(struct cca_gmem *gmem)
{
	return (void *)gmem == &file && file_keeps ? &file : NULL;
}

/* ---- helpers ---- */

static void add_slot(u32 id, u64 gpa, u32 flags)
{
	struct kvm_userspace_memory_region2 r = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = SIZE,
		.userspace_addr = 0x7f0000000000UL,
		.guest_memfd = id,
		.guest_memfd_offset = id * AT * PAGE_SIZE,
	};

	assert_int_equal(cca_slot_set(&vm, &r), 0);
}

static int set_up(void **state)
{
	memset(&vm, 0, sizeof(vm));
	vm.ipa_bits = 40;
	kernel_fail_after = -1;
	unmap_result = 0;
	freed = 0;
	file_keeps = false;
	cca_states_init(&vm.states, &vm.private_lock, true);
	cca_states_init(&file, &vm.private_lock, true);
	add_slot(0, GPA, KVM_MEM_GUEST_MEMFD);
	add_slot(1, GPA + SIZE, KVM_MEM_GUEST_MEMFD);
	return 0;
}

static int tear_down(void **state)
{
	cca_slot_free_all(&vm);
	cca_states_free(&file);
	return 0;
}

static int set(u64 gfn, u64 pages, u64 attributes)
{
	struct kvm_memory_attributes a = {
		.address = gfn << PAGE_SHIFT,
		.size = pages << PAGE_SHIFT,
		.attributes = attributes,
	};

	return cca_attributes_set(&vm, &a);
}

static bool is_private(u64 gfn)
{
	return cca_gfn_is_private(cca_slot_find(&vm, gfn), gfn);
}

static void expect_shared_range(u64 gfn, u64 first, u64 end)
{
	struct cca_slot *slot = cca_slot_find(&vm, gfn);
	u64 f = slot->gfn, e = slot->gfn + slot->pages;

	cca_shared_range(slot, gfn, &f, &e);
	assert_int_equal(f, first);
	assert_int_equal(e, end);
}

/* ---- a row of states ---- */

static void rows(bool rest)
{
	struct cca_states s;
	u64 last;

	cca_states_init(&s, &vm.private_lock, rest);
	assert_true(cca_states_are(&s, 0, -1UL, rest));
	assert_int_equal(cca_states_set(&s, 10, 19, !rest), 0);
	assert_int_equal(cca_states_at(&s, 5, &last), rest);
	assert_int_equal(last, 9);
	assert_int_equal(cca_states_at(&s, 10, &last), !rest);
	assert_int_equal(last, 19);
	assert_int_equal(cca_states_at(&s, 20, &last), rest);
	assert_int_equal(last, -1UL);
	assert_true(cca_states_are(&s, 10, 19, !rest));
	assert_false(cca_states_are(&s, 9, 19, !rest));
	assert_false(cca_states_are(&s, 10, 20, !rest));
	assert_int_equal(cca_states_set(&s, 20, 29, !rest), 0);
	assert_true(cca_states_are(&s, 10, 29, !rest));
	assert_int_equal(cca_states_set(&s, 15, 15, rest), 0);
	assert_false(cca_states_are(&s, 10, 29, !rest));
	assert_true(cca_states_are(&s, 16, 29, !rest));
	kernel_fail_after = 0;
	assert_int_equal(cca_states_set(&s, 15, 15, !rest), -ENOMEM);
	kernel_fail_after = -1;
	assert_true(cca_states_are(&s, 15, 15, rest));
	cca_states_free(&s);
}

static void rows_of_private_pages(void **state)
{
	rows(true);
}

static void rows_of_shared_pages(void **state)
{
	rows(false);
}

/* ---- who says so ---- */

/* v12 to v14: what has not been set is shared. */
static void vm_with_attributes(void **state)
{
	assert_int_equal(set(GFN + 8, 8, PRIVATE), 0);
	assert_true(is_private(GFN + 8));
	assert_false(is_private(GFN + 7));
	assert_false(is_private(GFN + PAGES));
	cca_states_by_default(&vm);
	assert_false(is_private(GFN + 7));
	expect_shared_range(GFN + 3, GFN, GFN + 8);
	expect_shared_range(GFN + 20, GFN + 16, GFN + PAGES);
	expect_shared_range(GFN + 9, GFN + 9, GFN + 10);
	assert_int_equal(cca_states_follow(&vm, GFN, GFN + 3, true), 0);
	assert_false(is_private(GFN)); /* the Realm's wish alone changes nothing */
}

/* v15 without attributes: private, until the Realm wants something else. */
static void vm_without_attributes(void **state)
{
	assert_true(is_private(GFN));
	cca_states_by_default(&vm);
	assert_true(cca_range_is_private(cca_slot_find(&vm, GFN), GFN, PAGES));
	expect_shared_range(GFN + 9, GFN + 9, GFN + 10);
	assert_int_equal(cca_states_follow(&vm, GFN + 4, GFN + PAGES + 3, false), 0);
	assert_true(is_private(GFN + 3));
	assert_false(is_private(GFN + 4));
	assert_false(is_private(GFN + PAGES + 3));
	expect_shared_range(GFN + 9, GFN + 4, GFN + PAGES);
	assert_int_equal(cca_states_follow(&vm, GFN + 8, GFN + 8, true), 0);
	assert_true(is_private(GFN + 8));
}

/* Attributes that come when pages are populated already do not make those shared. */
static void attributes_that_come_late(void **state)
{
	cca_states_by_default(&vm);
	assert_int_equal(set(GFN + 1, 1, 0), 0);
	assert_true(is_private(GFN));
	assert_false(is_private(GFN + 1));
}

static void memory_without_a_file(void **state)
{
	add_slot(2, GPA + 2 * SIZE, 0);
	cca_states_by_default(&vm);
	expect_shared_range(GFN + 2 * PAGES + 5, GFN + 2 * PAGES, GFN + 3 * PAGES);
}

/* v15 in place: the file says so, by its own offsets, and nobody else. */
static void file_that_keeps_states(void **state)
{
	u64 second = GFN + PAGES;

	file_keeps = true;
	assert_int_equal(cca_states_set(&file, AT + 4, AT + 7, false), 0);
	assert_true(is_private(second + 3));
	assert_false(is_private(second + 4));
	assert_false(is_private(second + 7));
	assert_true(is_private(second + 8));
	expect_shared_range(second + 5, second + 4, second + 8);
	assert_int_equal(set(GFN, 2 * PAGES, PRIVATE), -EINVAL);
	assert_int_equal(set(second + 63, 1, 0), -EINVAL);
	assert_int_equal(set(GFN, PAGES, PRIVATE), 0);
	assert_int_equal(cca_states_follow(&vm, second, second + 3, false), 0);
	assert_true(is_private(second));
}

/* ---- changes of RIPAS ---- */

static void ripas_waits_for_the_file(void **state)
{
	u64 second = GFN + PAGES, last = second + PAGES - 1;

	assert_int_equal(cca_states_agree(&vm, GFN, last, false), last + 1);
	file_keeps = true;
	assert_int_equal(cca_states_agree(&vm, GFN, last, true), last + 1);
	assert_int_equal(cca_states_agree(&vm, GFN, last, false), second);
	assert_int_equal(cca_states_set(&file, AT, AT + 4, false), 0);
	assert_int_equal(cca_states_agree(&vm, GFN, last, false), second + 5);
	assert_int_equal(cca_states_agree(&vm, second, second + 4, false), second + 5);
	assert_int_equal(cca_states_agree(&vm, second + 2, last, true), second + 2);
	assert_int_equal(cca_states_agree(&vm, second + 5, last, true), last + 1);
	assert_int_equal(cca_states_agree(&vm, last + 1, last + 9, true), last + 10);
}

/* ---- attributes ---- */

static void pages_that_stay_mapped_are_not_freed(void **state)
{
	unmap_result = -EIO;
	assert_int_equal(set(GFN, 1, 0), -EIO);
	assert_int_equal(freed, 0);
	unmap_result = 0;
	assert_int_equal(set(GFN, 1, 0), 0);
	assert_int_equal(freed, 1);
}

static void attributes_without_memory_for_them(void **state)
{
	assert_int_equal(set(GFN, PAGES, PRIVATE), 0);
	kernel_fail_after = 0;
	assert_int_equal(set(GFN, PAGES, 0), -ENOMEM);
	assert_true(cca_range_is_private(cca_slot_find(&vm, GFN), GFN, PAGES));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(rows_of_private_pages),
		TEST(rows_of_shared_pages),
		TEST(vm_with_attributes),
		TEST(vm_without_attributes),
		TEST(attributes_that_come_late),
		TEST(memory_without_a_file),
		TEST(file_that_keeps_states),
		TEST(ripas_waits_for_the_file),
		TEST(pages_that_stay_mapped_are_not_freed),
		TEST(attributes_without_memory_for_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
