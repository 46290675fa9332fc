// SPDX-License-Identifier: BSD-3-Clause
/*
 * Memory of the VMM that never comes (userfaultfd), for each ioctl that reads or writes memory of
 * the VMM. Only the call itself may wait for it, and nobody else.
 */
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>

#include "machine.h"

#define SECONDS 60

/* Each page that never comes is touched by one call. */
enum { FOR_POPULATE, FOR_RPV, FOR_REG, FOR_REGION, BLOCKED };

#define WINDOW_OFFSET (JOBS_WINDOW - JOBS_RAM)

static int uffd;
static char *never; /* pages that never come, by the call */
static struct machine machine;
static atomic_uint finished;

static bool watch(void *memory, uint64_t size)
{
	struct uffdio_register reg = {
		.range = {(uintptr_t)memory, size},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return !ioctl(uffd, UFFDIO_REGISTER, &reg);
}

static bool open_uffd(void)
{
	struct uffdio_api api = {.api = UFFD_API};

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	never = user_memory(BLOCKED * PAGE);
	return uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api) && never && watch(never, BLOCKED * PAGE);
}

/* Waits until so many threads wait for memory. */
static bool all_wait(unsigned int threads)
{
	struct pollfd p = {.fd = uffd, .events = POLLIN};
	struct uffd_msg event;

	while (threads) {
		if (poll(&p, 1, SECONDS * 1000) != 1 ||
		    read(uffd, &event, sizeof(event)) != sizeof(event))
			return false;
		threads -= event.event == UFFD_EVENT_PAGEFAULT;
	}
	return true;
}

static void *do_populate(void *unused)
{
	int vm = new_vm(), gmem = new_gmem(vm, BLOCK);

	set_slot(vm, 0, RAM_BASE, BLOCK, user_memory(BLOCK), gmem, 0);
	set_private(vm, RAM_BASE, BLOCK, true);
	populate(vm, RAM_BASE, never + FOR_POPULATE * PAGE, PAGE);
	atomic_fetch_add(&finished, 1);
	return NULL;
}

static void *do_rpv(void *unused)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CCA_CAP_RPV,
		.args[0] = (uintptr_t)(never + FOR_RPV * PAGE),
	};

	ioctl(new_vm(), KVM_ENABLE_CAP, &cap);
	atomic_fetch_add(&finished, 1);
	return NULL;
}

static void *do_reg(void *unused)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE,
		.addr = (uintptr_t)(never + FOR_REG * PAGE),
	};
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};
	int vcpu = ioctl(new_vm(), KVM_CREATE_VCPU, 0);

	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
	ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	ioctl(vcpu, KVM_SET_ONE_REG, &reg);
	atomic_fetch_add(&finished, 1);
	return NULL;
}

static void *do_region(void *unused)
{
	ioctl(new_vm(), KVM_SET_USER_MEMORY_REGION2, never + FOR_REGION * PAGE);
	atomic_fetch_add(&finished, 1);
	return NULL;
}

static void *do_run(void *unused)
{
	machine_run(&machine.vcpu[0]);
	atomic_fetch_add(&finished, 1);
	return NULL;
}

static void *(*const calls[])(void *) = {do_populate, do_rpv, do_reg, do_region, do_run};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* Makes all calls wait for memory, KVM_RUN among them: the Realm's shared page never comes. */
static bool block_all(void)
{
	pthread_t thread;
	unsigned int i;

	if (!open_uffd() || !machine_create(&machine, 1, JOB_SHARE | 6 << 8))
		return false;
	madvise(machine.ram, MACHINE_SIZE, MADV_NOHUGEPAGE);
	if (!watch(machine.ram + WINDOW_OFFSET, PAGE))
		return false;
	for (i = 0; i < CALLS; i++)
		pthread_create(&thread, NULL, calls[i], NULL);
	return all_wait(CALLS);
}

static atomic_bool slot_done;

static void *add_slot(void *result)
{
	*(int *)result =
		set_slot(machine.vm, 1, RAM_BASE + (1UL << 30), BLOCK, user_memory(BLOCK), -1, 0);
	atomic_store(&slot_done, true);
	return NULL;
}

/* Gives every waiting call its page, so that all come to their ends. */
static void release(void)
{
	struct uffdio_range ranges[] = {
		{(uintptr_t)never, BLOCKED * PAGE},
		{(uintptr_t)machine.ram + WINDOW_OFFSET, PAGE},
	};

	ioctl(uffd, UFFDIO_UNREGISTER, &ranges[0]);
	ioctl(uffd, UFFDIO_UNREGISTER, &ranges[1]);
}

static bool within_deadline(atomic_bool *done)
{
	int i;

	for (i = 0; i < SECONDS * 100 && !atomic_load(done); i++)
		usleep(10000);
	return atomic_load(done);
}

/* A slot can be added while a vCPU of the VM waits for memory. The Realm then runs to its end. */
void test_blocked(void)
{
	int result = -1, i;
	pthread_t thread;

	ok(block_all(), "%zu calls wait for memory of the VMM", CALLS);
	pthread_create(&thread, NULL, add_slot, &result);
	ok(within_deadline(&slot_done) && !result, "a slot is added beside a KVM_RUN that waits");
	ok(!atomic_load(&finished), "none of the calls has come back");
	release();
	for (i = 0; i < SECONDS * 100 && atomic_load(&finished) < CALLS; i++)
		usleep(10000);
	ok(atomic_load(&finished) == CALLS, "all come back with their memory (%u)",
	   atomic_load(&finished));
	ok(machine.ended && !machine.died, "and the Realm has done its job");
}

/* Leaves the calls waiting for ever, for tests that end the host meanwhile. */
void test_hold_blocked(void)
{
	ok(block_all(), "%zu calls wait for memory of the VMM, held", CALLS);
	for (;;)
		pause();
}
