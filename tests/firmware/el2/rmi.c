/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: RMI forwarding and SMCCC on it (RMM-EL3 interface 2.0, section 5), and the test
 * points the test RMM recorded at its cold boot.
 */
#include <string.h>
#include <sysreg.h>

#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "tests/firmware/el2/firmware.h"

#define MARK	UINT64_C(0x4e5357494c440000)
#define NZCV_IN 0xa0000000

static void mark(struct smc_all *all, uint64_t fid)
{
	for (unsigned int i = 1; i < 31; i++)
		all->x[i] = MARK + i * 0x101;
	all->x[0] = fid;
	all->nzcv = NZCV_IN;
}

static bool kept(const struct smc_all *all, unsigned int first)
{
	for (unsigned int i = first; i < 31; i++) {
		if (all->x[i] != MARK + i * 0x101)
			return false;
	}
	return all->sp_before == all->sp_after && all->nzcv == NZCV_IN &&
	       (all->daif & 0x3c0) == 0x3c0;
}

static void check_forwarded(uint64_t fid)
{
	struct smc_all all;
	bool echoed = true;

	mark(&all, fid);
	smc_all(&all);
	check_eq(all.x[0], fid & 0xffffffff, "0x%lx reaches the RMM with its 32-bit identifier",
		 fid);
	for (unsigned int i = 1; i < 8; i++)
		echoed = echoed && all.x[i] == ~(MARK + i * 0x101);
	check(echoed, "0x%lx: X1-X7 there and X0-X7 back", fid);
	check(kept(&all, 8), "0x%lx: X8-X30, SP, NZCV and DAIF as they were", fid);
}

static void check_not_forwarded(uint64_t fid)
{
	struct smc_all all;

	mark(&all, fid);
	smc_all(&all);
	check_eq(all.x[0], SMCCC_NOT_SUPPORTED, "0x%lx is not supported", fid);
	check(kept(&all, 1), "0x%lx: no other register changes", fid);
}

static void check_ranges(void)
{
	static const uint64_t in[] = {0xc4000151, 0xc400018e, 0xc400018f, 0xc40001d0,
				      0xc40002cf, 0xc4010151, 0xc40102cf, 0x8badf00dc4000151};
	static const uint64_t out[] = {0xc400014f, 0xc4000190, 0xc40001af, 0xc40002d0, 0x84000150,
				       0x840001d0, 0x44000150, 0x04000150, 0xc5000150, 0xc4410151};

	check_eq(agent_call(0xc4000150, 0, 0, 0, 0).x[0], 0xc4000150,
		 "0xc4000150, the first RMI number, reaches the RMM");
	for (unsigned int i = 0; i < ARRAY_SIZE(in); i++)
		check_forwarded(in[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(out); i++)
		check_not_forwarded(out[i]);
	for (uint64_t fid = 0xc40001b0; fid <= 0xc40001cf; fid++)
		check_not_forwarded(fid);
	for (unsigned int bit = 17; bit < 24; bit++)
		check_not_forwarded(AGENT_ECHO | BIT(bit));
}

/* Nothing of the Non-secure world is visible beyond X0-X7. */
static void check_no_leak(void)
{
	uint64_t *seen = agent_buffer();
	unsigned int leaks = 0;
	struct smc_all all;

	memset(seen, 0, 31 * sizeof(*seen));
	mark(&all, AGENT_ENTRY_GPRS);
	all.x[1] = (uint64_t)seen;
	smc_all(&all);
	check_eq(seen[0], AGENT_ENTRY_GPRS, "the RMM sees X0");
	check(seen[2] == MARK + 2 * 0x101 && seen[7] == MARK + 7 * 0x101, "the RMM sees X2-X7");
	for (unsigned int i = 8; i < 31; i++)
		leaks += seen[i] >> 16 == MARK >> 16;
	check_eq(leaks, 0, "the RMM sees nothing of the host's X8-X30");
}

static void check_fp(void)
{
	static uint8_t here[512], back[512];
	uint8_t *there = agent_buffer();

	for (unsigned int i = 0; i < sizeof(here); i++)
		here[i] = (uint8_t)(i * 13 + 5);
	memset(there, 0, sizeof(here));
	fp_load(here);
	agent_call(AGENT_FP, (uint64_t)there, 0, 0, 0);
	check(!memcmp(there, here, sizeof(here)), "V0-V31 reach the RMM: EL3 does not touch them");
	for (unsigned int i = 0; i < sizeof(here); i++)
		there[i] = (uint8_t)(i * 29 + 1);
	memcpy(here, there, sizeof(here));
	agent_call(AGENT_FP, (uint64_t)there, 1, 0, 0);
	fp_store(back);
	check(!memcmp(back, here, sizeof(back)), "V0-V31 come back as the RMM left them");
}

/* A job for a CPU: asks what the test RMM noted about the last entry of that CPU. */
static void get_cpu_info(void *argument)
{
	*(struct smc_regs *)argument = agent_call(AGENT_CPU_INFO, 0, 0, 0, 0);
}

static void check_cpu_info(uint32_t index, const struct smc_regs *info, uint64_t boots)
{
	check_eq(info->x[0], index, "CPU %u: its linear number", index);
	check_eq(info->x[1], boots, "CPU %u: booted the RMM %lu times", index, boots);
	check_eq(info->x[3], 0, "CPU %u: entry state, arguments and token of the last boot", index);
	check_eq(info->x[2] != 0, boots > 1, "CPU %u: a token only after the first boot", index);
}

static void check_warm_boots(void)
{
	struct smc_regs info;
	uint64_t boots;

	get_cpu_info(&info);
	check_cpu_info(0, &info, 1);
	for (uint32_t i = 1; i < fdt.nr_cpus; i++) {
		if (!check_eq((uint64_t)cpu_on(i), 0, "CPU %u comes on", i))
			return;
		cpu_run(i, get_cpu_info, &info);
		check(cpu_wait(i, 30), "CPU %u calls the RMM", i);
		boots = info.x[1];
		check(boots == cpu_data(i)->starts, "CPU %u: one RMM boot for each CPU_ON (%lu)", i,
		      boots);
		cpu_off(i);
		cpu_on(i);
		cpu_run(i, get_cpu_info, &info);
		check(cpu_wait(i, 30), "CPU %u calls the RMM after off and on", i);
		check_cpu_info(i, &info, boots + 1);
		cpu_off(i);
	}
}

void suite_rmi(void)
{
	if (!check(agent_present(), "the test RMM answers"))
		return;
	check_ranges();
	check_no_leak();
	check_fp();
	check_warm_boots();
}

void suite_record(void)
{
	const struct record *record = agent_buffer();
	uint64_t points = 0;

	if (!check(agent_present(), "the test RMM answers"))
		return;
	for (uint64_t i = 0; !agent_call(AGENT_RECORD, (uint64_t)record, i, 0, 0).x[0]; i++) {
		if (record->diagnostic)
			note("RMM: %s", record->text);
		else
			check(record->ok, "RMM: %s", record->text);
		points += !record->diagnostic;
	}
	check(points > 100, "the test RMM recorded its test points (%lu)", points);
}

/* Without a (working) RMM: RMI calls give -1 and the machine works all the same. */
void suite_normm(void)
{
	static const uint64_t calls[] = {0xc4000150, AGENT_ECHO, 0xc400018f,
					 0xc40001b0, 0xc40001cf, 0xc40002cf};

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		check_not_forwarded(calls[i]);
	suite_smccc();
	suite_psci();
	suite_trng();
}

/* A CPU that is inside the RMM when another one's boot fails gets back to the host all the same. */
struct inside {
	uint64_t arrived, go_on;
	struct smc_regs result;
};

static void call_and_wait(void *arg)
{
	struct inside *inside = arg;

	inside->result = agent_call(AGENT_WAIT, (uint64_t)&inside->arrived, 0, 0, 0);
}

/* A warm boot that fails ends the service of the RMM on all CPUs (section 2). */
void suite_warmfail(void)
{
	static struct inside inside = {0, 0, {{UINT64_MAX}}};
	struct smc_regs info;

	if (!check(agent_present() && fdt.nr_cpus > 2, "the test RMM answers, and three CPUs"))
		return;
	check_eq((uint64_t)cpu_on(2), 0, "a CPU comes on before the failing boot");
	cpu_run(2, call_and_wait, &inside);
	check(cpu_wait_for(&inside.arrived, 1, 30), "it is inside the RMM");
	agent_call(AGENT_FAIL_BOOT, 0, 0, 0, 0);
	check(agent_present(), "it still answers before the failing boot");
	check_eq((uint64_t)cpu_on(1), 0, "the CPU whose RMM boot fails comes on");
	check_not_forwarded(AGENT_ECHO);
	__atomic_store_n(&inside.go_on, 1, __ATOMIC_RELEASE);
	check(cpu_wait(2, 30) && inside.result.x[0] == 0,
	      "a call that the RMM was busy with meanwhile returns");
	cpu_run(1, get_cpu_info, &info);
	check(cpu_wait(1, 30), "the other CPU calls the RMM");
	check_eq(info.x[0], SMCCC_NOT_SUPPORTED, "RMI is not supported there either");
	cpu_off(1);
	check_eq((uint64_t)cpu_on(1), 0, "a CPU comes on after that");
	cpu_off(1);
	check_not_forwarded(0xc40001d0);
}
