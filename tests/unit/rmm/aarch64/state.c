/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every register that a Realm can reach is switched or trapped. Two tables: the registers, and for
 * each field of the ID registers that a Realm is shown what comes with it. A field that
 * run_id_value() begins to show and that is in neither place of the second table fails the test,
 * and so does a register of the first that a run does not treat as it is written there.
 */
#include "hw.h"
#include "rmm/arch/aarch64/fp.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/aarch64/switch.h"
#include "rmm/run/trap.h"

enum how {
	SWITCHED, /* switch.c, pmu.c: host and Realm have a value each */
	OF_EL3,	  /* switch.c keeps the Realm's; the host's is EL3's to switch */
	TRAPPED,  /* the control register has this during a run */
	EL3_HAS,  /* SCR_EL3, MDCR_EL3 or MPAM3_EL3 keep it from the Realm world, RMM included */
};

#define BY(how) how, NULL, 0, 0 /* no control register */

#define ALWAYS (-1)
#define HIDDEN (-2) /* a feature that no Realm is shown, but some PEs have */

#define HCR  "hcr_el2"
#define CPTR "cptr_el2"
#define MDCR "mdcr_el2"

static const struct row {
	int id;	 /* enum run_id of the field it comes with; ALWAYS, HIDDEN */
	int low; /* the field's lowest bit */
	const char *name;
	enum how how;
	const char *control; /* TRAPPED */
	uint64_t mask, value;
} rows[] = {
	{ALWAYS, 0, "sp_el1", BY(SWITCHED)},
	{ALWAYS, 0, "elr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "spsr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "tpidr_el0", BY(SWITCHED)},
	{ALWAYS, 0, "tpidrro_el0", BY(SWITCHED)},
	{ALWAYS, 0, "tpidr_el1", BY(SWITCHED)},
	{ALWAYS, 0, "csselr_el1", BY(SWITCHED)},
	{ALWAYS, 0, "sctlr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "cpacr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "tcr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "ttbr0_el12", BY(SWITCHED)},
	{ALWAYS, 0, "ttbr1_el12", BY(SWITCHED)},
	{ALWAYS, 0, "mair_el12", BY(SWITCHED)},
	{ALWAYS, 0, "amair_el12", BY(SWITCHED)},
	{ALWAYS, 0, "vbar_el12", BY(SWITCHED)},
	{ALWAYS, 0, "esr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "far_el12", BY(SWITCHED)},
	{ALWAYS, 0, "afsr0_el12", BY(SWITCHED)},
	{ALWAYS, 0, "afsr1_el12", BY(SWITCHED)},
	{ALWAYS, 0, "contextidr_el12", BY(SWITCHED)},
	{ALWAYS, 0, "par_el1", BY(SWITCHED)},
	{ALWAYS, 0, "cntkctl_el12", BY(SWITCHED)},
	{ALWAYS, 0, "mdscr_el1", BY(SWITCHED)},
	{ALWAYS, 0, "cntp_ctl_el02", BY(SWITCHED)},
	{ALWAYS, 0, "cntp_cval_el02", BY(SWITCHED)},
	{ALWAYS, 0, "cntv_ctl_el02", BY(SWITCHED)},
	{ALWAYS, 0, "cntv_cval_el02", BY(SWITCHED)},
	{ALWAYS, 0, "sp_el0", BY(OF_EL3)},
	{ALWAYS, 0, "ACTLR_EL1", TRAPPED, HCR, HCR_TACR, HCR_TACR},
	{ALWAYS, 0, "IMPLEMENTATION DEFINED", TRAPPED, HCR, HCR_TIDCP, HCR_TIDCP},
	{ALWAYS, 0, "OSLAR_EL1, OSDLR_EL1, DBGPRCR_EL1", TRAPPED, MDCR, MDCR_TDOSA, MDCR_TDOSA},
	{ALWAYS, 0, "MDRAR_EL1", TRAPPED, MDCR, MDCR_TDRA, MDCR_TDRA},
	{RUN_ID_PFR0, 16, "Q registers, FPCR, FPSR", TRAPPED, CPTR, CPTR_FPEN, 0},
	{RUN_ID_PFR0, 20, "Q registers", TRAPPED, CPTR, CPTR_FPEN, 0},
	/* ICC_*_EL1 are the virtual interface, which is the host's to fill. */
	{RUN_ID_PFR0, 24, "ICC_*_EL1", TRAPPED, HCR, HCR_IMO | HCR_FMO, HCR_IMO | HCR_FMO},
	{RUN_ID_PFR0, 28, "S3_4_C12_C1_1", BY(OF_EL3)}, /* VDISR_EL2: DISR_EL1 */
	{RUN_ID_PFR0, 28, "ERR*_EL1", TRAPPED, HCR, HCR_TERR, HCR_TERR},
	{RUN_ID_PFR0, 32, "Z, P, FFR, ZCR_EL1", TRAPPED, CPTR, CPTR_ZEN, 0},
	{RUN_ID_PFR0, 56, "SCXTNUM_EL0, SCXTNUM_EL1", TRAPPED, HCR, BIT(53), 0},
	{RUN_ID_PFR1, 12, "ERXPFG*_EL1, ERXMISC*_EL1", TRAPPED, HCR, HCR_TERR, HCR_TERR},
	{RUN_ID_PFR1, 32, "SCXTNUM_EL0, SCXTNUM_EL1", TRAPPED, HCR, BIT(53), 0},
	{RUN_ID_DFR0, 0, "DBG*_EL1", TRAPPED, MDCR, MDCR_TDA, MDCR_TDA},
	{RUN_ID_DFR0, 12, "DBGBVR<n>_EL1, DBGBCR<n>_EL1", TRAPPED, MDCR, MDCR_TDA, MDCR_TDA},
	{RUN_ID_DFR0, 20, "DBGWVR<n>_EL1, DBGWCR<n>_EL1", TRAPPED, MDCR, MDCR_TDA, MDCR_TDA},
	{RUN_ID_DFR2, 4, "DBGBCR<n>_EL1.BT2", TRAPPED, MDCR, MDCR_TDA, MDCR_TDA},
	/* The Realm of the test has a PMU. */
	{RUN_ID_DFR0, 8, "pmselr_el0", BY(SWITCHED)},
	{RUN_ID_DFR0, 8, "pmuserenr_el0", BY(SWITCHED)},
	{RUN_ID_DFR0, 8, "pmccfiltr_el0", BY(SWITCHED)},
	{RUN_ID_DFR0, 8, "pmccntr_el0", BY(SWITCHED)},
	{RUN_ID_DFR0, 8, "PMUACR_EL1, PMICNTR_EL0, PMSSCR_EL1", BY(EL3_HAS)},
	{RUN_ID_ISAR1, 4, "APxxKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_ISAR1, 8, "APxxKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_ISAR1, 24, "APGAKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_ISAR1, 28, "APGAKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_ISAR2, 8, "APGAKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_ISAR2, 12, "APxxKEY", TRAPPED, HCR, HCR_API | HCR_APK, 0},
	{RUN_ID_MMFR1, 16, "LOR*_EL1", TRAPPED, HCR, HCR_TLOR, HCR_TLOR},
	{RUN_ID_MMFR3, 0, "S3_5_C2_C0_3", BY(SWITCHED)},   /* TCR2_EL1 */
	{RUN_ID_MMFR3, 4, "S3_5_C1_C0_3", BY(SWITCHED)},   /* SCTLR2_EL1 */
	{RUN_ID_MMFR3, 8, "S3_5_C10_C2_2", BY(SWITCHED)},  /* PIRE0_EL1 */
	{RUN_ID_MMFR3, 8, "S3_5_C10_C2_3", BY(SWITCHED)},  /* PIR_EL1 */
	{RUN_ID_MMFR3, 16, "S3_5_C10_C2_4", BY(SWITCHED)}, /* POR_EL1 */
	{RUN_ID_MMFR3, 16, "S3_3_C10_C2_4", BY(SWITCHED)}, /* POR_EL0 */
	{HIDDEN, 0, "S3_0_C10_C2_5", BY(SWITCHED)},	   /* S2POR_EL1 */
	{HIDDEN, 0, "S3_3_C13_C0_5", BY(SWITCHED)},	   /* TPIDR2_EL0 */
	{HIDDEN, 0, "S3_0_C1_C2_4", BY(SWITCHED)},	   /* SMPRI_EL1 */
	{HIDDEN, 0, "SVCR, SMCR_EL1, ZA, ZT0", TRAPPED, CPTR, CPTR_SMEN, 0},
	{HIDDEN, 0, "TFSR_EL1, TFSRE0_EL1, RGSR_EL1, GCR_EL1", TRAPPED, HCR, BIT(56), 0},
	{HIDDEN, 0, "TRFCR_EL1", TRAPPED, MDCR, MDCR_TTRF, MDCR_TTRF},
	{HIDDEN, 0, "PMS*_EL1", TRAPPED, MDCR, MDCR_TPMS, MDCR_TPMS},
	{HIDDEN, 0, "TRC*", TRAPPED, CPTR, CPTR_TTA, CPTR_TTA},
	{HIDDEN, 0, "AM*_EL0", TRAPPED, CPTR, CPTR_TAM, CPTR_TAM},
	{HIDDEN, 0, "GCS*_EL1, GCS*_EL0", BY(EL3_HAS)},
	{HIDDEN, 0, "MPAM*_EL1, BRB*_EL1, TRB*_EL1, PMB*_EL1", BY(EL3_HAS)},
	{HIDDEN, 0, "FPMR, RCW*MASK_EL1, MAIR2_EL1, AMAIR2_EL1, PFAR_EL1", BY(EL3_HAS)},
};

#define F(low) (UINT64_C(0xf) << (low))

/* Fields that come with no register of EL1 or EL0: instructions, bits of registers above, sizes. */
static const uint64_t no_register[32] = {
	/* EL0 to EL3, SEL2, DIT, RME, CSV3 */
	[RUN_ID_PFR0] = F(0) | F(4) | F(8) | F(12) | F(36) | F(48) | F(52) | F(60),
	/* BT, SSBS, RNDR_trap, NMI (in PSTATE), DF2 */
	[RUN_ID_PFR1] = F(0) | F(4) | F(28) | F(36) | F(56),
	/* UINJ */
	[RUN_ID_PFR2] = F(16),
	/* Instructions of SVE. */
	[RUN_ID_ZFR0] = ~UINT64_C(0),
	/* HPMN0 */
	[RUN_ID_DFR0] = F(60),
	/* AES to RNDR: instructions. */
	[RUN_ID_ISAR0] = ~(F(0) | F(24)),
	/* DPB, JSCVT, FCMA, LRCPC, FRINTTS to XS */
	[RUN_ID_ISAR1] = F(0) | F(12) | F(16) | F(20) | MASK(59, 32),
	/* MOPS, PAC_frac */
	[RUN_ID_ISAR2] = F(16) | F(24),
	/* Sizes, granules, ECV (views of the counters), FGT (EL2) */
	[RUN_ID_MMFR0] = MASK(47, 0) | F(56) | F(60),
	/* All but LO: bits of TCR_EL1, SCTLR_EL1, PSTATE, FPCR, and EL2's. */
	[RUN_ID_MMFR1] = ~F(16),
	[RUN_ID_MMFR2] = ~F(44),
	/* SNERR, ANERR, SDERR, ADERR, Spec_FPACC */
	[RUN_ID_MMFR3] = F(40) | F(44) | F(52) | F(56) | F(60),
	/* EIESB, ASID2 (bits of TCR2_EL1) */
	[RUN_ID_MMFR4] = F(4) | F(8),
};

static struct rec rec, second;

void fp_take_from_rec(void)
{
}

static void give_all(struct rec *r, uint64_t pa)
{
	memset(r, 0, sizeof(*r));
	r->pa = pa_of(pa);
	r->config = (struct realm_config){
		.s2 = {.root = {0x80000000}, .ipa_bits = 40, .start_level = 1, .num_root = 2},
		.sve = true,
		.pmu = true,
		.num_bps = 15,
		.num_wps = 15};
}

static int begin(void **state)
{
	hw_reset(state);
	machine = (struct machine_features){.sme = true,
					    .tpidr2 = true,
					    .tcr2 = true,
					    .sctlr2 = true,
					    .s1pie = true,
					    .s1poe = true,
					    .s2poe = true,
					    .el1_extensions = true,
					    .hcrx = HCRX_TCR2EN | HCRX_SCTLR2EN};
	memset(run_id_regs, 0, sizeof(run_id_regs));
	give_all(&rec, 0x1000);
	give_all(&second, 0x2000);
	hw_set(CPTR, CPTR_CLOSED);
	hw_set(MDCR, MDCR_REALM);
	return 0;
}

static uint64_t fields_of_rows(int id)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].id == id)
			mask |= F(rows[i].low);
	return mask;
}

/* Shows each field of each ID register by itself, on a PE that has the feature in full. */
static void test_every_field_shown(void **state)
{
	for (int id = 0; id < 32; id++) {
		uint64_t known = no_register[id] | fields_of_rows(id);

		assert_int_equal(no_register[id] & fields_of_rows(id), 0);
		for (unsigned int low = 0; low < 64; low += 4) {
			uint64_t shown;

			memset(run_id_regs, 0, sizeof(run_id_regs));
			*run_id_reg((enum run_id)id) = F(low);
			shown = run_id_value(&rec.config, (unsigned int)id) & F(low);
			if (shown && !(known & F(low)))
				fail_msg("ID register %d shows field %u: what comes with it?", id,
					 low);
			if (!shown && (fields_of_rows(id) & F(low)))
				fail_msg("ID register %d does not show field %u", id, low);
		}
	}
}

#define HOST(i)	 (UINT64_C(0x4000) + (i))
#define REALM(i) (UINT64_C(0x5000) + (i))

static void set_all(uint64_t base)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].how <= OF_EL3)
			hw_set(rows[i].name, base + i);
}

static void check_all(uint64_t base, uint64_t step, enum how last)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].how <= last && hw_reg(rows[i].name) != base + i * step)
			fail_msg("%s is 0x%lx", rows[i].name, hw_reg(rows[i].name));
}

/* The Realm starts with 0 in its registers and later finds what it left; the host finds its own. */
static void test_switched(void **state)
{
	set_all(HOST(0));
	switch_to_rec(&hw_cpu, &rec);
	check_all(0, 0, OF_EL3);
	set_all(REALM(0));
	switch_to_host(&hw_cpu, &rec);
	check_all(HOST(0), 1, SWITCHED);
	switch_to_rec(&hw_cpu, &second);
	check_all(0, 0, OF_EL3);
	switch_to_host(&hw_cpu, &second);
	check_all(HOST(0), 1, SWITCHED);
	switch_to_rec(&hw_cpu, &rec);
	check_all(REALM(0), 1, OF_EL3);
	switch_to_host(&hw_cpu, &rec);
}

static void test_trapped(void **state)
{
	switch_to_rec(&hw_cpu, &rec);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		if (r->how == TRAPPED && (hw_effective(r->control) & r->mask) != r->value)
			fail_msg("%s: %s is 0x%lx", r->name, r->control, hw_effective(r->control));
	}
	/* The Realm of this test has a PMU, so the PMU does not trap; without one it does. */
	assert_int_equal(hw_effective(MDCR) & MDCR_TPM, 0);
	switch_to_host(&hw_cpu, &rec);
	assert_true(hw_reg(MDCR) & MDCR_TPM);
}

/* An access as it traps: EC 0x18 and the register. */
#define ACCESS(...) (UINT64_C(0x18) << 26 | ISS_SYSREG(__VA_ARGS__))

/* EL3 has left HFGRTR_EL2 and HFGWTR_EL2 with the traps on: the first access takes them off. */
static void test_fine_grained(void **state)
{
	const uint64_t pie = BIT(57) | BIT(58), poe = BIT(59) | BIT(60), other = BIT(54) | BIT(55);

	hw_set("S3_4_C1_C1_4", other);
	hw_set("S3_4_C1_C1_5", other);
	assert_false(switch_untrap(&hw_cpu, ACCESS(3, 0, 10, 2, 5)));
	assert_false(switch_untrap(&hw_cpu, ACCESS(3, 0, 1, 2, 4)));
	assert_true(switch_untrap(&hw_cpu, ACCESS(3, 3, 10, 2, 4)));
	assert_int_equal(hw_effective("S3_4_C1_C1_4"), other | pie | poe);
	assert_int_equal(hw_effective("S3_4_C1_C1_5"), other | pie | poe);
	/* A second trap has another reason, because the first has taken the trap off. */
	assert_false(switch_untrap(&hw_cpu, ACCESS(3, 0, 10, 2, 3)));
}

/* Registers of features that the Realm is not shown stay trapped. */
static void test_fine_grained_hidden(void **state)
{
	machine.s1poe = false;
	assert_false(switch_untrap(&hw_cpu, ACCESS(3, 3, 10, 2, 4)));
	assert_false(switch_untrap(&hw_cpu, ACCESS(3, 0, 10, 2, 4)));
	assert_true(switch_untrap(&hw_cpu, ACCESS(3, 0, 10, 2, 2)));
	assert_int_equal(hw_effective("S3_4_C1_C1_4"), BIT(57) | BIT(58));
}

/* The trap registers are untouched until the first use, so that EL3 need not switch them. */
static void test_fine_grained_lazy(void **state)
{
	switch_to_rec(&hw_cpu, &rec);
	switch_to_host(&hw_cpu, &rec);
	assert_int_equal(hw_count("S3_4_C1_C1_"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_field_shown, begin),
		cmocka_unit_test_setup(test_switched, begin),
		cmocka_unit_test_setup(test_trapped, begin),
		cmocka_unit_test_setup(test_fine_grained, begin),
		cmocka_unit_test_setup(test_fine_grained_hidden, begin),
		cmocka_unit_test_setup(test_fine_grained_lazy, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
