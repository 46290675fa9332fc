/* SPDX-License-Identifier: BSD-3-Clause */
/* Dispatch of KVM's exits, see exit.h; docs/spec/kvm-uapi.md section 11. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vmm/lib/error.h"
#include "vmm/vm/exit.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vm.h"

#define OTHERS_MS 2000

static int end(struct vcpu *v, enum vm_end why)
{
	vm_end(v->vm, why);
	return -ECANCELED;
}

/*
 * Ends the VM with an error text. If the VM has ended already, what this vCPU met only follows from
 * that end and is not worth a text.
 */
__attribute__((format(printf, 3, 4))) static int end_saying(struct vcpu *v, enum vm_end why,
							    const char *format, ...)
{
	char text[512];
	va_list args;

	if (!vm_end(v->vm, why))
		return -ECANCELED;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(-ECANCELED, "%s", text);
}

/* The vCPU's thread alone counts. */
static void count(atomic_ulong *counter)
{
	unsigned long before = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, before + 1, memory_order_relaxed);
}

static int handle_mmio(struct vcpu *v)
{
	struct vm_bus *bus = &v->vm->bus;
	struct kvm_run *run = v->run;

	bus->access(bus->owner, run->mmio.phys_addr, run->mmio.data, run->mmio.len,
		    run->mmio.is_write);
	return 0;
}

/*
 * KVM_RUN fails with EFAULT when the guest asks for memory to become private or shared, with ENOMEM
 * when the host has no memory for the guest.
 */
static int handle_memory_fault(struct vcpu *v, int ret)
{
	const struct kvm_memory_fault *fault = (void *)&v->run->mmio;
	int to_private = !!(fault->flags & KVM_MEMORY_EXIT_FLAG_PRIVATE);
	char text[SHORTAGE_TEXT];

	if (ret != -EFAULT)
		return end_saying(v, VM_END_FAILED, "no memory for the guest at %#llx: %s",
				  fault->gpa, shortage_strerror(&v->vm->shortage, ret, text));
	if (memory_convert(v->vm, fault->gpa, fault->size, to_private) < 0)
		return end(v, VM_END_FAILED);
	/* The reason stays in the run page: a later failure without one would look like this. */
	v->run->exit_reason = KVM_EXIT_UNKNOWN;
	return 0;
}

static int handle_system_event(struct vcpu *v)
{
	switch (v->run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		return end(v, VM_END_POWER_OFF);
	case KVM_SYSTEM_EVENT_RESET:
		return end_saying(v, VM_END_RESET, "the guest asked for a reset");
	case KVM_SYSTEM_EVENT_CRASH:
		return end_saying(v, VM_END_CRASH, "the guest says that it crashed");
	default:
		return end_saying(v, VM_END_FAILED, "system event %u, which is not known here",
				  v->run->system_event.type);
	}
}

/*
 * After a Realm's SYSTEM_OFF the RMM runs none of its vCPUs any more. Other vCPUs may come back
 * with this exit before the one that called SYSTEM_OFF has reported it, so this is a crash only if
 * nothing else ends the VM for a while.
 */
static int handle_shutdown(struct vcpu *v)
{
	struct pollfd p = {.fd = v->vm->end_event, .events = POLLIN};

	while (poll(&p, 1, OTHERS_MS) < 0 && errno == EINTR && vm_ended(v->vm) == VM_END_NONE)
		;
	return end_saying(v, VM_END_CRASH, "the Realm cannot go on: its RMM stopped it");
}

static int handle_failed_entry(struct vcpu *v)
{
	return end_saying(v, VM_END_FAILED, "vCPU %u could not be entered: reason %#llx on CPU %u",
			  v->index, v->run->fail_entry.hardware_entry_failure_reason,
			  v->run->fail_entry.cpu);
}

static int handle_internal_error(struct vcpu *v)
{
	return end_saying(v, VM_END_FAILED,
			  "KVM failed on vCPU %u: internal error %u, %#llx (see dmesg)", v->index,
			  v->run->internal.suberror,
			  v->run->internal.ndata ? v->run->internal.data[0] : 0);
}

static int handle_no_syndrome(struct vcpu *v)
{
	return end_saying(v, VM_END_CRASH,
			  "the guest used %#llx by an instruction that cannot be emulated",
			  v->run->arm_nisv.fault_ipa);
}

/* Nobody but a debugger asks KVM for debug exceptions. */
static int handle_debug(struct vcpu *v)
{
	struct vm_debugger *d = &v->vm->debugger;

	if (!d->stopped)
		return end_saying(v, VM_END_FAILED, "vCPU %u stopped for a debugger", v->index);
	d->stopped(d->owner, v);
	return 0;
}

static int handle_exit(struct vcpu *v)
{
	switch (v->run->exit_reason) {
	case KVM_EXIT_MMIO:
		return handle_mmio(v);
	case KVM_EXIT_INTR:
		return 0;
	case KVM_EXIT_DEBUG:
		return handle_debug(v);
	case KVM_EXIT_SYSTEM_EVENT:
		return handle_system_event(v);
	case KVM_EXIT_SHUTDOWN:
		return handle_shutdown(v);
	case KVM_EXIT_FAIL_ENTRY:
		return handle_failed_entry(v);
	case KVM_EXIT_INTERNAL_ERROR:
		return handle_internal_error(v);
	case KVM_EXIT_ARM_NISV:
		return handle_no_syndrome(v);
	default:
		return end_saying(v, VM_END_FAILED,
				  "vCPU %u stopped for a reason that is not known here: %u",
				  v->index, v->run->exit_reason);
	}
}

static void count_exit(struct vcpu *v, int ret)
{
	if (ret >= 0 && v->run->exit_reason == KVM_EXIT_MMIO)
		count(&v->exits.mmio);
	else if (ret < 0 && v->run->exit_reason == KVM_EXIT_MEMORY_FAULT)
		count(&v->exits.memory);
	else
		count(&v->exits.other);
}

int exit_handle(struct vcpu *v, int ret)
{
	char text[SHORTAGE_TEXT];

	count_exit(v, ret);
	if (ret >= 0)
		return handle_exit(v);
	/* This is the only failure of KVM_RUN that the run page describes. */
	if (v->run->exit_reason == KVM_EXIT_MEMORY_FAULT && (ret == -EFAULT || ret == -ENOMEM))
		return handle_memory_fault(v, ret);
	return end_saying(v, VM_END_FAILED, "vCPU %u stopped: %s (see dmesg)", v->index,
			  shortage_strerror(&v->vm->shortage, ret, text));
}
