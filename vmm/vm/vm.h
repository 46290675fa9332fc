/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One virtual machine: its descriptors, memory, vCPUs and why it ended. vm.c creates and destroys
 * it, memory.c, gic.c and vcpu.c fill their parts, exit.c handles what a vCPU stopped for. Set up
 * by one thread; from thread_start_all() on the vCPU threads share it and change only `end`.
 */
#ifndef VMM_VM_VM_H
#define VMM_VM_VM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/boot/layout.h"
#include "vmm/cmd/options.h"

struct console;
struct kvm_run;

/* Why a VM ended; NONE while it runs. */
enum vm_end {
	VM_END_NONE,
	VM_END_POWER_OFF,
	VM_END_RESET,
	VM_END_CRASH,  /* the guest is broken */
	VM_END_FAILED, /* KVM is, or gave up */
	VM_END_CONSOLE,
	VM_END_SIGNAL,
};

struct vcpu {
	struct vm *vm;
	unsigned int index;
	int fd; /* -1: none */
	struct kvm_run *run;
	pthread_t thread;
	bool started;
};

struct vm {
	int kvm; /* the device's descriptor */
	int fd;
	int gic;
	bool realm;
	size_t run_size;
	struct vcpu *vcpus;
	unsigned int cpus;

	uint64_t ram_size;
	uint8_t *ram; /* ordinary VM: its memory; Realm: what it shares */
	int memfd;    /* the Realm's private memory, -1 without */

	struct console *console;
	int end_event; /* eventfd, readable once `end` is set */
	atomic_int end;
};

/*
 * Creates the VM as asked for, without memory or vCPUs. All errors have a text; vm_destroy() comes
 * after either result.
 */
int vm_create(struct vm *vm, const struct options *options, const struct layout *layout);

/* Gives everything back, whatever part of it exists. No vCPU thread may run any more. */
void vm_destroy(struct vm *vm);

/* Says that the VM is to end; the first reason counts: true if this was it. Any thread. */
bool vm_end(struct vm *vm, enum vm_end why);

static inline enum vm_end vm_ended(struct vm *vm)
{
	return (enum vm_end)atomic_load(&vm->end);
}

#endif
