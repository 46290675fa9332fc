/* SPDX-License-Identifier: BSD-3-Clause */
/* The Realm agent's loop and commands, see agent.h. Each REC runs one, and they share nothing. */
#include <string.h>
#include <sysreg.h>

#include "abi/psci.h"
#include "abi/rsi.h"
#include "tests/realm/agent/agent.h"
#include "tests/realm/agent/sve.h"
#include "tests/lib/bare/payload.h"

#define PAGE	   4096
#define STATE_SIZE 8768 /* at least SVE_STATE_MAX, a multiple of 64 */

struct rec {
	struct rsi_host_call call __attribute__((aligned(RSI_HOST_CALL_ALIGN)));
	uint64_t index;
	uint64_t sve_vl; /* bytes, 0: off */
	uint64_t entry[NR_ENTRY];
};

extern char slots[];
extern char image_end[];
extern const char vectors[];
extern const uint64_t entry_gprs[GUEST_MAX_RECS][32];

static struct rec recs[GUEST_MAX_RECS];
static uint8_t scratch[GUEST_MAX_RECS][PAGE] __attribute__((aligned(PAGE)));
static uint8_t state[GUEST_MAX_RECS][2][STATE_SIZE] __attribute__((aligned(64)));

void agent_main(uint64_t index);
void agent_died(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);
struct probe exec(uint64_t *x, void *slot);
struct probe exec_at(uint64_t va);

/* Reports to the host. Where that fails, nothing else can be said, so the Realm ends itself. */
static void host_call(struct rec *rec, uint16_t imm)
{
	rec->call.imm = imm;
	if (smc(RSI_HOST_CALL, (uint64_t)&rec->call, 0, 0) != RSI_SUCCESS)
		smc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void agent_died(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	struct rec *rec = &recs[read_sysreg(mpidr_el1) % GUEST_MAX_RECS];

	for (;;) {
		rec->call.gprs[0] = vector;
		rec->call.gprs[1] = esr;
		rec->call.gprs[2] = elr;
		rec->call.gprs[3] = far;
		host_call(rec, GUEST_IMM_DIED);
	}
}

static uint64_t ticks(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

static uint64_t *slot_of(const struct rec *rec)
{
	return (uint64_t *)(slots + rec->index * GUEST_SLOT_WORDS * 4);
}

/* Writes the host's instructions into the slot, and behind them BR X11, which returns to exec(). */
static void fill_slot(uint64_t *slot, const uint64_t *words, uint64_t count)
{
	uint32_t *p = (uint32_t *)slot;

	for (uint64_t i = 0; i < count; i++)
		p[i] = (uint32_t)words[i];
	p[count] = 0xd61f0160;
	for (uint64_t at = (uint64_t)slot; at < (uint64_t)(slot + GUEST_SLOT_WORDS / 2); at += 16)
		__asm__ volatile("dc cvau, %0" ::"r"(at) : "memory");
	dsb(ish);
	__asm__ volatile("ic iallu" ::: "memory");
	dsb(ish);
	isb();
}

static void do_exec(struct rec *rec)
{
	uint64_t *g = rec->call.gprs, x[4], *slot = slot_of(rec);
	uint64_t count = g[5] < GUEST_EXEC_MAX ? g[5] : GUEST_EXEC_MAX;
	struct probe result;

	memcpy(x, &g[1], sizeof(x));
	fill_slot(slot, &g[6], count);
	result = exec(x, slot);
	g[0] = result.esr;
	g[1] = result.value;
	memcpy(&g[2], x, sizeof(x));
}

static void do_smc(struct rec *rec)
{
	struct smc_regs regs;

	memcpy(&regs, &rec->call.gprs[1], sizeof(regs));
	smc_call(&regs);
	memcpy(rec->call.gprs, &regs, sizeof(regs));
}

static void do_exec_at(struct rec *rec)
{
	struct probe result = exec_at(rec->call.gprs[1]);

	rec->call.gprs[0] = result.esr;
	rec->call.gprs[1] = result.value;
}

static void do_spin(struct rec *rec)
{
	uint64_t end = ticks() + rec->call.gprs[1], rounds = 0;

	while (ticks() < end)
		rounds++;
	rec->call.gprs[0] = rounds;
}

static void do_wait(struct rec *rec)
{
	const uint64_t *g = rec->call.gprs;
	uint64_t end = ticks() + g[3];
	uint64_t late = 0;

	while (__atomic_load_n((const uint64_t *)g[1], __ATOMIC_ACQUIRE) != g[2] && !late)
		late = ticks() > end;
	rec->call.gprs[0] = late;
}

static void do_fill(struct rec *rec)
{
	const uint64_t *g = rec->call.gprs;

	for (uint64_t at = g[1]; at < g[1] + g[2] * PAGE; at += 8)
		*(uint64_t *)at = pattern_word(g[3], at);
}

static void do_check(struct rec *rec)
{
	const uint64_t *g = rec->call.gprs;
	uint64_t bad = 0;

	for (uint64_t at = g[1]; at < g[1] + g[2] * PAGE; at += 8)
		bad += *(const uint64_t *)at != pattern_word(g[3], at);
	rec->call.gprs[0] = bad;
}

static void do_sum(struct rec *rec)
{
	const uint64_t *p = (const uint64_t *)rec->call.gprs[1];
	uint64_t sum = 0;

	for (uint64_t n = rec->call.gprs[2] / 8; n; n--)
		sum += *p++;
	rec->call.gprs[0] = sum;
}

/* SMCs back to back, with as little around them as the calling convention allows. */
static void do_bench(struct rec *rec)
{
	uint64_t fid = rec->call.gprs[1], arg = rec->call.gprs[2], rounds = rec->call.gprs[3];
	uint64_t start = ticks();
	register uint64_t x0 __asm__("x0");

	for (uint64_t i = 0; i < rounds; i++) {
		register uint64_t x1 __asm__("x1") = arg;

		x0 = fid;
		__asm__ volatile("smc #0"
				 : "+r"(x0), "+r"(x1)
				 :
				 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
				   "x12", "x13", "x14", "x15", "x16", "x17", "memory");
		rec->call.gprs[1] = x0;
	}
	rec->call.gprs[0] = ticks() - start;
}

/* Host calls with nothing around them: the structure stays as it is. */
static void do_calls(struct rec *rec)
{
	struct rsi_host_call *call = (struct rsi_host_call *)scratch[rec->index];
	uint64_t count = rec->call.gprs[1];

	memset(call, 0, sizeof(*call));
	call->imm = GUEST_IMM_EMPTY;
	while (count--) {
		register uint64_t x0 __asm__("x0") = RSI_HOST_CALL;
		register uint64_t x1 __asm__("x1") = (uint64_t)call;

		__asm__ volatile("smc #0"
				 : "+r"(x0), "+r"(x1)
				 :
				 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
				   "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	}
}

static uint64_t state_size(const struct rec *rec)
{
	return rec->sve_vl ? 34 * rec->sve_vl + rec->sve_vl / 8 : 512;
}

/* The architecture allows FFR only ones from bit 0 up to some bit; this sets all of them. */
static void make_state(const struct rec *rec, uint8_t *p, uint64_t seed)
{
	for (uint64_t i = 0; i < state_size(rec); i++)
		p[i] = (uint8_t)(seed * 31 + i * 7 + (i >> 8));
	if (rec->sve_vl)
		memset(p + 34 * rec->sve_vl, 0xff, rec->sve_vl / 8);
}

static void do_fp_load(struct rec *rec)
{
	uint8_t *p = state[rec->index][0];

	make_state(rec, p, rec->call.gprs[1]);
	if (rec->sve_vl)
		sve_load(p);
	else
		fp_load(p);
}

static void do_fp_check(struct rec *rec)
{
	uint8_t *want = state[rec->index][0], *have = state[rec->index][1];
	uint64_t bad = 0;

	if (rec->sve_vl)
		sve_store(have);
	else
		fp_store(have);
	make_state(rec, want, rec->call.gprs[1]);
	for (uint64_t i = 0; i < state_size(rec); i++)
		bad += have[i] != want[i];
	rec->call.gprs[0] = bad;
}

#define ZCR_EL1 S3_0_C1_C2_0

static void do_sve_on(struct rec *rec)
{
	write_sysreg(cpacr_el1, 0x330000);
	isb();
	write_sysreg(ZCR_EL1, rec->call.gprs[1]);
	isb();
	rec->sve_vl = sve_vl();
	rec->call.gprs[0] = rec->sve_vl;
}

static void do_info(struct rec *rec)
{
	uint64_t *g = rec->call.gprs;

	g[INFO_SLOT] = (uint64_t)slot_of(rec);
	g[INFO_SCRATCH] = (uint64_t)scratch[rec->index];
	g[INFO_END] = (uint64_t)image_end;
	g[INFO_INDEX] = rec->index;
}

static void execute(struct rec *rec)
{
	uint64_t *g = rec->call.gprs;

	switch (g[0]) {
	case GUEST_READY:
		g[0] = 0;
		break;
	case GUEST_SMC:
		do_smc(rec);
		break;
	case GUEST_EXEC:
		do_exec(rec);
		break;
	case GUEST_EXEC_AT:
		do_exec_at(rec);
		break;
	case GUEST_SPIN:
		do_spin(rec);
		break;
	case GUEST_FILL:
		do_fill(rec);
		break;
	case GUEST_CHECK:
		do_check(rec);
		break;
	case GUEST_BENCH:
		do_bench(rec);
		break;
	case GUEST_CALLS:
		do_calls(rec);
		break;
	case GUEST_FP_LOAD:
		do_fp_load(rec);
		break;
	case GUEST_FP_CHECK:
		do_fp_check(rec);
		break;
	case GUEST_ENTRY:
		memcpy(g, entry_gprs[rec->index], 31 * sizeof(*g));
		break;
	case GUEST_ENTRY_SYS:
		memcpy(g, rec->entry, sizeof(rec->entry));
		break;
	case GUEST_INFO:
		do_info(rec);
		break;
	case GUEST_WAIT:
		do_wait(rec);
		break;
	case GUEST_SUM:
		do_sum(rec);
		break;
	case GUEST_SVE_ON:
		do_sve_on(rec);
		break;
	default:
		g[0] = ~UINT64_C(0);
	}
}

static void note_entry(uint64_t *e)
{
	e[ENTRY_CURRENTEL] = read_sysreg(CurrentEL);
	e[ENTRY_DAIF] = read_sysreg(daif);
	e[ENTRY_SPSEL] = read_sysreg(SPSel);
	e[ENTRY_SCTLR] = read_sysreg(sctlr_el1);
	e[ENTRY_MPIDR] = read_sysreg(mpidr_el1);
	e[ENTRY_TCR] = read_sysreg(tcr_el1);
	e[ENTRY_TTBR0] = read_sysreg(ttbr0_el1);
	e[ENTRY_TTBR1] = read_sysreg(ttbr1_el1);
	e[ENTRY_MAIR] = read_sysreg(mair_el1);
	e[ENTRY_VBAR] = read_sysreg(vbar_el1);
	e[ENTRY_CPACR] = read_sysreg(cpacr_el1);
	e[ENTRY_MDSCR] = read_sysreg(mdscr_el1);
	e[ENTRY_CNTP_CTL] = read_sysreg(cntp_ctl_el0);
	e[ENTRY_CNTV_CTL] = read_sysreg(cntv_ctl_el0);
	e[ENTRY_CNTP_CVAL] = read_sysreg(cntp_cval_el0);
	e[ENTRY_CNTV_CVAL] = read_sysreg(cntv_cval_el0);
	e[ENTRY_TPIDR_EL1] = read_sysreg(tpidr_el1);
	e[ENTRY_CONTEXTIDR] = read_sysreg(contextidr_el1);
	e[ENTRY_ESR] = read_sysreg(esr_el1);
	e[ENTRY_FAR] = read_sysreg(far_el1);
	e[ENTRY_ELR] = read_sysreg(elr_el1);
	e[ENTRY_SPSR] = read_sysreg(spsr_el1);
	e[ENTRY_SP_EL0] = read_sysreg(sp_el0);
	e[ENTRY_APIAKEYLO] = read_sysreg(S3_0_C2_C1_0);
	e[ENTRY_CNTKCTL] = read_sysreg(cntkctl_el1);
}

void agent_main(uint64_t index)
{
	struct rec *rec = &recs[index];

	note_entry(rec->entry);
	rec->index = index;
	rec->sve_vl = 0;
	write_sysreg(vbar_el1, vectors);
	write_sysreg(cpacr_el1, 0x300000);
	isb();
	memset(&rec->call, 0, sizeof(rec->call));
	for (;;) {
		host_call(rec, GUEST_IMM);
		execute(rec);
	}
}
