/* SPDX-License-Identifier: BSD-3-Clause */
/* The ID registers a Realm sees. RSI section 4. */
#include "abi/rmi_ext.h"
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

#define ID(crm, op2) SYSREG(3, 0, 0, crm, op2)

static uint64_t realm_id(unsigned int crm, unsigned int op2)
{
	struct guest_result r = guest_exec(rec, 0x5555, 0, INSN_MRS(ID(crm, op2), 1));

	if (!r.done || r.esr)
		note("ID register %u %u: esr 0x%lx", crm, op2, r.esr);
	return r.done && !r.esr ? r.x[0] : 0x5555;
}

/* Fields a Realm must see as 0. */
static void check_hidden(void)
{
	static const struct {
		uint8_t crm, op2, high, low;
		const char *name;
	} hidden[] = {
		{4, 0, 43, 40, "PFR0.MPAM"},
		{4, 0, 47, 44, "PFR0.AMU"},
		{4, 0, 35, 32, "PFR0.SVE"},
		{4, 1, 11, 8, "PFR1.MTE"},
		{4, 1, 27, 24, "PFR1.SME"},
		{4, 1, 19, 16, "PFR1.MPAM_frac"},
		{5, 0, 11, 8, "DFR0.PMUVer"},
		{5, 0, 35, 32, "DFR0.PMSVer"},
		{5, 0, 43, 40, "DFR0.TraceFilt"},
		{5, 0, 7, 4, "DFR0.TraceVer"},
		{5, 0, 47, 44, "DFR0.TraceBuffer"},
		{5, 0, 55, 52, "DFR0.BRBE"},
		{4, 4, 63, 0, "ZFR0"},
		{4, 5, 63, 0, "SMFR0"},
		{5, 4, 63, 0, "AFR0"},
		{5, 5, 63, 0, "AFR1"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(hidden); i++)
		check_eq(FIELD(realm_id(hidden[i].crm, hidden[i].op2), hidden[i].high,
			       hidden[i].low),
			 0, "ID_AA64%s is 0", hidden[i].name);
}

static void check_real(void)
{
	uint64_t pfr0 = MASK(47, 40) | MASK(35, 32) | MASK(59, 56);

	check_eq(realm_id(4, 0) & ~pfr0, read_sysreg(id_aa64pfr0_el1) & ~pfr0,
		 "the rest of ID_AA64PFR0 is the CPU's");
	check_eq(realm_id(6, 0), read_sysreg(id_aa64isar0_el1), "ID_AA64ISAR0 is the CPU's");
	check_eq(realm_id(6, 1), read_sysreg(id_aa64isar1_el1) & ~MASK(63, 60),
		 "ID_AA64ISAR1 is the CPU's, less LS64");
	check_eq(realm_id(7, 1), read_sysreg(id_aa64mmfr1_el1), "ID_AA64MMFR1 is the CPU's");
	check_eq(realm_id(7, 2), read_sysreg(id_aa64mmfr2_el1), "ID_AA64MMFR2 is the CPU's");
	check_eq(realm_id(7, 0) & ~MASK(59, 56), read_sysreg(id_aa64mmfr0_el1) & ~MASK(59, 56),
		 "ID_AA64MMFR0 is the CPU's");
	check_eq(FIELD(realm_id(7, 3), 19, 12), 0, "ID_AA64MMFR3: no S2PIE, S2POE");
	check_eq(guest_read_reg(rec, INSN_MRS(SYSREG(3, 0, 0, 0, 0), 1)), read_sysreg(midr_el1),
		 "MIDR_EL1 is the CPU's");
}

/* As many breakpoints as the Realm's parameters say. */
static void check_debug(void)
{
	uint64_t dfr0 = realm_id(5, 0);

	check_eq(FIELD(dfr0, 15, 12), realm.params->num_bps, "DFR0.BRPs as the parameters say");
	check_eq(FIELD(dfr0, 23, 20), realm.params->num_wps, "DFR0.WRPs as the parameters say");
}

/* Realms are not shown FEAT_WFxT, because no exit can tell the host the deadline of a WFIT. */
static void check_wfxt(void)
{
	struct smc_regs r = RMI(RMI_FEATURES, RMI_FEATURES_EXT);
	uint64_t wfxt = FIELD(realm_id(6, 2), 3, 0);

	if (r.x[1] & RMI_FEATURE_EXT_WFI)
		check_eq(wfxt, 0, "ID_AA64ISAR2.WFxT is 0, so a WFI exit is by WFI");
	else
		note("ID_AA64ISAR2.WFxT is %lu: a WFI exit may be by WFIT", wfxt);
}

static void check_unallocated(void)
{
	unsigned int bad = 0;

	for (unsigned int crm = 2; crm <= 7; crm++) {
		for (unsigned int op2 = 0; op2 < 8; op2++) {
			struct guest_result r = guest_exec(rec, 0, 0, INSN_MRS(ID(crm, op2), 1));

			bad += !r.done || r.esr;
		}
	}
	check_eq(bad, 0, "every register of the ID space can be read");
	for (unsigned int op2 = 0; op2 < 8; op2++)
		bad += realm_id(1, op2) != 0;
	check_eq(bad, 0, "the AArch32 ID registers are 0");
}

static void trapped(uint32_t reg, const char *name)
{
	struct guest_result r =
		guest_exec(rec, 0xff, 0, INSN_MSR(reg, 1), INSN_ISB, INSN_MRS(reg, 3));

	check(r.done && r.esr == 0 && r.x[2] == 0, "%s is RAZ/WI", name);
	if (!r.done || r.esr || r.x[2])
		note("esr 0x%lx value 0x%lx", r.esr, r.x[2]);
}

/* The Realm's own traps (CPACR_EL1) are off, so what is undefined is so by the RMM. */
static void undefined(uint32_t insn, const char *name)
{
	struct guest_result r =
		guest_exec(rec, 0x3330000, 0, INSN_MSR(SYSREG(3, 0, 1, 0, 2), 1), INSN_ISB, insn);

	check(r.done && ESR_EC(r.esr) == EC_UNKNOWN, "%s is UNDEFINED (0x%lx)", name, r.esr);
}

void test_id_registers(void)
{
	const struct realm_options options = {.num_bps = 2, .num_wps = 1};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that looks at its CPU")) {
		check_hidden();
		check_real();
		check_debug();
		check_wfxt();
		check_unallocated();
		trapped(SYSREG(3, 3, 9, 12, 0), "PMCR_EL0 of a Realm without PMU");
		trapped(SYSREG(3, 3, 9, 13, 0), "PMCCNTR_EL0 of a Realm without PMU");
		undefined(0x04bf5021, "RDVL of a Realm without SVE"); /* rdvl x1, #1 */
		undefined(INSN_MRS(SYSREG(3, 0, 1, 2, 0), 1), "ZCR_EL1 of a Realm without SVE");
		undefined(0xd503477f, "SMSTART");
		undefined(INSN_MRS(SYSREG(3, 0, 1, 2, 6), 1), "SMCR_EL1");
	}
	realm_end(&realm);
}
