/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Aborts of a Realm, row by row, what the host sees of them, MMIO emulation, and trapped
 * instructions. RSI section 4.
 */
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;
static uint64_t unprot; /* first unprotected IPA */

#define EC_IABT_LOW_EL 0x20
#define EC_DABT_LOW_EL 0x24
#define EC_DABT_EL1    0x25
#define EC_IABT_EL1    0x21
#define EC_WFX	       0x01
#define FSC_SEA	       0x10
#define FSC_LEVEL_TOP  7
#define ESR_EA	       BIT(9)
#define ESR_FNV	       BIT(10)
#define ESR_S1PTW      BIT(7)
#define ESR_WNR	       BIT(6)
#define ESR_ISV	       BIT(24)
#define ESR_SRT	       MASK(20, 16)
#define ESR_SSE	       BIT(21)
#define ESR_SF	       BIT(15)
#define ESR_SAS_SHIFT  22
#define NOT_THERE      (GIB(3)) /* protected, RIPAS EMPTY */

static bool is_sea(const struct guest_result *r, uint64_t ec, uint64_t far)
{
	return r->done && ESR_EC(r->esr) == ec && ESR_FSC(r->esr) == FSC_SEA && (r->esr & ESR_EA) &&
	       !(r->esr & (ESR_FNV | ESR_S1PTW)) && r->far == far;
}

static struct guest_result read_at(uint64_t va)
{
	return guest_exec(rec, 0, va, INSN_LDR_X1_X2);
}

static struct guest_result fetch_at(uint64_t va)
{
	const uint64_t *g = guest_call(rec, GUEST_EXEC_AT, va);

	return (struct guest_result){.esr = g[0], .far = g[1], .done = rec_reported(rec)};
}

static void check_sea(struct guest_result r, uint64_t ec, uint64_t va, const char *what)
{
	check(is_sea(&r, ec, va),
	      "%s: a synchronous external abort in the Realm, the host sees nothing", what);
	if (!is_sea(&r, ec, va))
		note("esr 0x%lx far 0x%lx", r.esr, r.far);
}

static void check_injected(void)
{
	check_sea(read_at(BIT(40)), EC_DABT_EL1, BIT(40), "read behind the IPA space");
	check_sea(read_at(BIT(44) + 8), EC_DABT_EL1, BIT(44) + 8, "read far behind it");
	check_sea(guest_exec(rec, 1, BIT(40), INSN_STR_X1_X2), EC_DABT_EL1, BIT(40),
		  "write behind the IPA space");
	check_sea(fetch_at(BIT(40)), EC_IABT_EL1, BIT(40), "fetch from behind the IPA space");
	check_sea(read_at(NOT_THERE + 24), EC_DABT_EL1, NOT_THERE + 24,
		  "read of a protected page with RIPAS EMPTY");
	check_sea(guest_exec(rec, 1, NOT_THERE, INSN_STR_X1_X2), EC_DABT_EL1, NOT_THERE,
		  "write of a protected page with RIPAS EMPTY");
	check_sea(fetch_at(NOT_THERE), EC_IABT_EL1, NOT_THERE,
		  "fetch from a protected page with RIPAS EMPTY");
	check_sea(fetch_at(unprot), EC_IABT_EL1, unprot,
		  "fetch from the unprotected half, not mapped");
}

/* Mapped, but nobody may execute it. */
static void check_shared_fetch(void)
{
	uint64_t pa = pool_take(1), ipa = unprot + GIB(2);

	*(uint32_t *)pa = 0xd65f03c0; /* ret */
	check_eq(realm_map_ns(&realm, ipa, pa, 1), RMI_SUCCESS, "shared memory is mapped");
	check_sea(fetch_at(ipa), EC_IABT_EL1, ipa, "fetch from mapped shared memory");
	*(uint64_t *)pa = 0x1234;
	check_eq(read_at(ipa).x[0], 0x1234, "the Realm reads what the host wrote");
	guest_exec(rec, 0x5678, ipa, INSN_STR_X1_X2);
	check_eq(*(volatile uint64_t *)pa, 0x5678, "and the host what the Realm wrote");
	RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, 0, 0);
	pool_give(pa, 1);
}

/* A write to memory that is shared read-only exits to the host. */
static void check_shared_permission(void)
{
	uint64_t pa = pool_take(1), ipa = unprot + GIB(2);
	const struct rmi_rec_exit *exit = &rec->run->exit;

	realm_tables(&realm, ipa, 3);
	check_eq(RMI_STATUS_OF(RMI_RTT_UNPROT_MAP, realm.rd, ipa, ipa + GRANULE_SIZE,
			       RMI_MAP_OADDR_SINGLE |
				       RMI_MEMATTR_NORMAL_WB << RMI_MAP_MEMATTR_SHIFT |
				       RMI_S2AP_R << RMI_MAP_S2AP_SHIFT,
			       range_of(pa, 1, 3) | BIT(62)),
		 RMI_SUCCESS, "memory shared read-only");
	check_eq(read_at(ipa).esr, 0, "can be read");
	guest_exec_start(rec, 0x77, ipa, INSN_STR_X1_X2);
	check(rec_exited(rec, RMI_EXIT_SYNC) && ESR_EC(exit->esr) == EC_DABT_LOW_EL &&
		      ESR_FSC(exit->esr) == 0xf && exit->gprs[0] == 0x77,
	      "a write to it exits as a permission fault, with the value");
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	rec_run(rec);
	check(rec_reported(rec), "and can be emulated");
	RMI(RMI_RTT_UNPROT_UNMAP, realm.rd, ipa, ipa + GRANULE_SIZE, 0, 0);
	pool_give(pa, 1);
}

/* The bits of ESR that the host may see where the page is protected. */
static bool is_bare_abort(uint64_t esr, uint64_t ec)
{
	uint64_t kept = MASK(31, 26) | MASK(12, 11) | ESR_FNV | ESR_EA | MASK(5, 0);

	return ESR_EC(esr) == ec && !(esr & ~kept) && ESR_FSC(esr) >= 4 &&
	       ESR_FSC(esr) <= FSC_LEVEL_TOP;
}

static void check_protected_exit(uint64_t page)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_exec_start(rec, 0x4242, page + 0x18, INSN_STR_X1_X2);
	check(rec_exited(rec, RMI_EXIT_SYNC) && is_bare_abort(exit->esr, EC_DABT_LOW_EL),
	      "write of a protected page not mapped: exit with EC and FSC alone (0x%lx)",
	      exit->esr);
	check_eq(exit->far, 0, "FAR is hidden");
	check_eq(exit->hpfar, page >> 8, "HPFAR is the page");
	check_eq(exit->gprs[0], 0, "the value is hidden");
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	check_eq(rec_enter(rec), RMI_ERROR_REC, "EMUL_MMIO of it is ERROR_REC");
	rec->run->enter.flags = RMI_ENTER_INJECT_SEA;
	check_eq(rec_enter(rec), RMI_ERROR_REC, "INJECT_SEA for it is ERROR_REC");
	rec->run->enter.flags = 0;
	rec_run(rec);
	check(rec_exited(rec, RMI_EXIT_SYNC), "not mapped and entered: the same abort again");
	check_eq(realm_map(&realm, page, 1), RMI_SUCCESS, "the host maps it");
	rec_run(rec);
	check(rec_reported(rec) && read_at(page + 0x18).x[0] == 0x4242,
	      "and the access completes in the page");
	check_eq(read_at(page).x[0], 0, "the rest of which is zero");
}

/* The abort of a fetch. The test comes last, because the REC does not get beyond the fetch. */
static void check_protected_fetch(uint64_t page)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_start(rec, GUEST_EXEC_AT, page);
	check(rec_exited(rec, RMI_EXIT_SYNC) && is_bare_abort(exit->esr, EC_IABT_LOW_EL),
	      "fetch from a protected page not mapped: exit with EC and FSC alone (0x%lx)",
	      exit->esr);
	check(exit->far == 0 && exit->hpfar == page >> 8, "FAR is hidden, HPFAR is the page");
}

/* The Realm's own table lies in a page that is not mapped: the next fetch cannot be translated. */
static void check_table_walk(uint64_t table)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	uint32_t sctlr = SYSREG(3, 0, 1, 0, 0);

	guest_exec_start(rec, table, 25 /* T0SZ: 39 bits */, INSN_MSR(SYSREG(3, 0, 2, 0, 0), 1),
			 INSN_MSR(SYSREG(3, 0, 2, 0, 2), 2), INSN_ISB, INSN_MRS(sctlr, 3),
			 0xb2400063 /* orr x3, x3, #1 */, INSN_MSR(sctlr, 3), INSN_ISB);
	check(rec_exited(rec, RMI_EXIT_SYNC) && is_bare_abort(exit->esr, EC_IABT_LOW_EL) &&
		      exit->far == 0 && exit->hpfar == table >> 8,
	      "a walk through a table not mapped: exit with the table's page alone (0x%lx)",
	      exit->esr);
}

void test_aborts(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that touches what it should not")) {
		unprot = realm_unprotected(&realm);
		check_injected();
		check_shared_fetch();
		check_shared_permission();
		check_protected_exit(realm.base + MIB(8));
		check_protected_exit(realm.base + MIB(10));
		check_protected_fetch(realm.base + MIB(8) + GRANULE_SIZE);
	}
	realm_end(&realm);
	if (realm_start(&realm, &options, "a Realm with its MMU on"))
		check_table_walk(realm.base + MIB(8));
	realm_end(&realm);
}

/* A store of W1 or X1 to [X2], a load of X3: with size and sign extension. */
struct access {
	const char *name;
	uint32_t store, load;
	unsigned int bytes;
	bool sign, sf;
};

static const struct access accesses[] = {
	{"byte", 0x39000041, 0x39400043, 1, false, false},
	{"halfword", 0x79000041, 0x79400043, 2, false, false},
	{"word", 0xb9000041, 0xb9400043, 4, false, false},
	{"doubleword", INSN_STR_X1_X2, 0xf9400043, 8, false, true},
	{"signed byte to 32 bits", 0, 0x39c00043, 1, true, false},
	{"signed byte to 64 bits", 0, 0x39800043, 1, true, true},
	{"signed halfword to 32 bits", 0, 0x79c00043, 2, true, false},
	{"signed halfword to 64 bits", 0, 0x79800043, 2, true, true},
	{"signed word to 64 bits", 0, 0xb9800043, 4, true, true},
};

static uint64_t truncate_to(uint64_t value, unsigned int bytes)
{
	return bytes == 8 ? value : value & (BIT(8 * bytes) - 1);
}

/* What the register holds after a load of `value`. */
static uint64_t extended(const struct access *a, uint64_t value)
{
	uint64_t v = truncate_to(value, a->bytes);

	if (a->sign && (v >> (8 * a->bytes - 1)))
		v |= ~truncate_to(~UINT64_C(0), a->bytes);
	return a->sf ? v : (uint32_t)v;
}

static bool is_emulatable(const struct access *a, uint64_t va, bool write)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	uint64_t sas = a->bytes == 1 ? 0 : a->bytes == 2 ? 1 : a->bytes == 4 ? 2 : 3;

	return rec_exited(rec, RMI_EXIT_SYNC) && ESR_EC(exit->esr) == EC_DABT_LOW_EL &&
	       (exit->esr & ESR_ISV) && FIELD(exit->esr, 23, 22) == sas &&
	       !(exit->esr & (ESR_SRT | ESR_SSE)) && !(exit->esr & ESR_WNR) == !write &&
	       !(exit->esr & ESR_SF) == !a->sf && exit->far == va % GRANULE_SIZE &&
	       exit->hpfar == (va >> 12) << 4;
}

#define VALUE UINT64_C(0x89abcdef8badf0f1)

static void check_write(const struct access *a, uint64_t va)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;

	if (!a->store)
		return;
	guest_exec_start(rec, VALUE, va, a->store);
	check(is_emulatable(a, va, true) && exit->gprs[0] == truncate_to(VALUE, a->bytes),
	      "MMIO write of a %s: the host sees size, address and value", a->name);
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	rec_run(rec);
	check(rec_reported(rec) && exit->gprs[0] == 0, "and the Realm goes on behind it");
}

static void check_read(const struct access *a, uint64_t va)
{
	struct guest_result r;

	guest_exec_start(rec, 0, va, a->load);
	check(is_emulatable(a, va, false) && rec->run->exit.gprs[0] == 0,
	      "MMIO read of a %s: the host sees size and address, not the register", a->name);
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	rec->run->enter.gprs[0] = VALUE;
	rec_run(rec);
	r = guest_exec_result(rec);
	check_eq(r.x[2], extended(a, VALUE), "and the Realm gets the host's value, extended");
}

/* Loads and stores of a pair, of XZR, and with write-back. */
static void check_odd(uint64_t va)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	struct guest_result r;

	guest_exec_start(rec, 0, va, 0xb900005f); /* str wzr, [x2] */
	check(rec_exited(rec, RMI_EXIT_SYNC) && (exit->esr & ESR_ISV) && exit->gprs[0] == 0,
	      "MMIO write of WZR: the value is 0");
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	rec_run(rec);
	guest_exec_start(rec, 0, va, 0xf940005f); /* ldr xzr, [x2] */
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	rec->run->enter.gprs[0] = VALUE;
	rec_run(rec);
	check(rec_reported(rec), "MMIO read to XZR: the value is dropped");
	guest_exec_start(rec, 0, va, INSN_LDP_X1_X3_X2);
	check(rec_exited(rec, RMI_EXIT_SYNC) && ESR_EC(exit->esr) == EC_DABT_LOW_EL &&
		      !(exit->esr & ESR_ISV) && exit->far == 0,
	      "a load of a pair is reported without syndrome and address");
	rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	check_eq(rec_enter(rec), RMI_ERROR_REC, "and cannot be emulated");
	rec->run->enter.flags = RMI_ENTER_INJECT_SEA;
	rec_run(rec);
	r = guest_exec_result(rec);
	check(is_sea(&r, EC_DABT_EL1, va), "the host injects an external abort instead");
}

static void check_inject(uint64_t va)
{
	struct guest_result r;

	guest_exec_start(rec, 0, va, INSN_LDR_X1_X2);
	rec->run->enter.flags = RMI_ENTER_INJECT_SEA | RMI_ENTER_EMUL_MMIO;
	rec->run->enter.gprs[0] = 0x55;
	rec_run(rec);
	r = guest_exec_result(rec);
	check(is_sea(&r, EC_DABT_EL1, va) && r.x[0] == 0,
	      "INJECT_SEA with EMUL_MMIO: the abort alone counts");
	/* An answer to MMIO is refused unless the last exit was the access that it answers. */
	guest_exec_start(rec, 0, va, INSN_LDR_X1_X2);
	timer_el2_after(0);
	rec->run->enter.flags = 0;
	rec_enter(rec);
	timer_el2_off();
	if (check(rec_exited(rec, RMI_EXIT_IRQ),
		  "an enter that does not answer, ended by an IRQ")) {
		rec->run->enter.flags = RMI_ENTER_EMUL_MMIO;
		check_eq(rec_enter(rec), RMI_ERROR_REC, "makes the old abort's answer ERROR_REC");
	}
	rec->run->enter.flags = 0;
	rec_run(rec);
	rec->run->enter.flags = RMI_ENTER_INJECT_SEA;
	rec_run(rec);
	check(rec_reported(rec), "the access is repeated and can be answered then");
}

void test_mmio(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that uses devices of its host")) {
		unprot = realm_unprotected(&realm);
		for (unsigned int i = 0; i < ARRAY_SIZE(accesses); i++) {
			check_write(&accesses[i], unprot + 0x09000000 + 8 * i);
			check_read(&accesses[i], unprot + 0x09000000 + 8 * i);
		}
		check_odd(unprot + 0x0a000ff0);
		check_inject(unprot + 0x0a000e00);
	}
	realm_end(&realm);
}

static void check_wfx(uint32_t insn, uint64_t flag, uint64_t ti, const char *name)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	struct guest_result r;

	rec->run->enter.flags = flag;
	/* The mov x3, #5 behind the instruction runs only if PC has moved. */
	guest_exec_start(rec, 0, 0, insn, 0xd28000a3);
	if (rec_reported(rec)) {
		/* QEMU's TCG does not trap WFE. */
		rec->run->enter.flags = 0;
		skip("%s: this machine does not trap it", name);
		return;
	}
	check(rec_exited(rec, RMI_EXIT_SYNC) && exit->esr == ((uint64_t)EC_WFX << 26 | ti),
	      "%s exits when the host asks for it, with EC and TI alone (0x%lx)", name, exit->esr);
	check(exit->far == 0 && exit->hpfar == 0, "%s: no addresses", name);
	rec->run->enter.flags = 0;
	rec_run(rec);
	r = guest_exec_result(rec);
	check_eq(r.x[2], 5, "%s: PC is behind it already", name);
}

/* Enters the REC once; a timer of the host ends the run if nothing else does before. */
static void enter_for(uint64_t ticks)
{
	timer_el2_after(ticks);
	rec_enter(rec);
	timer_el2_off();
}

/*
 * Any physical interrupt ends a WFI that is not trapped. The host's timer may fire before the Realm
 * comes to its WFI. The Realm then waits there in the next run, so each run has a timer.
 */
static void check_wfi_untrapped(void)
{
	uint64_t start = timer_now(), wait = timer_seconds(1) / 100;

	rec->run->enter.flags = 0;
	rec->run->enter.gprs[0] = GUEST_EXEC;
	rec->run->enter.gprs[5] = 1;
	rec->run->enter.gprs[6] = INSN_WFI;
	enter_for(wait);
	check(rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start >= wait,
	      "WFI not trapped: the Realm waits until an interrupt of the host ends the run");
	while (rec_exited(rec, RMI_EXIT_IRQ) && timer_now() - start < timer_seconds(30))
		enter_for(wait);
	check(rec_reported(rec), "and goes on when entered again");
}

static void check_undefined(uint32_t insn, const char *what)
{
	struct guest_result r = guest_exec(rec, 0, 0, insn);

	check(r.done && ESR_EC(r.esr) == EC_UNKNOWN, "%s is UNDEFINED", what);
	if (ESR_EC(r.esr) != EC_UNKNOWN)
		note("esr 0x%lx", r.esr);
}

/* Accesses of the GIC's CPU interface that only the host can do. */
static void check_sgi(void)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;
	uint64_t esr_want = UINT64_C(0x18) << 26;

	guest_exec_start(rec, 0x1234567, 0, INSN_MSR(SYSREG(3, 0, 12, 11, 5), 1));
	check(rec_exited(rec, RMI_EXIT_SYNC) && (exit->esr & MASK(31, 26)) == esr_want &&
		      FIELD(exit->esr, 9, 5) == 0 && exit->gprs[0] == 0x1234567,
	      "a write of ICC_SGI1R_EL1 exits with its value, the register hidden");
	rec_run(rec);
	check(rec_reported(rec), "and is over when entered again");
}

void test_traps(void)
{
	const struct realm_options options = {0};

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that traps")) {
		check_wfx(INSN_WFI, RMI_ENTER_TRAP_WFI, 0, "WFI");
		check_wfx(INSN_WFE, RMI_ENTER_TRAP_WFE, 1, "WFE");
		check_wfi_untrapped();
		check_undefined(INSN_HVC, "HVC");
		check_undefined(0, "UDF");
		check_sgi();
	}
	realm_end(&realm);
}
