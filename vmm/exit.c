/* SPDX-License-Identifier: BSD-3-Clause */
/* Dispatch of KVM's exits, see exit.h; abi/kvm-uapi.md section 11. */
#include <errno.h>
#include <string.h>

#include "console.h"
#include "error.h"
#include "exit.h"
#include "kvm.h"
#include "map.h"
#include "memory.h"
#include "uart8250.h"
#include "vm.h"

static int end(struct vcpu *v, enum vm_end why)
{
	vm_end(v->vm, why);
	return -ECANCELED;
}

static void handle_uart(struct vcpu *v, uint64_t reg)
{
	struct kvm_run *run = v->run;

	if (run->mmio.is_write) {
		console_write(v->vm->console, reg, run->mmio.data[0]);
		return;
	}
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	run->mmio.data[0] = console_read(v->vm->console, reg);
}

/* What is not decoded reads as ones and ignores writes, like a bus with nothing on it. */
static int handle_mmio(struct vcpu *v)
{
	uint64_t reg = v->run->mmio.phys_addr - MAP_UART;

	if (reg < UART8250_REGS)
		handle_uart(v, reg);
	else if (!v->run->mmio.is_write)
		memset(v->run->mmio.data, 0xff, sizeof(v->run->mmio.data));
	return 0;
}

/* Comes with EFAULT when the guest asks for another state, with other errors when memory is out. */
static int handle_memory_fault(struct vcpu *v, int ret)
{
	const struct kvm_memory_fault *fault = (void *)&v->run->mmio;
	int to_private = !!(fault->flags & KVM_MEMORY_EXIT_FLAG_PRIVATE);

	if (ret == -EFAULT && memory_convert(v->vm, fault->gpa, fault->size, to_private) == 0)
		return 0;
	error_set(ret, "no memory for the guest at %#llx: %s", fault->gpa, strerror(-ret));
	return end(v, VM_END_FAILED);
}

static int handle_system_event(struct vcpu *v)
{
	switch (v->run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return end(v, VM_END_POWER_OFF);
	case KVM_SYSTEM_EVENT_RESET:
		error_set(-ECANCELED, "the guest asked for a reset: start it again");
		return end(v, VM_END_RESET);
	case KVM_SYSTEM_EVENT_CRASH:
		error_set(-ECANCELED, "the guest says that it crashed");
		return end(v, VM_END_CRASH);
	default:
		error_set(-ECANCELED, "system event %u, which is not known here",
			  v->run->system_event.type);
		return end(v, VM_END_FAILED);
	}
}

static int handle_failed_entry(struct vcpu *v)
{
	error_set(-EIO, "vCPU %u could not be entered: reason %#llx on CPU %u", v->index,
		  v->run->fail_entry.hardware_entry_failure_reason, v->run->fail_entry.cpu);
	return end(v, VM_END_FAILED);
}

static int handle_internal_error(struct vcpu *v)
{
	error_set(-EIO, "KVM failed on vCPU %u: internal error %u, %#llx (see dmesg)", v->index,
		  v->run->internal.suberror, v->run->internal.ndata ? v->run->internal.data[0] : 0);
	return end(v, VM_END_FAILED);
}

static int handle_no_syndrome(struct vcpu *v)
{
	error_set(-EFAULT, "the guest used %#llx by an instruction that cannot be emulated",
		  v->run->arm_nisv.fault_ipa);
	return end(v, VM_END_CRASH);
}

static int handle_error(struct vcpu *v, int ret)
{
	error_set(ret, "vCPU %u stopped: %s (see dmesg)", v->index, strerror(-ret));
	return end(v, VM_END_FAILED);
}

int exit_handle(struct vcpu *v, int ret)
{
	/* Only this exit is described while KVM_RUN fails. */
	if (ret < 0 && v->run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	    (ret == -EFAULT || ret == -ENOMEM))
		return handle_memory_fault(v, ret);
	if (ret < 0)
		return handle_error(v, ret);
	switch (v->run->exit_reason) {
	case KVM_EXIT_MMIO:
		return handle_mmio(v);
	case KVM_EXIT_INTR:
		return 0;
	case KVM_EXIT_SYSTEM_EVENT:
		return handle_system_event(v);
	case KVM_EXIT_SHUTDOWN:
		error_set(-EIO, "the Realm cannot go on: its RMM stopped it");
		return end(v, VM_END_CRASH);
	case KVM_EXIT_FAIL_ENTRY:
		return handle_failed_entry(v);
	case KVM_EXIT_INTERNAL_ERROR:
		return handle_internal_error(v);
	case KVM_EXIT_ARM_NISV:
		return handle_no_syndrome(v);
	default:
		error_set(-EIO, "vCPU %u stopped for a reason that is not known here: %u", v->index,
			  v->run->exit_reason);
		return end(v, VM_END_FAILED);
	}
}
