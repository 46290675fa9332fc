// SPDX-License-Identifier: BSD-3-Clause
/*
 * KVM_RUN with a Realm that really runs: power off, signals, interrupts beyond the list registers,
 * shared memory under the VMM's feet, MMIO that cannot be emulated.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "machine.h"

#define PATIENCE_S 60

static struct machine machine;

static void on_signal(int signal)
{
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
}

/* Waits for the end of the Realm for some time, then pulls the thread out. */
static bool join_or_pull_out(struct machine_vcpu *v)
{
	int i;

	for (i = 0; i < PATIENCE_S * 10 && !v->m->ended; i++) {
		if (machine_joined(v))
			return true;
	}
	return machine_pull_out(v);
}

/* ---- power off ---- */

#define OFF_CPUS   4
#define OFF_ROUNDS 12

/* Returns how many of the others came back by themselves. */
static unsigned int one_power_off(uint64_t delay)
{
	unsigned int i, early = 0;

	if (!machine_create(&machine, OFF_CPUS, JOB_OFF | OFF_CPUS << 8 | delay << 16))
		return 0;
	for (i = 0; i < OFF_CPUS; i++)
		machine_start(&machine.vcpu[i]);
	pthread_join(machine.vcpu[0].thread, NULL);
	ok(!machine.vcpu[0].ret && machine.vcpu[0].exit == KVM_EXIT_SYSTEM_EVENT &&
		   machine.vcpu[0].run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN,
	   "power off is a system event (%d, exit %u)", machine.vcpu[0].ret, machine.vcpu[0].exit);
	for (i = 1; i < OFF_CPUS; i++) {
		if (!machine_pull_out(&machine.vcpu[i]))
			ok(false, "vCPU %u comes out by a signal", i);
		early += machine.vcpu[i].ret != -EINTR;
	}
	machine_destroy(&machine);
	return early;
}

static void power_off(void)
{
	unsigned int i, early = 0;

	for (i = 0; i < OFF_ROUNDS; i++)
		early += one_power_off(i * 100000);
	ok(early == 0, "the other vCPUs stay in KVM_RUN until a signal (%u did not)", early);
}

/* ---- signals ---- */

static void count_ready(struct machine *m, unsigned int report, uint32_t value)
{
	m->nr_values += report == REPORT_READY;
}

static void signals_of(enum job job, const char *what)
{
	struct machine_vcpu *v = &machine.vcpu[0];
	sigset_t blocked, old;
	struct {
		struct kvm_signal_mask head;
		sigset_t set;
	} mask = {.head.len = 8};

	if (!machine_create(&machine, 1, job))
		return;
	machine.on_report = count_ready;
	machine_run_once(v);
	ok(!v->ret && v->exit == KVM_EXIT_MMIO, "%s: it runs", what);
	v->run->immediate_exit = 1;
	ok(machine_run_once(v) == -EINTR && v->exit == KVM_EXIT_INTR, "%s: immediate_exit", what);
	v->run->immediate_exit = 0;
	alarm(1);
	ok(machine_run_once(v) == -EINTR && v->exit == KVM_EXIT_INTR, "%s: a signal", what);
	/* Older VMMs block the signal and let KVM_RUN take it, by KVM_SET_SIGNAL_MASK. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGALRM);
	sigprocmask(SIG_BLOCK, &blocked, &old);
	sigemptyset(&mask.set);
	ok(!ioctl(v->fd, KVM_SET_SIGNAL_MASK, &mask), "%s: a signal mask for KVM_RUN", what);
	alarm(1);
	ok(machine_run_once(v) == -EINTR, "%s: a signal that only KVM_RUN lets in", what);
	sigpending(&mask.set);
	ok(sigismember(&mask.set, SIGALRM), "%s: it is still pending afterwards", what);
	ok(machine_run_once(v) == -EINTR, "%s: pending before, KVM_RUN does not start", what);
	sigprocmask(SIG_SETMASK, &old, NULL);
	machine_destroy(&machine);
}

/* ---- interrupts ---- */

static bool level_mode;

static void irq_report(struct machine *m, unsigned int report, uint32_t value)
{
	unsigned int i;

	if (report == REPORT_READY) {
		for (i = 0; i < JOBS_SPIS; i++)
			machine_set_spi(m, 32 + i, true);
	} else if (report == REPORT_TAKEN && level_mode) {
		machine_set_spi(m, value, false);
	}
}

/* The most urgent interrupt, which is the one with the highest number, is taken first. */
static bool taken_in_order(const uint32_t *taken)
{
	unsigned int i;

	for (i = 0; i < JOBS_SPIS; i++)
		if (taken[i] != 32 + JOBS_SPIS - 1 - i)
			return false;
	return true;
}

static unsigned int taken_mask(const uint32_t *taken)
{
	unsigned int i, mask = 0;

	for (i = 0; i < JOBS_SPIS; i++)
		mask |= 1u << (taken[i] - 32);
	return mask;
}

static void interrupts(enum job job, const char *what)
{
	long before = counter("lr_overflow");

	if (!machine_create(&machine, 1, job))
		return;
	level_mode = job == JOB_LEVEL;
	machine.on_report = irq_report;
	/* A vCPU that loses an interrupt would wait for ever. */
	alarm(PATIENCE_S);
	machine_run(&machine.vcpu[0]);
	alarm(0);
	ok(!machine.vcpu[0].ret && machine.ended && !machine.died, "%s: to the end (%d, %u taken)",
	   what, machine.vcpu[0].ret, machine.nr_taken);
	ok(machine.nr_taken == 2 * JOBS_SPIS, "%s: each is taken once (%u)", what,
	   machine.nr_taken);
	ok(taken_in_order(machine.taken), "%s: the most urgent first", what);
	ok(taken_mask(machine.taken + JOBS_SPIS) == (1u << JOBS_SPIS) - 1,
	   "%s: all come again after they were deactivated", what);
	ok(counter("lr_overflow") > before, "%s: there were more than list registers", what);
	machine_destroy(&machine);
}

/* ---- shared memory ---- */

static volatile uint64_t *window(struct machine *m)
{
	return (volatile uint64_t *)(m->ram + (JOBS_WINDOW - JOBS_RAM));
}

/* A child makes the page copy-on-write; the write after it moves the parent to another page. */
static void write_after_fork(volatile uint64_t *word, uint64_t value)
{
	int gate[2];
	pid_t child;
	char c;

	if (pipe(gate))
		return;
	child = fork();
	if (!child) {
		close(gate[1]);
		_exit(read(gate[0], &c, 1) != 0);
	}
	close(gate[0]);
	*word = value;
	close(gate[1]);
	waitpid(child, NULL, 0);
}

static uint64_t word_seen[8];

/* The VMM changes its page, in several ways, while the Realm has it mapped. */
static void share_report(struct machine *m, unsigned int report, uint32_t value)
{
	volatile uint64_t *word = window(m);

	if (report != REPORT_READY)
		return;
	word_seen[value % 8] = *word;
	switch (value) {
	case 1:
		*word = 0x7001;
		break;
	case 2:
		madvise((void *)word, PAGE, MADV_DONTNEED);
		break;
	case 3:
		write_after_fork(word, 0x7003);
		break;
	case 4:
		munmap((void *)word, PAGE);
		mmap((void *)word, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		*word = 0x7004;
		break;
	case 5:
		mprotect((void *)word, PAGE, PROT_NONE);
		mprotect((void *)word, PAGE, PROT_READ | PROT_WRITE);
		break;
	}
}

static void shared_memory(void)
{
	static const uint32_t want[] = {0, 0x11, 0x7001, 0, 0x7003, 0x7004, 0x104, 0, 0x22};
	unsigned int i;

	if (!machine_create(&machine, 1, JOB_SHARE | 6 << 8))
		return;
	machine.on_report = share_report;
	alarm(PATIENCE_S);
	machine_run(&machine.vcpu[0]);
	alarm(0);
	ok(machine.ended && !machine.died && machine.nr_values == 9,
	   "shared page: to the end (%d, exit %u, %u values)", machine.vcpu[0].ret,
	   machine.vcpu[0].exit, machine.nr_values);
	for (i = 0; i < 9; i++)
		ok(machine.values[i] == want[i], "shared page: the Realm sees %#x at step %u (%#x)",
		   want[i], i, machine.values[i]);
	ok(word_seen[0] == 0x11, "shared page: the VMM sees the Realm's first write");
	for (i = 1; i < 7; i++)
		ok(word_seen[i] == 0x100 + i - 1, "shared page: the VMM sees write %u (%#lx)", i,
		   (unsigned long)word_seen[i]);
	ok(*window(&machine) == 0, "private again: the VMM sees nothing of it");
	machine_destroy(&machine);
}

static void no_syndrome(void)
{
	if (!machine_create(&machine, 1, JOB_NO_ISV))
		return;
	machine_run(&machine.vcpu[0]);
	ok(machine.ended && machine.nr_values == 1 && (machine.values[0] & 0x3f) == 0x10 &&
		   machine.values[0] >> 26 == 0x25,
	   "MMIO without a syndrome is a synchronous external abort (ESR %#x)", machine.values[0]);
	machine_destroy(&machine);
}

/* ---- waiting ---- */

static void wfit(void)
{
	if (!machine_create(&machine, 1, JOB_WFIT))
		return;
	alarm(PATIENCE_S);
	machine_run(&machine.vcpu[0]);
	alarm(0);
	ok(machine.ended && !machine.died, "WFIT and WFET, WFxT is %u: to the end (%d)",
	   machine.values[0], machine.vcpu[0].ret);
	/* They may end early but not late. Without FEAT_WFxT the values are 0. */
	ok(machine.values[1] < 50 * JOBS_WFIT_MS && machine.values[2] < 50 * JOBS_WFIT_MS,
	   "WFIT and WFET of %u ms take %u and %u ms", JOBS_WFIT_MS, machine.values[1],
	   machine.values[2]);
	machine_destroy(&machine);
}

/* A second of WFI with nothing that could end it: the vCPU's thread has to be asleep. */
static void timer_at_rest(enum job_timer kind, const char *what)
{
	struct machine_vcpu *v = &machine.vcpu[0];
	long before;

	if (!machine_create(&machine, 1, JOB_TIMER | kind << 8))
		return;
	machine_run_once(v);
	before = counter("exit_sync");
	alarm(1);
	ok(machine_run_once(v) == -EINTR, "WFI, a timer %s: a signal ends KVM_RUN (%d)", what,
	   v->ret);
	ok(counter("exit_sync") - before < 20, "WFI, a timer %s: no exits meanwhile (%ld)", what,
	   counter("exit_sync") - before);
	machine_destroy(&machine);
}

/* ---- calls of the host ---- */

static int filter(int vm, uint32_t base, uint32_t count, uint8_t action)
{
	struct kvm_smccc_filter f = {.base = base, .nr_functions = count, .action = action};
	struct kvm_device_attr attr = {.addr = (uintptr_t)&f};

	return ioctl(vm, KVM_SET_DEVICE_ATTR, &attr);
}

static void filters_are_checked(int vm)
{
	expect(filter(vm, 0xc5000001, 1, KVM_SMCCC_FILTER_DENY), 0, "SMCCC filter: deny one");
	expect(filter(vm, 0xc5000010, 4, KVM_SMCCC_FILTER_FWD_TO_USER), 0, "forward four");
	expect(filter(vm, 0xc5000013, 1, KVM_SMCCC_FILTER_HANDLE), EEXIST, "one of them again");
	expect(filter(vm, 0x80000000, 1, KVM_SMCCC_FILTER_FWD_TO_USER), EEXIST,
	       "the architecture's");
	expect(filter(vm, 0xc5000100, 0, KVM_SMCCC_FILTER_DENY), EINVAL, "none");
	expect(filter(vm, 0xffffffff, 2, KVM_SMCCC_FILTER_DENY), EINVAL, "over the end");
	expect(filter(vm, 0xc5000100, 1, 3), EINVAL, "an action that is none");
}

static uint64_t x_reg(struct machine_vcpu *v, unsigned int n, const uint64_t *value)
{
	uint64_t got = 0;
	struct kvm_one_reg reg = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | 2 * n,
		.addr = (uintptr_t)(value ? value : &got),
	};

	if (ioctl(v->fd, value ? KVM_SET_ONE_REG : KVM_GET_ONE_REG, &reg))
		ok(false, "X%u can be accessed", n);
	return got;
}

static void answer_call(struct machine_vcpu *v)
{
	static const uint64_t answer = 0xa5, last = 0x5a;

	ok(v->run->hypercall.nr == 0xc5000010, "a HOST_CALL comes to the VMM (%#llx)",
	   v->run->hypercall.nr);
	ok(x_reg(v, 0, NULL) == 0xc5000010 && x_reg(v, 7, NULL) == 0x107 &&
		   x_reg(v, 30, NULL) == 0x11e,
	   "with its registers");
	x_reg(v, 0, &answer);
	x_reg(v, 30, &last);
}

static void host_calls(void)
{
	static const uint32_t want[] = {0, 0x10001, 0x11e, 0, ~0u, 0x11e,
					0, 0xa5,    0x5a,  0, ~0u, 0x11e};
	struct machine_vcpu *v = &machine.vcpu[0];
	unsigned int i;

	if (!machine_create(&machine, 1, JOB_CALLS))
		return;
	filters_are_checked(machine.vm);
	alarm(PATIENCE_S);
	machine_run(v);
	if (!v->ret && v->exit == KVM_EXIT_HYPERCALL) {
		answer_call(v);
		machine_run(v);
	}
	alarm(0);
	expect(filter(machine.vm, 0xc5000100, 1, KVM_SMCCC_FILTER_DENY), EBUSY,
	       "SMCCC filter: while the Realm runs");
	ok(machine.ended && !machine.died && machine.nr_values == 12,
	   "HOST_CALL: to the end (%d, exit %u, %u values)", v->ret, v->exit, machine.nr_values);
	for (i = 0; i < 12; i++)
		ok(machine.values[i] == want[i], "HOST_CALL: value %u is %#x (%#x)", i, want[i],
		   machine.values[i]);
	machine_destroy(&machine);
}

/* ---- the state of another vCPU's interrupts ---- */

static void active_state(void)
{
	static const char *const what[] = {
		"active while it is handled", "not pending any more when it is taken",
		"inactive when it has ended", "active, by two vCPUs that look at each other"};
	unsigned int i;

	if (!machine_create(&machine, 2, JOB_ACTIVE))
		return;
	for (i = 0; i < 2; i++)
		machine_start(&machine.vcpu[i]);
	for (i = 0; i < 2; i++) {
		if (!join_or_pull_out(&machine.vcpu[i]))
			ok(false, "vCPU %u comes out of KVM_RUN", i);
	}
	ok(machine.ended && !machine.died && machine.nr_values == 4,
	   "a vCPU's interrupts as another one reads them: to the end (%u values)",
	   machine.nr_values);
	for (i = 0; i < 4; i++)
		ok(machine.values[i] == 0, "read by another vCPU: %s (wrong: %u)", what[i],
		   machine.values[i]);
	machine_destroy(&machine);
}

void test_run(void)
{
	catch_signals();
	wfit();
	timer_at_rest(JOB_TIMER_PAST, "that has fired, disabled in the GIC");
	timer_at_rest(JOB_TIMER_MASKED, "that is masked");
	timer_at_rest(JOB_TIMER_FAR, "that never fires");
	active_state();
	host_calls();
	no_syndrome();
	shared_memory();
	signals_of(JOB_SPIN, "spinning");
	signals_of(JOB_WFI, "waiting");
	interrupts(JOB_EDGE, "edges");
	interrupts(JOB_DIR, "all active");
	interrupts(JOB_LEVEL, "levels");
	power_off();
	expect_nothing_left("running Realms");
}
