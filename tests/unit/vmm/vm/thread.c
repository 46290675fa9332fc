/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/vm/thread.c: vCPUs run until they are brought out, whatever the starter did with signals. */
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/vm/exit.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/thread.h"
#include "vmm/vm/vm.h"

#define CPUS 3

static struct vm vm;
static struct vcpu vcpus[CPUS];
static struct kvm_run pages[CPUS];
static atomic_int exits, entries;

/* KVM_RUN of a vCPU that idles: only a signal brings it out. */
int kvm_ioctl_value(int fd, unsigned long request, unsigned long arg)
{
	static const struct timespec ms = {.tv_nsec = 1000000};

	assert_int_equal(request, KVM_RUN);
	if (fd < 0)
		return fd;
	entries++;
	while (!__atomic_load_n(&pages[fd].immediate_exit, __ATOMIC_SEQ_CST)) {
		if (nanosleep(&ms, NULL))
			return -EINTR;
	}
	/* The guest is entered just before immediate_exit is set, and never comes out by itself. */
	pause();
	return -EINTR;
}

int exit_handle(struct vcpu *v, int ret)
{
	exits++;
	vm_end(v->vm, VM_END_FAILED);
	return -ECANCELED;
}

bool vm_end(struct vm *v, enum vm_end why)
{
	int none = VM_END_NONE;

	return atomic_compare_exchange_strong(&v->end, &none, why);
}

static int set_up(void **state)
{
	sigset_t none;
	unsigned int i;

	error_clear();
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	signal(SIGUSR1, SIG_DFL);
	exits = entries = 0;
	vm = (struct vm){.vcpus = vcpus, .cpus = CPUS, .pause.only = -1};
	for (i = 0; i < CPUS; i++) {
		pages[i] = (struct kvm_run){0};
		vcpus[i] = (struct vcpu){.vm = &vm, .index = i, .fd = (int)i, .run = &pages[i]};
	}
	alarm(60);
	return 0;
}

static int tear_down(void **state)
{
	alarm(0);
	return 0;
}

static void start_and_stop(void)
{
	assert_no_error(thread_start_all(&vm));
	vm_end(&vm, VM_END_SIGNAL);
	thread_stop_all(&vm);
	assert_int_equal(exits, 0);
}

static void every_vcpu_is_brought_out(void **state)
{
	start_and_stop();
}

static void a_signal_that_the_starter_blocked_does_it_too(void **state)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGALRM);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	start_and_stop();
}

static void a_signal_that_the_starter_ignored_does_it_too(void **state)
{
	signal(SIGUSR1, SIG_IGN);
	start_and_stop();
}

static void an_error_ends_the_vm(void **state)
{
	vcpus[1].fd = -EIO;
	assert_no_error(thread_start_all(&vm));
	while (vm_ended(&vm) == VM_END_NONE)
		sched_yield();
	thread_stop_all(&vm);
	assert_int_equal(vm_ended(&vm), VM_END_FAILED);
	assert_int_equal(exits, 1);
}

static unsigned int waiting(void)
{
	unsigned int inside;

	pthread_mutex_lock(&vm.pause.lock);
	inside = vm.pause.inside;
	pthread_mutex_unlock(&vm.pause.lock);
	return inside;
}

static void a_debugger_stops_all_and_lets_one_run(void **state)
{
	assert_no_error(thread_start_all(&vm));
	thread_pause_all(&vm);
	assert_int_equal(waiting(), CPUS);
	thread_resume(&vm, 1);
	while (waiting() != CPUS - 1)
		sched_yield();
	thread_pause_all(&vm);
	assert_int_equal(waiting(), CPUS);
	thread_resume(&vm, -1);
	while (waiting())
		sched_yield();
	vm_end(&vm, VM_END_SIGNAL);
	thread_stop_all(&vm);
	assert_int_equal(exits, 0);
}

static void a_guest_that_is_held_is_not_entered_and_can_end(void **state)
{
	thread_hold(&vm);
	assert_no_error(thread_start_all(&vm));
	while (waiting() != CPUS)
		sched_yield();
	vm_end(&vm, VM_END_SIGNAL);
	thread_stop_all(&vm);
	assert_int_equal(waiting(), 0);
	assert_int_equal(entries, 0);
}

static void a_vm_that_ended_is_not_waited_for(void **state)
{
	assert_no_error(thread_start_all(&vm));
	vm_end(&vm, VM_END_SIGNAL);
	thread_pause_all(&vm);
	thread_stop_all(&vm);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_vcpu_is_brought_out),
		TEST(a_signal_that_the_starter_blocked_does_it_too),
		TEST(a_signal_that_the_starter_ignored_does_it_too),
		TEST(an_error_ends_the_vm),
		TEST(a_debugger_stops_all_and_lets_one_run),
		TEST(a_guest_that_is_held_is_not_entered_and_can_end),
		TEST(a_vm_that_ended_is_not_waited_for),
	};

	return cmocka_run_group_tests_name("vmm/vm/thread", tests, NULL, NULL);
}
