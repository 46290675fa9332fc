/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host/mem/gmem_file.c and gmem_shared.c: a page of a file is private or shared and never both, and
 * none becomes private that somebody still uses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/mem/gmem_object.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/stats.h"
#include "host/vcpu/kick.h"
#include "tests/unit/host/mem/granules.h"

#define PAGES	16UL
#define SIZE	(PAGES * PAGE_SIZE)
#define PRIVATE KVM_MEMORY_ATTRIBUTE_PRIVATE
#define GFN	0x40000UL
#define SLOT_AT 2UL /* where the slot begins in the file */

atomic64_t cca_stats[STAT_COUNT];

static struct cca_vm vm;
static struct cca_slot slot;
static struct vm_area_struct vma;
static struct page *user[PAGES]; /* what user space has mapped */
static struct vm_fault looking;	 /* a fault of user space that is under way */
static u64 shared_gfn, private_gfn, private_pages;
static int unmap_result;

/* ---- the rest of the module, and of the kernel ---- */

int cca_mem_unmap_private(struct cca_vm *of, struct cca_slot *in, u64 gfn, u64 pages)
{
	private_gfn = gfn;
	private_pages = pages;
	return unmap_result;
}

/* The Realm loses a page before user space's is freed. */
void cca_mem_unmap_shared(struct cca_vm *of, u64 gfn, u64 pages)
{
	assert_true(of->shared_lock.held > 0);
	shared_gfn = gfn;
}

void cca_pool_put(struct cca_pool *pool, u64 pa)
{
}

void cca_vm_kill(struct cca_vm *of)
{
}

unsigned long copy_from_user(void *to, const void *from, unsigned long n)
{
	memcpy(to, from, n);
	return 0;
}

unsigned long put_user_u64(u64 value, unsigned long long *to)
{
	*to = value;
	return 0;
}

void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t size, int cows)
{
	unsigned long i;

	for (i = start >> PAGE_SHIFT; i < (unsigned long)(start + size) >> PAGE_SHIFT; i++) {
		if (user[i])
			put_page(user[i]);
		user[i] = NULL;
	}
}

/* The kernel's end of a fault: it enters the page that it was given, and unlocks it. */
static void look_ends(void)
{
	if (looking.page) {
		user[looking.pgoff] = looking.page;
		unlock_page(looking.page);
	}
	looking.page = NULL;
}

/* Whoever has the page locked goes on until it is free. */
void lock_page(struct page *page)
{
	if (page->locked)
		look_ends();
	assert_false(page->locked);
	page->locked = true;
}

/* ---- helpers ---- */

static int create(u64 flags)
{
	struct kvm_create_guest_memfd args = {.size = SIZE, .flags = flags};

	if (cca_gmem_create(&vm, &args) < 0)
		return -1;
	slot = (struct cca_slot){.vm = &vm, .gfn = GFN, .pages = PAGES - SLOT_AT};
	assert_int_equal(cca_gmem_bind(&slot, 3, SLOT_AT * PAGE_SIZE), 0);
	vma = (struct vm_area_struct){.vm_file = &kernel_file, .vm_flags = VM_SHARED | VM_MAYSHARE};
	return kernel_file.f_op->mmap(&kernel_file, &vma);
}

static int set_up(void **state)
{
	memset(&vm, 0, sizeof(vm));
	vm.ipa_bits = 40;
	vm.ref.count = 1;
	vm.states.private = true;
	INIT_LIST_HEAD(&vm.gmems);
	shared_gfn = private_gfn = private_pages = 0;
	unmap_result = 0;
	kernel_fail_after = -1;
	kernel_no_blocks = false;
	return 0;
}

static int tear_down(void **state)
{
	kernel_file.f_op->release(NULL, &kernel_file);
	assert_int_equal(kernel_pages(), 0);
	assert_int_equal(cca_stats[STAT_PRIVATE].value, 0);
	assert_int_equal(cca_stats[STAT_FILE_SHARED].value, 0);
	assert_int_equal(vm.private_lock.held, 0);
	return 0;
}

/* User space looks at a page. The kernel has not entered it yet when this returns. */
static bool look(pgoff_t page)
{
	looking = (struct vm_fault){.vma = &vma, .pgoff = page};
	return vma.vm_ops->fault(&looking) == VM_FAULT_LOCKED;
}

static bool touch(pgoff_t page)
{
	if (page < PAGES && user[page])
		return true;
	if (!look(page))
		return false;
	look_ends();
	return true;
}

static int use(pgoff_t page)
{
	bool block;
	u64 pa;

	return cca_gmem_get(slot.gmem, page, &pa, &block);
}

/* What the file has, without what it keeps for its VMM. */
static unsigned long file_pages(void)
{
	return kernel_pages() - slot.gmem->nr_reserve;
}

static struct kvm_cca_memory_attributes2 answer;

static int convert(pgoff_t first, u64 pages, u64 attributes)
{
	answer = (struct kvm_cca_memory_attributes2){
		.offset = first << PAGE_SHIFT,
		.size = pages << PAGE_SHIFT,
		.attributes = attributes,
		.error_offset = 1,
	};
	return (int)kernel_file.f_op->unlocked_ioctl(&kernel_file, KVM_CCA_SET_MEMORY_ATTRIBUTES2,
						     (unsigned long)&answer);
}

/* ---- tests ---- */

static void file_that_is_not_for_mapping(void **state)
{
	assert_int_equal(create(0), -ENODEV);
	assert_null(cca_gmem_states(slot.gmem));
	assert_false(slot.shared_in_file);
	assert_int_equal(convert(0, 1, 0), 0);
	assert_non_null(cca_gmem_states(slot.gmem));
}

static void mapping_is_shared_or_not_at_all(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	vma.vm_flags = VM_MAYSHARE;
	assert_int_equal(kernel_file.f_op->mmap(&kernel_file, &vma), -EINVAL);
	assert_true(slot.shared_in_file);
}

static void pages_begin_as_the_flag_says(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_MMAP), 0);
	assert_false(touch(0));
	assert_int_equal(convert(0, 2, 0), 0);
	assert_true(touch(0) && touch(1));
	assert_false(touch(2));
	assert_false(touch(PAGES));
}

static void page_is_never_both(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(4) && touch(5));
	assert_int_equal(file_pages(), 2);
	assert_int_equal(convert(4, 1, PRIVATE), 0);
	assert_int_equal(shared_gfn, GFN + 4 - SLOT_AT);
	assert_int_equal(file_pages(), 1);
	assert_false(touch(4));
	assert_int_equal(use(4), 0);
	assert_int_equal(convert(4, 1, 0), 0);
	assert_int_equal(private_gfn, GFN + 4 - SLOT_AT);
	assert_int_equal(private_pages, 1);
	assert_int_equal(file_pages(), 1);
	assert_true(touch(4));
}

static void page_in_use_stays_shared(void **state)
{
	struct page *page;

	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(3) && touch(6));
	page = user[6];
	get_page(page);
	assert_int_equal(convert(2, 8, PRIVATE), -EAGAIN);
	assert_int_equal(answer.error_offset, 6 * PAGE_SIZE);
	/* Nothing has changed, but that user space has to look again. */
	assert_null(user[3]);
	assert_true(touch(3) && touch(6) && user[6] == page);
	put_page(page);
	assert_int_equal(convert(2, 8, PRIVATE), 0);
	assert_false(touch(3) || touch(6));
}

static void conversion_without_memory_for_it(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(3));
	kernel_fail_after = 0;
	assert_int_equal(convert(2, 8, PRIVATE), -ENOMEM);
	assert_int_equal(answer.error_offset, 2 * PAGE_SIZE);
	kernel_fail_after = -1;
	assert_true(touch(3));
	assert_int_equal(convert(2, 8, PRIVATE), 0);
	kernel_fail_after = 0;
	assert_int_equal(convert(2, 8, 0), -ENOMEM);
	kernel_fail_after = -1;
	assert_false(touch(3));
}

static void what_is_there_already_is_not_touched(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(3));
	kernel_fail_after = 0;
	assert_int_equal(convert(0, PAGES, 0), 0);
	kernel_fail_after = -1;
	assert_non_null(user[3]);
	assert_int_equal(answer.error_offset, 1);
}

/* The Realm's own page stays with it if the RMM does not unmap it. */
static void page_that_stays_mapped_is_not_freed(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_MMAP), 0);
	kernel_no_blocks = true;
	assert_int_equal(use(4), 0);
	unmap_result = -EIO;
	assert_int_equal(convert(4, 1, 0), -EIO);
	assert_int_equal(file_pages(), 1);
	unmap_result = 0;
}

static int punch(pgoff_t page)
{
	return (int)kernel_file.f_op->fallocate(&kernel_file,
						FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
						(loff_t)(page * PAGE_SIZE), PAGE_SIZE);
}

static void holes(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(3) && touch(9));
	assert_int_equal(punch(3), 0);
	assert_null(user[3]);
	assert_int_equal(shared_gfn, GFN + 3 - SLOT_AT);
	assert_int_equal(file_pages(), 1);
	assert_true(touch(3)); /* still shared */
}

/*
 * A page that is given up is not entered into user space's tables afterwards: user space would use
 * that one from then on, and the Realm another.
 */
static void fault_under_way(void **state)
{
	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(look(3));
	assert_int_equal(punch(3), 0);
	look_ends();
	assert_null(user[3]);
	assert_int_equal(kernel_pages(), 0);
	assert_true(look(3));
	assert_int_equal(convert(2, 2, PRIVATE), 0);
	look_ends();
	assert_null(user[3]);
}

/*
 * The memory has failed. The kernel knows no file of such a page, and would look for one if it were
 * given the page.
 */
static void page_that_has_failed(void **state)
{
	struct page *page;

	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	assert_true(touch(3));
	page = user[3];
	page->poisoned = true;
	user[3] = NULL;
	assert_int_equal(vma.vm_ops->fault(&(struct vm_fault){.vma = &vma, .pgoff = 3}),
			 VM_FAULT_HWPOISON);
	assert_ptr_equal(cca_gmem_shared_page(slot.gmem, 3), ERR_PTR(-EHWPOISON));
	user[3] = page;
	assert_int_equal(punch(3), 0);
	assert_true(touch(3));
}

static void no_memory_for_a_shared_page(void **state)
{
	int n;

	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	for (n = 0; n < 2; n++) {
		kernel_fail_after = n;
		assert_false(touch(3));
		assert_int_equal(file_pages(), 0);
	}
	kernel_fail_after = -1;
	assert_true(touch(3));
}

static void requests_that_are_wrong(void **state)
{
	const struct file_operations *f;
	struct kvm_cca_memory_attributes2 a = {.size = PAGE_SIZE};

	assert_int_equal(create(KVM_CCA_GMEM_FLAGS), 0);
	f = kernel_file.f_op;
	assert_int_equal(convert(0, 0, PRIVATE), -EINVAL);
	assert_int_equal(convert(0, PAGES + 1, PRIVATE), -EINVAL);
	assert_int_equal(convert(PAGES, 1, PRIVATE), -EINVAL);
	assert_int_equal(convert(-1UL >> PAGE_SHIFT, 1, PRIVATE), -EINVAL);
	assert_int_equal(convert(0, 1, 1), -EINVAL);
#define REFUSED()                                                                                  \
	assert_int_equal(f->unlocked_ioctl(&kernel_file, KVM_CCA_SET_MEMORY_ATTRIBUTES2,           \
					   (unsigned long)&a),                                     \
			 -EINVAL)
	a.flags = 1;
	REFUSED();
	a.flags = 0;
	a.reserved[10] = 1;
	REFUSED();
	a.reserved[10] = 0;
	a.offset = 1;
	REFUSED();
	a.offset = 0;
	a.size = PAGE_SIZE + 1;
	REFUSED();
	assert_int_equal(f->unlocked_ioctl(&kernel_file, 0xae00, 0), -ENOTTY);
}

/* Two masters of one file's pages there must not be. */
static void file_of_a_vm_with_attributes(void **state)
{
	assert_int_equal(create(0), -ENODEV);
	vm.states.private = false;
	assert_int_equal(convert(0, 1, PRIVATE), -EINVAL);
	assert_null(cca_gmem_states(slot.gmem));
}

static void unknown_flags(void **state)
{
	struct kvm_create_guest_memfd args = {.size = SIZE, .flags = 4};

	assert_int_equal(cca_gmem_create(&vm, &args), -EINVAL);
	assert_int_equal(create(0), -ENODEV);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(file_that_is_not_for_mapping),
		TEST(mapping_is_shared_or_not_at_all),
		TEST(pages_begin_as_the_flag_says),
		TEST(page_is_never_both),
		TEST(page_in_use_stays_shared),
		TEST(conversion_without_memory_for_it),
		TEST(what_is_there_already_is_not_touched),
		TEST(page_that_stays_mapped_is_not_freed),
		TEST(holes),
		TEST(fault_under_way),
		TEST(page_that_has_failed),
		TEST(no_memory_for_a_shared_page),
		TEST(requests_that_are_wrong),
		TEST(file_of_a_vm_with_attributes),
		TEST(unknown_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
