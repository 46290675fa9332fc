/* SPDX-License-Identifier: BSD-3-Clause */
/* AArch64 half of rmm/arch/arch.h: what is short enough to be inlined. Included by arch.h only. */
#ifndef ARCH_IMPL_H
#define ARCH_IMPL_H

#include <sysreg.h>

#include "rmm/arch/aarch64/cpu.h"

/* The Realm PAS window is flat: VA = PA (mmu.h). */
static inline void *arch_realm_ptr(pa_t pa)
{
	return (void *)pa.v;
}

static inline unsigned int arch_cpu(void)
{
	return (unsigned int)this_cpu()->index;
}

static inline bool arch_irq_pending(void)
{
	return read_sysreg(isr_el1) != 0;
}

static inline void arch_spin_hint(void)
{
	cpu_relax();
}

static inline void arch_s2_sync(void)
{
	dsb(ish);
}

/* Bytes that one DC ZVA clears; 0 when EL2 may not use it. Set at boot. */
extern size_t arch_zva_size;

void arch_zero_any(void *p, size_t n);

static inline void arch_zero(void *p, size_t n)
{
	uintptr_t at = (uintptr_t)p, end = at + n;

	/* 64 bytes everywhere in practice: two instructions for each line. */
	if (arch_zva_size != 64) {
		arch_zero_any(p, n);
		return;
	}
	do {
#pragma GCC unroll 16
		for (unsigned int i = 0; i < 16; i++, at += 64)
			__asm__ volatile("dc zva, %0" ::"r"(at) : "memory");
	} while (at != end);
}

void arch_copy(void *d, const void *s, size_t n);

#endif
