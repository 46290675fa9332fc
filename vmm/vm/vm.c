/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation, configuration and end of a VM, see vm.h. */
#include <errno.h>
#include <string.h>

#include "vmm/lib/error.h"
#include "vmm/loop/event.h"
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

static int create_failed(const struct vm *vm, const struct vm_config *c, unsigned int ipa_bits,
			 int err)
{
	char text[SHORTAGE_TEXT];

	if (c->realm && err != -ENOMEM && err != -EINTR) {
		if (ipa_bits > MAP_IPA_BITS_MIN && err == -EINVAL)
			return error_set(err,
					 "no Realm with %u bits of address space: try less --mem",
					 ipa_bits);
		return no_realms(c->kvm);
	}
	return error_set(err, "%s: no VM with %u bits of address space: %s", c->kvm, ipa_bits,
			 shortage_strerror(&vm->shortage, err, text));
}

static int create_fd(struct vm *vm, const struct vm_config *c, unsigned int ipa_bits)
{
	unsigned long type = ipa_bits | (c->realm ? KVM_CCA_VM_TYPE_REALM : 0);
	int fd;

	do {
		fd = kvm_ioctl_value(vm->kvm, KVM_CREATE_VM, type);
	} while (fd == -EINTR);
	if (fd < 0)
		return create_failed(vm, c, ipa_bits, fd);
	vm->fd = fd;
	return 0;
}

/* Enables one of the extensions of abi/kvm_cca.h; `what` is the option that asks for it. */
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

static int set_hash(struct vm *vm, const struct vm_config *c)
{
	/* The default of every KVM with Realms: no extension is needed. */
	if (c->hash == HASH_SHA256)
		return 0;
	return enable(vm, KVM_CCA_CAP_HASH, c->hash, "--hash");
}

static int set_rpv(struct vm *vm, const struct vm_config *c)
{
	if (!c->rpv_given)
		return 0;
	return enable(vm, KVM_CCA_CAP_RPV, (uintptr_t)c->rpv, "--rpv");
}

static int set_lpa2(struct vm *vm, const struct vm_config *c)
{
	return c->lpa2 ? enable(vm, KVM_CCA_CAP_LPA2, 1, "--lpa2") : 0;
}

static int configure(struct vm *vm, const struct vm_config *c)
{
	int ret;

	if (!c->realm)
		return 0;
	ret = set_hash(vm, c);
	if (ret == 0)
		ret = set_rpv(vm, c);
	return ret < 0 ? ret : set_lpa2(vm, c);
}

static int check_cpus(struct vm *vm, const struct vm_config *c)
{
	int most = kvm_check(vm->fd, KVM_CAP_MAX_VCPUS);

	if (most && c->cpus > (unsigned int)most)
		return error_set(-EINVAL, "--cpus %u: %s has %d at most", c->cpus, c->kvm, most);
	return 0;
}

/* A VM on the device that is open. */
static int create_on_device(struct vm *vm, const struct vm_config *c)
{
	int ret = create_fd(vm, c, map_ipa_bits(c->mem));

	if (ret < 0)
		return ret;
	ret = check_cpus(vm, c);
	return ret < 0 ? ret : configure(vm, c);
}

static int create(struct vm *vm, const struct vm_config *c)
{
	shortage_open(&vm->shortage, "/proc/self/cgroup", "/sys/fs/cgroup");
	vm->end_event = event_create();
	if (vm->end_event < 0)
		return vm->end_event;
	vm->kvm = kvm_open(c->kvm);
	return vm->kvm < 0 ? vm->kvm : create_on_device(vm, c);
}

int vm_create(struct vm *vm, const struct vm_config *c)
{
	*vm = (struct vm){
		.kvm = -1,
		.fd = -1,
		.gic = -1,
		.its = -1,
		.memfd = -1,
		.ram_fd = -1,
		.end_event = -1,
		.realm = c->realm,
		.ram_size = c->mem,
		.pause = {.lock = PTHREAD_MUTEX_INITIALIZER,
			  .changed = PTHREAD_COND_INITIALIZER,
			  .only = -1},
	};
	return create(vm, c);
}

/* All that goes with the VM's descriptor. */
static void close_vm(struct vm *vm)
{
	vcpu_destroy_all(vm);
	event_close(&vm->its);
	event_close(&vm->gic);
	event_close(&vm->memfd);
	event_close(&vm->fd);
}

int vm_renew(struct vm *vm, const struct vm_config *c)
{
	close_vm(vm);
	event_take(vm->end_event);
	atomic_store(&vm->end, VM_END_NONE);
	return create_on_device(vm, c);
}

void vm_destroy(struct vm *vm)
{
	close_vm(vm);
	event_close(&vm->ram_fd);
	memory_destroy(vm);
	event_close(&vm->kvm);
	event_close(&vm->end_event);
	shortage_close(&vm->shortage);
}

bool vm_end(struct vm *vm, enum vm_end why)
{
	int none = VM_END_NONE;

	if (!atomic_compare_exchange_strong(&vm->end, &none, why))
		return false;
	event_signal(vm->end_event);
	return true;
}
