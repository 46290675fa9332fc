/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine side of the GPT code: cache and TLB maintenance by physical address at EL3. */
#include "abi/firme.h"
#include "lib/include/sysreg.h"
#include "lib/include/util.h"
#include "monitor/gpt/gpt_arch.h"

/* DC CIPAPA operand: the PAS in NS and NSE above the physical address. */
#define CIPAPA_NS  BIT(63)
#define CIPAPA_NSE BIT(62)

/* Bytes that one turn of the unrolled loop covers. */
#define CIPAPA_TURN KIB(4)

static uint64_t cipapa_pas(uint32_t gpi)
{
	switch (gpi) {
	case GPI_NS:
		return CIPAPA_NS;
	case GPI_REALM:
		return CIPAPA_NS | CIPAPA_NSE;
	case GPI_ROOT:
		return CIPAPA_NSE;
	default:
		return 0;
	}
}

/*
 * The architecture has no range form, so a granule is 64 lines of 64 bytes; each needs the
 * instruction itself and one to form its operand. CTR_EL0.DminLine is checked at boot.
 */
void gpt_arch_clean_invalidate(uint64_t pa, uint64_t size, uint32_t gpi)
{
	uint64_t operand = pa | cipapa_pas(gpi);
	uint64_t end = operand + size;

	__asm__ volatile("1:\n"
			 ".rept 64\n"
			 "	sys	#6, c7, c14, #1, %[op]\n"
			 "	add	%[op], %[op], #64\n"
			 ".endr\n"
			 "	cmp	%[op], %[end]\n"
			 "	b.lo	1b\n"
			 : [op] "+r"(operand)
			 : [end] "r"(end)
			 : "memory", "cc");
}

void gpt_arch_cache_done(void)
{
	dsb(osh);
}

/* RPALOS: SIZE in [47:44], the address in units of the granule in [39:0]. */
static uint64_t rpalos_size(uint64_t size)
{
	switch (size) {
	case KIB(4):
		return 0;
	case KIB(64):
		return 2;
	case MIB(2):
		return 3;
	case MIB(32):
		return 4;
	default:
		return 5;
	}
}

void gpt_arch_tlb_invalidate(uint64_t pa, uint64_t size)
{
	uint64_t operand = rpalos_size(size) << 44 | pa >> GRANULE_SHIFT;

	dsb(oshst);
	__asm__ volatile("sys	#6, c8, c4, #7, %0" ::"r"(operand) : "memory");
	dsb(osh);
}

bool gpt_arch_interrupt_pending(void)
{
	return read_sysreg(isr_el1) != 0;
}
