/* SPDX-License-Identifier: BSD-3-Clause */
/* host/mem/shared.c: what the owner of a shared page is owed, whatever the RMM and the VMM do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/mem/fault.h"
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/rtt.h"
#include "host/mem/shared.h"
#include "host/mem/states.h"
#include "host/rmi/commands.h"
#include "host/stats.h"
#include "host/vcpu/kick.h"

#define GFN   0x1000UL
#define PAGES 128UL
#define HVA   0x7f0000000000UL
#define AT    0x1020UL /* amid a window of 64 pages */

static struct cca_vm vm;
static struct cca_slot slot;
static struct cca_vcpu vcpu;
static struct page *memory;
static unsigned int there; /* pages from the start of a request that user space has */
static unsigned int mapped, clean, writable; /* pages; clean: when they were mapped */
static u64 unmap_status;
static unsigned int unmaps, kills, kicks, alive_kicks;
static bool lose_race, protected, file_private;
static unsigned long no_room; /* the page of the file that there is no memory for */

/* ---- the rest of the module, and of the kernel ---- */

int get_user_pages_fast(unsigned long start, int n, unsigned int flags, struct page **pages)
{
	unsigned long first = (start - HVA) >> PAGE_SHIFT;
	int i;

	if (protected && flags & FOLL_WRITE)
		return -EFAULT;
	for (i = 0; i < n && (unsigned int)i < there; i++) {
		pages[i] = memory + first + i;
		pages[i]->references++;
	}
	if (lose_race)
		slot.notifier.seq++;
	lose_race = false;
	return i ?: -EFAULT;
}

static struct page *page_of(u64 pa)
{
	return memory + ((pa - page_to_phys(memory)) >> PAGE_SHIFT);
}

u64 rmi_unprot_map(u64 rd, u64 base, u64 top, u64 attr_flags, u64 desc, u64 *out_top)
{
	unsigned long i, n = (top - base) >> PAGE_SHIFT;

	for (i = 0; i < n; i++)
		clean += !page_of(desc & RMI_DESC_ADDR_MASK)[i].dirty;
	mapped += n;
	writable += attr_flags >> RMI_MAP_S2AP_SHIFT & RMI_S2AP_W ? n : 0;
	*out_top = top;
	return RMI_SUCCESS;
}

u64 rmi_unprot_unmap(u64 rd, u64 base, u64 top, u64 *out_top)
{
	unmaps++;
	*out_top = unmap_status ? base : top;
	return unmap_status;
}

u64 rmi_unprot_unmap_now(u64 rd, u64 base, u64 top, u64 *out_top)
{
	return rmi_unprot_unmap(rd, base, top, out_top);
}

int rmi_errno(u64 status)
{
	return status ? -EIO : 0;
}

int cca_rtt_make(struct cca_vm *of, u64 ipa, int from, int to)
{
	return 0;
}

int cca_memory_fault(struct cca_vcpu *of, u64 gpa, u64 size, bool private, int err)
{
	return err;
}

void cca_shared_range(const struct cca_slot *of, u64 gfn, u64 *first, u64 *end)
{
}

bool cca_gfn_is_private(const struct cca_slot *of, u64 gfn)
{
	return file_private;
}

struct page *cca_gmem_shared_page(struct cca_gmem *gmem, pgoff_t index)
{
	assert_true(vm.private_lock.held > 0);
	return index < there && index != no_room ? memory + index : ERR_PTR(-ENOMEM);
}

void cca_vm_kill(struct cca_vm *of)
{
	of->dead = true;
	kills++;
}

void kick_all_cpus_sync(void)
{
	kicks++;
	alive_kicks += !vm.dead;
}

/* ---- helpers ---- */

static int set_up(void **state)
{
	memset(&vm, 0, sizeof(vm));
	vm.ipa_bits = 40;
	vm.realm.created = true;
	vm.realm.state = REALM_ACTIVE;
	slot = (struct cca_slot){.vm = &vm, .gfn = GFN, .pages = PAGES, .hva = HVA};
	slot.notifier.ops = &cca_mem_notifier_ops;
	vcpu = (struct cca_vcpu){.vm = &vm};
	memory = alloc_pages(GFP_KERNEL, 7);
	there = PAGES;
	unmap_status = RMI_SUCCESS;
	mapped = clean = writable = unmaps = kills = kicks = alive_kicks = 0;
	lose_race = protected = file_private = false;
	no_room = PAGES;
	return 0;
}

static int tear_down(void **state)
{
	__free_pages(memory, 7);
	return 0;
}

static unsigned int count_references(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < PAGES; i++)
		n += memory[i].references;
	return n;
}

static bool invalidate(unsigned long start, unsigned long end)
{
	struct mmu_notifier_range range = {.start = start, .end = end, .blockable = true};

	return slot.notifier.ops->invalidate(&slot.notifier, &range, slot.notifier.seq + 1);
}

/* ---- tests ---- */

static void pages_are_dirty_before_they_are_mapped(void **state)
{
	unsigned int i;

	assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, true), 0);
	assert_int_equal(mapped, 64);
	assert_int_equal(writable, 64);
	assert_int_equal(clean, 0);
	for (i = 0; i < 64; i++) {
		assert_true(memory[i].dirty_when_put);
		assert_int_equal(memory[i].accessed, i == AT - GFN);
	}
	assert_int_equal(count_references(), 0);
}

static void pages_of_a_read_only_slot_stay_clean(void **state)
{
	slot.flags = KVM_MEM_READONLY;
	assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, true), 0);
	assert_int_equal(mapped, 64);
	assert_int_equal(clean, 64);
	assert_int_equal(writable, 0);
	assert_int_equal(count_references(), 0);
}

/* Where a page is cleaned during the fault, the module looks the pages up and marks them again. */
static void pages_that_changed_are_not_mapped(void **state)
{
	lose_race = true;
	assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, true), 0);
	assert_int_equal(mapped, 64);
	assert_int_equal(clean, 0);
	assert_int_equal(count_references(), 0);
}

static void fewer_pages_than_asked_for(void **state)
{
	for (there = 0; there < 64; there++) {
		mapped = 0;
		assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, true), there ? 0 : -EFAULT);
		assert_int_equal(mapped, !there ? 0 : there > AT - GFN ? there : 1);
		assert_int_equal(count_references(), 0);
	}
}

/* Memory the VMM has mapped for reading only, in a slot that could be written to. */
static void protected_page_can_be_read(void **state)
{
	protected = true;
	assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, true), -EFAULT);
	assert_int_equal(mapped, 0);
	assert_int_equal(cca_mem_fault_shared(&vcpu, &slot, AT, false), 0);
	assert_int_equal(mapped, 1);
	assert_int_equal(clean, 1);
	assert_int_equal(writable, 0);
	assert_int_equal(count_references(), 0);
}

/* Pages that a guest_memfd has for both are mapped without the VMM's mapping of them. */
static void pages_of_a_file(void **state)
{
	slot.gmem = (struct cca_gmem *)&vm;
	protected = true;
	assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT), 0);
	assert_int_equal(mapped, 64);
	assert_int_equal(writable, 64);
	there = AT - GFN;
	assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT), -ENOMEM);
	there++;
	mapped = 0;
	assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT), 0);
	assert_int_equal(mapped, there);
	assert_int_equal(count_references(), 0);
	assert_int_equal(vm.private_lock.held, 0);
}

/* The Realm gets the page it wants although the host has no memory for those around it. */
static void page_of_a_file_without_room(void **state)
{
	slot.gmem = (struct cca_gmem *)&vm;
	for (no_room = 0; no_room < 64; no_room++) {
		unsigned long wanted = AT - GFN;
		unsigned long most = no_room > wanted ? no_room : 1;

		mapped = 0;
		assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT),
				 no_room == wanted ? -ENOMEM : 0);
		assert_int_equal(mapped, no_room == wanted ? 0 : most);
	}
}

static void page_of_a_file_that_is_private(void **state)
{
	slot.gmem = (struct cca_gmem *)&vm;
	file_private = true;
	assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT), -EFAULT);
	file_private = false;
	slot.gmem = NULL; /* closed */
	assert_int_equal(cca_mem_fault_file(&vcpu, &slot, AT), -EFAULT);
	assert_int_equal(mapped, 0);
}

static void notifier_unmaps(void **state)
{
	assert_true(invalidate(HVA - PAGE_SIZE, HVA + PAGE_SIZE));
	assert_int_equal(unmaps, 1);
	assert_int_equal(kills + kicks, 0);
}

/* The page goes to somebody else when the notifier returns, so the Realm must not run any more. */
static void realm_that_cannot_be_unmapped_is_stopped(void **state)
{
	unmap_status = RMI_ERROR_INPUT;
	assert_true(invalidate(HVA, HVA + 4 * PAGE_SIZE));
	assert_int_equal(kills, 1);
	assert_int_equal(kicks, 1);
	assert_int_equal(alive_kicks, 0);
}

/* A notifier that must not wait gets false: nothing was unmapped, and the Realm goes on. */
static void notifier_that_must_not_wait(void **state)
{
	struct mmu_notifier_range range = {.start = HVA, .end = HVA + PAGE_SIZE};

	unmap_status = RMI_BUSY;
	assert_false(slot.notifier.ops->invalidate(&slot.notifier, &range, 1));
	assert_int_equal(kills + kicks, 0);
	vm.shared_lock.held = 1;
	assert_false(slot.notifier.ops->invalidate(&slot.notifier, &range, 2));
	assert_int_equal(unmaps, 1);
}

/* An answer that says that nothing is mapped is no refusal to unmap. */
static void nothing_mapped_is_no_refusal(void **state)
{
	unmap_status = RMI_ERROR_RTT | 2 << 8;
	assert_true(invalidate(HVA, HVA + 4 * PAGE_SIZE));
	assert_int_equal(kills + kicks, 0);
}

/* The level in the answer says how much to pass over. A level that no table has is an error. */
static void hole_of_no_level_is_a_refusal(void **state)
{
	vm.realm.start_level = 1;
	unmap_status = RMI_ERROR_RTT | 0 << 8;
	assert_true(invalidate(HVA, HVA + PAGE_SIZE));
	assert_int_equal(kills, 1);
	unmap_status = RMI_ERROR_RTT | 0xfb << 8;
	assert_true(invalidate(HVA, HVA + PAGE_SIZE));
	assert_int_equal(kills, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(pages_are_dirty_before_they_are_mapped),
		TEST(pages_of_a_read_only_slot_stay_clean),
		TEST(pages_that_changed_are_not_mapped),
		TEST(fewer_pages_than_asked_for),
		TEST(protected_page_can_be_read),
		TEST(pages_of_a_file),
		TEST(page_of_a_file_without_room),
		TEST(page_of_a_file_that_is_private),
		TEST(notifier_unmaps),
		TEST(realm_that_cannot_be_unmapped_is_stopped),
		TEST(notifier_that_must_not_wait),
		TEST(nothing_mapped_is_no_refusal),
		TEST(hole_of_no_level_is_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
