/* SPDX-License-Identifier: BSD-3-Clause */
/* host/mem/slot.c: a slot that cannot be moved or deleted is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"

#define GPA  0x40000000UL
#define SIZE (16 * PAGE_SIZE)
#define HVA  0x7f0000000000UL

const struct mmu_interval_notifier_ops cca_mem_notifier_ops;

static struct cca_vm vm;
static int unmap_result;
static u64 shared_gfn; /* of the last unmapping in the shared half */

/* ---- the rest of the module ---- */

int cca_mem_unmap_private(struct cca_vm *of, struct cca_slot *slot, u64 gfn, u64 pages)
{
	return unmap_result;
}

void cca_mem_unmap_shared(struct cca_vm *of, u64 gfn, u64 pages)
{
	assert_true(of->shared_lock.held > 0);
	shared_gfn = gfn;
}

int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset)
{
	slot->gmem = (struct cca_gmem *)&vm;
	return 0;
}

void cca_gmem_unbind(struct cca_slot *slot)
{
	slot->gmem = NULL;
}

void cca_gmem_free(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
}

struct cca_states *cca_gmem_states(struct cca_gmem *gmem)
{
	return NULL;
}

/* ---- helpers ---- */

static int set_up(void **state)
{
	memset(&vm, 0, sizeof(vm));
	vm.ipa_bits = 40;
	cca_states_init(&vm.states, &vm.private_lock, true);
	kernel_fail_after = -1;
	unmap_result = 0;
	return 0;
}

static int tear_down(void **state)
{
	cca_slot_free_all(&vm);
	return 0;
}

static int set(u64 gpa, u64 size, u32 flags)
{
	struct kvm_userspace_memory_region2 r = {
		.slot = 5,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = HVA,
	};

	return cca_slot_set(&vm, &r);
}

static struct cca_slot *find(u64 gpa)
{
	return cca_slot_find(&vm, gpa >> PAGE_SHIFT);
}

/* The slot is all of [gpa, gpa + SIZE), and at no other place around it. */
static bool is_at(u64 gpa)
{
	struct cca_slot *slot = find(gpa);
	u64 at;

	if (!slot || slot->gfn != gpa >> PAGE_SHIFT)
		return false;
	for (at = gpa - 2 * SIZE; at < gpa + 3 * SIZE; at += PAGE_SIZE)
		if (find(at) != (at >= gpa && at < gpa + SIZE ? slot : NULL))
			return false;
	return true;
}

/* ---- tests ---- */

static void slot_moves(void **state)
{
	static const long steps[] = {1, -1, 16, -16, 7, 40, -40, 15, -15};
	unsigned int i;
	u64 gpa = GPA;

	assert_int_equal(set(gpa, SIZE, 0), 0);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		u64 old = gpa;

		gpa += steps[i] * (long)PAGE_SIZE;
		assert_int_equal(set(gpa, SIZE, 0), 0);
		assert_true(is_at(gpa));
		assert_int_equal(shared_gfn, old >> PAGE_SHIFT);
	}
}

static void slot_that_cannot_move_stays(void **state)
{
	int n;

	assert_int_equal(set(GPA, SIZE, 0), 0);
	for (n = 0; n < 4; n++) {
		kernel_fail_after = n;
		if (!set(GPA + SIZE / 2, SIZE, 0)) {
			assert_true(is_at(GPA + SIZE / 2));
			kernel_fail_after = -1;
			assert_int_equal(set(GPA, SIZE, 0), 0);
		}
		assert_true(is_at(GPA));
	}
}

static void slot_that_cannot_be_added_leaves_nothing(void **state)
{
	int n;

	for (n = 0; n < 3; n++) {
		kernel_fail_after = n;
		assert_int_equal(set(GPA, SIZE, 0), -ENOMEM);
		assert_null(find(GPA));
	}
	kernel_fail_after = -1;
	assert_int_equal(set(GPA, SIZE, 0), 0);
}

static void slot_whose_pages_stay_mapped_stays(void **state)
{
	assert_int_equal(set(GPA, SIZE, KVM_MEM_GUEST_MEMFD), 0);
	unmap_result = -EIO;
	assert_int_equal(set(GPA, 0, 0), -EIO);
	assert_true(is_at(GPA));
	unmap_result = 0;
	/* A slot can always be deleted, even where no allocation succeeds. */
	kernel_fail_after = 0;
	assert_int_equal(set(GPA, 0, 0), 0);
	assert_null(find(GPA));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(slot_moves),
		TEST(slot_that_cannot_move_stays),
		TEST(slot_that_cannot_be_added_leaves_nothing),
		TEST(slot_whose_pages_stay_mapped_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
