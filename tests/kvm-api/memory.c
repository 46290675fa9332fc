// SPDX-License-Identifier: BSD-3-Clause
/*
 * Slots, attributes, guest_memfds and population: rules, and what is left afterwards.
 */
#include <string.h>

#include "kvm_api.h"

#define SIZE (4 * BLOCK)

static void slot_rules(int vm, char *user, int gmem)
{
	struct kvm_userspace_memory_region2 dirty = {
		.slot = 9, .flags = KVM_MEM_LOG_DIRTY_PAGES, .memory_size = PAGE};
	struct kvm_userspace_memory_region2 readonly = {.slot = 9,
							.flags = KVM_MEM_GUEST_MEMFD |
								 KVM_MEM_READONLY,
							.memory_size = PAGE,
							.guest_memfd = gmem};

	expect(set_slot(vm, 1, 1, PAGE, user, -1, 0), EINVAL, "slot: unaligned address");
	expect(set_slot(vm, 1, 0, 100, user, -1, 0), EINVAL, "slot: unaligned size");
	expect(set_slot(vm, 1, 0, PAGE, user + 1, -1, 0), EINVAL, "slot: unaligned user address");
	expect(set_slot(vm, 40000, 0, PAGE, user, -1, 0), EINVAL, "slot: number too large");
	expect(set_slot(vm, 1, -PAGE, 2 * PAGE, user, -1, 0), EINVAL, "slot: wraps");
	expect(set_slot(vm, 1, 1UL << (IPA_BITS - 1), PAGE, user, -1, 0), EFAULT,
	       "slot: in the shared half");
	expect(set_slot(vm, 1, 0, 0, user, -1, 0), EINVAL, "slot: deletes what is not there");
	expect(set_slot(vm, 1, 0, PAGE, (void *)-PAGE, -1, 0), EINVAL, "slot: kernel address");
	expect(set_slot(vm, 1, 0, PAGE, tagged(user), -1, 0), EINVAL, "slot: tagged address");
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &dirty), EINVAL, "slot: no dirty log");
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &readonly), EINVAL,
	       "slot: private memory cannot be read-only");
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, 8), EFAULT, "slot: from nowhere");
	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, 0, 0), EBADF, "slot: stdin is no guest_memfd");
	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, 999, 0), EBADF, "slot: no such descriptor");
	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, gmem, PAGE), EINVAL,
	       "slot: beyond the end of the file");
	expect(set_slot(vm, 1, RAM_BASE, PAGE, user, gmem, 100), EINVAL, "slot: unaligned offset");
}

static void slot_changes(int vm, char *user, int gmem)
{
	struct kvm_userspace_memory_region old = {
		.slot = 2,
		.guest_phys_addr = 0x10000,
		.memory_size = PAGE,
		.userspace_addr = (uintptr_t)user,
	};

	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, gmem, 0), 0, "slot: guest_memfd");
	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, gmem, 0), EINVAL,
	       "slot: one with guest_memfd does not change");
	expect(set_slot(vm, 2, RAM_BASE + SIZE, BLOCK, user, gmem, BLOCK), EINVAL,
	       "slot: that part of the file is taken");
	expect(set_slot(vm, 2, RAM_BASE + BLOCK, PAGE, user, -1, 0), EEXIST, "slot: overlaps");
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &old), 0, "slot: the older call");
	old.guest_phys_addr = 0x20000;
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &old), 0, "slot: moves");
	old.guest_phys_addr = RAM_BASE;
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &old), EEXIST, "slot: does not move onto one");
	expect(set_slot(vm, 3, 0x20000, PAGE, user, -1, 0), EEXIST, "slot: and stays where it was");
	expect(set_slot(vm, 3, 0x10000, PAGE, user, -1, 0), 0, "slot: where it was before is free");
	expect(set_slot(vm, 3, 0x10000, 0, user, -1, 0), 0, "slot: which is deleted");
	old.guest_phys_addr = 0x20000;
	old.memory_size = 2 * PAGE;
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &old), EINVAL, "slot: does not grow");
	old.memory_size = 0;
	expect(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &old), 0, "slot: is deleted");
	expect(set_slot(vm, 1, RAM_BASE, 0, user, -1, 0), 0, "slot: guest_memfd deleted");
	expect(set_slot(vm, 3, RAM_BASE, SIZE, user, gmem, 0), 0, "slot: its file is free again");
}

void test_slots(void)
{
	char *user = user_memory(SIZE);
	int vm = new_vm(), other = new_vm();
	int gmem = new_gmem(vm, SIZE), foreign = new_gmem(other, SIZE);

	slot_rules(vm, user, gmem);
	tags(true);
	slot_rules(vm, user, gmem);
	tags(false);
	expect(set_slot(vm, 1, RAM_BASE, SIZE, user, foreign, 0), EINVAL,
	       "slot: guest_memfd of another VM");
	slot_changes(vm, user, gmem);
	close(foreign);
	close(other);
	close(gmem);
	close(vm);
	munmap(user, SIZE);
	expect_nothing_left("the slots group");
}

static void attribute_rule(int vm, struct kvm_memory_attributes a, int want, const char *what)
{
	expect(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &a), want, "attributes: %s", what);
}

#define SCATTERED 2000UL

/* Every other page is private. */
static bool scattered_attributes(int vm)
{
	unsigned long i;

	for (i = 0; i < SCATTERED; i++)
		if (set_private(vm, 2 * i * PAGE, PAGE, true))
			return false;
	return true;
}

void test_attributes(void)
{
	int vm = new_vm();
	const uint64_t private = KVM_MEMORY_ATTRIBUTE_PRIVATE;

	attribute_rule(vm, (struct kvm_memory_attributes){0, PAGE, private, 0}, 0, "private");
	attribute_rule(vm, (struct kvm_memory_attributes){0, PAGE, 0, 0}, 0, "shared again");
	attribute_rule(vm, (struct kvm_memory_attributes){0, PAGE, 1, 0}, EINVAL, "unknown bit");
	attribute_rule(vm, (struct kvm_memory_attributes){0, PAGE, private, 1}, EINVAL, "flags");
	attribute_rule(vm, (struct kvm_memory_attributes){0, 0, private, 0}, EINVAL, "size 0");
	attribute_rule(vm, (struct kvm_memory_attributes){1, PAGE, private, 0}, EINVAL, "address");
	attribute_rule(vm, (struct kvm_memory_attributes){0, 5, private, 0}, EINVAL, "size");
	attribute_rule(vm, (struct kvm_memory_attributes){-PAGE, 2 * PAGE, private, 0}, EINVAL,
		       "wraps");
	attribute_rule(vm, (struct kvm_memory_attributes){0, 1UL << 39, private, 0}, 0,
		       "all of the space, without a slot");
	expect(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, 8), EFAULT, "attributes: from nowhere");
	ok(scattered_attributes(vm), "attributes: %lu ranges", SCATTERED);
	expect(set_private(vm, 0, 1UL << 39, false), 0, "attributes: all in one again");
	ok(scattered_attributes(vm), "attributes: and once more, for the end of the VM");
	close(vm);
	expect_nothing_left("the attributes group");
}

static void gmem_create(int vm, struct kvm_create_guest_memfd args, int want, const char *what)
{
	int fd = ioctl(vm, KVM_CREATE_GUEST_MEMFD, &args);

	expect(fd, want, "guest_memfd: %s", what);
	if (fd >= 0)
		close(fd);
}

void test_gmem(void)
{
	char buffer[16];
	int vm = new_vm();
	int fd = new_gmem(vm, SIZE);
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	gmem_create(vm, (struct kvm_create_guest_memfd){.size = 0}, EINVAL, "size 0");
	gmem_create(vm, (struct kvm_create_guest_memfd){.size = 100}, EINVAL, "unaligned size");
	gmem_create(vm, (struct kvm_create_guest_memfd){.size = PAGE, .flags = 4}, EINVAL, "flags");
	gmem_create(vm, (struct kvm_create_guest_memfd){.size = PAGE}, 0, "one page");
	ok(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENODEV,
	   "guest_memfd: cannot be mapped");
	expect(read(fd, buffer, sizeof(buffer)), EINVAL, "guest_memfd: cannot be read");
	expect(write(fd, buffer, sizeof(buffer)), EINVAL, "guest_memfd: cannot be written");
	expect(fallocate(fd, punch, 0, BLOCK), 0, "guest_memfd: a hole in nothing");
	expect(fallocate(fd, punch, 1, PAGE), EINVAL, "guest_memfd: unaligned hole");
	expect(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE), 0, "guest_memfd: allocation");
	expect(fallocate(fd, FALLOC_FL_KEEP_SIZE, SIZE, PAGE), EINVAL,
	       "guest_memfd: beyond its end");
	expect(fallocate(fd, 0, 0, PAGE), EOPNOTSUPP, "guest_memfd: does not grow");
	expect(ftruncate(fd, 0), EINVAL, "guest_memfd: is not truncated");
	close(vm);
	ok(counter("vms") == 1, "the guest_memfd keeps its VM");
	close(fd);
	expect_nothing_left("the gmem group");
}

static void populate_rule(int vm, struct kvm_cca_populate p, int want, const char *what)
{
	expect(ioctl(vm, KVM_CCA_POPULATE, &p), want, "populate: %s", what);
}

static void populate_rules(int vm, void *user)
{
	const uint64_t source = (uintptr_t)user;

	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, PAGE, source, 2, 0}, EINVAL, "flags");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, PAGE, source, 1, 1}, EINVAL,
		      "reserved");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE + 1, PAGE, source, 1, 0}, EINVAL,
		      "unaligned base");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, 77, source, 1, 0}, EINVAL,
		      "unaligned size");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, PAGE, source + 1, 1, 0}, EINVAL,
		      "unaligned source");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, PAGE, (uintptr_t)tagged(user), 1, 0},
		      EINVAL, "tagged source");
	populate_rule(vm, (struct kvm_cca_populate){RAM_BASE, PAGE, 0, 1, 0}, EINVAL, "no source");
	populate_rule(vm, (struct kvm_cca_populate){-PAGE, 2 * PAGE, source, 1, 0}, EINVAL,
		      "wraps");
	populate_rule(vm, (struct kvm_cca_populate){1UL << 39, PAGE, source, 1, 0}, EINVAL,
		      "the shared half");
}

static void populate_memory(int vm, char *user)
{
	long calls = counter("map_calls");

	expect(set_private(vm, RAM_BASE + BLOCK, BLOCK, true), 0, "populate: a part is private");
	expect(populate(vm, RAM_BASE, user, PAGE), EINVAL, "populate: not private");
	expect(set_private(vm, RAM_BASE, SIZE, true), 0, "populate: made private");
	expect(populate(vm, RAM_BASE, user, BLOCK), 0, "populate: 2 MiB");
	calls = counter("map_calls") - calls;
	/* A missing table costs one call more, and interrupts cost some more. */
	ok(calls >= 512 || (calls >= 512 / 64 && calls < 512 / 4),
	   "populate: a call a page, or few of them (%ld)", calls);
	ok(counter("realms") == 1 && counter("delegated") > 512, "the Realm and its memory exist");
	expect(populate(vm, RAM_BASE, user, PAGE), EEXIST, "populate: twice");
	expect(populate(vm, RAM_BASE + BLOCK, (char *)PAGE, PAGE), EFAULT,
	       "populate: source unmapped");
	expect(populate(vm, 0, user, PAGE), EFAULT, "populate: no slot");
	expect(populate(vm, RAM_BASE + 3 * PAGE + BLOCK, user, 5 * PAGE), 0, "populate: odd pages");
}

static void populate_and_punch(int vm, int gmem)
{
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	long before = counter("delegated");

	expect(fallocate(gmem, punch, PAGE, 4 * PAGE), 0, "hole of 4 pages inside a block");
	ok(counter("delegated") <= before - 4 + 16, "the hole's pages are the host's again");
	expect(set_private(vm, RAM_BASE + 8 * PAGE, PAGE, false), 0,
	       "conversion of a page to shared");
	expect(set_private(vm, RAM_BASE + 8 * PAGE, PAGE, true), 0, "and back");
	before = counter("delegated");
	expect(set_private(vm, RAM_BASE, BLOCK, false), 0, "conversion of a block to shared");
	ok(counter("delegated") <= before - 507, "its pages are the host's again");
	ok(counter("leaked") == 0, "nothing leaked");
}

void test_populate(void)
{
	char *user = user_memory(SIZE);
	int vm = new_vm();
	int gmem = new_gmem(vm, SIZE);
	struct kvm_enable_cap cap = {.cap = KVM_CCA_CAP_HASH};
	struct kvm_cca_populate nothing = {RAM_BASE, 0, (uintptr_t)user, 1, 0};

	memset(user, 0x5a, SIZE);
	expect(set_slot(vm, 0, RAM_BASE, SIZE, user, gmem, 0), 0, "populate: a slot");
	populate_rules(vm, user);
	tags(true);
	populate_rules(vm, user);
	tags(false);
	ok(counter("realms") == 0, "refused populates create no Realm");
	populate_rule(vm, nothing, 0, "size 0");
	ok(counter("realms") == 1, "populate of nothing creates the Realm");
	expect(ioctl(vm, KVM_ENABLE_CAP, &cap), EBUSY, "no choice of hash after that");
	populate_memory(vm, user);
	populate_and_punch(vm, gmem);
	close(vm);
	close(gmem);
	munmap(user, SIZE);
	expect_nothing_left("the populate group");
}
