/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation, configuration and end of a VM, see vm.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

static int no_realms(const char *device)
{
	return error_set(
		-ENODEV,
		"%s has no Realms; `realm info --kvm %s` and the kernel log (dmesg) say why",
		device, device);
}

static int create_failed(const struct options *o, unsigned int ipa_bits, int err)
{
	if (o->realm && err != -ENOMEM && err != -EINTR) {
		if (ipa_bits > MAP_IPA_BITS_MIN && err == -EINVAL)
			return error_set(err,
					 "no Realm with %u bits of address space: try less --mem",
					 ipa_bits);
		return no_realms(o->kvm);
	}
	return error_set(err, "%s: no VM with %u bits of address space: %s", o->kvm, ipa_bits,
			 strerror(-err));
}

static int create_fd(struct vm *vm, const struct options *o, unsigned int ipa_bits)
{
	unsigned long type = ipa_bits | (o->realm ? KVM_CCA_VM_TYPE_REALM : 0);
	int fd;

	do {
		fd = kvm_ioctl_value(vm->kvm, KVM_CREATE_VM, type);
	} while (fd == -EINTR);
	if (fd < 0)
		return create_failed(o, ipa_bits, fd);
	vm->fd = fd;
	return 0;
}

/* ENABLE_CAP of one of the extensions of abi/kvm_cca.h; `what` is the option that asks for it. */
static int enable(struct vm *vm, unsigned int cap, uint64_t arg, const char *what)
{
	int ret;

	if (!kvm_check(vm->fd, (int)cap))
		return error_set(-EOPNOTSUPP, "%s: this KVM cannot choose it (see `realm info`)",
				 what);
	ret = kvm_enable_cap(vm->fd, cap, arg);
	if (ret < 0)
		return error_set(ret, "%s: refused by this host or its RMM: %s (see `realm info`)",
				 what, strerror(-ret));
	return 0;
}

static int set_hash(struct vm *vm, const struct options *o)
{
	/* What every KVM with Realms does unasked. */
	if (o->hash == HASH_SHA256)
		return 0;
	return enable(vm, KVM_CCA_CAP_HASH, o->hash, "--hash");
}

static int set_rpv(struct vm *vm, const struct options *o)
{
	if (!o->rpv_given)
		return 0;
	return enable(vm, KVM_CCA_CAP_RPV, (uintptr_t)o->rpv, "--rpv");
}

static int configure(struct vm *vm, const struct options *o)
{
	int ret;

	if (!o->realm)
		return 0;
	ret = set_hash(vm, o);
	return ret < 0 ? ret : set_rpv(vm, o);
}

static int check_cpus(struct vm *vm, const struct options *o)
{
	int most = kvm_check(vm->fd, KVM_CAP_MAX_VCPUS);

	if (most && o->cpus > (unsigned int)most)
		return error_set(-EINVAL, "--cpus %u: %s has %d at most", o->cpus, o->kvm, most);
	return 0;
}

static int make_end_event(struct vm *vm)
{
	vm->end_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return vm->end_event < 0 ? error_set(-errno, "no eventfd: %s", strerror(errno)) : 0;
}

static int create(struct vm *vm, const struct options *o, const struct layout *layout)
{
	int ret = make_end_event(vm);

	if (ret < 0)
		return ret;
	vm->kvm = kvm_open(o->kvm);
	if (vm->kvm < 0)
		return vm->kvm;
	ret = create_fd(vm, o, layout->ipa_bits);
	if (ret < 0)
		return ret;
	ret = check_cpus(vm, o);
	return ret < 0 ? ret : configure(vm, o);
}

int vm_create(struct vm *vm, const struct options *o, const struct layout *layout)
{
	*vm = (struct vm){
		.kvm = -1,
		.fd = -1,
		.gic = -1,
		.memfd = -1,
		.end_event = -1,
		.realm = o->realm,
		.ram_size = layout->ram_size,
	};
	return create(vm, o, layout);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vm_destroy(struct vm *vm)
{
	vcpu_destroy_all(vm);
	close_fd(&vm->gic);
	close_fd(&vm->memfd);
	close_fd(&vm->fd);
	memory_destroy(vm);
	close_fd(&vm->kvm);
	close_fd(&vm->end_event);
}

bool vm_end(struct vm *vm, enum vm_end why)
{
	static const uint64_t one = 1;
	int none = VM_END_NONE;

	if (!atomic_compare_exchange_strong(&vm->end, &none, why))
		return false;
	/* Cannot fail: the count starts at 0 and this is the only write. */
	(void)!write(vm->end_event, &one, sizeof(one));
	return true;
}
