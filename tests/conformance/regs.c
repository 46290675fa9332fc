/* SPDX-License-Identifier: BSD-3-Clause */
/* The registers of host and Realm around a run, one by one. RMI 2.0 section 16. */
#include <string.h>
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

/* X8 to X30 and the stack pointer of the host. */
static void check_gprs(void)
{
	const uint64_t mark = 0x4e535f486f737400;
	struct smc_all all;
	unsigned int bad = 0;

	memcpy(rec->run->enter.gprs, (const uint64_t[]){GUEST_READY}, 8);
	for (unsigned int i = 0; i < 31; i++)
		all.x[i] = mark + i;
	all.x[0] = RMI_REC_ENTER;
	all.x[1] = rec->pa;
	all.x[2] = (uint64_t)rec->run;
	all.nzcv = 0x60000000;
	gic_enable_virtual();
	smc_all(&all);
	rec->status = all.x[0];
	check(rec_reported(rec), "a run with every register of the host marked");
	for (unsigned int i = 8; i < 31; i++)
		bad += all.x[i] != mark + i;
	check_eq(bad, 0, "X8 to X30 of the host are as they were");
	for (unsigned int i = 4; i < 8; i++)
		bad += all.x[i] != mark + i;
	check_eq(bad, 0, "so are X4 to X7, which the call does not use");
	check(!all.x[1] && !all.x[2] && !all.x[3], "X1 to X3 are 0: nothing of the Realm is left");
	check(all.sp_before == all.sp_after && all.nzcv == 0x60000000 &&
		      (all.daif & 0x3c0) == 0x3c0,
	      "SP, NZCV and DAIF are as they were");
}

/* Registers a Realm can fill, and with what. */
static const struct {
	uint32_t reg;
	uint64_t value;
	const char *name;
} scribble[] = {
	{SYSREG(3, 0, 1, 0, 1), 0x5a5a5a5a, "ACTLR_EL1"},
	{SYSREG(3, 0, 2, 0, 0), 0x0123000089ab0000, "TTBR0_EL1"},
	{SYSREG(3, 0, 2, 0, 1), 0x4567000012340000, "TTBR1_EL1"},
	{SYSREG(3, 0, 2, 0, 2), 0x0000000500100010, "TCR_EL1"},
	{SYSREG(3, 0, 10, 2, 0), 0x1122334455667788, "MAIR_EL1"},
	{SYSREG(3, 0, 10, 3, 0), 0x8877665544332211, "AMAIR_EL1"},
	{SYSREG(3, 0, 5, 1, 0), 0x11111111, "AFSR0_EL1"},
	{SYSREG(3, 0, 5, 1, 1), 0x22222222, "AFSR1_EL1"},
	{SYSREG(3, 0, 5, 2, 0), 0x56000001, "ESR_EL1"},
	{SYSREG(3, 0, 6, 0, 0), 0x3333333333333333, "FAR_EL1"},
	{SYSREG(3, 0, 4, 0, 1), 0x4444444444444444, "ELR_EL1"},
	{SYSREG(3, 0, 4, 0, 0), 0x600003c5, "SPSR_EL1"},
	{SYSREG(3, 0, 13, 0, 1), 0x55555555, "CONTEXTIDR_EL1"},
	{SYSREG(3, 0, 13, 0, 4), 0x6666666666666666, "TPIDR_EL1"},
	{SYSREG(3, 3, 13, 0, 2), 0x7777777777777777, "TPIDR_EL0"},
	{SYSREG(3, 3, 13, 0, 3), 0x8888888888888888, "TPIDRRO_EL0"},
	{SYSREG(3, 0, 4, 1, 0), 0x9999999999999990, "SP_EL0"},
	{SYSREG(3, 0, 14, 1, 0), 0x3, "CNTKCTL_EL1"},
	{SYSREG(3, 3, 14, 2, 2), 0x7abcdef012345678, "CNTP_CVAL_EL0"},
	{SYSREG(3, 3, 14, 3, 2), 0x7bcdef0123456789, "CNTV_CVAL_EL0"},
	{SYSREG(3, 2, 0, 0, 0), 0x2, "CSSELR_EL1"},
};

/* The values as they read back after the write: some registers lack bits. */
static uint64_t written[ARRAY_SIZE(scribble)];

static void realm_scribbles(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(scribble); i++)
		written[i] = guest_exec(rec, scribble[i].value, 0, INSN_MSR(scribble[i].reg, 1),
					INSN_ISB, INSN_MRS(scribble[i].reg, 3))
				     .x[2];
}

/* ESR, FAR, ELR and SPSR hold as long as the agent takes no exception. */
static void check_realm_registers(void)
{
	unsigned int bad = 0, stuck = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(scribble); i++) {
		uint64_t now = guest_read_reg(rec, INSN_MRS(scribble[i].reg, 1));

		if (now != written[i])
			note("%s: 0x%lx, was 0x%lx", scribble[i].name, now, written[i]);
		bad += now != written[i];
		stuck += written[i] == 0;
	}
	check_eq(bad, 0, "the Realm's EL1 and EL0 registers are its own");
	/* ACTLR, AMAIR and the AFSRs may be RAZ/WI on a CPU. */
	check(stuck <= 4, "(and take values at all)");
}

static bool is_gic(const char *name)
{
	return !strncmp(name, "ICH_", 4) || !strncmp(name, "ICC_", 4);
}

/* The host writes its registers, the Realm runs, and the values are still there. */
static void check_host_registers(void)
{
	unsigned int looked_at = 0;

	for (unsigned int i = 0; i < NR_REGS; i++) {
		const struct reg_desc *d = &reg_descs[i];
		struct probe before, mark, after;

		if (!reg_present((enum reg)i) || is_gic(d->name) || !d->mask)
			continue;
		before = reg_read((enum reg)i);
		if (before.esr)
			continue;
		reg_write((enum reg)i, before.value ^ (d->mask & 0x5555555555555555));
		mark = reg_read((enum reg)i);
		memcpy(rec->run->enter.gprs, (const uint64_t[]){GUEST_READY}, 8);
		rec_enter(rec);
		after = reg_read((enum reg)i);
		reg_write((enum reg)i, before.value);
		isb();
		if (after.value != mark.value || !rec_reported(rec))
			check(false, "%s of the host: 0x%lx became 0x%lx", d->name, mark.value,
			      after.value);
		looked_at++;
	}
	check(looked_at > 60, "%u system registers of the host are as they were", looked_at);
}

void test_registers(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that fills its registers")) {
		check_gprs();
		realm_scribbles();
		check_host_registers();
		check_realm_registers();
	}
	realm_end(&realm);
}
