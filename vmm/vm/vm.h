/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One virtual machine: its descriptors, memory, vCPUs and why it ended. vm.c creates and destroys
 * it, memory.c, gic.c and vcpu.c fill their parts, thread.c runs the vCPUs and exit.c handles what
 * they stop for. The main thread sets it up; from thread_start_all() on the vCPU threads share it
 * and change only `end`.
 */
#ifndef VMM_VM_VM_H
#define VMM_VM_VM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <hash.h>

#include "vmm/vm/shortage.h"

#define VM_MEM_ALIGN (2ULL << 20)
#define VM_RPV_SIZE  64
#define VM_SVE_STEP  128
#define VM_SVE_MAX   2048
#define VM_DEBUG_MIN 2 /* what every CPU of the architecture has, and the default */
#define VM_DEBUG_MAX 16
#define VM_PMU_MAX   31
#define VM_PMU_USUAL 6 /* event counters that each server CPU has: the default of a PMU */

struct kvm_run;

/* What a VM is to be. */
struct vm_config {
	const char *kvm; /* path of the KVM device */
	bool realm;	 /* false: an ordinary VM */
	uint64_t mem;	 /* bytes, a multiple of VM_MEM_ALIGN, at most MAP_RAM_MAX */
	unsigned int cpus;
	enum hash_alg hash;
	uint8_t rpv[VM_RPV_SIZE]; /* zero-padded at the end */
	bool rpv_given;
	unsigned int sve;	  /* longest vector in bits; 0: no SVE */
	unsigned int pmu;	  /* event counters beside the cycle counter; 0: no PMU */
	unsigned int breakpoints; /* of a Realm's CPU: VM_DEBUG_MIN to VM_DEBUG_MAX */
	unsigned int watchpoints; /* likewise */
	bool lpa2;		  /* stage 2 tables of a Realm with 52-bit addresses */
};

/* Why a VM ended; NONE while it runs. */
enum vm_end {
	VM_END_NONE,
	VM_END_POWER_OFF,
	VM_END_RESET,
	VM_END_CRASH,	/* the guest is broken */
	VM_END_FAILED,	/* KVM failed or gave up */
	VM_END_CONSOLE, /* by its user: the escape key, or `realm stop --force` */
	VM_END_SIGNAL,
};

/* How often a vCPU came back from KVM_RUN, by what it came for. */
struct vcpu_exits {
	atomic_ulong mmio;   /* accesses of devices */
	atomic_ulong memory; /* conversions between private and shared */
	atomic_ulong other;
};

struct vcpu {
	struct vm *vm;
	unsigned int index;
	int fd; /* -1: none */
	struct kvm_run *run;
	pthread_t thread;
	bool started;
	struct vcpu_exits exits; /* counted by its thread, read by any */
};

/* Whether vCPUs may run; thread.h has the calls. */
struct vm_pause {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_bool wanted;  /* changes only under the lock */
	int only;	     /* this vCPU runs all the same; -1: none */
	unsigned int inside; /* vCPUs that wait */
};

/* Who is told of a debug exception; in the thread of the vCPU, which then waits to be resumed. */
struct vm_debugger {
	void *owner;
	void (*stopped)(void *owner, struct vcpu *v); /* NULL: there is no debugger */
};

/* Who answers the guest's accesses outside its memory, in the thread of the vCPU. */
struct vm_bus {
	void *owner;
	/* data: what is written, or gets what is read; size: 1 to 8 bytes */
	void (*access)(void *owner, uint64_t address, uint8_t *data, unsigned int size,
		       bool is_write);
};

struct vm {
	int kvm; /* the device's descriptor */
	int fd;
	int gic;
	int its; /* -1: there is none */
	bool realm;
	size_t run_size;
	struct vcpu *vcpus;
	unsigned int cpus;

	uint64_t ram_size;
	uint8_t *ram;	  /* ordinary VM: its memory; Realm: what it shares */
	int ram_fd;	  /* the file behind it, for other processes; -1: there is none */
	bool ram_is_file; /* wanted; set before memory_create() */
	int memfd;	  /* the Realm's private memory, -1 without */

	struct shortage shortage;
	struct vm_bus bus;	     /* set before vCPUs run */
	struct vm_debugger debugger; /* likewise */
	struct vm_pause pause;
	int end_event; /* event, readable once `end` is set */
	atomic_int end;
};

/*
 * Creates the VM as asked for, without memory, GIC or vCPUs. All errors have a text; vm_destroy()
 * comes after either result.
 */
int vm_create(struct vm *vm, const struct vm_config *config);

/*
 * The guest starts anew: ends the VM and creates another one on the same device, which has the same
 * place in memory, and again neither GIC nor vCPUs. No file is opened. No vCPU thread may run.
 */
int vm_renew(struct vm *vm, const struct vm_config *config);

/* Gives everything back, whatever part of it exists. No vCPU thread may run any more. */
void vm_destroy(struct vm *vm);

/* Says that the VM is to end; the first reason counts: true if this was it. Any thread. */
bool vm_end(struct vm *vm, enum vm_end why);

static inline enum vm_end vm_ended(struct vm *vm)
{
	return (enum vm_end)atomic_load(&vm->end);
}

#endif
