/* SPDX-License-Identifier: BSD-3-Clause */
/* The threads of vCPUs, see thread.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "vmm/lib/error.h"
#include "vmm/vm/exit.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/thread.h"
#include "vmm/vm/vm.h"

#define KICK_SIGNAL SIGUSR1
#define KICK_PERIOD 20000000 /* ns */

/* How often KVM_RUN may ask to be called again, 1 ms apart, before it counts as stuck. */
#define AGAIN_MAX 10000

/* The signal only interrupts KVM_RUN; immediate_exit keeps the vCPU from entering again. */
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
		return error_set(-err, "vCPU %u: no thread: %s", v->index, strerror(err));
	v->started = true;
	return 0;
}

/* The program that started us may have blocked the signal, which is inherited: unblock it. */
static void prepare_kick(void)
{
	struct sigaction action = {.sa_handler = on_kick};
	sigset_t set;

	/* Without SA_RESTART, so that every system call that blocks comes back. */
	sigaction(KICK_SIGNAL, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, KICK_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int thread_start_all(struct vm *vm)
{
	unsigned int i;
	int ret = 0;

	prepare_kick();
	for (i = 0; i < vm->cpus && ret == 0; i++)
		ret = start(&vm->vcpus[i]);
	if (ret < 0)
		vm_end(vm, VM_END_FAILED);
	return ret;
}

/* A kick just before the thread blocks in a system call has no effect: repeat it until it ends. */
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

void thread_stop_all(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		if (vm->vcpus[i].started)
			stop(&vm->vcpus[i]);
	}
}
