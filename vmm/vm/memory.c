/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory slots, guest_memfd, measured loading and conversion, see memory.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <util.h>

#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vm.h"

#define SLOT_RAM 0

static int failed(const struct vm *vm, int err, const char *what)
{
	char text[SHORTAGE_TEXT];

	return error_set(err, "%s: %s", what, shortage_strerror(&vm->shortage, err, text));
}

/* Who gets the descriptor cannot make the file shorter, which would be the end of this process. */
static int create_ram_file(struct vm *vm)
{
	vm->ram_fd = memfd_create("realm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (vm->ram_fd < 0 || ftruncate(vm->ram_fd, (off_t)vm->ram_size) ||
	    fcntl(vm->ram_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return error_set(-errno, "no file for %llu MiB of memory: %s",
				 (unsigned long long)(vm->ram_size >> 20), strerror(errno));
	return 0;
}

/* The mapping of a VM that is made anew stays: devices know where it is. */
static int empty_ram(struct vm *vm)
{
	int ret = vm->ram_is_file
			  ? fallocate(vm->ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				      (off_t)vm->ram_size)
			  : madvise(vm->ram, vm->ram_size, MADV_DONTNEED);

	if (ret)
		return error_set(-errno, "the guest's memory could not be emptied: %s",
				 strerror(errno));
	return 0;
}

static int map_ram(struct vm *vm)
{
	int kind = vm->ram_is_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	void *ram;
	int ret;

	if (vm->ram)
		return empty_ram(vm);
	ret = vm->ram_is_file ? create_ram_file(vm) : 0;
	if (ret < 0)
		return ret;
	ram = mmap(NULL, vm->ram_size, PROT_READ | PROT_WRITE, kind | MAP_NORESERVE, vm->ram_fd, 0);
	if (ram == MAP_FAILED)
		return error_set(-errno, "no address space for %llu MiB of memory: %s",
				 (unsigned long long)(vm->ram_size >> 20), strerror(errno));
	vm->ram = ram;
	return 0;
}

static int add_plain_slot(struct vm *vm)
{
	struct kvm_userspace_memory_region slot = {
		.slot = SLOT_RAM,
		.guest_phys_addr = MAP_RAM,
		.memory_size = vm->ram_size,
		.userspace_addr = (uintptr_t)vm->ram,
	};
	int ret = kvm_ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &slot);

	return ret < 0 ? failed(vm, ret, "the VM's memory was refused") : 0;
}

static int create_memfd(struct vm *vm)
{
	struct kvm_create_guest_memfd create = {.size = vm->ram_size};
	int fd = kvm_ioctl(vm->fd, KVM_CREATE_GUEST_MEMFD, &create);

	if (fd < 0)
		return failed(vm, fd, "no private memory (guest_memfd)");
	vm->memfd = fd;
	return 0;
}

static int add_private_slot(struct vm *vm)
{
	struct kvm_userspace_memory_region2 slot = {
		.slot = SLOT_RAM,
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = MAP_RAM,
		.memory_size = vm->ram_size,
		.userspace_addr = (uintptr_t)vm->ram,
		.guest_memfd = (uint32_t)vm->memfd,
	};
	int ret = kvm_ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &slot);

	return ret < 0 ? failed(vm, ret, "the Realm's memory was refused") : 0;
}

static int set_private(struct vm *vm, uint64_t gpa, uint64_t size, int private)
{
	struct kvm_memory_attributes attributes = {
		.address = gpa,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};
	char text[SHORTAGE_TEXT];
	int ret;

	do {
		ret = kvm_ioctl(vm->fd, KVM_SET_MEMORY_ATTRIBUTES, &attributes);
	} while ((ret == -EINTR || ret == -EAGAIN) && vm_ended(vm) == VM_END_NONE);
	if (ret < 0)
		return error_set(ret, "memory at %#llx could not be made %s: %s",
				 (unsigned long long)gpa, private ? "private" : "shared",
				 shortage_strerror(&vm->shortage, ret, text));
	return 0;
}

int memory_create(struct vm *vm)
{
	int ret = map_ram(vm);

	if (ret < 0)
		return ret;
	if (!vm->realm)
		return add_plain_slot(vm);
	ret = create_memfd(vm);
	if (ret == 0)
		ret = add_private_slot(vm);
	return ret < 0 ? ret : set_private(vm, MAP_RAM, vm->ram_size, 1);
}

static int populate_failed(const struct vm *vm, const char *what, int err, uint64_t at)
{
	char text[SHORTAGE_TEXT];

	return error_set(err, "loading the %s at %#llx: %s", what, (unsigned long long)at,
			 shortage_strerror(&vm->shortage, err, text));
}

/* The ioctl may end before all is loaded, also with an error. The structure says what is left. */
static int populate(struct vm *vm, const char *what, uint64_t gpa, const void *source,
		    uint64_t size)
{
	struct kvm_cca_populate p = {
		.base = gpa,
		.size = align_up(size, GRANULE_SIZE),
		.source_uaddr = (uintptr_t)source,
		.flags = KVM_CCA_POPULATE_MEASURE,
	};

	while (p.size) {
		uint64_t before = p.size;
		int ret = kvm_ioctl(vm->fd, KVM_CCA_POPULATE, &p);

		if (ret < 0 && ret != -EINTR && ret != -EAGAIN)
			return populate_failed(vm, what, ret, p.base);
		if (ret == 0 && p.size >= before)
			return populate_failed(vm, what, -EIO, p.base);
	}
	return 0;
}

int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source, uint64_t size)
{
	if (vm->realm)
		return populate(vm, what, gpa, source, size);
	memcpy(vm->ram + (gpa - MAP_RAM), source, size);
	return 0;
}

static int punch(struct vm *vm, int fd, const char *what, uint64_t gpa, uint64_t size)
{
	int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	while (fallocate(fd, mode, (off_t)(gpa - MAP_RAM), (off_t)size)) {
		if (errno != EINTR || vm_ended(vm) != VM_END_NONE)
			return error_set(-errno, "%s memory at %#llx could not be freed: %s", what,
					 (unsigned long long)gpa, strerror(errno));
	}
	return 0;
}

static int drop_shared(struct vm *vm, uint64_t gpa, uint64_t size)
{
	if (vm->ram_fd >= 0)
		return punch(vm, vm->ram_fd, "shared", gpa, size);
	if (madvise(vm->ram + (gpa - MAP_RAM), size, MADV_DONTNEED))
		return error_set(-errno, "shared memory at %#llx could not be freed: %s",
				 (unsigned long long)gpa, strerror(errno));
	return 0;
}

static int in_ram(const struct vm *vm, uint64_t gpa, uint64_t size)
{
	return size && gpa >= MAP_RAM && size <= vm->ram_size &&
	       gpa - MAP_RAM <= vm->ram_size - size && is_aligned(gpa | size, GRANULE_SIZE);
}

int memory_convert(struct vm *vm, uint64_t gpa, uint64_t size, int to_private)
{
	int ret;

	if (vm->memfd < 0 || !in_ram(vm, gpa, size))
		return error_set(-EFAULT, "the guest used %#llx (%llu bytes), where no memory is",
				 (unsigned long long)gpa, (unsigned long long)size);
	ret = set_private(vm, gpa, size, to_private);
	if (ret < 0)
		return ret;
	/* The guest cannot reach the old pages any more: they can be given back. */
	return to_private ? drop_shared(vm, gpa, size) : punch(vm, vm->memfd, "private", gpa, size);
}

void memory_destroy(struct vm *vm)
{
	if (vm->ram)
		munmap(vm->ram, vm->ram_size);
	vm->ram = NULL;
}
