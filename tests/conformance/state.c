/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register state that host and Realms share the CPU's registers for: each finds its own. FP, SVE,
 * pointer authentication, debug, PMU. RMI 2.0 sections 10 and 16.
 */
#include <string.h>
#include "tests/conformance/conformance.h"

static struct realm realm, second;
static struct rec *rec;

#define ZCR_EL2	      S3_4_C1_C2_0
#define CPACR_FP      0x300000
#define INSN_FMOV_D   0x9e660001u /* fmov x1, d0; + (n << 5) */
#define APKEY(n)      SYSREG(3, 0, 2, 1 + (n) / 4, (n) % 4)
#define NR_APKEYS     10
#define SLOT_PROLOGUE 4 /* bytes per instruction */

static uint8_t mine[SVE_STATE_MAX] __attribute__((aligned(64)));
static uint8_t back[SVE_STATE_MAX] __attribute__((aligned(64)));
static uint64_t host_vl; /* 0: no SVE here */

static void host_load(uint64_t seed)
{
	uint64_t size = host_vl ? 34 * host_vl + host_vl / 8 : 512;

	for (uint64_t i = 0; i < size; i++)
		mine[i] = (uint8_t)(seed * 17 + i * 3 + (i >> 7));
	if (!host_vl) {
		fp_load(mine);
		return;
	}
	memset(mine + 34 * host_vl, 0xff, host_vl / 8);
	sve_load(mine);
}

/* Bytes that are not as host_load() made them. */
static uint64_t host_differs(void)
{
	uint64_t size = host_vl ? 34 * host_vl + host_vl / 8 : 512, bad = 0;

	if (host_vl)
		sve_store(back);
	else
		fp_store(back);
	for (uint64_t i = 0; i < size; i++)
		bad += back[i] != mine[i];
	return bad;
}

static void host_sve_on(void)
{
	host_vl = 0;
	if (!FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32))
		return;
	write_sysreg(ZCR_EL2, 0xf);
	isb();
	host_vl = sve_vl();
}

/* The Realm's state over exits, with another Realm and the host using the same registers. */
static void check_both(const char *what)
{
	uint64_t zcr = host_vl ? read_sysreg(ZCR_EL2) : 0;

	host_load(1);
	write_sysreg(fpcr, 0xc00000);
	write_sysreg(fpsr, 0x9f);
	guest_call(rec, GUEST_FP_LOAD, 5);
	check_eq(host_differs(), 0, "%s: the host's registers are its own after the run", what);
	check(read_sysreg(fpcr) == 0xc00000 && read_sysreg(fpsr) == 0x9f,
	      "%s: FPCR and FPSR of the host as well", what);
	check(!host_vl || read_sysreg(ZCR_EL2) == zcr, "%s: ZCR_EL2 as well", what);
	host_load(2);
	guest_call(&second.rec[0], GUEST_FP_LOAD, 9);
	check_eq(host_differs(), 0, "%s: nor does another Realm change them", what);
	check_eq(guest_call(rec, GUEST_FP_CHECK, 5)[0], 0,
		 "%s: the Realm's registers are its own over exits", what);
	check_eq(guest_call(&second.rec[0], GUEST_FP_CHECK, 9)[0], 0,
		 "%s: and the other Realm's are", what);
	check_eq(host_differs(), 0, "%s: the host's are still there", what);
	write_sysreg(fpcr, 0);
	write_sysreg(fpsr, 0);
}

/* The RMM uses vector registers itself, to hash. */
static void check_hashing(void)
{
	host_load(3);
	guest_call(rec, GUEST_FP_LOAD, 6);
	guest_smc(rec, RSI_MEASUREMENT_EXTEND, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8);
	check_eq(host_differs(), 0, "an RSI call that hashes leaves the host's registers alone");
	check_eq(guest_call(rec, GUEST_FP_CHECK, 6)[0], 0, "and the Realm's");
}

/* Bytes of back[from, to) that are not 0. */
static uint64_t not_zero(uint64_t from, uint64_t to)
{
	uint64_t bad = 0;

	for (uint64_t i = from; i < to; i++)
		bad += back[i] != 0;
	return bad;
}

/*
 * After a call with the SVE hint only V0-V31 need to come back. The rest of the SVE state may be
 * lost, but nothing in it may be another's.
 */
static void check_hinted(const char *what)
{
	uint64_t vl = host_vl ? host_vl : 16, bad = 0, left = 0;

	if (host_vl)
		sve_store(back);
	else
		fp_store(back);
	for (uint64_t z = 0; z < 32 * vl; z += vl) {
		bad += memcmp(back + z, mine + z, 16) != 0;
		left += not_zero(z + 16, z + vl);
	}
	check_eq(bad, 0, "SVE hint, %s: V0-V31 of the host come back", what);
	if (host_vl)
		check_eq(left + not_zero(32 * vl, 34 * vl + vl / 8), 0,
			 "SVE hint, %s: the rest of Z, P and FFR is 0", what);
}

static void check_hashing_rmi(void)
{
	const struct realm_options options = {0};
	uint64_t data = take_delegated(2), source = pool_take(1);
	struct realm fresh;
	uint64_t status;

	if (realm_create(&fresh, &options) != RMI_SUCCESS)
		return;
	realm_tables(&fresh, GIB(1), 3);
	host_load(4);
	status = RMI_STATUS_OF(RMI_RTT_DATA_MAP_INIT, fresh.rd, data, GIB(1), source, 1);
	check_eq(host_differs(), 0, "an RMI command that hashes leaves the host's registers alone");
	check_eq(status, RMI_SUCCESS, "(a measured page)");
	host_load(5);
	status = RMI_STATUS_OF(RMI_RTT_DATA_MAP_INIT | RMI_FID_SVE_HINT, fresh.rd,
			       data + GRANULE_SIZE, GIB(1) + GRANULE_SIZE, source, 1);
	check_hinted("an RMI command that hashes");
	check_eq(status, RMI_SUCCESS, "(another)");
	pool_give(source, 1);
	realm_end(&fresh);
}

static void check_hint(void)
{
	host_load(5);
	memcpy(rec->run->enter.gprs, (const uint64_t[]){GUEST_FP_LOAD, 7}, 16);
	rec->status = RMI_STATUS_OF(RMI_REC_ENTER | RMI_FID_SVE_HINT, rec->pa, (uint64_t)rec->run);
	check_hinted("a run in which the Realm uses them");
	rec_run(rec);
}

static void check_fresh_fp(struct rec *r)
{
	uint64_t bad = 0;

	for (uint32_t i = 0; i < 32; i++)
		bad |= guest_exec(r, 1, 0, INSN_FMOV_D + (i << 5)).x[0];
	check_eq(bad, 0, "a REC starts with its vector registers 0");
}

static void with_vl(uint32_t vl)
{
	const struct realm_options options = {.flags0 = RMI_REALM_SVE, .sve_vl = vl};
	const struct realm_options plain = {0};

	if (realm_start(&second, &plain, "a Realm without SVE") &
	    realm_start(&realm, &options, "a Realm with SVE")) {
		host_load(8);
		check_fresh_fp(rec);
		check(FIELD(guest_read_reg(rec, INSN_MRS(SYSREG(3, 0, 0, 4, 0), 1)), 35, 32) != 0,
		      "it sees ID_AA64PFR0.SVE");
		check_eq(guest_call(rec, GUEST_SVE_ON, 0xf)[0], 16 * (vl + 1),
			 "its longest vector is what its parameters say");
		check_both("a Realm with SVE");
		check_hashing();
		check_hint();
	}
	realm_end(&realm);
	realm_end(&second);
}

void test_sve(void)
{
	const struct realm_options plain = {0};
	struct smc_regs features = RMI(RMI_FEATURES, 0);
	uint32_t vl_max = (uint32_t)FIELD(features.x[1], 13, 10);

	rec = &realm.rec[0];
	host_sve_on();
	note("the host's vectors have %lu bytes", host_vl);
	if (realm_start(&second, &plain, "another Realm") &
	    realm_start(&realm, &plain, "a Realm that uses FP")) {
		host_load(7);
		check_fresh_fp(rec);
		check_both("a Realm without SVE");
		check_hashing();
		check_hint();
	}
	realm_end(&realm);
	realm_end(&second);
	check_hashing_rmi();
	if (!(features.x[1] & RMI_FEATURE0_SVE)) {
		skip("Realms with SVE: not offered");
		return;
	}
	with_vl(0);
	with_vl(1);
	with_vl(vl_max);
}

static uint64_t host_key(unsigned int n)
{
	uint64_t lo = 0;

	switch (n) {
	case 0:
		lo = read_sysreg(S3_0_C2_C1_0);
		break;
	case 1:
		lo = read_sysreg(S3_0_C2_C1_2);
		break;
	case 2:
		lo = read_sysreg(S3_0_C2_C2_0);
		break;
	case 3:
		lo = read_sysreg(S3_0_C2_C2_2);
		break;
	default:
		lo = read_sysreg(S3_0_C2_C3_0);
	}
	return lo;
}

static void set_host_keys(void)
{
	write_sysreg(S3_0_C2_C1_0, 0x1111);
	write_sysreg(S3_0_C2_C1_2, 0x2222);
	write_sysreg(S3_0_C2_C2_0, 0x3333);
	write_sysreg(S3_0_C2_C2_2, 0x4444);
	write_sysreg(S3_0_C2_C3_0, 0x5555);
	isb();
}

static unsigned int realm_keys_differ(struct rec *r, uint64_t seed)
{
	unsigned int bad = 0;

	for (unsigned int i = 0; i < NR_APKEYS; i++)
		bad += guest_read_reg(r, INSN_MRS(APKEY(i), 1)) != pattern_word(seed, i);
	return bad;
}

static void set_realm_keys(struct rec *r, uint64_t seed)
{
	for (unsigned int i = 0; i < NR_APKEYS; i++)
		guest_exec(r, pattern_word(seed, i), 0, INSN_MSR(APKEY(i), 1), INSN_ISB);
}

/* PACIA x1, x2 with SCTLR_EL1.EnIA on for just that instruction. */
static uint64_t sign_pointer(uint64_t pointer)
{
	uint32_t sctlr = SYSREG(3, 0, 1, 0, 0);

	return guest_exec(rec, pointer, 0x1234, INSN_MRS(sctlr, 3),
			  0xb2610064, /* orr x4, x3, #0x80000000 */
			  INSN_MSR(sctlr, 4), INSN_ISB, 0xdac10041 /* pacia x1, x2 */,
			  INSN_MSR(sctlr, 3), INSN_ISB)
		.x[0];
}

void test_pauth(void)
{
	const struct realm_options options = {0};
	uint64_t bad = 0, signature;

	if (!(read_sysreg(id_aa64isar1_el1) & 0xff0)) {
		skip("pointer authentication: this CPU has none with these fields");
		return;
	}
	rec = &realm.rec[0];
	if (realm_start(&second, &options, "another Realm") &
	    realm_start(&realm, &options, "a Realm with keys")) {
		set_host_keys();
		set_realm_keys(rec, 1);
		set_realm_keys(&second.rec[0], 2);
		check_eq(realm_keys_differ(rec, 1), 0, "the Realm's ten keys are its own");
		check_eq(realm_keys_differ(&second.rec[0], 2), 0, "and the other Realm's");
		for (unsigned int i = 0; i < 5; i++)
			bad += host_key(i) != 0x1111 * (i + 1);
		check_eq(bad, 0, "the host's keys are its own");
		signature = sign_pointer(0x40001000);
		check(signature != 0x40001000, "PACIA signs in the Realm");
		guest_call(&second.rec[0], GUEST_READY);
		check_eq(sign_pointer(0x40001000), signature,
			 "and signs the same after a run of another Realm");
	}
	realm_end(&realm);
	realm_end(&second);
}

#define DBGBVR0	  SYSREG(2, 0, 0, 0, 4)
#define DBGBCR0	  SYSREG(2, 0, 0, 0, 5)
#define DBGWVR0	  SYSREG(2, 0, 0, 0, 6)
#define DBGWCR0	  SYSREG(2, 0, 0, 0, 7)
#define MDSCR	  SYSREG(2, 0, 0, 2, 2)
#define OSLAR	  SYSREG(2, 0, 1, 0, 4)
#define MDSCR_MDE BIT(15)
#define MDSCR_KDE BIT(13)
#define BCR_EL1	  0x1e3	 /* all of a word, EL1, enabled */
#define WCR_EL1	  0x1ffb /* eight bytes, load and store, EL1, enabled */
#define EC_BREAK  0x31
#define EC_WATCH  0x35

static void realm_write(uint32_t reg, uint64_t value)
{
	guest_exec(rec, value, 0, INSN_MSR(reg, 1), INSN_ISB);
}

static void check_breakpoint(uint64_t slot)
{
	struct guest_result r;

	realm_write(DBGBVR0, slot + 3 * SLOT_PROLOGUE);
	realm_write(DBGBCR0, BCR_EL1);
	check_eq(guest_read_reg(rec, INSN_MRS(DBGBVR0, 1)), slot + 3 * SLOT_PROLOGUE,
		 "a breakpoint register keeps its value over exits");
	guest_call(&second.rec[0], GUEST_READY);
	r = guest_exec(rec, 0, 0, INSN_MSR_DAIFCLR(8), INSN_ISB, INSN_NOP, INSN_NOP,
		       INSN_MSR_DAIFSET(8));
	check_eq(ESR_EC(r.esr), EC_BREAK, "the breakpoint hits in the Realm");
	realm_write(DBGBCR0, 0);
	r = guest_exec(rec, 0, 0, INSN_MSR_DAIFCLR(8), INSN_ISB, INSN_NOP, INSN_NOP,
		       INSN_MSR_DAIFSET(8));
	check_eq(r.esr, 0, "and not when it is off");
}

static void check_watchpoint(uint64_t scratch)
{
	struct guest_result r;

	realm_write(DBGWVR0, scratch);
	realm_write(DBGWCR0, WCR_EL1);
	r = guest_exec(rec, 0, scratch, INSN_MSR_DAIFCLR(8), INSN_ISB, INSN_LDR_X1_X2,
		       INSN_MSR_DAIFSET(8));
	check_eq(ESR_EC(r.esr), EC_WATCH, "the watchpoint hits in the Realm");
	check_eq(r.far, scratch, "with the address");
	r = guest_exec(rec, 0, scratch + 8, INSN_MSR_DAIFCLR(8), INSN_ISB, INSN_LDR_X1_X2,
		       INSN_MSR_DAIFSET(8));
	check_eq(r.esr, 0, "and not beside it");
	realm_write(DBGWCR0, 0);
}

void test_debug(void)
{
	const struct realm_options options = {.num_bps = 1, .num_wps = 1};

	rec = &realm.rec[0];
	if (realm_start(&second, &options, "another Realm") &
	    realm_start(&realm, &options, "a Realm with breakpoints")) {
		write_sysreg(dbgbvr0_el1, 0x7770);
		write_sysreg(dbgwvr0_el1, 0x8880);
		realm_write(OSLAR, 0);
		realm_write(MDSCR, MDSCR_MDE | MDSCR_KDE);
		check_breakpoint(guest_info(rec, INFO_SLOT));
		check_watchpoint(guest_info(rec, INFO_SCRATCH));
		check_eq(guest_read_reg(&second.rec[0], INSN_MRS(DBGBVR0, 1)), 0,
			 "another Realm sees nothing of them");
		check(read_sysreg(dbgbvr0_el1) == 0x7770 && read_sysreg(dbgwvr0_el1) == 0x8880,
		      "the host's debug registers are its own");
	}
	realm_end(&realm);
	realm_end(&second);
}

#define PMCR	   SYSREG(3, 3, 9, 12, 0)
#define PMCNTENSET SYSREG(3, 3, 9, 12, 1)
#define PMOVSCLR   SYSREG(3, 3, 9, 12, 3)
#define PMCCNTR	   SYSREG(3, 3, 9, 13, 0)
#define PMINTENSET SYSREG(3, 0, 9, 14, 1)
#define PMCCFILTR  SYSREG(3, 3, 14, 15, 7)
#define PMCNTENCLR SYSREG(3, 3, 9, 12, 2)
#define PMINTENCLR SYSREG(3, 0, 9, 14, 2)
#define PMEVCNTR0  SYSREG(3, 3, 14, 8, 0)
#define PMEVTYPER0 SYSREG(3, 3, 14, 12, 0)
#define PMCR_E	   1
#define PMCR_LC	   64

#define EVENT_CPU_CYCLES 0x11

#define OVERFLOW_TRIES 20

/* Runs the REC until its command has ended, or until an IRQ exit with an overflow. */
static bool overflow_exit(void)
{
	do {
		rec_enter(rec);
	} while (rec_exited(rec, RMI_EXIT_IRQ) && !rec->run->exit.pmu_ovf_status);
	return rec_exited(rec, RMI_EXIT_IRQ);
}

/* Counters that can count cycles: one by itself, others by an event. */
static const struct counter {
	const char *name;
	uint32_t value, filter;
	uint64_t cycles, max, bit;
} counters[] = {
	{"the cycle counter", PMCCNTR, PMCCFILTR, 0, ~UINT64_C(0), BIT(31)},
	{"an event counter", PMEVCNTR0, PMEVTYPER0, EVENT_CPU_CYCLES, 0xffffffff, BIT(0)},
};

/* The counter stands still, 1 ms before its overflow. */
static void prepare_overflow(const struct counter *c)
{
	realm_write(PMCR, PMCR_LC);
	realm_write(PMCNTENCLR, MASK(31, 0));
	realm_write(PMINTENCLR, MASK(31, 0));
	realm_write(PMOVSCLR, MASK(31, 0));
	realm_write(c->filter, c->cycles);
	realm_write(c->value, c->max - timer_seconds(1) / 1000);
	realm_write(PMCNTENSET, c->bit);
	realm_write(PMINTENSET, c->bit);
}

/*
 * Lets the counter run. True if its overflow ended a run with IRQ. False if the overflow came just
 * when the Realm left for another reason: QEMU (10.0) does not look at an overflow that is already
 * there when counting goes on at the next entry, so no interrupt follows.
 */
static bool overflow_ends_run(void)
{
	const uint64_t start[] = {GUEST_EXEC, PMCR_E | PMCR_LC, 0, 0, 0, 1, INSN_MSR(PMCR, 1)};
	const uint64_t spin[] = {GUEST_SPIN, timer_seconds(1) / 100};
	uint64_t end = timer_now() + timer_seconds(10);
	bool seen;

	memcpy(rec->run->enter.gprs, start, sizeof(start));
	seen = overflow_exit();
	while (!seen && !rec->run->exit.pmu_ovf_status && timer_now() < end) {
		memcpy(rec->run->enter.gprs, spin, sizeof(spin));
		seen = overflow_exit();
	}
	return seen;
}

static void check_overflow(const struct counter *c)
{
	bool seen;

	prepare_overflow(c);
	check_eq(rec->run->exit.pmu_ovf_status, 0, "%s: no overflow is reported where none was",
		 c->name);
	seen = overflow_ends_run();
	for (int i = 0; i < OVERFLOW_TRIES && !seen && rec->run->exit.pmu_ovf_status; i++) {
		prepare_overflow(c);
		seen = overflow_ends_run();
	}
	check(seen, "%s: an overflow ends the run with IRQ and is reported to the host", c->name);
	rec_run(rec);
	realm_write(PMOVSCLR, c->bit);
	check_eq(rec->run->exit.pmu_ovf_status, 0, "%s: until the Realm clears it", c->name);
}

static void check_counter(void)
{
	uint64_t first, later;

	realm_write(PMCCFILTR, 0);
	realm_write(PMCCNTR, 1000);
	realm_write(PMCNTENSET, BIT(31));
	realm_write(PMCR, PMCR_E | PMCR_LC);
	first = guest_read_reg(rec, INSN_MRS(PMCCNTR, 1));
	guest_call(rec, GUEST_SPIN, timer_seconds(1) / 1000);
	later = guest_read_reg(rec, INSN_MRS(PMCCNTR, 1));
	check(first >= 1000 && later > first, "the Realm's cycle counter counts (%lu, %lu)", first,
	      later);
}

void test_pmu(void)
{
	struct smc_regs features = RMI(RMI_FEATURES, 0);
	uint32_t max = (uint32_t)FIELD(features.x[1], 31, 27);
	const struct realm_options options = {.flags0 = RMI_REALM_PMU,
					      .pmu_num_ctrs = max > 2 ? 2 : max};

	if (!(features.x[1] & RMI_FEATURE0_PMU)) {
		skip("Realms with a PMU: not offered");
		return;
	}
	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm with a PMU")) {
		write_sysreg(pmccntr_el0, 0x1234);
		write_sysreg(pmselr_el0, 3);
		check(FIELD(guest_read_reg(rec, INSN_MRS(SYSREG(3, 0, 0, 5, 0), 1)), 11, 8) != 0,
		      "it sees ID_AA64DFR0.PMUVer");
		check_eq(FIELD(guest_read_reg(rec, INSN_MRS(PMCR, 1)), 15, 11),
			 options.pmu_num_ctrs, "PMCR.N is what its parameters say");
		check_counter();
		for (unsigned int i = 0; i <= (options.pmu_num_ctrs != 0); i++)
			check_overflow(&counters[i]);
		check(read_sysreg(pmccntr_el0) == 0x1234 && read_sysreg(pmselr_el0) == 3,
		      "the host's PMU registers are its own");
	}
	realm_end(&realm);
}
