/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What reaches EL3 from below and is not an RMI round trip: dispatch of SMCs by function
 * identifier, and accesses that SCR_EL3 traps. Unknown calls get -1 and change nothing else.
 */
#include <sysreg.h>
#include <util.h>

#include "abi/smccc.h"
#include "monitor/include/el3.h"
#include "monitor/resident/monitor.h"
#include "monitor/resident/undef.h"

/* SMCCC_ARCH_FEATURE_AVAILABILITY: EL3 registers by their MRS encoding. */
#define AVAILABILITY_SCR   0x1e1100
#define AVAILABILITY_CPTR  0x1e1140
#define AVAILABILITY_MDCR  0x1e1320
#define AVAILABILITY_MPAM3 0x1ea500

/* Features the Realm world may use; a group (LAZY_*) opens at its first use. */
static uint64_t realm_scr_features(const struct cpu *cpu)
{
	uint64_t present = cpu_lazy_present();
	uint64_t scr = cpu->realm.scr & BIT(41);

	for (unsigned int group = 0; group <= LAZY_SCTLR2; group++) {
		if (present & BIT(group))
			scr |= cpu_lazy_scr(group);
	}
	return scr;
}

static void feature_availability(const struct cpu *cpu, uint64_t *x)
{
	uint64_t value;

	switch (x[1]) {
	case AVAILABILITY_SCR:
		value = realm_scr_features(cpu);
		break;
	case AVAILABILITY_CPTR:
		value = read_sysreg(cptr_el3) & (BIT(8) | BIT(12));
		break;
	case AVAILABILITY_MDCR:
	case AVAILABILITY_MPAM3:
		value = 0;
		break;
	default:
		x[0] = (uint64_t)SMCCC_INVALID_PARAMS;
		return;
	}
	x[0] = SMCCC_SUCCESS;
	x[1] = value;
}

static bool arch_implemented(uint32_t fid)
{
	return fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES ||
	       fid == SMCCC_ARCH_FEATURE_AVAILABILITY;
}

static bool arch_call(const struct cpu *cpu, uint64_t *x)
{
	switch ((uint32_t)x[0]) {
	case SMCCC_VERSION:
		x[0] = SMCCC_VERSION_1_2;
		return true;
	case SMCCC_ARCH_FEATURES:
		x[0] = arch_implemented((uint32_t)x[1]) ? SMCCC_SUCCESS
							: (uint64_t)SMCCC_NOT_SUPPORTED;
		return true;
	case SMCCC_ARCH_FEATURE_AVAILABILITY:
		feature_availability(cpu, x);
		return true;
	default:
		return false;
	}
}

static void ns_smc(struct cpu *cpu)
{
	uint64_t *x = cpu->ns_x;

	if (arch_call(cpu, x) || psci_call(cpu, x) || trng_call(x) || firme_call(x, false))
		return;
	x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

/* A caller in AArch32 state has 32-bit registers and 32-bit functions only. */
static void ns_smc32(struct cpu *cpu)
{
	uint64_t *x = cpu->ns_x;

	if (x[0] & SMCCC_64) {
		x[0] = (uint32_t)SMCCC_NOT_SUPPORTED;
		return;
	}
	for (unsigned int i = 0; i < 4; i++)
		x[i] = (uint32_t)x[i];
	ns_smc(cpu);
	for (unsigned int i = 0; i < 4; i++)
		x[i] = (uint32_t)x[i];
}

/*
 * An access that this machine's configuration of EL3 does not give to the lower level is
 * UNDEFINED there: the exception is taken where the architecture would have taken it.
 */
static void inject_undefined(void)
{
	struct undef_source from = {
		.spsr = read_sysreg(spsr_el3),
		.hcr_el2 = read_sysreg(hcr_el2),
		.sctlr_el1 = read_sysreg(sctlr_el1),
		.sctlr_el2 = read_sysreg(sctlr_el2),
		.id_aa64pfr1 = read_sysreg(id_aa64pfr1_el1),
	};
	struct undef_target to = undef_target(&from);
	uint64_t elr = read_sysreg(elr_el3);

	if (to.el2) {
		write_sysreg(elr_el2, elr);
		write_sysreg(spsr_el2, from.spsr);
		write_sysreg(esr_el2, ESR_IL);
		write_sysreg(elr_el3, read_sysreg(vbar_el2) + to.vector);
	} else {
		write_sysreg(elr_el1, elr);
		write_sysreg(spsr_el1, from.spsr);
		write_sysreg(esr_el1, ESR_IL);
		write_sysreg(elr_el3, read_sysreg(vbar_el1) + to.vector);
	}
	write_sysreg(spsr_el3, to.pstate);
}

void ns_trap(struct cpu *cpu)
{
	switch (read_sysreg(esr_el3) >> ESR_EC_SHIFT & 0x3f) {
	case ESR_EC_SMC64:
		ns_smc(cpu);
		break;
	case ESR_EC_SMC32:
		ns_smc32(cpu);
		break;
	default:
		inject_undefined();
	}
}

/* ISS of a trapped system register access, without direction and Rt. */
#define SYSREG(op0, op1, crn, crm, op2)                                                            \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_MASK   SYSREG(3, 7, 15, 15, 7)
#define SYSREG_NO_OP1 SYSREG(3, 0, 15, 15, 7) /* the same register under all its level names */
#define SYSREG_NO_OP2 SYSREG(3, 7, 15, 15, 0)

static const struct lazy_register {
	uint32_t mask;
	uint32_t value;
	uint32_t group;
} lazy_registers[] = {
	{SYSREG_NO_OP2, SYSREG(3, 0, 2, 1, 0), LAZY_PAUTH}, /* APIA, APIB */
	{SYSREG_NO_OP2, SYSREG(3, 0, 2, 2, 0), LAZY_PAUTH}, /* APDA, APDB */
	{SYSREG_NO_OP2, SYSREG(3, 0, 2, 3, 0), LAZY_PAUTH}, /* APGA */
	{SYSREG_MASK, SYSREG(3, 4, 1, 1, 4), LAZY_FGT},	    /* HFGRTR */
	{SYSREG_MASK, SYSREG(3, 4, 1, 1, 5), LAZY_FGT},	    /* HFGWTR */
	{SYSREG_MASK, SYSREG(3, 4, 1, 1, 6), LAZY_FGT},	    /* HFGITR */
	{SYSREG_MASK, SYSREG(3, 4, 3, 1, 4), LAZY_FGT},	    /* HDFGRTR */
	{SYSREG_MASK, SYSREG(3, 4, 3, 1, 5), LAZY_FGT},	    /* HDFGWTR */
	{SYSREG_NO_OP2, SYSREG(3, 4, 3, 1, 0), LAZY_FGT2},
	{SYSREG_NO_OP1, SYSREG(3, 0, 10, 2, 2), LAZY_PIE},
	{SYSREG_NO_OP1, SYSREG(3, 0, 10, 2, 3), LAZY_PIE},
	{SYSREG_NO_OP1, SYSREG(3, 0, 10, 2, 4), LAZY_PIE},
	{SYSREG_NO_OP1, SYSREG(3, 0, 10, 2, 5), LAZY_PIE},
	{SYSREG_MASK, SYSREG(3, 4, 1, 2, 2), LAZY_HCRX},
	{SYSREG_MASK, SYSREG(3, 4, 14, 0, 6), LAZY_CNTPOFF},
	{SYSREG_NO_OP1, SYSREG(3, 0, 13, 0, 7), LAZY_SCXTNUM},
	{SYSREG_NO_OP1, SYSREG(3, 0, 2, 0, 3), LAZY_TCR2},
	{SYSREG_NO_OP1, SYSREG(3, 0, 1, 0, 3), LAZY_SCTLR2},
};

/* The group (as a mask) that a trapped access of the Realm world needs, or 0. */
static uint64_t lazy_group(uint64_t esr)
{
	if ((esr >> ESR_EC_SHIFT & 0x3f) == ESR_EC_PAUTH)
		return BIT(LAZY_PAUTH);
	for (unsigned int i = 0; i < ARRAY_SIZE(lazy_registers); i++) {
		if ((esr & lazy_registers[i].mask) == lazy_registers[i].value)
			return BIT(lazy_registers[i].group);
	}
	return 0;
}

/*
 * Handles the Realm world's first use of a register group on this CPU: from now on the world switch
 * includes the group. The registers still hold the host's values, which are saved; the RMM starts
 * with zeros.
 */
static bool open_lazy_group(struct cpu *cpu)
{
	uint64_t group = lazy_group(read_sysreg(esr_el3)) & cpu_lazy_present() & ~cpu->switched;

	if (!group)
		return false;
	world_save_lazy(&cpu->ns, group);
	world_load_lazy(&cpu->realm, group);
	cpu->switched |= group;
	cpu->realm.scr |= cpu_lazy_scr((unsigned int)__builtin_ctzl(group));
	write_sysreg(scr_el3, cpu->realm.scr);
	return true;
}

static void realm_smc(struct cpu *cpu, bool *to_ns)
{
	uint64_t *x = cpu->realm_x;

	if (firme_call(x, true) || arch_call(cpu, x) || rmm_call(cpu, x, to_ns))
		return;
	x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

int realm_trap(struct cpu *cpu)
{
	uint64_t ec = read_sysreg(esr_el3) >> ESR_EC_SHIFT & 0x3f;
	bool to_ns = false;

	if (ec == ESR_EC_SMC64)
		realm_smc(cpu, &to_ns);
	else if ((ec != ESR_EC_SYSREG && ec != ESR_EC_PAUTH) || !open_lazy_group(cpu))
		inject_undefined();
	return to_ns;
}
