/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a TLB invalidation means depends on VTCR_EL2: the units of a range (DS), how many bits of
 * the VMID count (VS). On a CPU that last ran another Realm, one with LPA2, memory is taken from a
 * Realm that runs on another CPU: a page of its stage 1 tables, of which nothing may be left in a
 * TLB.
 *
 * QEMU shows a range invalidation that misses only while its software TLB is larger than the range.
 * So the Realm walks through more table pages than the smallest software TLB has room for.
 */
#include <string.h>
#include "tests/conformance/conformance.h"

#define SECONDS 20
#define FIRST	8   /* GiB of the first mapping, and index of its entry in the level 1 table */
#define COUNT	200 /* mappings, each with a level 2 table of its own */
#define PASSES	2000
#define SPARE	(GUEST_IPA + MIB(8))
#define TABLES	(GUEST_IPA + MIB(10)) /* level 1, then the level 2 tables */

#define S1_BLOCK (BIT(10) | UINT64_C(3) << 8 | 1) /* AF, inner shareable */
#define S1_XN	 (UINT64_C(3) << 53)
#define S1_TABLE 3
#define TCR	 (25 | 1 << 8 | 1 << 10 | 3 << 12 | UINT64_C(2) << 32 | BIT(23)) /* 39 bits */
#define R_SCTLR	 SYSREG(3, 0, 1, 0, 0)
#define R_TTBR0	 SYSREG(3, 0, 2, 0, 0)
#define R_TCR	 SYSREG(3, 0, 2, 0, 2)
#define R_MAIR	 SYSREG(3, 0, 10, 2, 0)

/*
 * A page that the victim shares. The victim counts its passes in word 0. The host says in word 1
 * what it is to read: 0: all pages, 1: one page, 3: nothing more.
 */
static volatile uint64_t *shared;
static struct realm victim, other;
static uint64_t command[RMI_REC_GPRS];

static void start_cpu(void *argument)
{
	gic_init_cpu();
}

static void run_victim(void *argument)
{
	guest_command(&victim.rec[0], command);
}

static bool goes_on(void)
{
	uint64_t first = *shared, end = timer_now() + timer_seconds(SECONDS);

	while (*shared < first + PASSES && timer_now() < end)
		;
	return *shared >= first + PASSES;
}

/* The Realm stores COUNT values; value and address grow by a step each time. */
static void fill(uint64_t ipa, uint64_t value, uint64_t value_step, uint64_t ipa_step)
{
	const uint64_t gprs[RMI_REC_GPRS] = {GUEST_EXEC,
					     value,
					     ipa,
					     value_step,
					     ipa_step,
					     6,
					     0xd280000fu | COUNT << 5, /* mov x15, #COUNT */
					     INSN_STR_X1_X2,
					     0x8b030021,  /* add x1, x1, x3 */
					     0x8b040042,  /* add x2, x2, x4 */
					     0xd10005ef,  /* sub x15, x15, #1 */
					     0xb5ffff8f}; /* cbnz x15, the store */

	guest_command(&victim.rec[0], gprs);
}

/* The victim's stage 1: the image as it is, and COUNT blocks that are all the shared page. */
static void build_stage1(uint64_t shared_ipa)
{
	struct rec *rec = &victim.rec[0];
	uint64_t sctlr = guest_read_reg(rec, INSN_MRS(R_SCTLR, 1));

	guest_exec(rec, GIB(1) | S1_BLOCK, TABLES + 8, INSN_STR_X1_X2);
	fill(TABLES + 8 * FIRST, (TABLES + GRANULE_SIZE) | S1_TABLE, GRANULE_SIZE, 8);
	fill(TABLES + GRANULE_SIZE, shared_ipa | S1_BLOCK | S1_XN, 0, GRANULE_SIZE);
	guest_exec(rec, 0xff, 0, INSN_MSR(R_MAIR, 1), INSN_ISB);
	guest_exec(rec, TABLES, TCR, INSN_MSR(R_TTBR0, 1), INSN_MSR(R_TCR, 2), INSN_ISB);
	guest_exec(rec, sctlr | 1, 0, INSN_MSR(R_SCTLR, 1), INSN_ISB);
}

static bool prepare(const struct realm_options *options)
{
	const struct realm_options plain = {0};
	uint64_t shared_ipa;

	*shared = shared[1] = 0;
	if (!realm_start(&victim, &plain, "a Realm with a stage 1 of its own") ||
	    !realm_start(&other, options, "another one"))
		return false;
	shared_ipa = align_up(realm_unprotected(&victim) + 1, GIB(4));
	realm_map(&victim, TABLES, COUNT + 1);
	realm_map(&victim, SPARE, 8);
	realm_map_ns(&victim, shared_ipa, (uint64_t)shared, 1);
	build_stage1(shared_ipa);
	/* The last REC that ran on this CPU is the other Realm's. */
	guest_exec(&other.rec[0], 0, 0, INSN_NOP);
	return true;
}

static bool start_victim(void)
{
	memcpy(command,
	       (const uint64_t[]){GUEST_EXEC, 0, GIB(FIRST), 0, 0, 12,
				  0xd2a8000e,		    /* mov x14, 1 GiB */
				  0xaa0203ec,		    /* 0: mov x12, x2 */
				  0xd280000fu | COUNT << 5, /* mov x15, #COUNT */
				  0xf940058d,		    /* 1: ldr x13, [x12, #8] */
				  0x8b0e018c,		    /* add x12, x12, x14 */
				  0xd10005ef,		    /* sub x15, x15, #1 */
				  0xb5ffffaf,		    /* cbnz x15, 1b */
				  0xf940044d,		    /* 2: ldr x13, [x2, #8] */
				  0x91000421,		    /* add x1, x1, #1 */
				  0xf9000041,		    /* str x1, [x2] */
				  0xb4fffeed,		    /* cbz x13, 0b */
				  0x360fff8d},		    /* tbz x13, #1, 2b */
	       18 * sizeof(uint64_t));
	cpu_run(1, run_victim, NULL);
	return check(goes_on(), "it runs on another CPU");
}

/* Unmaps two pages of the victim, which stay delegated. Returns their PA, or 0 if it failed. */
static uint64_t take_pages(uint64_t ipa)
{
	struct smc_regs r = RMI(RMI_RTT_DATA_UNMAP, victim.rd, ipa, ipa + 2 * GRANULE_SIZE,
				RMI_MAP_OADDR_SINGLE, 0);

	return r.x[0] == RMI_SUCCESS ? r.x[2] & RMI_DESC_ADDR_MASK : 0;
}

/* QEMU sizes a software TLB when it is flushed, by what was in it in the tenth of a second before.
 */
static void let_tlb_grow(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t end = timer_now() + timer_seconds(1) / 4;

		give_delegated(take_pages(SPARE + i * 2 * GRANULE_SIZE), 2);
		while (timer_now() < end)
			;
	}
}

/* Giving pages back to the host invalidates all TLBs, so that comes last. */
static void attack(void)
{
	uint64_t pages;

	let_tlb_grow();
	check(goes_on(), "it goes on while other pages of it are taken");
	shared[1] = 1;
	check(goes_on(), "with one address only");
	pages = take_pages(TABLES);
	check(pages != 0, "a page of its tables is taken from it");
	if (check(cpu_wait(1, SECONDS), "and is gone for it at once"))
		check(rec_exited(&victim.rec[0], RMI_EXIT_SYNC) &&
			      victim.rec[0].run->exit.hpfar == TABLES >> 8,
		      "as an abort of the table walk");
	shared[1] = 3;
	cpu_wait(1, SECONDS);
	give_delegated(pages, 2);
}

static void check_beside(const struct realm_options *options, const char *what)
{
	note("the CPU that takes memory away last ran a Realm %s LPA2", what);
	if (prepare(options) && start_victim())
		attack();
	realm_end(&other);
	realm_end(&victim);
}

void test_invalidation(void)
{
	const struct realm_options plain = {0}, lpa2 = {.flags0 = RMI_REALM_LPA2};

	if (cpu_start_all(2) < 2) {
		skip("invalidation for a Realm on another CPU: one CPU");
		cpu_stop_all();
		return;
	}
	cpu_run(1, start_cpu, NULL);
	cpu_wait(1, SECONDS);
	shared = (volatile uint64_t *)pool_take(1);
	check_beside(&plain, "without");
	if (RMI(RMI_FEATURES, 0).x[1] & RMI_FEATURE0_LPA2)
		check_beside(&lpa2, "with");
	else
		skip("invalidation beside a Realm with LPA2: not offered");
	pool_give((uint64_t)shared, 1);
	cpu_stop_all();
}
