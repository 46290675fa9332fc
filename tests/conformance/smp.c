/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several Realms, several RECs, several CPUs: isolation, RECs that move, RECs that run side by
 * side. With one CPU in the machine what needs two is skipped.
 */
#include <string.h>
#include "abi/psci.h"
#include "tests/conformance/conformance.h"

#define SECONDS 60
#define ROUNDS	20

static struct realm realm, second;

/* What another CPU does: one command of a REC, repeated. */
struct job {
	struct rec *rec;
	uint64_t gprs[RMI_REC_GPRS];
	uint64_t rounds;
	uint64_t bad; /* rounds that did not report, or whose first result was not `want` */
	uint64_t want;
};

static struct job jobs[MAX_RECS];

static void start_cpu(void *argument)
{
	gic_init_cpu();
}

static void run_job(void *argument)
{
	struct job *job = argument;

	for (uint64_t i = 0; i < job->rounds; i++)
		job->bad += !guest_command(job->rec, job->gprs) || !rec_reported(job->rec) ||
			    job->rec->run->exit.gprs[0] != job->want;
}

/* All CPUs of the machine, at most one per REC; how many. */
static uint32_t start_cpus(void)
{
	uint32_t n = cpu_start_all(MAX_RECS);

	for (uint32_t i = 1; i < n; i++) {
		cpu_run(i, start_cpu, NULL);
		if (!cpu_wait(i, SECONDS))
			return 1;
	}
	return n;
}

/* Runs fn on a CPU and waits; this one included. */
static bool run_on(uint32_t cpu, void (*fn)(void *), void *argument)
{
	if (cpu == 0) {
		fn(argument);
		return true;
	}
	cpu_run(cpu, fn, argument);
	return cpu_wait(cpu, SECONDS);
}

static void command_on(uint32_t cpu, struct rec *rec, uint64_t command, uint64_t argument,
		       uint64_t want, const char *what)
{
	struct job job = {.rec = rec, .gprs = {command, argument}, .rounds = 1, .want = want};

	check(run_on(cpu, run_job, &job) && !job.bad, "%s (on CPU %u)", what, cpu);
}

/* Registers and memory of a REC go with it from CPU to CPU. */
static void check_moves(uint32_t cpus)
{
	struct rec *rec = &realm.rec[0];
	uint64_t page = guest_info(rec, INFO_SCRATCH);

	for (uint32_t i = 0; i < 2 * cpus; i++) {
		struct job job = {.rec = rec,
				  .gprs = {GUEST_FILL, page, 1, i},
				  .rounds = 1,
				  .want = GUEST_FILL};

		command_on(i % cpus, rec, GUEST_FP_LOAD, i, GUEST_FP_LOAD,
			   "the REC loads its vector registers");
		run_on((i + 1) % cpus, run_job, &job);
		command_on((i + 2) % cpus, rec, GUEST_FP_CHECK, i, 0, "and finds them again");
		check_eq(guest_call(rec, GUEST_CHECK, page, 1, i)[0], 0,
			 "with the memory it wrote on CPU %u", (i + 1) % cpus);
	}
}

static void check_moves_state(uint32_t cpus)
{
	struct rec *rec = &realm.rec[0];
	struct job read = {.rec = rec, .rounds = 1, .want = 0};

	guest_exec(rec, 0xabcdef, 0, INSN_MSR(SYSREG(3, 0, 13, 0, 4), 1),
		   INSN_MSR(SYSREG(3, 0, 2, 1, 0), 1), INSN_MSR(SYSREG(3, 3, 14, 3, 2), 1),
		   INSN_MSR(SYSREG(3, 3, 14, 2, 2), 1));
	memcpy(read.gprs,
	       (const uint64_t[]){GUEST_EXEC, 0, 0, 0, 0, 4, INSN_MRS(SYSREG(3, 0, 13, 0, 4), 1),
				  INSN_MRS(SYSREG(3, 0, 2, 1, 0), 2),
				  INSN_MRS(SYSREG(3, 3, 14, 3, 2), 3),
				  INSN_MRS(SYSREG(3, 3, 14, 2, 2), 4)},
	       10 * sizeof(uint64_t));
	for (uint32_t i = 1; i < cpus; i++) {
		const uint64_t *x = rec->run->exit.gprs;

		run_on(i, run_job, &read);
		check(!read.bad && x[2] == 0xabcdef && x[3] == 0xabcdef && x[4] == 0xabcdef &&
			      x[5] == 0xabcdef,
		      "system registers, key and timers go with it (CPU %u)", i);
	}
}

void test_migration(void)
{
	const struct realm_options options = {0};
	uint32_t cpus = start_cpus();

	if (realm_start(&realm, &options, "a Realm whose REC moves")) {
		check_moves(cpus);
		if (cpus > 1)
			check_moves_state(cpus);
		else
			skip("RECs that move: one CPU");
	}
	realm_end(&realm);
	cpu_stop_all();
}

/* Shared page: a Realm sets word 0, then counts in word 2 until word 1 is set. */
static volatile uint64_t *shared;
static const uint32_t wait_code[] = {
	INSN_STR_X1_X2, /* str x1, [x2] */
	0x91000421,	/* 1: add x1, x1, #1 */
	0xf9000841,	/* str x1, [x2, #16] */
	0xf9400443,	/* ldr x3, [x2, #8] */
	0xb4ffffa3,	/* cbz x3, 1b */
};

static bool wait_for(volatile uint64_t *word, uint64_t value)
{
	uint64_t end = timer_now() + timer_seconds(SECONDS);

	while (*word != value) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/* Waits until the Realm has used the page many times more. */
static bool wait_progress(void)
{
	uint64_t end = timer_now() + timer_seconds(SECONDS), first = shared[2];

	while (shared[2] < first + 100000) {
		if (timer_now() > end)
			return false;
		cpu_relax();
	}
	return true;
}

/* Calls that the host may not make about a REC that runs on another CPU. */
static void check_running(void)
{
	struct rec *rec = &realm.rec[0];
	uint64_t other = pool_take(1);

	check_eq(RMI_STATUS_OF(RMI_REC_ENTER, rec->pa, other), RMI_ERROR_REC,
		 "running: REC_ENTER is ERROR_REC");
	check_eq(RMI_STATUS_OF(RMI_REC_DESTROY, rec->pa), RMI_ERROR_REC,
		 "running: REC_DESTROY is ERROR_REC");
	check_eq(RMI_STATUS_OF(RMI_REALM_TERMINATE, realm.rd), RMI_ERROR_REALM,
		 "running: REALM_TERMINATE is ERROR_REALM");
	check_eq(RMI_STATUS_OF(RMI_REALM_DESTROY, realm.rd), RMI_ERROR_REALM,
		 "running: REALM_DESTROY is ERROR_REALM");
	check_eq(RMI_STATUS_OF(RMI_RTT_SET_RIPAS, realm.rd, rec->pa, GIB(1), GIB(2)), RMI_ERROR_REC,
		 "running: RTT_SET_RIPAS is ERROR_REC");
	check_eq(RMI_STATUS_OF(RMI_PSCI_COMPLETE, rec->pa, 0, 0), RMI_ERROR_INPUT,
		 "running: PSCI_COMPLETE is ERROR_INPUT");
	check_eq(realm_map(&realm, realm.base + MIB(9), 1), RMI_SUCCESS,
		 "running: DATA_MAP succeeds");
	check(realm_unmap(&realm, realm.base + MIB(9), 1), "running: DATA_UNMAP succeeds");
	pool_give(other, 1);
}

/* A page taken from a running Realm is gone for it at once: its TLBs are cleaned. */
static void check_unmap_running(void)
{
	uint64_t ipa = realm_unprotected(&realm) + GIB(4);
	struct job job = {.rec = &realm.rec[0], .rounds = 1, .want = 0};
	struct smc_regs r;
	bool started;

	memcpy(job.gprs, (const uint64_t[]){GUEST_EXEC, 1, ipa, 0, 0, ARRAY_SIZE(wait_code)},
	       6 * sizeof(uint64_t));
	for (unsigned int i = 0; i < ARRAY_SIZE(wait_code); i++)
		job.gprs[6 + i] = wait_code[i];
	shared[0] = shared[1] = 0;
	cpu_run(1, run_job, &job);
	started = check(wait_for(&shared[0], 1), "the Realm runs on another CPU");
	if (started)
		check_running();
	check(wait_progress(), "it still runs, with the page in its TLB");
	r = RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, RMI_MAP_OADDR_NONE, 0);
	check_eq(r.x[0], RMI_SUCCESS, "the page it looks at is unmapped");
	if (check(cpu_wait(1, SECONDS), "the Realm's next look at it ends the run")) {
		check(rec_exited(&realm.rec[0], RMI_EXIT_SYNC) &&
			      realm.rec[0].run->exit.hpfar == ipa >> 8,
		      "as an abort at that page");
		shared[1] = 1;
		realm_map_ns(&realm, ipa, (uint64_t)shared, 1);
		rec_run(&realm.rec[0]);
		check(rec_reported(&realm.rec[0]), "and it goes on when the page is back");
	}
}

static void test_running(void)
{
	const struct realm_options options = {0};

	if (realm_start(&realm, &options, "a Realm that keeps running")) {
		check_eq(realm_map_ns(&realm, realm_unprotected(&realm) + GIB(4), (uint64_t)shared,
				      1),
			 RMI_SUCCESS, "it shares a page with the host");
		check_unmap_running();
	}
	realm_end(&realm);
}

/* CPU_ON of REC i, run on CPU i. */
static bool bring_up(uint32_t i)
{
	struct rec *caller = &realm.rec[0];
	struct job job = {.rec = &realm.rec[i], .rounds = 0};

	guest_start(caller, GUEST_SMC, PSCI_CPU_ON64, i, realm.base, i);
	if (!rec_exited(caller, RMI_EXIT_PSCI) ||
	    RMI_STATUS_OF(RMI_PSCI_COMPLETE, caller->pa, realm.rec[i].pa, 0) != RMI_SUCCESS)
		return false;
	rec_run(caller);
	if (!rec_reported(caller) || caller->run->exit.gprs[0] != PSCI_SUCCESS)
		return false;
	rec_run(job.rec);
	return rec_reported(job.rec);
}

/* Every CPU with a REC of its own in the same Realm, all at once. */
static void check_side_by_side(uint32_t cpus)
{
	bool late = false;
	uint64_t bad = 0;

	for (uint32_t i = 0; i < cpus; i++) {
		uint64_t page = realm.base + MIB(8) + i * 16 * GRANULE_SIZE;

		jobs[i] = (struct job){.rec = &realm.rec[i],
				       .gprs = {GUEST_FILL, page, 16, i},
				       .rounds = ROUNDS,
				       .want = GUEST_FILL};
		if (i)
			cpu_run(i, run_job, &jobs[i]);
	}
	run_job(&jobs[0]);
	for (uint32_t i = 1; i < cpus; i++)
		late = !cpu_wait(i, SECONDS) || late;
	for (uint32_t i = 0; i < cpus && !late; i++) {
		uint64_t page = realm.base + MIB(8) + i * 16 * GRANULE_SIZE;

		bad += jobs[i].bad;
		bad += guest_call(&realm.rec[0], GUEST_CHECK, page, 16, i)[0];
	}
	check(!late && !bad, "%u RECs of a Realm run at once, each in its memory", cpus);
}

/* RECs talk through the Realm's memory while the host looks on. */
static void check_signal(void)
{
	uint64_t flag = realm.base + MIB(8);
	struct job waiter = {.rec = &realm.rec[1],
			     .gprs = {GUEST_WAIT, flag, 0x600d, timer_seconds(SECONDS)},
			     .rounds = 1,
			     .want = 0};

	guest_exec(&realm.rec[0], 0, flag, INSN_STR_X1_X2);
	cpu_run(1, run_job, &waiter);
	guest_exec(&realm.rec[0], 0x600d, flag, INSN_STR_X1_X2);
	check(cpu_wait(1, SECONDS) && !waiter.bad, "a REC sees what another one writes");
}

/* One REC gives a page up while another one uses it on another CPU. */
static void check_give_up(void)
{
	uint64_t page = realm.base + MIB(8), ipa = realm_unprotected(&realm);
	struct rec *a = &realm.rec[0], *b = &realm.rec[1];
	struct job user = {.rec = b,
			   .rounds = 1,
			   .gprs = {GUEST_EXEC, 0, ipa + 16, 0, page, 4,
				    0x91000421,	  /* 1: add x1, x1, #1 */
				    0xf9000041,	  /* str x1, [x2] */
				    0xf9400083,	  /* ldr x3, [x4] */
				    0x17fffffd}}; /* b 1b */

	realm_map_ns(&realm, ipa, (uint64_t)shared, 1);
	shared[2] = 0;
	cpu_run(1, run_job, &user);
	check(wait_progress(), "a REC uses a page on another CPU");
	guest_start(a, GUEST_SMC, RSI_IPA_STATE_SET, page, page + GRANULE_SIZE, RSI_RIPAS_EMPTY, 0);
	check_eq(RMI_STATUS_OF(RMI_RTT_SET_RIPAS, realm.rd, a->pa, page, page + GRANULE_SIZE),
		 RMI_SUCCESS, "another REC gives the page up");
	if (check(cpu_wait(1, SECONDS), "the user's next look at it ends"))
		check((b->run->exit.gprs[0] & 0x3f) == 0x10 && b->run->exit.gprs[1] == page,
		      "in a synchronous external abort");
	rec_run(a);
}

void test_parallel(void)
{
	uint32_t cpus = start_cpus();
	const struct realm_options options = {.nr_recs = cpus};
	bool up = true;

	if (cpus < 2) {
		skip("RECs side by side: one CPU");
		cpu_stop_all();
		return;
	}
	shared = (volatile uint64_t *)pool_take(1);
	if (realm_start(&realm, &options, "a Realm with a REC for each CPU")) {
		realm_map(&realm, realm.base + MIB(8), 16 * cpus);
		for (uint32_t i = 1; i < cpus; i++)
			up = bring_up(i) && up;
		if (check(up, "the Realm brings up its CPUs")) {
			check_side_by_side(cpus);
			check_signal();
			check_give_up();
		}
	}
	realm_end(&realm);
	test_running();
	pool_give((uint64_t)shared, 1);
	cpu_stop_all();
}

/* PA of a Realm's page, by the host's own means. */
static uint64_t pa_of_page(const struct realm *r, uint64_t ipa)
{
	struct smc_regs entry = read_entry(r, ipa, 3);

	return entry.x[2] == RMI_ASSIGNED ? entry.x[3] : 0;
}

static void check_memory(uint64_t ipa)
{
	struct rec *a = &realm.rec[0], *b = &second.rec[0];
	uint64_t pa, pages = 4, faults = 0;

	realm_map(&realm, ipa, pages);
	realm_map(&second, ipa, pages);
	guest_call(a, GUEST_FILL, ipa, pages, 1);
	guest_call(b, GUEST_FILL, ipa, pages, 2);
	check_eq(guest_call(a, GUEST_CHECK, ipa, pages, 1)[0], 0,
		 "two Realms at the same addresses: one has its memory");
	check_eq(guest_call(b, GUEST_CHECK, ipa, pages, 2)[0], 0, "the other has its own");
	for (uint64_t i = 0; i < pages; i++)
		faults += host_faults(pa_of_page(&realm, ipa + i * GRANULE_SIZE)) +
			  host_faults(pa_of_page(&second, ipa + i * GRANULE_SIZE));
	check_eq(faults, 2 * pages, "the host can read none of it");
	pa = pa_of_page(&realm, ipa);
	check_eq(RMI_STATUS_OF(RMI_RTT_DATA_MAP, second.rd, ipa + MIB(1),
			       ipa + MIB(1) + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE,
			       range_of(pa, 1, 3)),
		 RMI_ERROR_INPUT, "a page of one Realm cannot be mapped into another");
	check_eq(RMI_STATUS_OF(RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + GRANULE_SIZE),
		 RMI_ERROR_INPUT, "nor undelegated");
}

/* A page that goes from one Realm to another carries nothing over. */
static void check_reuse(uint64_t ipa)
{
	uint64_t pa = pa_of_page(&realm, ipa);
	struct smc_regs r =
		RMI(RMI_RTT_DATA_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE, 0);

	check_eq(r.x[0], RMI_SUCCESS, "a page is taken from one Realm");
	check(host_faults(pa), "delegated, the host cannot read it");
	check_eq(RMI_STATUS_OF(RMI_RTT_DATA_MAP, second.rd, ipa + MIB(1),
			       ipa + MIB(1) + GRANULE_SIZE, RMI_MAP_OADDR_SINGLE,
			       range_of(pa, 1, 3)),
		 RMI_SUCCESS, "and mapped into another");
	check_eq(guest_call(&second.rec[0], GUEST_SUM, ipa + MIB(1), GRANULE_SIZE)[0], 0,
		 "which finds it zero");
}

static void check_objects(void)
{
	struct rec *a = &realm.rec[0];

	check_eq(RMI_STATUS_OF(RMI_RTT_SET_RIPAS, second.rd, a->pa, GIB(1), GIB(2)), RMI_ERROR_REC,
		 "RTT_SET_RIPAS with a REC of another Realm is ERROR_REC");
	check_eq(RMI_STATUS_OF(RMI_PSCI_COMPLETE, a->pa, second.rec[0].pa, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE with a REC of another Realm is ERROR_INPUT");
	check(host_faults(realm.rd) && host_faults(a->pa) && host_faults(realm.root),
	      "RD, REC and tables cannot be read by the host");
	check_eq(RMI_STATUS_OF(RMI_RTT_CREATE, second.rd, realm.root, GIB(8), 2), RMI_ERROR_INPUT,
		 "a table of one Realm is no table for another");
}

void test_isolation(void)
{
	const struct realm_options options = {0};

	if (realm_start(&realm, &options, "one Realm") &
	    realm_start(&second, &options, "another beside it")) {
		check_memory(realm.base + MIB(8));
		check_reuse(realm.base + MIB(8));
		check_objects();
		check(realm_end(&realm), "one Realm ends");
		check_eq(guest_call(&second.rec[0], GUEST_CHECK, second.base + MIB(8), 4, 2)[0], 0,
			 "the other goes on with its memory");
		realm_end(&second);
		return;
	}
	realm_end(&realm);
	realm_end(&second);
}
