/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: PSCI 1.1 (DEN0022). The calls that end the machine are in suite reset and at the
 * end of every run. */
#include <string.h>
#include <sysreg.h>

#include "abi/psci.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "tests/firmware/el2/firmware.h"

#define OFF_ON_ROUNDS 20
#define SECURE_SRAM   0x0e000000
#define UNKNOWN_MPIDR 0x7f0003

static void check_features(void)
{
	static const uint32_t present[] = {
		PSCI_VERSION,	       PSCI_CPU_SUSPEND32,    PSCI_CPU_SUSPEND64,
		PSCI_CPU_OFF,	       PSCI_CPU_ON32,	      PSCI_CPU_ON64,
		PSCI_AFFINITY_INFO32,  PSCI_AFFINITY_INFO64,  PSCI_MIGRATE_INFO_TYPE,
		PSCI_SYSTEM_OFF,       PSCI_SYSTEM_RESET,     PSCI_FEATURES,
		PSCI_SYSTEM_RESET2_32, PSCI_SYSTEM_RESET2_64, SMCCC_VERSION};
	static const uint32_t absent[] = {
		0x84000005, 0xc4000005, 0x84000007, 0xc4000007, 0x8400000b, 0x8400000c, 0x8400000d,
		0x8400000e, 0xc400000e, 0x8400000f, 0x84000010, 0x84000013, 0xc4000000, 0xc4000002,
		0xc4000008, 0x84000050, 0x00000000, 0xffffffff, 0xc4000150};

	for (unsigned int i = 0; i < ARRAY_SIZE(present); i++)
		check_eq(smc(PSCI_FEATURES, present[i], 0, 0), 0, "PSCI_FEATURES: 0x%x is there",
			 present[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(absent); i++)
		check_eq(smc(PSCI_FEATURES, absent[i], 0, 0), PSCI_NOT_SUPPORTED,
			 "PSCI_FEATURES: 0x%x is not there", absent[i]);
}

static void check_affinity_info(void)
{
	uint64_t self = fdt.mpidr[0];

	check_eq(smc(PSCI_AFFINITY_INFO64, self, 0, 0), PSCI_AFFINITY_ON, "this CPU is on");
	check_eq(smc(PSCI_AFFINITY_INFO32, self, 0, 0), PSCI_AFFINITY_ON,
		 "this CPU is on (32-bit call)");
	for (uint32_t i = 1; i < fdt.nr_cpus; i++)
		check_eq(smc(PSCI_AFFINITY_INFO64, fdt.mpidr[i], 0, 0), PSCI_AFFINITY_OFF,
			 "CPU %u starts off", i);
	/* PSCI 1.0 and later may refuse levels above 0, never levels that do not exist. */
	for (uint64_t level = 1; level <= 3; level++) {
		int64_t result = (int64_t)smc(PSCI_AFFINITY_INFO64, self, level, 0);

		check(result == PSCI_AFFINITY_ON || result == PSCI_INVALID_PARAMETERS,
		      "AFFINITY_INFO level %lu: on, or INVALID_PARAMETERS (%ld)", level, result);
	}
	check_eq(smc(PSCI_AFFINITY_INFO64, self, 4, 0), PSCI_INVALID_PARAMETERS,
		 "AFFINITY_INFO level 4 is INVALID_PARAMETERS");
	check_eq(smc(PSCI_AFFINITY_INFO64, self, ~UINT64_C(0), 0), PSCI_INVALID_PARAMETERS,
		 "AFFINITY_INFO level -1 is INVALID_PARAMETERS");
	check_eq(smc(PSCI_AFFINITY_INFO64, UNKNOWN_MPIDR, 0, 0), PSCI_INVALID_PARAMETERS,
		 "AFFINITY_INFO of a CPU that does not exist is INVALID_PARAMETERS");
	check_eq(smc(PSCI_AFFINITY_INFO64, self | BIT(63), 0, 0), PSCI_INVALID_PARAMETERS,
		 "AFFINITY_INFO with bits that must be 0 is INVALID_PARAMETERS");
}

static void check_cpu_on_errors(void)
{
	uint64_t entry = cpu_entry_point();
	uint64_t target = fdt.mpidr[fdt.nr_cpus - 1];
	uint64_t reserved = fdt.nr_reserved ? fdt.reserved[0].base : SECURE_SRAM;

	check_eq(smc(PSCI_CPU_ON64, fdt.mpidr[0], entry, 0), PSCI_ALREADY_ON,
		 "CPU_ON of the calling CPU is ALREADY_ON");
	check_eq(smc(PSCI_CPU_ON64, UNKNOWN_MPIDR, entry, 0), PSCI_INVALID_PARAMETERS,
		 "CPU_ON of a CPU that does not exist is INVALID_PARAMETERS");
	check_eq(smc(PSCI_CPU_ON64, target | BIT(31), entry, 0), PSCI_INVALID_PARAMETERS,
		 "CPU_ON with bit 31 of MPIDR set is INVALID_PARAMETERS");
	check_eq(smc(PSCI_CPU_ON64, target | BIT(40), entry, 0), PSCI_INVALID_PARAMETERS,
		 "CPU_ON with bit 40 of MPIDR set is INVALID_PARAMETERS");
	if (fdt.nr_cpus < 2) {
		skip("CPU_ON of another CPU needs two CPUs");
		return;
	}
	check_eq(smc(PSCI_CPU_ON64, target, SECURE_SRAM, 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON into Secure SRAM is INVALID_ADDRESS");
	check_eq(smc(PSCI_CPU_ON64, target, 0, 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON into the flash at 0 is INVALID_ADDRESS");
	check_eq(smc(PSCI_CPU_ON64, target, reserved, 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON into reserved memory at 0x%lx is INVALID_ADDRESS", reserved);
	check_eq(smc(PSCI_CPU_ON64, target, BIT(50), 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON to an address with no memory is INVALID_ADDRESS");
	check_eq(smc(PSCI_CPU_ON64, target, ~UINT64_C(0) - 3, 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON to the highest address is INVALID_ADDRESS");
	check_eq(smc(PSCI_CPU_ON64, target, entry + 2, 0), PSCI_INVALID_ADDRESS,
		 "CPU_ON to an address no instruction can have is INVALID_ADDRESS");
	check_eq(smc(PSCI_AFFINITY_INFO64, target, 0, 0), PSCI_AFFINITY_OFF,
		 "a refused CPU_ON leaves the CPU off");
}

static void check_one_cpu(uint32_t index)
{
	struct percpu *cpu = cpu_data(index);
	bool ok = true;

	if (!check_eq((uint64_t)cpu_on(index), 0, "CPU %u comes on", index))
		return;
	check_eq(cpu->entry_el, 8, "CPU %u enters at EL2", index);
	check_eq(cpu->entry_sctlr & 5, 0, "CPU %u enters with MMU and caches off", index);
	check_eq(cpu->entry_daif & 0x3c0, 0x3c0, "CPU %u enters with D, A, I and F masked", index);
	check_eq(smc(PSCI_AFFINITY_INFO64, fdt.mpidr[index], 0, 0), PSCI_AFFINITY_ON,
		 "CPU %u is on", index);
	check_eq(smc(PSCI_CPU_ON64, fdt.mpidr[index], cpu_entry_point(), index), PSCI_ALREADY_ON,
		 "CPU %u is ALREADY_ON", index);
	check_eq((uint64_t)cpu_off(index), 0, "CPU %u goes off", index);
	for (unsigned int i = 0; i < OFF_ON_ROUNDS && ok; i++)
		ok = cpu_on(index) == 0 && cpu_off(index) == 0;
	check(ok, "CPU %u goes on and off %u times", index, OFF_ON_ROUNDS);
}

static void no_job(void *argument)
{
}

/* While one CPU_ON is under way, another one must not start the CPU a second time. */
static void check_double_on(void)
{
	struct percpu *cpu = cpu_data(1);
	uint64_t starts = cpu->starts;
	int64_t second, third;

	if (fdt.nr_cpus < 2)
		return;
	cpu->busy = 0;
	check_eq(smc(PSCI_CPU_ON64, fdt.mpidr[1], cpu_entry_point(), 1), 0, "CPU_ON, and at once");
	second = (int64_t)smc(PSCI_CPU_ON64, fdt.mpidr[1], cpu_entry_point(), 1);
	third = (int64_t)smc(PSCI_CPU_ON64, fdt.mpidr[1], cpu_entry_point(), 1);
	check((second == PSCI_ON_PENDING || second == PSCI_ALREADY_ON) &&
		      (third == PSCI_ON_PENDING || third == PSCI_ALREADY_ON),
	      "CPU_ON again is ON_PENDING or ALREADY_ON (%ld, %ld)", second, third);
	cpu_run(1, no_job, NULL);
	check(cpu_wait(1, 30), "the CPU runs");
	check_eq(cpu->starts, starts + 1, "it was started once");
	cpu_off(1);
}

static void check_cpu_on32(void)
{
	struct percpu *cpu = cpu_data(1);
	uint64_t starts = cpu->starts;
	uint64_t garbage = 0x5a5a5a5a00000000;

	if (fdt.nr_cpus < 2 || cpu_entry_point() >> 32)
		return;
	cpu->busy = 0;
	check_eq(smc(PSCI_CPU_ON32, fdt.mpidr[1] | garbage, cpu_entry_point() | garbage,
		     1 | garbage),
		 0, "32-bit CPU_ON looks at 32 bits of its arguments");
	cpu_run(1, no_job, NULL);
	check(cpu_wait(1, 30) && cpu->starts == starts + 1, "32-bit CPU_ON starts the CPU");
	cpu_off(1);
}

static void check_all_at_once(void)
{
	uint32_t running = cpu_start_all(fdt.nr_cpus);

	check_eq(running, fdt.nr_cpus, "all CPUs are on at once");
	for (uint32_t i = 1; i < running; i++)
		cpu_run(i, no_job, NULL);
	for (uint32_t i = 1; i < running; i++)
		check(cpu_wait(i, 30), "CPU %u works while all are on", i);
	cpu_stop_all();
	for (uint32_t i = 1; i < fdt.nr_cpus; i++)
		check_eq(smc(PSCI_AFFINITY_INFO64, fdt.mpidr[i], 0, 0), PSCI_AFFINITY_OFF,
			 "CPU %u is off again", i);
}

/* Two CPUs turn the same third CPU on at once, which must start once each time. */
struct on_race {
	uint64_t rounds;
	uint64_t round; /* the one that may be run */
	uint64_t won;
	uint64_t wrong;
};

static void race_on(struct on_race *race)
{
	int64_t result = (int64_t)smc(PSCI_CPU_ON64, fdt.mpidr[2], cpu_entry_point(), 2);

	if (result == PSCI_SUCCESS)
		race->won++;
	else if (result != PSCI_ON_PENDING && result != PSCI_ALREADY_ON)
		race->wrong++;
}

static void race_job(void *argument)
{
	struct on_race *race = argument;

	for (uint64_t round = 1; round <= race->rounds; round++) {
		while (__atomic_load_n(&race->round, __ATOMIC_ACQUIRE) != round)
			cpu_relax();
		race_on(race);
		__atomic_store_n(&race->round, 0, __ATOMIC_RELEASE);
	}
}

static void check_on_race(void)
{
	struct on_race there = {.rounds = 50}, here = {0};
	uint64_t starts = cpu_data(2)->starts;
	bool late = false;

	if (fdt.nr_cpus < 3) {
		skip("two CPUs that turn a third one on need three CPUs");
		return;
	}
	check_eq((uint64_t)cpu_on(1), 0, "CPU 1 comes on");
	cpu_run(1, race_job, &there);
	for (uint64_t round = 1; round <= there.rounds; round++) {
		uint64_t end = timer_now() + timer_seconds(30);

		cpu_data(2)->busy = 0;
		__atomic_store_n(&there.round, round, __ATOMIC_RELEASE);
		race_on(&here);
		while (__atomic_load_n(&there.round, __ATOMIC_ACQUIRE) && timer_now() < end)
			cpu_relax();
		while (__atomic_load_n(&cpu_data(2)->starts, __ATOMIC_ACQUIRE) != starts + round &&
		       timer_now() < end)
			cpu_relax();
		late = late || timer_now() >= end || cpu_off(2);
	}
	check(!late, "two CPUs turn a third one on %lu times", there.rounds);
	check_eq(here.won + there.won, there.rounds, "each time one of them succeeds");
	check_eq(here.wrong + there.wrong, 0, "the other one hears ON_PENDING or ALREADY_ON");
	check_eq(cpu_data(2)->starts, starts + there.rounds, "and the CPU starts once");
	cpu_wait(1, 30);
	cpu_off(1);
}

static void check_suspend(void)
{
	struct smc_all all = {.nzcv = 0x60000000};
	bool same = true;

	check_eq(smc(PSCI_CPU_SUSPEND64, BIT(17), 0, 0), PSCI_INVALID_PARAMETERS,
		 "CPU_SUSPEND with a reserved bit is INVALID_PARAMETERS");
	check_eq(smc(PSCI_CPU_SUSPEND64, BIT(31), 0, 0), PSCI_INVALID_PARAMETERS,
		 "CPU_SUSPEND with bit 31 is INVALID_PARAMETERS");
	check_eq(smc(PSCI_CPU_SUSPEND64, PSCI_POWER_STATE_TYPE_POWERDOWN, 0, 0),
		 PSCI_INVALID_PARAMETERS, "CPU_SUSPEND to power-down is INVALID_PARAMETERS");
	for (unsigned int round = 0; round < 10; round++) {
		for (unsigned int i = 1; i < 31; i++)
			all.x[i] = UINT64_C(0x5355530000000000) + i;
		all.x[0] = round & 1 ? PSCI_CPU_SUSPEND32 : PSCI_CPU_SUSPEND64;
		all.x[1] = 0;
		timer_wake_after(timer_seconds(1) / 1000);
		smc_all(&all);
		same = same && all.x[0] == 0 && all.x[1] == 0;
		for (unsigned int i = 2; i < 31; i++)
			same = same && all.x[i] == UINT64_C(0x5355530000000000) + i;
		same = same && all.nzcv == 0x60000000 && all.sp_before == all.sp_after;
	}
	check(read_sysreg(cntp_ctl_el0) & 4, "CPU_SUSPEND came back with the wake-up pending");
	timer_wake_off();
	check(same, "CPU_SUSPEND standby is SUCCESS and keeps all registers");
}

void suite_psci(void)
{
	check(fdt.psci_method && !strcmp(fdt.psci_method, "smc"), "device tree: PSCI by SMC");
	check_eq(fdt.nr_enable_method_psci, fdt.nr_cpus, "device tree: enable-method of every CPU");
	check_eq(smc(PSCI_VERSION, 0, 0, 0), PSCI_VERSION_1_1, "PSCI_VERSION is 1.1");
	check_eq(smc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), PSCI_MIGRATE_NOT_REQUIRED,
		 "MIGRATE_INFO_TYPE: migration not required");
	check_features();
	check_affinity_info();
	check_cpu_on_errors();
	for (uint32_t i = 1; i < fdt.nr_cpus; i++)
		check_one_cpu(i);
	check_double_on();
	check_cpu_on32();
	check_all_at_once();
	check_on_race();
	check_suspend();
	check_eq(smc(PSCI_SYSTEM_RESET2_64, 1, 0, 0), PSCI_INVALID_PARAMETERS,
		 "SYSTEM_RESET2 of architectural type 1 is INVALID_PARAMETERS");
	check_eq(smc(PSCI_SYSTEM_RESET2_32, BIT(31), 0, 0), PSCI_INVALID_PARAMETERS,
		 "SYSTEM_RESET2 of vendor type 0 is INVALID_PARAMETERS");
	check_eq(smc(PSCI_SYSTEM_RESET2_64, 0x7fffffff, 0, 0), PSCI_INVALID_PARAMETERS,
		 "SYSTEM_RESET2 of type 0x7fffffff is INVALID_PARAMETERS");
}

/* Marks survive a reset in DRAM that neither the monitor nor the boot loader uses. */
struct reset_marks {
	uint64_t magic;
	uint64_t resets;
};

#define RESET_MAGIC UINT64_C(0x5245534554544553)

/* Only the last of the three boots reports: TAP numbers its points once. */
void suite_reset(void)
{
	struct reset_marks *marks;
	uint64_t base;

	if (!memory_find(MIB(64), MIB(64), &base)) {
		check(false, "memory for the marks");
		return;
	}
	marks = (struct reset_marks *)(base + MIB(32));
	if (marks->magic != RESET_MAGIC)
		*marks = (struct reset_marks){RESET_MAGIC, 0};
	marks->resets++;
	if (marks->resets == 1) {
		note("SYSTEM_RESET");
		smc(PSCI_SYSTEM_RESET, 0, 0, 0);
		check(false, "SYSTEM_RESET does not return");
	} else if (marks->resets == 2) {
		note("SYSTEM_RESET2");
		smc(PSCI_SYSTEM_RESET2_64, 0, 0, 0);
		check(false, "SYSTEM_RESET2 does not return");
	}
	check_eq(marks->resets, 3, "the machine came back from SYSTEM_RESET and SYSTEM_RESET2");
	marks->magic = 0;
}
