/* SPDX-License-Identifier: BSD-3-Clause */
/* RIPAS as Realm and host change it: IPA_STATE_GET, IPA_STATE_SET, RTT_SET_RIPAS. */
#include "tests/conformance/conformance.h"

static struct realm realm;
static struct rec *rec;

#define PAGES(n) ((uint64_t)(n)*GRANULE_SIZE)

static void check_get(uint64_t start, uint64_t end, uint64_t top, uint64_t ripas, const char *what)
{
	const uint64_t *x = guest_smc(rec, RSI_IPA_STATE_GET, start, end);

	check(x[0] == RSI_SUCCESS && x[1] == top && x[2] == ripas,
	      "IPA_STATE_GET: %s (status %lu top 0x%lx RIPAS %lu)", what, x[0], x[1], x[2]);
}

static void check_arguments(void)
{
	static const struct {
		uint64_t base, top;
		const char *what;
	} bad[] = {
		{GIB(1) + 8, GIB(2), "an unaligned base"},
		{GIB(1), GIB(2) + 8, "an unaligned top"},
		{GIB(1), GIB(1), "an empty range"},
		{GIB(2), GIB(1), "a range that ends before its start"},
		{BIT(39) - PAGES(1), BIT(39) + PAGES(1), "a range across the halves"},
		{BIT(39), BIT(39) + PAGES(1), "the unprotected half"},
		{BIT(40), BIT(40) + PAGES(1), "behind the IPA space"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		check_eq(guest_smc(rec, RSI_IPA_STATE_GET, bad[i].base, bad[i].top)[0],
			 RSI_ERROR_INPUT, "IPA_STATE_GET: %s is ERROR_INPUT", bad[i].what);
		check_eq(guest_smc(rec, RSI_IPA_STATE_SET, bad[i].base, bad[i].top, 1, 0)[0],
			 RSI_ERROR_INPUT, "IPA_STATE_SET: %s is ERROR_INPUT", bad[i].what);
	}
	check_eq(guest_smc(rec, RSI_IPA_STATE_SET, GIB(1), GIB(2), RSI_RIPAS_DESTROYED, 0)[0],
		 RSI_ERROR_INPUT, "IPA_STATE_SET: to DESTROYED is ERROR_INPUT");
	check_eq(guest_smc(rec, RSI_IPA_STATE_SET, GIB(1), GIB(2), 7, 0)[0], RSI_ERROR_INPUT,
		 "IPA_STATE_SET: to an unknown RIPAS is ERROR_INPUT");
}

/* Starts the call; true if it exits as it should. */
static bool ask(uint64_t base, uint64_t top, uint64_t ripas, uint64_t flags)
{
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_start(rec, GUEST_SMC, RSI_IPA_STATE_SET, base, top, ripas, flags);
	return check(rec_exited(rec, RMI_EXIT_RIPAS_CHANGE) && exit->ripas_base == base &&
			     exit->ripas_top == top && exit->ripas_value == ripas,
		     "IPA_STATE_SET exits with base, top and RIPAS %lu", ripas);
}

static struct smc_regs set(uint64_t base, uint64_t top)
{
	return RMI(RMI_RTT_SET_RIPAS, realm.rd, rec->pa, base, top);
}

/* Enters again and checks what the Realm's call returns. */
static void check_answer(uint64_t next, uint64_t response, const char *what)
{
	const uint64_t *x = rec->run->exit.gprs;

	rec_run(rec);
	check(rec_reported(rec) && x[0] == RSI_SUCCESS && x[1] == next && x[2] == response &&
		      x[3] == 0,
	      "%s: X1 is how far it came, X2 %s", what,
	      response == RSI_ACCEPT ? "ACCEPT" : "REJECT");
}

static void check_set(uint64_t base)
{
	uint64_t top = base + PAGES(8);
	struct smc_regs r;

	if (!ask(base, top, RSI_RIPAS_EMPTY, 0))
		return;
	check_eq(set(base + PAGES(1), top).x[0], RMI_ERROR_INPUT,
		 "RTT_SET_RIPAS from another base is ERROR_INPUT");
	check_eq(set(base, top + PAGES(1)).x[0], RMI_ERROR_INPUT,
		 "RTT_SET_RIPAS past the top is ERROR_INPUT");
	check_eq(set(base, base).x[0], RMI_ERROR_INPUT, "RTT_SET_RIPAS of nothing is ERROR_INPUT");
	check_eq(RMI_STATUS_OF(RMI_RTT_SET_RIPAS, realm.rd, realm.rd, base, top), RMI_ERROR_INPUT,
		 "RTT_SET_RIPAS for what is no REC is ERROR_INPUT");
	r = set(base, base + PAGES(3));
	check(r.x[0] == RMI_SUCCESS && r.x[1] == base + PAGES(3),
	      "RTT_SET_RIPAS of a part succeeds");
	check_eq(set(base, top).x[0], RMI_ERROR_INPUT, "what is done is not done again");
	check_answer(base + PAGES(3), RSI_ACCEPT, "a part is done");
	check_get(base, top, base + PAGES(3), RSI_RIPAS_EMPTY, "EMPTY as far as it came");
	check_get(base + PAGES(3), top, top, RSI_RIPAS_RAM, "then RAM");
	check_eq(set(base, top).x[0], RMI_ERROR_INPUT,
		 "RTT_SET_RIPAS without a request is ERROR_INPUT");
	ask(base + PAGES(3), top, RSI_RIPAS_EMPTY, 0);
	set(base + PAGES(3), top);
	check_answer(top, RSI_ACCEPT, "the rest is done");
}

static void check_reject(uint64_t base)
{
	uint64_t top = base + PAGES(8);

	ask(base, top, RSI_RIPAS_RAM, 0);
	rec->run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	check_answer(base, RSI_REJECT, "RAM rejected");
	check_get(base, top, top, RSI_RIPAS_EMPTY, "still EMPTY");
	ask(base, top, RSI_RIPAS_RAM, 0);
	check_answer(base, RSI_ACCEPT, "no progress is no rejection");
	ask(base, top, RSI_RIPAS_RAM, 0);
	set(base, base + PAGES(2));
	rec->run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	check_answer(base + PAGES(2), RSI_REJECT, "RAM in part, then rejected");
	ask(base + PAGES(2), top, RSI_RIPAS_RAM, 0);
	set(base + PAGES(2), top);
	rec->run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	check_answer(top, RSI_ACCEPT, "a rejection after all is done does not count");
	ask(base, base + PAGES(1), RSI_RIPAS_EMPTY, 0);
	rec->run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	check_answer(base, RSI_ACCEPT, "EMPTY cannot be rejected");
}

/* The content of a page that was given up is gone, and that of others stays. */
static void check_content(uint64_t base)
{
	uint64_t top = base + PAGES(2);

	realm_map(&realm, base, 2);
	guest_call(rec, GUEST_FILL, base, 2, 77);
	check_eq(guest_call(rec, GUEST_CHECK, base, 2, 77)[0], 0, "the Realm uses its memory");
	ask(base, base + PAGES(1), RSI_RIPAS_EMPTY, 0);
	set(base, base + PAGES(1));
	check_answer(base + PAGES(1), RSI_ACCEPT, "one page given up");
	check_eq(ESR_FSC(guest_exec(rec, 0, base, INSN_LDR_X1_X2).esr), 0x10,
		 "an access to it is a synchronous external abort at once");
	check_eq(guest_call(rec, GUEST_CHECK, base + PAGES(1), 1, 77)[0], 0,
		 "the other page is as it was");
	check(realm_unmap(&realm, base, 1), "the host takes the page out");
	check_get(base, top, base + PAGES(1), RSI_RIPAS_EMPTY, "EMPTY after that");
	ask(base, base + PAGES(1), RSI_RIPAS_RAM, 0);
	set(base, base + PAGES(1));
	check_answer(base + PAGES(1), RSI_ACCEPT, "asked for again");
	realm_map(&realm, base, 1);
	check_eq(guest_call(rec, GUEST_SUM, base, GRANULE_SIZE)[0], 0, "it comes back zero");
}

/* DESTROYED: only CHANGE_DESTROYED makes it RAM again. */
static void check_destroyed(uint64_t base)
{
	uint64_t top = base + PAGES(1);
	struct smc_regs r;

	realm_map(&realm, base, 1);
	realm_unmap(&realm, base, 1);
	check_get(base, top, top, RSI_RIPAS_DESTROYED, "what the host took is DESTROYED");
	guest_exec_start(rec, 0, base, INSN_LDR_X1_X2);
	check(rec_exited(rec, RMI_EXIT_SYNC), "an access to it exits to the host");
	realm_map(&realm, base, 1);
	rec_run(rec);
	check(rec_exited(rec, RMI_EXIT_SYNC), "also when a new page is mapped there");
	realm_unmap(&realm, base, 1);
	/* The REC would repeat its access for ever, so it is not run any more. */
	r = read_entry(&realm, base, 3);
	check_eq(r.x[4], RMI_RIPAS_DESTROYED, "the entry stays DESTROYED");
}

static void check_change_destroyed(uint64_t base)
{
	uint64_t top = base + PAGES(1);

	realm_map(&realm, base, 1);
	realm_unmap(&realm, base, 1);
	ask(base, top, RSI_RIPAS_RAM, 0);
	check_eq(set(base, top).x[0], ERROR_RTT(3),
		 "RTT_SET_RIPAS: DESTROYED to RAM without permission is ERROR_RTT");
	check_answer(base, RSI_ACCEPT, "no progress");
	ask(base, top, RSI_RIPAS_RAM, RSI_CHANGE_DESTROYED);
	check_eq(set(base, top).x[0], RMI_SUCCESS, "with CHANGE_DESTROYED it succeeds");
	check_answer(top, RSI_ACCEPT, "done");
	realm_map(&realm, base, 1);
	check_eq(guest_call(rec, GUEST_SUM, base, GRANULE_SIZE)[0], 0, "a fresh page, zero");
}

/* A range that begins in the middle of a block entry needs a table first. */
static void check_levels(uint64_t base)
{
	uint64_t at = base + PAGES(1), top = base + PAGES(2);
	struct smc_regs r = RMI(RMI_RTT_FOLD, realm.rd, base, 3);

	if (r.x[0] == RMI_SUCCESS)
		give_delegated(r.x[1], 1);
	if (read_entry(&realm, base, 3).x[1] != 2)
		return;
	ask(at, top, RSI_RIPAS_EMPTY, 0);
	check_eq(set(at, top).x[0], ERROR_RTT(2),
		 "RTT_SET_RIPAS inside a block entry is ERROR_RTT of its level");
	realm_tables(&realm, at, 3);
	check_eq(set(at, top).x[0], RMI_SUCCESS, "with a table it succeeds");
	check_answer(top, RSI_ACCEPT, "one page out of a block");
}

void test_ripas(void)
{
	const struct realm_options options = {0};
	uint64_t base;

	rec = &realm.rec[0];
	if (realm_start(&realm, &options, "a Realm that changes its RIPAS")) {
		base = realm.base + MIB(8);
		check_arguments();
		realm_tables(&realm, base, 3);
		check_get(GIB(4), GIB(5), GIB(5), RSI_RIPAS_EMPTY, "EMPTY where nothing was said");
		check_get(base, base + PAGES(4), base + PAGES(4), RSI_RIPAS_RAM, "RAM");
		check_set(base);
		check_reject(base);
		check_content(base + PAGES(16));
		check_change_destroyed(base + PAGES(32));
		check_levels(realm.base + MIB(12));
		check_destroyed(base + PAGES(64));
	}
	realm_end(&realm);
}
