/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the steps of a Realm's life cost (bench.h). Averages include the measuring loop; nothing is
 * subtracted. Memory is laid out beforehand, so that little but RMI is measured.
 */
#include <print.h>
#include <string.h>

#include "abi/rmi_ext.h"
#include "tests/conformance/bench.h"

#define ROUNDS	   2000
#define PAGES	   1024
#define BLOCKS	   8
#define RANGE_SIZE MIB(64)
#define IMAGE_SIZE MIB(1)
#define REALM_SIZE MIB(12)

static uint64_t list[RMI_LIST_ENTRIES_MAX] __attribute__((aligned(4096)));

uint64_t bench_timed(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
		     uint64_t *out, uint64_t *ticks)
{
	register uint64_t x0 __asm__("x0") = fid;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;
	register uint64_t x4 __asm__("x4") = a4;
	register uint64_t x5 __asm__("x5") = a5;
	uint64_t start, end;

	__asm__ volatile("mrs	%6, cntpct_el0\n\t"
			 "smc	#0\n\t"
			 "mrs	%7, cntpct_el0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "=&r"(start),
			   "=&r"(end)
			 :
			 : "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
			   "x17", "memory");
	out[0] = x1;
	out[1] = x2;
	*ticks += end - start;
	return x0;
}

uint64_t bench_call(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
		    uint64_t *out)
{
	register uint64_t x0 __asm__("x0") = fid;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;
	register uint64_t x4 __asm__("x4") = a4;
	register uint64_t x5 __asm__("x5") = a5;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
			 :
			 : "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
			   "x17", "memory");
	out[0] = x1;
	out[1] = x2;
	return x0;
}

void bench_figure(bool ok, const char *name, uint64_t total, uint64_t rounds)
{
	if (check(ok, "%s: every call succeeded", name))
		print("%s %lu instructions\n", name, (total + rounds / 2) / rounds);
}

void worst_add(struct worst *w, bool ok, uint64_t ticks, const char *situation)
{
	note("%s, %s: %lu", w->name, situation, ticks);
	w->failed |= !ok;
	if (ticks > w->ticks)
		w->ticks = ticks;
}

void worst_figure(const struct worst *w)
{
	bench_figure(!w->failed, w->name, w->ticks, 1);
}

static void bench_version(void)
{
	uint64_t out[2], bad = 0, start;

	for (unsigned int i = 0; i < 10; i++)
		bench_call(RMI_VERSION, RMI_VERSION_2_0, 0, 0, 0, 0, out);
	start = timer_now();
	for (unsigned int i = 0; i < ROUNDS; i++)
		bad |= bench_call(RMI_VERSION, RMI_VERSION_2_0, 0, 0, 0, 0, out);
	bench_figure(!bad, "rmi_version", timer_now() - start, ROUNDS);
}

static bool move(uint64_t fid, uint64_t base, uint64_t top)
{
	uint64_t out[2];

	while (base < top) {
		if (bench_call(fid, base, top, 0, 0, 0, out) != RMI_SUCCESS || out[0] <= base)
			return false;
		base = out[0];
	}
	return true;
}

static void bench_ranges(void)
{
	uint64_t pa = pool_take_aligned(RANGE_SIZE / GRANULE_SIZE, MIB(2));
	uint64_t start = timer_now(), middle, end;
	bool there, back;

	there = move(RMI_GRANULE_RANGE_DELEGATE, pa, pa + RANGE_SIZE);
	middle = timer_now();
	back = move(RMI_GRANULE_RANGE_UNDELEGATE, pa, pa + RANGE_SIZE);
	end = timer_now();
	bench_figure(there, "range_delegate_per_4k", middle - start, RANGE_SIZE / GRANULE_SIZE);
	bench_figure(back, "range_undelegate_per_4k", end - middle, RANGE_SIZE / GRANULE_SIZE);
	pool_give(pa, RANGE_SIZE / GRANULE_SIZE);
}

/* Tables exist; each page is one call. */
static void bench_init(struct realm *realm, uint64_t flags, uint64_t ipa, const char *name)
{
	uint64_t pa = take_delegated(PAGES), source = pool_take(1), out[2], bad = 0, start;

	memset((void *)source, 0x5a, GRANULE_SIZE);
	for (uint64_t at = ipa; at < ipa + PAGES * GRANULE_SIZE; at += MIB(2))
		realm_tables(realm, at, 3);
	start = timer_now();
	for (uint64_t i = 0; i < PAGES; i++)
		bad |= bench_call(RMI_RTT_DATA_MAP_INIT, realm->rd, pa + i * GRANULE_SIZE,
				  ipa + i * GRANULE_SIZE, source, flags, out);
	bench_figure(!bad, name, timer_now() - start, PAGES);
	realm_unmap(realm, ipa, PAGES);
	pool_give(source, 1);
}

/* The same by the range form: each call maps as many pages as a list has. */
static void bench_init_range(struct realm *realm, uint64_t ipa)
{
	uint64_t pa = take_delegated(PAGES), source = pool_take(1), start;
	const uint64_t end = ipa + PAGES * GRANULE_SIZE;
	struct smc_regs r = {{RMI_SUCCESS, ipa}};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = source;
	for (uint64_t at = ipa; at < end; at += MIB(2))
		realm_tables(realm, at, 3);
	start = timer_now();
	while (r.x[0] == RMI_SUCCESS && r.x[1] < end)
		r = RMI(RMI_EXT_DATA_MAP_INIT_RANGE, realm->rd, r.x[1], end, RMI_MEASURE_CONTENT,
			pa + (r.x[1] - ipa), (uint64_t)list);
	bench_figure(r.x[0] == RMI_SUCCESS, "data_map_init_range_per_4k", timer_now() - start,
		     PAGES);
	realm_unmap(realm, ipa, PAGES);
	pool_give(source, 1);
}

static void bench_map(struct realm *realm, unsigned int level, uint64_t rounds, uint64_t ipa,
		      const char *map, const char *unmap)
{
	uint64_t size = block_size(level), granules = size / GRANULE_SIZE, out[2], bad = 0;
	uint64_t pa = pool_take_aligned(rounds * granules, size), start, middle, end;

	delegate(pa, rounds * granules);
	for (uint64_t at = ipa; at < ipa + rounds * size; at += MIB(2))
		realm_tables(realm, at, level);
	start = timer_now();
	for (uint64_t i = 0; i < rounds; i++)
		bad |= bench_call(RMI_RTT_DATA_MAP, realm->rd, ipa + i * size, ipa + (i + 1) * size,
				  RMI_MAP_OADDR_SINGLE, range_of(pa + i * size, 1, level), out);
	middle = timer_now();
	for (uint64_t i = 0; i < rounds; i++)
		bad |= bench_call(RMI_RTT_DATA_UNMAP, realm->rd, ipa + i * size,
				  ipa + (i + 1) * size, RMI_MAP_OADDR_SINGLE, 0, out);
	end = timer_now();
	bench_figure(!bad, map, middle - start, rounds * granules);
	bench_figure(!bad, unmap, end - middle, rounds * granules);
	give_delegated(pa, rounds * granules);
}

static void bench_memory(void)
{
	const struct realm_options options = {0};
	struct realm realm;

	if (realm_create(&realm, &options) != RMI_SUCCESS)
		return;
	bench_init(&realm, 0, GIB(2), "data_map_init");
	bench_init(&realm, RMI_MEASURE_CONTENT, GIB(2) + MIB(16), "data_map_init_measured");
	bench_init_range(&realm, GIB(2) + MIB(32));
	realm_init_ripas(&realm, GIB(3), GIB(4));
	bench_map(&realm, 3, PAGES, GIB(3), "data_map_4k", "data_unmap_4k");
	bench_map(&realm, 2, BLOCKS, GIB(3) + MIB(512), "data_map_block_per_4k",
		  "data_unmap_block_per_4k");
	realm_end(&realm);
}

static void bench_enter(struct rec *rec)
{
	uint64_t out[2], bad = 0, start;
	const struct rmi_rec_exit *exit = &rec->run->exit;

	guest_start(rec, GUEST_CALLS, ROUNDS + 1);
	start = timer_now();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		bad |= bench_call(RMI_REC_ENTER, rec->pa, (uint64_t)rec->run, 0, 0, 0, out);
		bad |= exit->exit_reason != RMI_EXIT_HOST_CALL || exit->imm != GUEST_IMM_EMPTY;
	}
	bench_figure(!bad, "rec_enter_host_call", timer_now() - start, ROUNDS);
	rec_run(rec);
}

static void bench_rsi(struct rec *rec, uint64_t fid, uint64_t x1, const char *name)
{
	const uint64_t *x = guest_call(rec, GUEST_BENCH, fid, x1, ROUNDS);

	bench_figure(x[1] == RSI_SUCCESS, name, x[0], ROUNDS);
}

static void bench_run(void)
{
	const struct realm_options options = {0};
	struct realm realm;

	if (realm_start(&realm, &options, "a Realm to measure")) {
		bench_enter(&realm.rec[0]);
		bench_rsi(&realm.rec[0], RSI_VERSION, RSI_VERSION_1_0, "rsi_version");
		bench_rsi(&realm.rec[0], RSI_MEASUREMENT_READ, 0, "rsi_measurement_read");
	}
	realm_end(&realm);
}

/* The memory of a Realm with everything in it, contiguous but for the parameters. */
struct plan {
	uint64_t rd, root, tables, rec, aux, data, end;
	struct rmi_realm_params *params;
	struct rmi_rec_params *rec_params;
	uint64_t source; /* of the image */
};

#define NR_TABLES 16
#define NR_AUX	  16

static void make_plan(struct plan *p, struct realm *realm)
{
	const struct realm_options none = {0};
	uint64_t granules = 4 + NR_TABLES + 1 + NR_AUX + REALM_SIZE / GRANULE_SIZE;
	uint64_t pa = pool_take_aligned(granules, MIB(2));

	p->root = pa;
	p->rd = pa + 2 * GRANULE_SIZE;
	p->rec = pa + 3 * GRANULE_SIZE;
	p->tables = pa + 4 * GRANULE_SIZE;
	p->aux = p->tables + NR_TABLES * GRANULE_SIZE;
	p->data = p->aux + (NR_AUX + 1) * GRANULE_SIZE;
	p->end = pa + granules * GRANULE_SIZE;
	p->params = (struct rmi_realm_params *)pool_take(1);
	p->rec_params = (struct rmi_rec_params *)pool_take(1);
	p->source = pool_take(IMAGE_SIZE / GRANULE_SIZE);
	memset(p->rec_params, 0, GRANULE_SIZE);
	p->rec_params->flags = RMI_REC_RUNNABLE;
	p->rec_params->pc = GIB(1);
	memset((void *)p->source, 0x77, IMAGE_SIZE);
	memset(realm, 0, sizeof(*realm));
	realm->params = p->params;
	realm->root = p->root;
	realm->rd = p->rd;
	realm_params_default(realm, &none);
}

/* REC_CREATE with its donations. */
static bool plan_rec(const struct plan *p)
{
	uint64_t out[2], handle, count;
	uint64_t status =
		bench_call(RMI_REC_CREATE, p->rd, p->rec, (uint64_t)p->rec_params, 0, 0, out);

	handle = out[0];
	if (RMI_STATUS(status) == RMI_INCOMPLETE && RMI_OP_MEM(status) == RMI_OP_MEM_WANTS_DONATE) {
		count = (out[1] >> RMI_DONATE_COUNT_SHIFT) & RMI_DONATE_COUNT_MASK;
		list[0] = range_of(p->aux, count, 3);
		status = bench_call(RMI_OP_MEM_DONATE, handle, (uint64_t)list, 1, 0, 0, out);
	}
	return RMI_STATUS(status) == RMI_INCOMPLETE && RMI_OP_MEM(status) == RMI_OP_MEM_NONE &&
	       bench_call(RMI_OP_CONTINUE, handle, 0, 0, 0, 0, out) == RMI_SUCCESS;
}

static bool plan_create(const struct plan *p)
{
	uint64_t out[2], bad = 0;

	if (!move(RMI_GRANULE_RANGE_DELEGATE, p->root, p->data + IMAGE_SIZE))
		return false;
	bad |= bench_call(RMI_REALM_CREATE, p->rd, (uint64_t)p->params, 0, 0, 0, out);
	bad |= bench_call(RMI_RTT_CREATE, p->rd, p->tables, GIB(1), 2, 0, out);
	bad |= bench_call(RMI_RTT_CREATE, p->rd, p->tables + GRANULE_SIZE, GIB(1), 3, 0, out);
	bad |= bench_call(RMI_RTT_INIT_RIPAS, p->rd, GIB(1), GIB(1) + IMAGE_SIZE, 0, 0, out);
	for (uint64_t at = 0; at < IMAGE_SIZE; at += GRANULE_SIZE)
		bad |= bench_call(RMI_RTT_DATA_MAP_INIT, p->rd, p->data + at, GIB(1) + at,
				  p->source + at, RMI_MEASURE_CONTENT, out);
	return !bad && plan_rec(p) &&
	       bench_call(RMI_REALM_ACTIVATE, p->rd, 0, 0, 0, 0, out) == RMI_SUCCESS;
}

/* Maps the rest of the Realm's memory, as pages. */
static bool plan_fill(const struct plan *p)
{
	uint64_t ipa = GIB(1) + IMAGE_SIZE, pa = p->data + IMAGE_SIZE, out[2], bad = 0;
	uint64_t top = GIB(1) + REALM_SIZE, table = p->tables + 2 * GRANULE_SIZE;

	if (!move(RMI_GRANULE_RANGE_DELEGATE, pa, p->end))
		return false;
	for (uint64_t at = GIB(1) + MIB(2); at < top; at += MIB(2), table += GRANULE_SIZE)
		bad |= bench_call(RMI_RTT_CREATE, p->rd, table, at, 3, 0, out);
	for (; !bad && ipa < top; pa += out[0] - ipa, ipa = out[0])
		bad |= bench_call(RMI_RTT_DATA_MAP, p->rd, ipa, top, RMI_MAP_OADDR_SINGLE,
				  range_of(pa, 512, 3), out) != RMI_SUCCESS ||
		       out[0] <= ipa;
	return !bad;
}

static bool plan_unmap(const struct plan *p)
{
	uint64_t ipa = GIB(1), out[2];

	while (ipa < GIB(1) + REALM_SIZE) {
		if (bench_call(RMI_RTT_DATA_UNMAP, p->rd, ipa, GIB(1) + REALM_SIZE,
			       RMI_MAP_OADDR_NONE, 0, out) != RMI_SUCCESS ||
		    out[0] <= ipa)
			return false;
		ipa = out[0];
	}
	return true;
}

static bool plan_rec_destroy(const struct plan *p)
{
	uint64_t out[2], handle, status = bench_call(RMI_REC_DESTROY, p->rec, 0, 0, 0, 0, out);

	handle = out[0];
	while (RMI_STATUS(status) == RMI_INCOMPLETE &&
	       RMI_OP_MEM(status) == RMI_OP_MEM_WANTS_RECLAIM)
		status = bench_call(RMI_OP_MEM_RECLAIM, handle, (uint64_t)list,
				    RMI_LIST_ENTRIES_MAX, 0, 0, out);
	return bench_call(RMI_OP_CONTINUE, handle, 0, 0, 0, 0, out) == RMI_SUCCESS;
}

/* Gives the Realm's 12 MiB, its tables and objects back to the host. */
static bool plan_destroy(const struct plan *p)
{
	uint64_t out[2], bad = 0;

	bad |= bench_call(RMI_REALM_TERMINATE, p->rd, 0, 0, 0, 0, out);
	if (!plan_unmap(p) || !plan_rec_destroy(p))
		return false;
	for (uint64_t at = GIB(1); at < GIB(1) + REALM_SIZE; at += MIB(2))
		bad |= bench_call(RMI_RTT_DESTROY, p->rd, at, 3, 0, 0, out);
	bad |= bench_call(RMI_RTT_DESTROY, p->rd, GIB(1), 2, 0, 0, out);
	bad |= bench_call(RMI_REALM_DESTROY, p->rd, 0, 0, 0, 0, out);
	return !bad && move(RMI_GRANULE_RANGE_UNDELEGATE, p->root, p->end);
}

static void bench_realm(void)
{
	struct plan plan;
	struct realm realm;
	uint64_t start;
	bool ok;

	make_plan(&plan, &realm);
	start = timer_now();
	ok = plan_create(&plan);
	bench_figure(ok, "realm_create_1m", timer_now() - start, 1);
	ok = plan_fill(&plan);
	check(ok, "the Realm has 12 MiB of pages");
	start = timer_now();
	ok = plan_destroy(&plan);
	bench_figure(ok, "realm_destroy_12m", timer_now() - start, 1);
	if (ok)
		pool_give(plan.root, (plan.end - plan.root) / GRANULE_SIZE);
	pool_give((uint64_t)plan.params, 1);
	pool_give((uint64_t)plan.rec_params, 1);
	pool_give(plan.source, IMAGE_SIZE / GRANULE_SIZE);
}

/* Enters once, with the host's timer to fire after `delay`. How late the IRQ exit was, or 0. */
static uint64_t enter_late(struct rec *rec, uint64_t delay)
{
	uint64_t now;

	timer_el2_after(delay);
	rec_enter(rec);
	now = timer_now();
	timer_el2_off();
	if (!rec_exited(rec, RMI_EXIT_IRQ) || now < read_sysreg(cnthp_cval_el2))
		return 0;
	return now - read_sysreg(cnthp_cval_el2);
}

/*
 * The longest that an interrupt of the host waits while the Realm makes a token. A timer interrupts
 * the making of several tokens at moments that differ from run to run.
 */
static void bench_token_latency(struct rec *rec)
{
	uint64_t page = GUEST_IPA + MIB(8), worst = 0, late, delay = 1000, status = RSI_INCOMPLETE;
	uint64_t irqs = 0;

	for (unsigned int tokens = 0; tokens < 3; tokens++) {
		memcpy(rec->run->enter.gprs,
		       (const uint64_t[]){GUEST_SMC, RSI_ATTESTATION_TOKEN_INIT, tokens}, 24);
		do {
			late = enter_late(rec, delay = delay * 5 / 4 % 50000 + 500);
			worst = late > worst ? late : worst;
		} while (rec_exited(rec, RMI_EXIT_IRQ));
		do {
			memcpy(rec->run->enter.gprs,
			       (const uint64_t[]){GUEST_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, page,
						  0, GRANULE_SIZE},
			       40);
			do {
				late = enter_late(rec, delay = delay * 5 / 4 % 50000 + 500);
				worst = late > worst ? late : worst;
				irqs += late != 0;
			} while (rec_exited(rec, RMI_EXIT_IRQ));
			status = rec_reported(rec) ? rec->run->exit.gprs[0] : RSI_ERROR_UNKNOWN;
		} while (status == RSI_INCOMPLETE);
	}
	note("%lu interrupts while tokens were made", irqs);
	bench_figure(status == RSI_SUCCESS && irqs > 10, "irq_latency_token", worst, 1);
}

/* The longest that an interrupt waits while the host's own range commands run. */
static void bench_range_latency(void)
{
	uint64_t pa = pool_take_aligned(RANGE_SIZE / GRANULE_SIZE, MIB(2)), at = pa, out[2];
	uint64_t worst = 0, now, bad = 0;

	delegate(pa, RANGE_SIZE / GRANULE_SIZE);
	for (uint64_t delay = 1000; at < pa + RANGE_SIZE && !bad; delay += 777) {
		timer_el2_after(delay);
		bad |= bench_call(RMI_GRANULE_RANGE_UNDELEGATE, at, pa + RANGE_SIZE, 0, 0, 0, out);
		now = timer_now();
		timer_el2_off();
		if (now > read_sysreg(cnthp_cval_el2) && now - read_sysreg(cnthp_cval_el2) > worst)
			worst = now - read_sysreg(cnthp_cval_el2);
		bad |= out[0] <= at;
		at = out[0];
	}
	bench_figure(!bad, "irq_latency_undelegate", worst, 1);
	pool_give(pa, RANGE_SIZE / GRANULE_SIZE);
}

static void bench_latency(void)
{
	const struct realm_options options = {0};
	struct realm realm;

	if (realm_start(&realm, &options, "a Realm that keeps the RMM busy")) {
		realm_map(&realm, GUEST_IPA + MIB(8), 1);
		bench_token_latency(&realm.rec[0]);
	}
	realm_end(&realm);
	bench_range_latency();
}

void bench(void)
{
	check_eq(read_sysreg(cntfrq_el0), 1000000000, "the counter runs at 1 GHz");
	bench_version();
	bench_ranges();
	bench_memory();
	bench_run();
	bench_realm();
	bench_tables();
	bench_granules();
	bench_objects();
	bench_latency();
}
