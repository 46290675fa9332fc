/* SPDX-License-Identifier: BSD-3-Clause */
/* Instruction caches: the contract is in rmm/arch/arch.h. DDI0487 B2.7.4, CTR_EL0, CLIDR_EL1. */
#include <sysreg.h>

#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/arch.h"

#define CTR_DMINLINE(ctr) (UINT64_C(4) << FIELD(ctr, 19, 16))
#define CTR_IDC		  BIT(28)
#define CTR_DIC		  BIT(29)
#define CLIDR_LOUIS(v)	  FIELD(v, 23, 21)
#define CLIDR_LOC(v)	  FIELD(v, 26, 24)
#define CLIDR_LOUU(v)	  FIELD(v, 29, 27)

/*
 * A PE with FEAT_S2FWB, which the stage 2 of Realms needs, has LoUIS and LoUU 0, and then no clean
 * is needed whatever IDC says. The question is asked all the same, because the answer is cheap.
 */
void code_init(struct arch_features *f)
{
	uint64_t ctr = read_sysreg(ctr_el0), clidr = read_sysreg(clidr_el1);

	f->clean_code = !(ctr & CTR_IDC) && CLIDR_LOC(clidr) != 0 &&
			(CLIDR_LOUIS(clidr) != 0 || CLIDR_LOUU(clidr) != 0);
	f->forget_code = !(ctr & CTR_DIC);
}

void arch_clean_code(const void *p, size_t n)
{
	uint64_t line = CTR_DMINLINE(read_sysreg(ctr_el0));

	for (uintptr_t va = (uintptr_t)p, end = va + n; va < end; va += line)
		dc(cvau, va);
	dsb(ish);
}

/*
 * Invalidates all instruction caches of all CPUs. That is one instruction for as many pages as a
 * command takes away. It is right for caches that are indexed by virtual address, too, where an
 * invalidation by address finds one alias only.
 */
void arch_forget_code(void)
{
	ic(ialluis);
	dsb(ish);
	isb();
}
