// SPDX-License-Identifier: BSD-3-Clause
/*
 * Shared memory, as its owner, the VMM, may expect it while the Realm has it mapped. What the Realm
 * wrote is there whatever the host's kernel does with the page, and the page is free when the VMM
 * has freed it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cgroup.h"
#include "machine.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define PATIENCE_S  120
#define WINDOW	    64UL /* pages that one fault maps at most, around JOBS_WINDOW */
#define WINDOW_AT   32UL /* the page of the Realm among them */
#define WINDOW_BASE (JOBS_WINDOW - WINDOW_AT * PAGE)

static struct machine machine;

static char *window_of(struct machine *m)
{
	return m->ram + (WINDOW_BASE - JOBS_RAM);
}

static volatile uint64_t *word_of(struct machine *m)
{
	return (volatile uint64_t *)(m->ram + (JOBS_WINDOW - JOBS_RAM));
}

/* ---- reclaim ---- */

#define RECLAIM_ROUNDS 4

static uint64_t reclaimed[RECLAIM_ROUNDS];

/* After the Realm has written, the kernel reclaims the page. */
static void reclaim(struct machine *m, unsigned int report, uint32_t value)
{
	volatile uint64_t *word = word_of(m);

	if (report != REPORT_READY || value >= RECLAIM_ROUNDS)
		return;
	madvise((void *)word, PAGE, MADV_PAGEOUT);
	reclaimed[value] = *word;
}

/* MADV_FREE lets the kernel drop the page, unless it is written to afterwards. */
static void free_and_reclaim(struct machine *m, unsigned int report, uint32_t value)
{
	volatile uint64_t *word = word_of(m);

	if (report != REPORT_READY || value >= RECLAIM_ROUNDS)
		return;
	if (value)
		madvise((void *)word, PAGE, MADV_PAGEOUT);
	reclaimed[value] = *word;
	madvise((void *)word, PAGE, MADV_FREE);
}

static void run_reclaim(const char *what)
{
	unsigned int i;

	memset(reclaimed, 0xff, sizeof(reclaimed));
	alarm(PATIENCE_S);
	machine_run(&machine.vcpu[0]);
	alarm(0);
	ok(machine.ended && !machine.died, "%s: to the end (%d, exit %u)", what,
	   machine.vcpu[0].ret, machine.vcpu[0].exit);
	for (i = 0; i < RECLAIM_ROUNDS; i++)
		ok(reclaimed[i] == (i ? 0x100 + i - 1 : 0x11),
		   "%s: write %u of the Realm survives reclaim (%#lx)", what, i,
		   (unsigned long)reclaimed[i]);
	machine_destroy(&machine);
}

static void file_is_reclaimed(void)
{
	int fd = memfd_create("ram", 0);

	if (!machine_create(&machine, 1, JOB_SHARE | RECLAIM_ROUNDS << 8))
		return;
	ok(!ftruncate(fd, MACHINE_SIZE) && mmap(machine.ram, MACHINE_SIZE, PROT_READ | PROT_WRITE,
						MAP_SHARED | MAP_FIXED, fd, 0) == machine.ram,
	   "reclaim: memory of a file");
	close(fd);
	/* The VMM only reads the page, so its page table does not say that anybody wrote it. */
	(void)*word_of(&machine);
	machine.on_report = reclaim;
	run_reclaim("memfd");
}

static void freed_is_reclaimed(void)
{
	if (!machine_create(&machine, 1, JOB_SHARE | RECLAIM_ROUNDS << 8))
		return;
	madvise(machine.ram, MACHINE_SIZE, MADV_NOHUGEPAGE);
	machine.on_report = free_and_reclaim;
	run_reclaim("MADV_FREE");
}

/* ---- references ---- */

#define REFERENCE_ROUNDS 300U
#define REFERENCE_KEPT	 (2L << 20)

/* Renews the pages before the hole and drops the Realm's page behind it: the Realm faults. */
static void renew(struct machine *m, unsigned int report, uint32_t value)
{
	char *window = window_of(m);
	unsigned long i;

	if (report != REPORT_READY || value >= REFERENCE_ROUNDS)
		return;
	mmap(window, WINDOW / 4 * PAGE, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (i = 0; i < WINDOW / 4; i++)
		window[i * PAGE] = 1;
	madvise((void *)word_of(m), PAGE, MADV_DONTNEED);
}

static bool behind_a_hole(void)
{
	bool good;

	alarm(PATIENCE_S);
	if (!machine_try_create(&machine, 1, JOB_SHARE | REFERENCE_ROUNDS << 8))
		return false;
	madvise(machine.ram, MACHINE_SIZE, MADV_NOHUGEPAGE);
	good = !set_private(machine.vm, WINDOW_BASE, WINDOW * PAGE, false);
	munmap(window_of(&machine) + WINDOW / 4 * PAGE, PAGE);
	machine.on_report = renew;
	machine_run(&machine.vcpu[0]);
	return good && machine.ended && !machine.died;
}

static void references(void)
{
	long kept;

	if (!cgroup_make())
		return;
	ok(cgroup_run(behind_a_hole, &kept), "hole: the Realm's page lies behind it");
	ok(kept < REFERENCE_KEPT, "hole: the pages before it are free again (%ld KiB)",
	   kept / 1024);
}

/* ---- protection ---- */

#define PROTECTED_ROUNDS 4

static unsigned int protected_faults;

static void protect(struct machine *m, unsigned int report, uint32_t value)
{
	if (report == REPORT_READY && value < PROTECTED_ROUNDS)
		mprotect((void *)word_of(m), PAGE, PROT_READ);
}

/* The Realm may read a page that is read-only for the VMM. Its write is a fault for the VMM. */
static void protected_memory(void)
{
	struct machine_vcpu *v = &machine.vcpu[0];
	unsigned int i;

	if (!machine_create(&machine, 1, JOB_SHARE | PROTECTED_ROUNDS << 8))
		return;
	machine.on_report = protect;
	alarm(PATIENCE_S);
	do {
		unsigned int faults = v->exits[KVM_EXIT_MEMORY_FAULT];

		machine_run_once(v);
		if (v->exits[KVM_EXIT_MEMORY_FAULT] == faults || machine.nr_values < 2)
			continue;
		protected_faults++;
		mprotect((void *)word_of(&machine), PAGE, PROT_READ | PROT_WRITE);
	} while (!v->ret && !machine.ended);
	alarm(0);
	ok(machine.ended && !machine.died, "protected: to the end (%d)", v->ret);
	for (i = 0; i < PROTECTED_ROUNDS; i++)
		ok(machine.values[1 + i] == (i ? 0x100 + i - 1 : 0x11),
		   "protected: the Realm reads %#x", machine.values[1 + i]);
	ok(protected_faults >= PROTECTED_ROUNDS, "protected: each write was a fault (%u)",
	   protected_faults);
	machine_destroy(&machine);
}

/* ---- everything at once ---- */

#define STRESS_ROUNDS	   200U
#define STRESS_ROUNDS_SOAK 20000U

static atomic_bool stress_over;

static void fork_once(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void *stress(void *rounds)
{
	char *window = window_of(&machine);
	unsigned int i;

	for (i = 0; !atomic_load(&stress_over); i++) {
		switch (i % 4) {
		case 0:
			madvise(window, WINDOW * PAGE, MADV_DONTNEED);
			break;
		case 1:
			mprotect(window, WINDOW * PAGE, PROT_READ);
			mprotect(window, WINDOW * PAGE, PROT_READ | PROT_WRITE);
			break;
		case 2:
			window[(WINDOW_AT + 1) * PAGE] = 1;
			madvise(window, WINDOW * PAGE, MADV_PAGEOUT);
			break;
		case 3:
			if (i % 64 == 3)
				fork_once();
			break;
		}
	}
	*(unsigned int *)rounds = i;
	return NULL;
}

/* A fault on memory that is read-only at the moment exits with EFAULT; the VMM runs on. */
static bool stress_goes_on(const struct machine_vcpu *v)
{
	return !machine.ended && (!v->ret || v->ret == -EFAULT);
}

void test_stress(void)
{
	unsigned int rounds = getenv("SOAK") ? STRESS_ROUNDS_SOAK : STRESS_ROUNDS, turns = 0;
	pthread_t thread;

	if (!machine_create(&machine, 1, JOB_SHARE | (uint64_t)rounds << 8))
		return;
	set_private(machine.vm, WINDOW_BASE, WINDOW * PAGE, false);
	pthread_create(&thread, NULL, stress, &turns);
	alarm(getenv("SOAK") ? 10 * PATIENCE_S : PATIENCE_S);
	do {
		machine_run_once(&machine.vcpu[0]);
	} while (stress_goes_on(&machine.vcpu[0]));
	alarm(0);
	atomic_store(&stress_over, true);
	pthread_join(thread, NULL);
	ok(machine.ended && !machine.died, "stress: the Realm's %u accesses in %u changes (%d)",
	   rounds, turns, machine.vcpu[0].ret);
	machine_destroy(&machine);
	expect_nothing_left("stress");
}

void test_shared(void)
{
	file_is_reclaimed();
	freed_is_reclaimed();
	references();
	protected_memory();
	expect_nothing_left("the shared group");
}
