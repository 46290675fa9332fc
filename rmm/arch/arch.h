/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine, as the portable RMM sees it. Two implementations: rmm/arch/aarch64/ and
 * tests/unit/rmm/arch_native/, chosen by the build through the include path of arch_impl.h, which
 * supplies the functions marked "inline". Everything else is out of line.
 *
 * Memory model: all DRAM is mapped flat twice, once as Realm PAS, once as Non-secure PAS. The GPT
 * decides which of the two can be used for a granule; nothing is mapped or unmapped at run time.
 */
#ifndef RMM_ARCH_H
#define RMM_ARCH_H

#include "rmm/core/types.h"

struct s2;

/* What this machine can do. Filled by the boot code before core_init(), constant afterwards. */
struct arch_features {
	uint8_t pa_bits;      /* PA width of the PEs: 32..52 */
	bool lpa2;	      /* FEAT_LPA2 at stage 1 and stage 2 */
	bool vmid16;	      /* 16-bit VMIDs */
	bool sve;	      /* SVE present and enabled by EL3 */
	uint8_t sve_vl_max;   /* largest supported vector length, as vq - 1: 0..15 */
	uint8_t num_bps;      /* breakpoints minus one (RMI feature register 0 encoding) */
	uint8_t num_wps;      /* watchpoints minus one */
	bool pmu;	      /* FEAT_PMUv3 */
	uint8_t pmu_num_ctrs; /* event counters: 0..31 */
	bool hpmn0;	      /* FEAT_HPMN0: a Realm may have a PMU without event counters */
	uint32_t gicv3_vtr;   /* ICH_VTR_EL2 */
	uint8_t l0gptsz;      /* GPCCR_EL3.L0GPTSZ encoding, for feature register 1 */
	uint8_t pps;	      /* GPCCR_EL3.PPS encoding */
	bool clean_code;      /* instruction fetches do not look into data caches */
	bool forget_code;     /* instruction caches keep what was overwritten */
};

extern struct arch_features arch_features;

/*
 * inline void *arch_realm_ptr(pa_t pa)
 * The address of pa in the Realm PAS window. Only the machine layer calls it, and rmm/core/ for
 * memory that is locked or owned: all others get pointers together with a lock (granule_mem()).
 *
 * inline unsigned int arch_cpu(void)		index of this CPU: 0 .. RMM_MAX_CPUS - 1
 * inline bool arch_irq_pending(void)		a physical IRQ, FIQ or SError waits (ISR_EL1)
 * inline void arch_spin_hint(void)		in a loop that waits for another CPU
 *
 * inline void arch_s2_sync(void)
 * Stage-2 descriptor writes made before are seen by the table walkers of all CPUs (DSB ISH).
 *
 * inline void arch_zero(void *p, size_t n)	n > 0 and p multiples of GRANULE_SIZE (DC ZVA)
 * inline void arch_copy(void *d, const void *s, size_t n)	multiples of 64, by STP of X
 * registers
 */
#include <arch_impl.h>

#define RMM_MAX_CPUS 64

/*
 * Copies between RMM memory and Non-secure memory at pa. n and both addresses are multiples of 8,
 * the range does not cross a granule border. False when the granule is not Non-secure (granule
 * protection fault, fixed up): then part of the destination may have been written. A read touches
 * every byte once.
 */
bool arch_ns_read(void *dst, pa_t src, size_t n);
bool arch_ns_write(pa_t dst, const void *src, size_t n);

/*
 * Moves n granules from pa on to the Realm or the Non-secure PAS (n <= 512, all within one 2 MiB
 * region). The caller holds the locks of all of them. Returns how many, counted from pa, were
 * moved, the others are unchanged: less than n, but not 0, when an interrupt is pending, and less
 * than n when EL3 refused the next one.
 */
size_t arch_gpi_to_realm(pa_t pa, size_t n);
size_t arch_gpi_to_ns(pa_t pa, size_t n);

/*
 * Invalidates, on all CPUs, what TLBs hold for [base, base + size) of the stage 2, combined stage
 * 1+2 entries included, and waits until that is done. size is a multiple of 4K; leaf_only when no
 * table descriptor was replaced. arch_tlbi_all drops every entry of the VMID.
 */
void arch_tlbi_range(const struct s2 *s2, ipa_t base, uint64_t size, bool leaf_only);
void arch_tlbi_all(const struct s2 *s2);

/*
 * Caches of instructions, for PEs that do not keep them coherent (CTR_EL0.IDC and DIC; on others
 * nothing is done). arch_code_written(): what the RMM has written to [p, p + n), multiples of 4K,
 * is what any PE fetches from there. arch_code_gone(): no PE has instructions in its caches of
 * memory that no Realm can execute any more; called between the last TLBI and the moment from which
 * the memory may become another Realm's, which then finds nothing of this one's.
 */
void arch_clean_code(const void *p, size_t n);
void arch_forget_code(void);

static inline void arch_code_written(const void *p, size_t n)
{
	if (arch_features.clean_code)
		arch_clean_code(p, n);
}

static inline void arch_code_gone(void)
{
	if (arch_features.forget_code)
		arch_forget_code();
}

/* Fills buf with n random bytes (RNDR or EL3's TRNG); false when there is no entropy now. */
bool arch_random(void *buf, size_t n);

/*
 * Brackets code that uses the vector registers (lib/hash with the CPU's SHA instructions, crypto).
 * Saves what the host or the Realm has in them, lazily. Does not nest. Between the two the code
 * may run with the lock of an RD held, so the section is short (below 100 us).
 */
void arch_simd_begin(void);
void arch_simd_end(void);

/* An invariant of the RMM itself is broken. Never reached by any input. */
_Noreturn void arch_panic(const char *file, int line, const char *what);

#define RMM_ASSERT(cond)                                                                           \
	do {                                                                                       \
		if (__builtin_expect(!(cond), 0))                                                  \
			arch_panic(__FILE__, __LINE__, #cond);                                     \
	} while (0)

#endif
