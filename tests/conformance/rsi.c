/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The RSI calls of a Realm, and the registers that a REC starts with: docs/spec/rsi.md sections 1
 * to 3.
 */
#include <string.h>
#include "abi/psci.h"
#include "abi/smccc.h"
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

#define SCTLR_RESET 0xc50878

static void check_zero(const uint64_t *e, unsigned int first, unsigned int last)
{
	unsigned int bad = 0;

	for (unsigned int i = first; i <= last; i++) {
		if (e[i])
			note("register %u is 0x%lx", i, e[i]);
		bad += e[i] != 0;
	}
	check_eq(bad, 0, "a REC starts with the other EL1 and EL0 registers 0");
}

static void check_entry(uint32_t index, const uint64_t *gprs)
{
	struct rec *r = &realm.rec[index];
	const uint64_t *g = guest_call(r, GUEST_ENTRY), *e;
	unsigned int bad = 0;

	for (unsigned int i = 0; i < 8; i++)
		bad += g[i] != gprs[i];
	check_eq(bad, 0, "REC %u starts with X0 to X7 from its parameters", index);
	for (unsigned int i = 8; i < 31; i++)
		bad += g[i] != 0;
	check_eq(bad, 0, "and X8 to X30 zero");
	e = guest_call(r, GUEST_ENTRY_SYS);
	check_eq(e[ENTRY_CURRENTEL], 1 << 2, "a REC starts at EL1");
	check_eq(e[ENTRY_SPSEL], 1, "on SP_EL1");
	check_eq(e[ENTRY_DAIF], 0x3c0, "with DAIF set");
	check_eq(e[ENTRY_SCTLR], SCTLR_RESET, "with SCTLR_EL1 at its reset value, MMU off");
	check_eq(e[ENTRY_MPIDR], BIT(31) | index, "with MPIDR_EL1 as its parameters say");
	check_eq(e[ENTRY_MDSCR], BIT(12), "with MDSCR_EL1.TDCC");
	check_zero(e, ENTRY_TCR, ENTRY_CPACR);
	check_zero(e, ENTRY_CNTP_CTL, ENTRY_CNTKCTL);
}

void test_entry_state(void)
{
	const struct realm_options options = {.nr_recs = 2};
	uint64_t gprs[8];

	if (realm_create(&realm, &options) != RMI_SUCCESS)
		return;
	realm_init_ripas(&realm, realm.base, realm.base + REALM_RAM);
	realm_load_agent(&realm, 0);
	for (uint32_t i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < 8; k++)
			gprs[k] = pattern_word(i, k);
		check_eq(rec_create(&realm, i, 1, realm.base, gprs), RMI_SUCCESS, "REC %u", i);
	}
	RMI(RMI_REALM_ACTIVATE, realm.rd);
	for (uint32_t i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < 8; k++)
			gprs[k] = pattern_word(i, k);
		rec_run(&realm.rec[i]);
		check_entry(i, gprs);
	}
	realm_end(&realm);
}

static void check_version(void)
{
	static const uint64_t others[] = {0, 0x10002, 0x20000, 0x110000};
	const uint64_t *x = guest_smc(rec, RSI_VERSION, RSI_VERSION_1_0);

	check(x[0] == RSI_SUCCESS && x[1] == RSI_VERSION_1_0 && x[2] == RSI_VERSION_1_1,
	      "RSI_VERSION 1.0 is SUCCESS; lower 1.0, higher 1.1");
	x = guest_smc(rec, RSI_VERSION, RSI_VERSION_1_1);
	check(x[0] == RSI_SUCCESS && x[1] == RSI_VERSION_1_1 && x[2] == RSI_VERSION_1_1,
	      "RSI_VERSION 1.1 is SUCCESS");
	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		x = guest_smc(rec, RSI_VERSION, others[i]);
		check(x[0] == RSI_ERROR_INPUT && x[1] == RSI_VERSION_1_1 && x[2] == RSI_VERSION_1_1,
		      "RSI_VERSION 0x%lx is ERROR_INPUT and names 1.1", others[i]);
	}
	x = guest_smc(rec, RSI_VERSION | SMCCC_SVE_HINT, RSI_VERSION_1_0);
	check_eq(x[0], RSI_SUCCESS, "the SVE hint is not part of an RSI number");
	x = guest_smc(rec, RSI_VERSION, RSI_VERSION_1_0, 0, 0, 0x44, 0x55, 0x66, 0x77, 0x88);
	check(x[3] == 0 && x[4] == 0x44 && x[5] == 0x55 && x[6] == 0x66 && x[7] == 0x77 &&
		      x[8] == 0x88,
	      "results: X3 is 0, X4 to X8 are the caller's");
}

static void check_unknown(void)
{
	static const uint64_t fids[] = {0xc400019a, 0xc40001a0, 0xc40001a3, 0xc40001ae,
					0xc40001bf, 0xc4000150, 0xc40001f1, 0xc400018f,
					0xc40001b0, 0x84000050, 0x80000001, 0x80008000,
					0xc6000000, 0x84000005, 0x84000006, 0};
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(fids); i++) {
		uint64_t x0 = guest_smc(rec, fids[i])[0];

		if (x0 != (uint64_t)SMCCC_NOT_SUPPORTED)
			note("0x%lx gives 0x%lx", fids[i], x0);
		wrong += x0 != (uint64_t)SMCCC_NOT_SUPPORTED;
	}
	check_eq(wrong, 0, "RMI, EL3, SMCCC_ARCH, TRNG and unknown calls of a Realm give -1");
	check_eq(guest_smc(rec, SMCCC_VERSION)[0], SMCCC_VERSION_1_2, "SMCCC_VERSION is 1.2");
	for (uint64_t i = 0; i < 3; i++) {
		const uint64_t *x = guest_smc(rec, RSI_FEATURES, i);

		check(x[0] == RSI_SUCCESS && x[1] == 0, "RSI_FEATURES %lu is 0", i);
	}
}

static uint64_t config_word(uint64_t page, uint64_t offset)
{
	return guest_exec(rec, 0, page + offset, INSN_LDR_X1_X2).x[0];
}

static void check_config(void)
{
	uint64_t page = guest_info(rec, INFO_SCRATCH), rpv;
	unsigned int bad = 0;

	guest_call(rec, GUEST_FILL, page, 1, 1);
	check_eq(guest_smc(rec, RSI_REALM_CONFIG, page)[0], RSI_SUCCESS, "REALM_CONFIG");
	check_eq(config_word(page, 0), 40, "the IPA width");
	check_eq(config_word(page, 8) & 0xff, RSI_HASH_SHA_256, "the hash algorithm");
	check_eq(config_word(page, 0x10), 0, "no auxiliary planes");
	check_eq(config_word(page, 0x18) & 0xffffffff, read_sysreg(S3_4_C12_C11_1),
		 "gicv3_vtr is this CPU's ICH_VTR_EL2");
	for (unsigned int i = 0; i < RSI_RPV_SIZE; i += 8) {
		memcpy(&rpv, &realm.params->rpv[i], 8);
		bad += config_word(page, 0x200 + i) != rpv;
	}
	check_eq(bad, 0, "the personalization value");
	check_eq(guest_smc(rec, RSI_REALM_CONFIG, page + 8)[0], RSI_ERROR_INPUT,
		 "REALM_CONFIG to an unaligned page is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_REALM_CONFIG, BIT(39))[0], RSI_ERROR_INPUT,
		 "REALM_CONFIG to the unprotected half is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_REALM_CONFIG, BIT(40))[0], RSI_ERROR_INPUT,
		 "REALM_CONFIG behind the IPA space is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_REALM_CONFIG, GIB(3))[0], RSI_ERROR_INPUT,
		 "REALM_CONFIG to a page with RIPAS EMPTY is ERROR_INPUT");
}

/* A page that is not mapped: the host maps it and the call goes on. */
static void check_config_fault(void)
{
	uint64_t page = realm.base + MIB(12);
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_start(rec, GUEST_SMC, RSI_REALM_CONFIG, page);
	check(rec_exited(rec, RMI_EXIT_SYNC) && ESR_EC(exit->esr) == 0x24,
	      "REALM_CONFIG to a page not mapped exits as a data abort");
	check_eq(exit->hpfar & 0xfffffffff0, page >> 8, "HPFAR is the page");
	check_eq(exit->far, 0, "FAR is hidden");
	check(ESR_FSC(exit->esr) >= 5 && ESR_FSC(exit->esr) <= 7, "a translation fault");
	check_eq(realm_map(&realm, page, 1), RMI_SUCCESS, "the host maps the page");
	rec_run(rec);
	check(rec_reported(rec) && exit->gprs[0] == RSI_SUCCESS, "and the call succeeds");
	check_eq(config_word(page, 0), 40, "with the result in the page");
}

void test_rsi(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that makes RSI calls")) {
		check_version();
		check_unknown();
		check_config();
		check_config_fault();
	}
	realm_end(&realm);
}

/* A structure in Realm memory: imm and gprs[i] = mark + i, written word by word. */
static void make_call(uint64_t at, uint64_t imm, uint64_t mark)
{
	guest_exec(rec, imm, at, INSN_STR_X1_X2);
	for (unsigned int i = 0; i < RSI_HOST_CALL_GPRS; i++)
		guest_exec(rec, mark + i, at + 8 + 8 * i, INSN_STR_X1_X2);
}

static uint64_t peek(uint64_t at)
{
	return guest_exec(rec, 0, at, INSN_LDR_X1_X2).x[0];
}

static void check_host_call(uint64_t page)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	unsigned int bad = 0;

	make_call(page, 0xabcd, 0x1000);
	guest_start(rec, GUEST_SMC, RSI_HOST_CALL, page, 2, 3, 4, 5, 6, 7, 8);
	check(rec_exited(rec, RMI_EXIT_HOST_CALL) && exit->imm == 0xabcd && exit->plane == 0,
	      "HOST_CALL exits with its imm");
	for (unsigned int i = 0; i < RSI_HOST_CALL_GPRS; i++)
		bad += exit->gprs[i] != 0x1000 + i;
	check_eq(bad, 0, "and all 31 gprs");
	check(!exit->esr && !exit->far && !exit->hpfar && !exit->ripas_base,
	      "fields of other exit reasons are 0");
	for (unsigned int i = 0; i < RSI_HOST_CALL_GPRS; i++)
		rec->run->enter.gprs[i] = 0x2000 + i;
	rec_run(rec);
	check(rec_reported(rec) && exit->gprs[0] == RSI_SUCCESS && exit->gprs[1] == page &&
		      exit->gprs[2] == 2 && exit->gprs[8] == 8,
	      "the Realm's X0 is SUCCESS and no other register changes");
	for (unsigned int i = 0; i < RSI_HOST_CALL_GPRS; i++)
		bad += peek(page + 8 + 8 * i) != 0x2000 + i;
	check_eq(bad, 0, "the host's 31 gprs are in the structure");
	check_eq(peek(page) & 0xffff, 0xabcd, "imm is as it was");
}

static void check_host_call_errors(uint64_t page)
{
	check_eq(guest_smc(rec, RSI_HOST_CALL, page + 8)[0], RSI_ERROR_INPUT,
		 "HOST_CALL: an address not aligned to 256 is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_HOST_CALL, BIT(39))[0], RSI_ERROR_INPUT,
		 "HOST_CALL: the unprotected half is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_HOST_CALL, BIT(40))[0], RSI_ERROR_INPUT,
		 "HOST_CALL: behind the IPA space is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_HOST_CALL, GIB(3))[0], RSI_ERROR_INPUT,
		 "HOST_CALL: a page with RIPAS EMPTY is ERROR_INPUT");
}

/* The host takes the page away between exit and enter: the REC does not run, but says why. */
static void check_host_call_unmapped(void)
{
	uint64_t page = realm.base + MIB(13);
	const struct rmi_rec_exit *exit = &rec->run->exit;

	realm_map(&realm, page, 1);
	make_call(page, 7, 0);
	guest_start(rec, GUEST_SMC, RSI_HOST_CALL, page);
	check(rec_exited(rec, RMI_EXIT_HOST_CALL) && exit->imm == 7, "HOST_CALL from a page");
	check(realm_unmap(&realm, page, 1), "which the host takes away");
	rec_run(rec);
	check(rec_exited(rec, RMI_EXIT_SYNC) && ESR_EC(exit->esr) == 0x24 &&
		      (exit->hpfar & 0xfffffffff0) == page >> 8,
	      "REC_ENTER succeeds with a data abort for that page");
	realm_map(&realm, page, 1);
	rec_run(rec);
	check(rec_exited(rec, RMI_EXIT_SYNC), "a page mapped again is DESTROYED: still an abort");
}

void test_host_call(void)
{
	const struct realm_options options = {0};
	uint64_t page;

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that calls its host")) {
		page = guest_info(rec, INFO_SCRATCH);
		check_host_call(page);
		check_host_call(page + 0xf00);
		check_host_call_errors(page);
		check_host_call_unmapped();
	}
	realm_end(&realm);
}
