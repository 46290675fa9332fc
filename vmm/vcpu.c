/* SPDX-License-Identifier: BSD-3-Clause */
/* vCPUs and their threads, see vcpu.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <util.h>

#include "error.h"
#include "exit.h"
#include "kvm.h"
#include "options.h"
#include "vcpu.h"
#include "vm.h"

#define KICK_SIGNAL SIGUSR1

#define REG_X(n)    (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 2 * (n))
#define REG_PC	    (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 0x40)
#define SVE_WORDS   8
#define KICK_PERIOD 20000000 /* ns */

/* How often KVM_RUN may ask to be called again, 1 ms apart, before it counts as stuck. */
#define AGAIN_MAX 10000

static int failed(const struct vcpu *v, int err, const char *what)
{
	return error_set(err, "vCPU %u: %s: %s", v->index, what, strerror(-err));
}

/* ---- creation ---- */

/* Leaves the vector lengths up to `bits` switched on, if the host has that very length. */
static int limit_sve(struct vcpu *v, unsigned int bits)
{
	uint64_t lengths[SVE_WORDS] = {0};
	unsigned int last = bits / OPTIONS_SVE_STEP - 1;
	int ret = kvm_get_reg(v->fd, KVM_REG_ARM64_SVE_VLS, lengths);

	if (ret < 0)
		return failed(v, ret, "SVE's vector lengths");
	if (!(lengths[0] & BIT(last)))
		return error_set(-EINVAL,
				 "--sve %u: this host has no such length (see `realm info`)", bits);
	lengths[0] &= MASK(last, 0);
	ret = kvm_set_reg(v->fd, KVM_REG_ARM64_SVE_VLS, lengths);
	return ret < 0 ? failed(v, ret, "SVE's vector lengths") : 0;
}

static int finish_sve(struct vcpu *v, unsigned int bits)
{
	static const int feature = KVM_ARM_VCPU_SVE;
	int ret;

	if (!bits)
		return 0;
	ret = limit_sve(v, bits);
	if (ret < 0)
		return ret;
	ret = kvm_ioctl(v->fd, KVM_ARM_VCPU_FINALIZE, &feature);
	return ret < 0 ? failed(v, ret, "SVE") : 0;
}

/* Pointer authentication: a Realm has it whenever the CPU does, and so has any other VM here. */
static uint32_t ptrauth(const struct vm *vm)
{
	if (!kvm_check(vm->fd, KVM_CAP_ARM_PTRAUTH_ADDRESS) ||
	    !kvm_check(vm->fd, KVM_CAP_ARM_PTRAUTH_GENERIC))
		return 0;
	return 1u << KVM_ARM_VCPU_PTRAUTH_ADDRESS | 1u << KVM_ARM_VCPU_PTRAUTH_GENERIC;
}

static int init(struct vcpu *v, const struct options *o)
{
	struct kvm_vcpu_init init = {0};
	int ret = kvm_ioctl(v->vm->fd, KVM_ARM_PREFERRED_TARGET, &init);

	if (ret < 0)
		return failed(v, ret, "no CPU model");
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | ptrauth(v->vm);
	if (v->index)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (o->sve)
		init.features[0] |= 1u << KVM_ARM_VCPU_SVE;
	ret = kvm_ioctl(v->fd, KVM_ARM_VCPU_INIT, &init);
	if (ret == -EINVAL && o->sve)
		return error_set(ret, "--sve %u: no SVE here (see `realm info`)", o->sve);
	if (ret < 0)
		return failed(v, ret, "could not be initialised");
	return finish_sve(v, o->sve);
}

static int map_run(struct vcpu *v)
{
	void *run = mmap(NULL, v->vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);

	if (run == MAP_FAILED)
		return failed(v, -errno, "its run page could not be mapped");
	v->run = run;
	return 0;
}

static int create(struct vcpu *v, const struct options *o)
{
	int ret;

	v->fd = kvm_ioctl_value(v->vm->fd, KVM_CREATE_VCPU, v->index);
	if (v->fd < 0)
		return failed(v, v->fd, "could not be created");
	ret = map_run(v);
	return ret < 0 ? ret : init(v, o);
}

int vcpu_create_all(struct vm *vm, const struct options *o)
{
	int size = kvm_ioctl_value(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	int ret = 0;

	if (size < (int)sizeof(struct kvm_run))
		return error_set(-EIO, "%s: the size of its run pages is %d", o->kvm, size);
	vm->run_size = (size_t)size;
	vm->vcpus = calloc(o->cpus, sizeof(*vm->vcpus));
	if (!vm->vcpus)
		return error_set(-ENOMEM, "out of memory");
	while (ret == 0 && vm->cpus < o->cpus) {
		struct vcpu *v = &vm->vcpus[vm->cpus];

		*v = (struct vcpu){.vm = vm, .index = vm->cpus++, .fd = -1};
		ret = create(v, o);
	}
	return ret;
}

int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t fdt)
{
	struct vcpu *v = &vm->vcpus[0];
	int ret = kvm_set_reg(v->fd, REG_PC, &pc);

	if (ret == 0)
		ret = kvm_set_reg(v->fd, REG_X(0), &fdt);
	return ret < 0 ? failed(v, ret, "its first registers could not be set") : 0;
}

void vcpu_destroy_all(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		if (vm->vcpus[i].run)
			munmap(vm->vcpus[i].run, vm->run_size);
		if (vm->vcpus[i].fd >= 0)
			close(vm->vcpus[i].fd);
	}
	free(vm->vcpus);
	vm->vcpus = NULL;
	vm->cpus = 0;
}

/* ---- threads ---- */

/* Only there to interrupt KVM_RUN and writes; immediate_exit keeps the vCPU out. */
static void on_kick(int signal)
{
}

static void wait_1ms(void)
{
	static const struct timespec ms = {.tv_nsec = 1000000};

	nanosleep(&ms, NULL);
}

/* True when KVM_RUN failed only for now: interrupted, or told to try again. */
static bool run_again(int err, unsigned int *agains)
{
	if (err == -EINTR)
		return true;
	if (err != -EAGAIN || ++*agains > AGAIN_MAX)
		return false;
	wait_1ms();
	return true;
}

static void *run_thread(void *arg)
{
	struct vcpu *v = arg;
	unsigned int agains = 0;
	int ret;

	while (vm_ended(v->vm) == VM_END_NONE) {
		ret = kvm_ioctl_value(v->fd, KVM_RUN, 0);
		if (ret < 0 && run_again(ret, &agains))
			continue;
		agains = 0;
		if (exit_handle(v, ret) < 0)
			break;
	}
	return NULL;
}

static int start(struct vcpu *v)
{
	int err = pthread_create(&v->thread, NULL, run_thread, v);

	if (err)
		return failed(v, -err, "no thread");
	v->started = true;
	return 0;
}

int vcpu_start_all(struct vm *vm)
{
	struct sigaction action = {.sa_handler = on_kick};
	unsigned int i;
	int ret = 0;

	/* No SA_RESTART: a blocked write has to come back too. */
	sigaction(KICK_SIGNAL, &action, NULL);
	for (i = 0; i < vm->cpus && ret == 0; i++)
		ret = start(&vm->vcpus[i]);
	if (ret < 0)
		vm_end(vm, VM_END_FAILED);
	return ret;
}

/* A kick may come just before the thread blocks in a system call: repeat it until it ends. */
static void stop(struct vcpu *v)
{
	struct timespec until;
	int err;

	v->run->immediate_exit = 1;
	do {
		pthread_kill(v->thread, KICK_SIGNAL);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += KICK_PERIOD;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		err = pthread_timedjoin_np(v->thread, NULL, &until);
	} while (err == ETIMEDOUT);
	v->started = false;
}

void vcpu_stop_all(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		if (vm->vcpus[i].started)
			stop(&vm->vcpus[i]);
	}
}
