/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: which system registers EL3 switches between the worlds and which it leaves alone
 * (RMM-EL3 interface 2.0, section 5). Both sides write random values to all registers of a kind
 * and read them back after switches; registers of one group are set in one go, so that no
 * exception comes between.
 */
#include <string.h>
#include <sysreg.h>

#include "tests/firmware/el2/firmware.h"

#define ROUNDS 8

/* One CPU's run: results are reported by CPU 0 afterwards. */
struct switch_test {
	struct agent_regs here;	 /* what this side wrote (and reads back) */
	struct agent_regs there; /* likewise the test RMM */
	struct agent_regs seen;
	uint64_t original[NR_REGS];
	uint64_t lost_here[NR_REGS]; /* rounds in which a switched register changed */
	uint64_t lost_there[NR_REGS];
	uint64_t distinct[NR_REGS]; /* rounds in which the two sides held different values */
	uint64_t hidden[NR_REGS];   /* rounds in which a shared register was not seen there */
	uint64_t hidden_here[NR_REGS];
	uint64_t wrote[NR_REGS]; /* rounds in which the register took another value */
	uint64_t bad_access[NR_REGS];
	uint64_t seed;
};

static struct switch_test tests[2];

static bool selected(const struct agent_regs *regs, unsigned int reg)
{
	return regs->select[reg / 64] & BIT(reg % 64);
}

static void select_kind(struct agent_regs *regs, enum reg_kind kind)
{
	memset(regs, 0, sizeof(*regs));
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		if (reg_descs[reg].kind == kind && reg_present(reg))
			regs->select[reg / 64] |= BIT(reg % 64);
	}
}

static void local_read(struct agent_regs *regs)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		struct probe probe;

		if (!selected(regs, reg))
			continue;
		probe = reg_read(reg);
		regs->value[reg] = probe.value;
		regs->esr[reg] = probe.esr;
	}
}

static void local_write(const struct agent_regs *regs)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		if (selected(regs, reg))
			reg_write(reg, regs->value[reg]);
	}
	isb();
}

static void remote(struct agent_regs *regs, uint64_t operation)
{
	memcpy(agent_buffer(), regs, sizeof(*regs));
	agent_call(AGENT_REGS, (uint64_t)agent_buffer(), operation, 0, 0);
	memcpy(regs, agent_buffer(), sizeof(*regs));
}

static void randomize(struct agent_regs *regs, uint64_t *seed)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		uint64_t mask = reg_descs[reg].mask;

		if (selected(regs, reg))
			regs->value[reg] = (regs->value[reg] & ~mask) | (random_next(seed) & mask);
	}
}

static void count_access(struct switch_test *test, const struct agent_regs *regs)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++)
		test->bad_access[reg] += selected(regs, reg) && regs->esr[reg];
}

static void switched_round(struct switch_test *test)
{
	local_read(&test->here);
	count_access(test, &test->here);
	randomize(&test->here, &test->seed);
	local_write(&test->here);
	local_read(&test->here);

	remote(&test->there, AGENT_REGS_READ);
	count_access(test, &test->there);
	randomize(&test->there, &test->seed);
	remote(&test->there, AGENT_REGS_WRITE);
	remote(&test->there, AGENT_REGS_READ);

	test->seen = test->here;
	local_read(&test->seen);
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		test->lost_here[reg] += test->seen.value[reg] != test->here.value[reg];
		test->distinct[reg] += test->here.value[reg] != test->there.value[reg];
	}
	/* Once more through NS: the other side's values must survive that. */
	randomize(&test->here, &test->seed);
	local_write(&test->here);
	local_read(&test->here);
	test->seen = test->there;
	remote(&test->seen, AGENT_REGS_READ);
	for (unsigned int reg = 0; reg < NR_REGS; reg++)
		test->lost_there[reg] += selected(&test->there, reg) &&
					 test->seen.value[reg] != test->there.value[reg];
}

static void shared_round(struct switch_test *test)
{
	struct agent_regs *before = &test->seen;

	*before = test->here;
	local_read(before);
	count_access(test, before);
	test->here = *before;
	randomize(&test->here, &test->seed);
	local_write(&test->here);
	local_read(&test->here);
	remote(&test->there, AGENT_REGS_READ);
	count_access(test, &test->there);
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		test->wrote[reg] += test->here.value[reg] != before->value[reg];
		test->hidden[reg] += test->there.value[reg] != test->here.value[reg];
	}
	randomize(&test->there, &test->seed);
	remote(&test->there, AGENT_REGS_WRITE);
	remote(&test->there, AGENT_REGS_READ);
	test->seen = test->there;
	local_read(&test->seen);
	for (unsigned int reg = 0; reg < NR_REGS; reg++)
		test->hidden_here[reg] += selected(&test->there, reg) &&
					  test->seen.value[reg] != test->there.value[reg];
}

static void run_kind(struct switch_test *test, enum reg_kind kind)
{
	select_kind(&test->here, kind);
	local_read(&test->here);
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		if (selected(&test->here, reg))
			test->original[reg] = test->here.value[reg];
	}
	for (unsigned int round = 0; round < ROUNDS; round++) {
		select_kind(&test->there, kind);
		if (kind == REG_SWITCHED)
			switched_round(test);
		else
			shared_round(test);
	}
	memcpy(test->here.value, test->original, sizeof(test->original));
	local_write(&test->here);
}

static void run(void *argument)
{
	struct switch_test *test = argument;

	run_kind(test, REG_SWITCHED);
	run_kind(test, REG_SHARED);
}

static void report_switched(const struct switch_test *test, unsigned int reg, unsigned int cpu)
{
	const char *name = reg_descs[reg].name;

	check_eq(test->lost_here[reg], 0, "CPU %u: %s of the host survives the RMM", cpu, name);
	check_eq(test->lost_there[reg], 0, "CPU %u: %s of the RMM survives the host", cpu, name);
	if (!test->distinct[reg])
		note("CPU %u: %s never differed between the worlds (0x%lx)", cpu, name,
		     test->here.value[reg]);
}

static void report_shared(const struct switch_test *test, unsigned int reg, unsigned int cpu)
{
	const char *name = reg_descs[reg].name;

	check_eq(test->hidden[reg], 0, "CPU %u: %s of the host is seen by the RMM", cpu, name);
	check_eq(test->hidden_here[reg], 0, "CPU %u: %s of the RMM is seen by the host", cpu, name);
	if (!test->wrote[reg])
		note("CPU %u: %s never took a new value (0x%lx)", cpu, name, test->original[reg]);
}

static void report(const struct switch_test *test, unsigned int cpu)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		if (!reg_present(reg)) {
			if (!cpu)
				note("%s is not there", reg_descs[reg].name);
			continue;
		}
		check_eq(test->bad_access[reg], 0, "CPU %u: %s is accessible in both worlds", cpu,
			 reg_descs[reg].name);
		if (reg_descs[reg].kind == REG_SWITCHED)
			report_switched(test, reg, cpu);
		else
			report_shared(test, reg, cpu);
	}
}

void suite_switch(void)
{
	if (!check(agent_present(), "the test RMM answers"))
		return;
	tests[0].seed = 0x123456789;
	tests[1].seed = 0x987654321;
	run(&tests[0]);
	report(&tests[0], 0);
	if (fdt.nr_cpus < 2) {
		skip("registers of a second CPU");
		return;
	}
	if (!check_eq((uint64_t)cpu_on(1), 0, "CPU 1 comes on"))
		return;
	cpu_run(1, run, &tests[1]);
	if (check(cpu_wait(1, 60), "CPU 1 runs the same"))
		report(&tests[1], 1);
	cpu_off(1);
}
