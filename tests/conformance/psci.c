/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI of a Realm, with the host's part in it. RSI section 5, RMI 2.0 section 7. */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

#define PSCI(...) (guest_smc(rec, __VA_ARGS__)[0])
#define N(value)  ((uint64_t)(int64_t)(value))

static void check_features(void)
{
	static const uint32_t there[] = {
		PSCI_VERSION,	 PSCI_CPU_SUSPEND32, PSCI_CPU_SUSPEND64,   PSCI_CPU_OFF,
		PSCI_CPU_ON32,	 PSCI_CPU_ON64,	     PSCI_AFFINITY_INFO32, PSCI_AFFINITY_INFO64,
		PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,  PSCI_FEATURES,	   SMCCC_VERSION};
	static const uint32_t absent[] = {PSCI_MIGRATE_INFO_TYPE,
					  PSCI_SYSTEM_RESET2_32,
					  PSCI_SYSTEM_RESET2_64,
					  0x8400000e,
					  0x84000007,
					  RSI_VERSION};
	unsigned int bad = 0;

	check_eq(PSCI(PSCI_VERSION), PSCI_VERSION_1_1, "PSCI_VERSION is 1.1");
	for (unsigned int i = 0; i < ARRAY_SIZE(there); i++)
		bad += PSCI(PSCI_FEATURES, there[i]) != 0;
	check_eq(bad, 0, "PSCI_FEATURES names every call there is");
	for (unsigned int i = 0; i < ARRAY_SIZE(absent); i++)
		bad += PSCI(PSCI_FEATURES, absent[i]) != N(PSCI_NOT_SUPPORTED);
	check_eq(bad, 0, "and no other");
	check_eq(PSCI(PSCI_VERSION | SMCCC_SVE_HINT), PSCI_VERSION_1_1,
		 "the SVE hint is not part of a PSCI number");
}

static void check_affinity(void)
{
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 0, 0), PSCI_AFFINITY_ON, "AFFINITY_INFO: I am on");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 1, 0), PSCI_AFFINITY_OFF,
		 "AFFINITY_INFO: CPU 1 is off");
	check_eq(PSCI(PSCI_AFFINITY_INFO32, 1, 0), PSCI_AFFINITY_OFF,
		 "AFFINITY_INFO, the 32-bit call, as well");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 1, 1), N(PSCI_INVALID_PARAMETERS),
		 "AFFINITY_INFO of level 1 is INVALID_PARAMETERS");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 5, 0), N(PSCI_INVALID_PARAMETERS),
		 "AFFINITY_INFO of a CPU that is not there is INVALID_PARAMETERS");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, BIT(32), 0), N(PSCI_INVALID_PARAMETERS),
		 "AFFINITY_INFO looks at Aff3");
}

static void check_on_errors(void)
{
	check_eq(PSCI(PSCI_CPU_ON64, 1, BIT(39), 0), N(PSCI_INVALID_ADDRESS),
		 "CPU_ON with an unprotected entry point is INVALID_ADDRESS");
	check_eq(PSCI(PSCI_CPU_ON64, 9, BIT(39), 0), N(PSCI_INVALID_ADDRESS),
		 "CPU_ON looks at the entry point first");
	check_eq(PSCI(PSCI_CPU_ON64, 9, realm.base, 0), N(PSCI_INVALID_PARAMETERS),
		 "CPU_ON of a CPU that is not there is INVALID_PARAMETERS");
	check_eq(PSCI(PSCI_CPU_ON64, 0, realm.base, 0), N(PSCI_ALREADY_ON),
		 "CPU_ON of oneself is ALREADY_ON");
}

/* The Realm calls CPU_ON and exits to the host. */
static bool ask_on(uint64_t fid, uint64_t mpidr, uint64_t context)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_start(rec, GUEST_SMC, fid, mpidr, realm.base, context);
	return check(rec_exited(rec, RMI_EXIT_PSCI) && exit->gprs[0] == fid &&
			     exit->gprs[1] == mpidr && exit->gprs[2] == 0 && exit->gprs[3] == 0,
		     "CPU_ON exits with its number and target; entry and context stay hidden");
}

static uint64_t complete(uint64_t calling, uint64_t x2, uint64_t x3)
{
	return RMI_STATUS_OF(RMI_PSCI_COMPLETE, calling, x2, x3);
}

static void check_result(int64_t want, const char *what)
{
	rec_run(rec);
	check(rec_reported(rec) && rec->run->exit.gprs[0] == N(want), "%s", what);
}

static void check_complete_errors(void)
{
	struct rec *other = &realm.rec[1];

	check_eq(complete(rec->pa, 0, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE without a request is ERROR_INPUT");
	ask_on(PSCI_CPU_ON64, 1, 0);
	check_eq(rec_enter(rec), RMI_ERROR_REC, "REC_ENTER before PSCI_COMPLETE is ERROR_REC");
	check_eq(complete(rec->pa + 8, 0, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: an unaligned REC is ERROR_INPUT");
	check_eq(complete(realm.rd, 0, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: what is no REC is ERROR_INPUT");
	check_eq(complete(rec->pa, other->pa, N(PSCI_ALREADY_ON)), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: status ALREADY_ON is ERROR_INPUT");
	check_eq(complete(rec->pa, other->pa, 1), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: status 1 is ERROR_INPUT");
	check_eq(complete(rec->pa, realm.rec[2].pa, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: another target is ERROR_INPUT");
	check_eq(complete(rec->pa, rec->pa, 0), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: the caller as target is ERROR_INPUT");
	check_eq(complete(rec->pa, other->pa, N(PSCI_DENIED)), RMI_SUCCESS,
		 "PSCI_COMPLETE: DENIED succeeds");
	check_result(PSCI_DENIED, "and the Realm gets DENIED");
	check_eq(rec_enter(other), RMI_ERROR_REC, "the target is still off");
}

/* Target `index` reports with its context; pc, X0 and the rest are those of a start. */
static void check_started(uint32_t index, uint64_t context)
{
	struct rec *target = &realm.rec[index];
	const uint64_t *g;
	unsigned int bad = 0;

	rec_run(target);
	check(rec_reported(target), "CPU %u starts and reports", index);
	g = guest_call(target, GUEST_ENTRY);
	check_eq(g[0], context, "CPU %u has its context in X0", index);
	for (unsigned int i = 1; i < 31; i++)
		bad += g[i] != 0;
	check_eq(bad, 0, "CPU %u: no other register has anything in it", index);
	g = guest_call(target, GUEST_ENTRY_SYS);
	check(g[ENTRY_SCTLR] == 0xc50878 && g[ENTRY_VBAR] == 0 && g[ENTRY_TPIDR_EL1] == 0,
	      "CPU %u: its EL1 registers are those of a start", index);
}

static void check_on(void)
{
	ask_on(PSCI_CPU_ON64, 1, 0xc0ffee);
	check_eq(complete(rec->pa, 0, 0), RMI_SUCCESS, "PSCI_COMPLETE with two arguments");
	check_result(PSCI_SUCCESS, "CPU_ON succeeds");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 1, 0), PSCI_AFFINITY_ON, "AFFINITY_INFO: CPU 1 is on");
	check_started(1, 0xc0ffee);
	ask_on(PSCI_CPU_ON64, 2, 7);
	check_eq(complete(rec->pa, realm.rec[2].pa, 0), RMI_SUCCESS,
		 "PSCI_COMPLETE with three arguments");
	check_result(PSCI_SUCCESS, "CPU_ON succeeds");
	check_started(2, 7);
	ask_on(PSCI_CPU_ON64, 1, 0);
	check_eq(complete(rec->pa, realm.rec[1].pa, 0), RMI_SUCCESS,
		 "PSCI_COMPLETE of a CPU that is on");
	check_result(PSCI_ALREADY_ON, "the Realm gets ALREADY_ON");
	ask_on(PSCI_CPU_ON64, 1, 0);
	check_eq(complete(rec->pa, realm.rec[1].pa, N(PSCI_DENIED)), RMI_ERROR_INPUT,
		 "PSCI_COMPLETE: DENIED for a CPU that is on is ERROR_INPUT");
	check_result(PSCI_ALREADY_ON, "the Realm gets ALREADY_ON all the same");
}

static void check_off(void)
{
	struct rec *other = &realm.rec[1];

	guest_exec(other, 0x77, 0, INSN_MSR(SYSREG(3, 0, 13, 0, 4), 1)); /* tpidr_el1 */
	guest_start(other, GUEST_SMC, PSCI_CPU_OFF);
	check(rec_exited(other, RMI_EXIT_PSCI) && other->run->exit.gprs[0] == PSCI_CPU_OFF,
	      "CPU_OFF exits with its number");
	check_eq(rec_enter(other), RMI_ERROR_REC, "REC_ENTER of a CPU that is off is ERROR_REC");
	check_eq(PSCI(PSCI_AFFINITY_INFO64, 1, 0), PSCI_AFFINITY_OFF,
		 "AFFINITY_INFO: CPU 1 is off");
	ask_on(PSCI_CPU_ON32, 1, 0x1234);
	complete(rec->pa, 0, 0);
	check_result(PSCI_SUCCESS, "CPU_ON, the 32-bit call, starts it again");
	check_started(1, 0x1234);
}

static void check_suspend(void)
{
	guest_start(rec, GUEST_SMC, PSCI_CPU_SUSPEND64, 0, realm.base, 0);
	check(rec_exited(rec, RMI_EXIT_PSCI) && rec->run->exit.gprs[0] == PSCI_CPU_SUSPEND64,
	      "CPU_SUSPEND exits with its number");
	check_result(PSCI_SUCCESS, "and returns 0 when entered again");
}

static void check_system_off(uint64_t fid, const char *name)
{
	guest_start(rec, GUEST_SMC, fid);
	check(rec_exited(rec, RMI_EXIT_PSCI) && rec->run->exit.gprs[0] == fid,
	      "%s exits with its number", name);
	check_eq(rec_enter(rec), RMI_ERROR_REALM, "%s: the caller cannot be entered", name);
	check_eq(rec_enter(&realm.rec[1]), RMI_ERROR_REALM, "%s: nor can another REC", name);
	check_eq(RMI_STATUS_OF(RMI_REALM_ACTIVATE, realm.rd), RMI_ERROR_REALM,
		 "%s: the Realm cannot be activated again", name);
}

void test_psci(void)
{
	const struct realm_options options = {.nr_recs = 3};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm of three CPUs")) {
		check_features();
		check_affinity();
		check_on_errors();
		check_complete_errors();
		check_on();
		check_off();
		check_suspend();
		check_system_off(PSCI_SYSTEM_OFF, "SYSTEM_OFF");
	}
	realm_end(&realm);
	if (realm_start(&realm, &options, "a Realm that resets itself"))
		check_system_off(PSCI_SYSTEM_RESET, "SYSTEM_RESET");
	realm_end(&realm);
}
