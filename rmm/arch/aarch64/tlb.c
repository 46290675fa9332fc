/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage-2 TLB maintenance on all CPUs: docs/spec/rmi-2.0.md section 17; DDI0487 D8.17 for the
 * operands.
 */
#include <sysreg.h>

#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/arch.h"
#include "rmm/core/rtt.h"

#define RANGE_TG_4K    (UINT64_C(1) << 46)
#define RANGE_SCALE    44
#define RANGE_NUM      39
#define RANGE_NUM_MAX  31
#define SCALE_MAX      3
#define LPA2_BASE_SIZE KIB(64)
#define SINGLES_MAX    64 /* more than that: everything */
#define RANGES_MAX     16 /* likewise, of the largest ranges there are */

/* The stage 2 whose VMID a TLBI works on. */
struct context {
	uint64_t vtcr, vttbr;
};

/*
 * TLBIs by VMID work on the VMID in VTTBR_EL2, and VTCR_EL2 says how many of its bits count (VS)
 * and in what units the base of a range is (DS). Before this, the two registers may hold the values
 * of another Realm, or none if this CPU has run no Realm yet.
 */
static struct context enter(const struct s2 *s2)
{
	const struct context old = {read_sysreg(vtcr_el2), read_sysreg(vttbr_el2)};

	write_sysreg(vtcr_el2, s2_vtcr(s2));
	write_sysreg(vttbr_el2, s2_vttbr(s2));
	isb();
	return old;
}

/* Puts back what a Realm that is in the middle of a call has there. */
static void leave(struct context old)
{
	dsb(ish);
	isb();
	write_sysreg(vtcr_el2, old.vtcr);
	write_sysreg(vttbr_el2, old.vttbr);
	isb();
}

static uint64_t range_step(unsigned int scale)
{
	return GRANULE_SIZE << (5 * scale + 1);
}

/* Invalidates [base, end), perhaps some more: the operand counts in steps of 2, 64, ... granules.
 */
static void tlbi_ranges(bool lpa2, uint64_t base, uint64_t end, bool leaf_only)
{
	while (base < end) {
		unsigned int scale = 0;
		uint64_t num, operand;

		while (scale < SCALE_MAX && (RANGE_NUM_MAX + 1) * range_step(scale) < end - base)
			scale++;
		num = (end - base + range_step(scale) - 1) / range_step(scale);
		if (num > RANGE_NUM_MAX + 1)
			num = RANGE_NUM_MAX + 1;
		operand = RANGE_TG_4K | (uint64_t)scale << RANGE_SCALE | (num - 1) << RANGE_NUM |
			  base / (lpa2 ? LPA2_BASE_SIZE : GRANULE_SIZE);
		if (leaf_only)
			tlbi_x(ripas2le1is, operand);
		else
			tlbi_x(ripas2e1is, operand);
		base += num * range_step(scale);
	}
}

static void tlbi_page(uint64_t ipa, bool leaf_only)
{
	if (leaf_only)
		tlbi_x(ipas2le1is, ipa >> GRANULE_SHIFT);
	else
		tlbi_x(ipas2e1is, ipa >> GRANULE_SHIFT);
}

/*
 * What is larger than this goes with everything else of the VMID. A table of level 0 would be
 * 32,768 ranges, with interrupts held off; and each of them makes every CPU work.
 */
static uint64_t largest_size(void)
{
	return machine.tlb_range ? RANGES_MAX * (RANGE_NUM_MAX + 1) * range_step(SCALE_MAX)
				 : SINGLES_MAX * GRANULE_SIZE;
}

void arch_tlbi_range(const struct s2 *s2, ipa_t base, uint64_t size, bool leaf_only)
{
	uint64_t end = base.v + size;
	struct context old;

	if (size > largest_size()) {
		arch_tlbi_all(s2);
		return;
	}
	dsb(ish);
	old = enter(s2);
	if (size == GRANULE_SIZE)
		tlbi_page(base.v, leaf_only);
	else if (machine.tlb_range)
		tlbi_ranges(s2->lpa2, s2->lpa2 ? align_down(base.v, LPA2_BASE_SIZE) : base.v, end,
			    leaf_only);
	else
		for (uint64_t at = base.v; at < end; at += GRANULE_SIZE)
			tlbi_page(at, leaf_only);
	/* Entries that combine stage 1 and 2 are found by VA only, so all of this VMID go. */
	dsb(ish);
	tlbi(vmalle1is);
	leave(old);
}

void arch_tlbi_all(const struct s2 *s2)
{
	struct context old;

	dsb(ish);
	old = enter(s2);
	tlbi(vmalls12e1is);
	leave(old);
}
