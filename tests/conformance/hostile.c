/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A host and a Realm that do what nobody sane does: too many operations, memory taken away in the
 * middle of a call, calls at random, several CPUs on the same memory.
 */
#include <string.h>
#include "abi/psci.h"
#include "abi/smccc.h"
#include "tests/conformance/conformance.h"

#define MANY_OPS    256 /* more operations than an RMM could want to keep */
#define MANY_RECS   18	/* more than Aff0 has room for */
#define STORM_CALLS 3000
#define SECONDS	    60
#define HAMMER	    1024 /* granules */
#define ROUNDS	    40

static struct realm realm;
static struct rec *rec;
static struct rmi_rec_params *params;

static void set_params(uint32_t index)
{
	memset(params, 0, sizeof(*params));
	params->flags = 0;
	params->mpidr = index % 16 | (index / 16) << 8;
	params->pc = GUEST_IPA;
}

/* A call that is made once, unlike RMI(), even if the answer is BUSY or BLOCKED. */
static struct smc_regs call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	struct smc_regs r = {{fid, x1, x2, x3}};

	smc_call(&r);
	return r;
}

static void check_many_operations(void)
{
	static uint64_t handle[MANY_OPS];
	uint64_t granules = take_delegated(MANY_OPS), bad = 0, n;
	struct smc_regs r = {0};

	set_params(0);
	for (n = 0; n < MANY_OPS; n++) {
		r = call(RMI_REC_CREATE, realm.rd, granules + n * GRANULE_SIZE, (uint64_t)params);
		if (RMI_STATUS(r.x[0]) != RMI_INCOMPLETE)
			break;
		handle[n] = r.x[1];
	}
	if (n < MANY_OPS)
		check(RMI_STATUS(r.x[0]) == RMI_BLOCKED || RMI_STATUS(r.x[0]) == RMI_BUSY,
		      "operation %lu at once is BLOCKED or BUSY", n);
	else
		note("%u operations at once are no limit", MANY_OPS);
	check(n >= 10, "%lu operations at once are fine", n);
	for (uint64_t i = 0; i < n; i++) {
		for (uint64_t k = 0; k < i; k++)
			bad += handle[i] == handle[k];
		r = RMI(RMI_OP_CANCEL, handle[i]);
		r.x[1] = handle[i];
		bad += sro_finish(&r) == RMI_SUCCESS;
	}
	check_eq(bad, 0, "all have handles of their own and can be cancelled");
	check(give_delegated(granules, MANY_OPS), "and their granules come back");
}

static void check_many_recs(void)
{
	uint64_t granules = take_delegated(MANY_RECS), bad = 0;
	struct smc_regs r;

	for (uint32_t i = 0; i < MANY_RECS; i++) {
		set_params(i);
		r = RMI(RMI_REC_CREATE, realm.rd, granules + i * GRANULE_SIZE, (uint64_t)params);
		bad += sro_finish(&r) != RMI_SUCCESS;
	}
	check_eq(bad, 0, "%u RECs: the 17th has Aff1 1", MANY_RECS);
	for (uint32_t i = 0; i < MANY_RECS; i++) {
		r = RMI(RMI_REC_DESTROY, granules + i * GRANULE_SIZE);
		bad += sro_finish(&r) != RMI_SUCCESS;
	}
	check(!bad && give_delegated(granules, MANY_RECS), "all come back");
}

static void test_numbers(void)
{
	const struct realm_options options = {0};

	params = (struct rmi_rec_params *)pool_take(1);
	if (check_eq(realm_create(&realm, &options), RMI_SUCCESS, "a Realm for numbers")) {
		check_many_operations();
		check_many_recs();
		realm_end(&realm);
	}
	pool_give((uint64_t)params, 1);
}

/* Calls that end or stop the Realm's CPU are left out, and HOST_CALL, which the agent needs. */
static bool is_final(uint32_t fid)
{
	fid &= ~(uint32_t)SMCCC_SVE_HINT;
	return fid == PSCI_SYSTEM_OFF || fid == PSCI_SYSTEM_RESET || fid == PSCI_CPU_OFF ||
	       fid == RSI_HOST_CALL || fid == PSCI_CPU_ON32 || fid == PSCI_CPU_ON64;
}

static uint64_t storm_fid(uint64_t *state)
{
	uint64_t r = random_next(state);

	switch (r & 3) {
	case 0:
		return 0xc4000190 + (r >> 8) % 0x20;
	case 1:
		return 0xc4000150 + (r >> 8) % 0x180;
	case 2:
		return 0x84000000 + (r >> 8) % 0x20;
	default:
		return (r >> 8) & 0xffffffff;
	}
}

/* An address that means something to the RMM, or a random one. */
static uint64_t storm_argument(uint64_t *state)
{
	uint64_t r = random_next(state);

	switch (r & 7) {
	case 0:
		return r >> 16;
	case 1:
		return realm.base + (r >> 8) % MIB(16);
	case 2:
		return realm.base + MIB(8) + ((r >> 8) % 64) * GRANULE_SIZE;
	case 3:
		return realm_unprotected(&realm) + ((r >> 8) % 64) * GRANULE_SIZE;
	case 4:
		return (r >> 8) % 8;
	case 5:
		return ~UINT64_C(0) - (r >> 8) % 8192;
	case 6:
		return (r >> 8) % 4096;
	default:
		return GIB(3) + ((r >> 8) % 64) * GRANULE_SIZE;
	}
}

/*
 * The Realm makes a random call, which may hurt only the Realm itself. No change of RIPAS that
 * includes its image is granted, or it could not go on. False if the Realm did not come back.
 */
static bool storm_call(uint64_t *state)
{
	uint64_t gprs[RMI_REC_GPRS] = {GUEST_SMC};

	do {
		gprs[1] = storm_fid(state);
	} while (is_final((uint32_t)gprs[1]));
	for (unsigned int i = 2; i < 12; i++)
		gprs[i] = storm_argument(state);
	/* Pages a call may write to are kept away from the agent's image. */
	if (gprs[2] - realm.base < MIB(8))
		gprs[2] += MIB(8);
	guest_command(rec, gprs);
	for (unsigned int i = 0; i < 8 && !rec_reported(rec); i++) {
		if (rec_exited(rec, RMI_EXIT_SYNC))
			realm_map(&realm, rec->run->exit.hpfar << 8, 1);
		rec_run(rec);
	}
	return rec_reported(rec);
}

static void test_storm(void)
{
	const struct realm_options options = {0};
	uint64_t state = 0x5eed, done = 0;

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that calls at random")) {
		while (done < STORM_CALLS && storm_call(&state))
			done++;
		check_eq(done, STORM_CALLS, "every one of its calls comes back");
		check_eq(guest_smc(rec, RSI_VERSION, RSI_VERSION_1_0)[0], RSI_SUCCESS,
			 "and it goes on");
	}
	realm_end(&realm);
}

struct hammer {
	uint64_t pa;
	uint64_t bad;
	uint64_t seed;
};

static struct hammer hammers[PAYLOAD_MAX_CPUS];

/* CPUs delegate and undelegate parts of the same memory: only statuses of the ABI come out. */
static void hammer_ranges(void *argument)
{
	struct hammer *h = argument;
	uint64_t state = h->seed;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t r = random_next(&state);
		uint64_t base = h->pa + (r >> 8) % HAMMER * GRANULE_SIZE;
		uint64_t top = base + ((r >> 32) % 64 + 1) * GRANULE_SIZE;
		uint64_t fid = r & 1 ? RMI_GRANULE_RANGE_DELEGATE : RMI_GRANULE_RANGE_UNDELEGATE;
		struct smc_regs c = call(fid, base, top, 0);

		if (top > h->pa + HAMMER * GRANULE_SIZE)
			continue;
		h->bad += c.x[0] == RMI_SUCCESS ? c.x[1] <= base || c.x[1] > top
						: RMI_STATUS(c.x[0]) != RMI_BUSY;
	}
}

/* A CPU maps and unmaps pages of its own in the Realm that all share, below its own tables. */
static void hammer_map(void *argument)
{
	struct hammer *h = argument;
	uint64_t ipa = GIB(4) + h->seed * MIB(2), out;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct smc_regs r = {{RMI_RTT_DATA_MAP, realm.rd, ipa, ipa + MIB(1),
				      RMI_MAP_OADDR_SINGLE, range_of(h->pa, 256, 3)}};

		rmi_call(&r);
		h->bad += r.x[0] != RMI_SUCCESS || r.x[1] != ipa + MIB(1);
		for (out = ipa; out < ipa + MIB(1); out = r.x[1]) {
			r = (struct smc_regs){{RMI_RTT_DATA_UNMAP, realm.rd, out, ipa + MIB(1)}};
			rmi_call(&r);
			if (r.x[0] != RMI_SUCCESS || r.x[1] <= out) {
				h->bad++;
				return;
			}
		}
	}
}

static bool on_all(uint32_t cpus, void (*fn)(void *))
{
	bool late = false;
	uint64_t bad = 0;

	for (uint32_t i = 1; i < cpus; i++)
		cpu_run(i, fn, &hammers[i]);
	fn(&hammers[0]);
	for (uint32_t i = 1; i < cpus; i++)
		late = !cpu_wait(i, SECONDS) || late;
	for (uint32_t i = 0; i < cpus; i++)
		bad += hammers[i].bad;
	return !late && !bad;
}

static void check_hammer_ranges(uint32_t cpus)
{
	uint64_t pa = pool_take_aligned(HAMMER + 64, MIB(2));

	for (uint32_t i = 0; i < cpus; i++)
		hammers[i] = (struct hammer){.pa = pa, .seed = i + 1};
	check(on_all(cpus, hammer_ranges), "%u CPUs delegate and undelegate the same memory", cpus);
	check(undelegate(pa, HAMMER + 64), "which comes back whole");
	pool_give(pa, HAMMER + 64);
}

static void check_hammer_map(uint32_t cpus)
{
	const struct realm_options options = {0};
	bool ok = true;

	if (realm_create(&realm, &options) != RMI_SUCCESS)
		return;
	for (uint32_t i = 0; i < cpus; i++) {
		hammers[i] = (struct hammer){.pa = take_delegated(256), .seed = i};
		realm_tables(&realm, GIB(4) + i * MIB(2), 3);
	}
	check(on_all(cpus, hammer_map), "%u CPUs map and unmap memory of one Realm", cpus);
	for (uint32_t i = 0; i < cpus; i++)
		ok = give_delegated(hammers[i].pa, 256) && ok;
	check(ok, "all of which comes back");
	realm_end(&realm);
}

static void run_rec(void *argument)
{
	rec_enter(argument);
}

static void init_cpu(void *argument)
{
	gic_init_cpu();
}

static uint64_t call_set_ripas(void)
{
	struct smc_regs r = {{RMI_RTT_SET_RIPAS, realm.rd, rec->pa, GIB(1), GIB(2)}};

	smc_call(&r);
	return r.x[0];
}

/* True once the REC runs on another CPU: until then the call is ERROR_INPUT. */
static bool wait_running(void)
{
	uint64_t end = timer_now() + timer_seconds(SECONDS);

	while (call_set_ripas() != RMI_ERROR_REC) {
		if (timer_now() > end)
			return false;
	}
	return true;
}

/* The run page is delegated while the REC runs, so that the exit cannot be written. */
static void check_run_page(volatile uint64_t *shared)
{
	uint64_t run = (uint64_t)rec->run, ipa = realm_unprotected(&realm);

	realm_map_ns(&realm, ipa, (uint64_t)shared, 1);
	*shared = 0;
	memcpy(rec->run->enter.gprs, (const uint64_t[]){GUEST_WAIT, ipa, 1, timer_seconds(SECONDS)},
	       32);
	cpu_run(1, run_rec, rec);
	check(wait_running(), "the REC runs");
	check(delegate(run, 1), "the host delegates its run page");
	*shared = 1;
	check(cpu_wait(1, SECONDS), "the run comes to its end");
	check_eq(rec->status, RMI_ERROR_INPUT, "as ERROR_INPUT");
	check(undelegate(run, 1), "the page comes back");
	memset(rec->run, 0, sizeof(*rec->run));
	memcpy(rec->run->enter.gprs, (const uint64_t[]){GUEST_READY}, 8);
	rec_run(rec);
	check(rec_reported(rec), "and the REC goes on");
}

static void test_run_page(void)
{
	const struct realm_options options = {0};
	uint64_t shared = pool_take(1);

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm whose run page goes away"))
		check_run_page((volatile uint64_t *)shared);
	realm_end(&realm);
	pool_give(shared, 1);
}

void test_hostile(void)
{
	uint32_t cpus;

	test_numbers();
	test_storm();
	cpus = cpu_start_all(MAX_RECS);
	for (uint32_t i = 1; i < cpus; i++) {
		cpu_run(i, init_cpu, NULL);
		cpu_wait(i, SECONDS);
	}
	check_hammer_ranges(cpus);
	check_hammer_map(cpus);
	if (cpus > 1)
		test_run_page();
	else
		skip("a run page that goes away: one CPU");
	cpu_stop_all();
}
