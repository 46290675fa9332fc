/* SPDX-License-Identifier: BSD-3-Clause */
/* host/mem/guest.c: what the kernel reads of a guest's shared memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "host/mem/guest.h"
#include "host/mem/slot.h"

#define IPA_BITS 40
#define SHARED	 (1ULL << (IPA_BITS - 1))
#define GPA	 0x40000000ULL
#define HVA	 0x7000000000ULL
#define PAGES	 2

static struct cca_vm vm;
static struct cca_slot slot = {.gfn = GPA >> PAGE_SHIFT, .pages = PAGES, .hva = HVA};
static u8 memory[PAGES * PAGE_SIZE];
static bool gone; /* the VMM's memory */
static unsigned int copies;

struct cca_slot *cca_slot_find(struct cca_vm *of, u64 gfn)
{
	assert_true(of->mem_sem.held);
	return gfn >= slot.gfn && gfn < slot.gfn + slot.pages ? &slot : NULL;
}

unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	u64 at = (uintptr_t)from;

	/* It may take for ever. */
	assert_false(vm.mem_sem.held);
	assert_true(at >= HVA && at + n <= HVA + sizeof(memory));
	copies++;
	if (gone)
		return n;
	memcpy(to, memory + (at - HVA), n);
	return 0;
}

static int reset(void **state)
{
	unsigned int i;

	vm.ipa_bits = IPA_BITS;
	gone = false;
	copies = 0;
	for (i = 0; i < sizeof(memory); i++)
		memory[i] = i * 7 + i / 256;
	return 0;
}

static void what_the_slot_has_is_read(void **state)
{
	u8 got[100];

	assert_int_equal(cca_guest_read(&vm, GPA + 33, got, sizeof(got)), 0);
	assert_memory_equal(got, memory + 33, sizeof(got));
	assert_int_equal(cca_guest_read(&vm, GPA + 33 + SHARED, got, sizeof(got)), 0);
	assert_memory_equal(got, memory + 33, sizeof(got));
	assert_int_equal(copies, 2);
}

static void pages_are_read_one_by_one(void **state)
{
	u8 got[100];

	assert_int_equal(cca_guest_read(&vm, GPA + PAGE_SIZE - 60, got, sizeof(got)), 0);
	assert_memory_equal(got, memory + PAGE_SIZE - 60, sizeof(got));
	assert_int_equal(copies, 2);
}

static void there_is_nothing_outside(void **state)
{
	u8 got[100];

	assert_int_equal(cca_guest_read(&vm, GPA - 1, got, 1), -EFAULT);
	assert_int_equal(cca_guest_read(&vm, GPA + sizeof(memory), got, 1), -EFAULT);
	assert_int_equal(cca_guest_read(&vm, GPA + sizeof(memory) - 50, got, sizeof(got)), -EFAULT);
	assert_int_equal(cca_guest_read(&vm, ~0ULL - 10, got, sizeof(got)), -EFAULT);
	gone = true;
	assert_int_equal(cca_guest_read(&vm, GPA, got, 1), -EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_the_slot_has_is_read, reset),
		cmocka_unit_test_setup(pages_are_read_one_by_one, reset),
		cmocka_unit_test_setup(there_is_nothing_outside, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
