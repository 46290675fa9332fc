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

static bool is_held(struct vcpu *v)
{
	struct vm_pause *p = &v->vm->pause;

	return atomic_load(&p->wanted) && p->only != (int)v->index &&
	       vm_ended(v->vm) == VM_END_NONE;
}

/* A vCPU stays here while a debugger has the VM stopped. */
static void wait_while_held(struct vcpu *v)
{
	struct vm_pause *p = &v->vm->pause;

	if (!atomic_load_explicit(&p->wanted, memory_order_relaxed))
		return;
	pthread_mutex_lock(&p->lock);
	p->inside++;
	pthread_cond_broadcast(&p->changed);
	while (is_held(v))
		pthread_cond_wait(&p->changed, &p->lock);
	p->inside--;
	pthread_mutex_unlock(&p->lock);
}

static void *run_thread(void *arg)
{
	struct vcpu *v = arg;
	unsigned int agains = 0;
	int ret;

	for (;;) {
		wait_while_held(v);
		if (vm_ended(v->vm) != VM_END_NONE)
			break;
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

static struct timespec kick_end(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += KICK_PERIOD;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	return until;
}

/* A kick just before the thread blocks in a system call has no effect: repeat it until it ends. */
static void stop(struct vcpu *v)
{
	struct timespec until;
	int err;

	v->run->immediate_exit = 1;
	do {
		pthread_kill(v->thread, KICK_SIGNAL);
		until = kick_end();
		err = pthread_timedjoin_np(v->thread, NULL, &until);
	} while (err == ETIMEDOUT);
	v->started = false;
}

void thread_stop_all(struct vm *vm)
{
	unsigned int i;

	/* Those that are held see that the VM has ended. */
	pthread_mutex_lock(&vm->pause.lock);
	pthread_cond_broadcast(&vm->pause.changed);
	pthread_mutex_unlock(&vm->pause.lock);
	for (i = 0; i < vm->cpus; i++) {
		if (vm->vcpus[i].started)
			stop(&vm->vcpus[i]);
	}
}

void thread_hold(struct vm *vm)
{
	pthread_mutex_lock(&vm->pause.lock);
	vm->pause.only = -1;
	atomic_store(&vm->pause.wanted, true);
	pthread_mutex_unlock(&vm->pause.lock);
}

static void kick_all(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		vm->vcpus[i].run->immediate_exit = 1;
		if (vm->vcpus[i].started)
			pthread_kill(vm->vcpus[i].thread, KICK_SIGNAL);
	}
}

void thread_pause_all(struct vm *vm)
{
	struct vm_pause *p = &vm->pause;
	struct timespec until;

	thread_hold(vm);
	pthread_mutex_lock(&p->lock);
	while (p->inside < vm->cpus && vm_ended(vm) == VM_END_NONE) {
		kick_all(vm);
		until = kick_end();
		pthread_cond_timedwait(&p->changed, &p->lock, &until);
	}
	pthread_mutex_unlock(&p->lock);
}

void thread_resume(struct vm *vm, int only)
{
	struct vm_pause *p = &vm->pause;
	unsigned int i;

	pthread_mutex_lock(&p->lock);
	for (i = 0; i < vm->cpus; i++)
		vm->vcpus[i].run->immediate_exit = 0;
	p->only = only;
	atomic_store(&p->wanted, only >= 0);
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}
