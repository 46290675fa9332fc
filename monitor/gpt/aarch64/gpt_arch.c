/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine side of the GPT code: cache and TLB maintenance by physical address at EL3. */
#include <sysreg.h>
#include <util.h>

#include "abi/firme.h"
#include "monitor/gpt/aarch64/clean.h"
#include "monitor/gpt/gpt_arch.h"

/* DC CIPAPA operand: the PAS in NS and NSE above the physical address. */
#define CIPAPA_NS  BIT(63)
#define CIPAPA_NSE BIT(62)

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

static bool has_long_vectors(void)
{
	return FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32) &&
	       gpt_vector_bytes() == GPT_VECTOR_BYTES;
}

/*
 * DC CIPAPA has no range form, so a granule takes 64 of it, one per line of 64 bytes (the boot
 * stage has checked CTR_EL0.DminLine).
 */
void gpt_arch_clean_invalidate(uint64_t pa, uint64_t size, uint32_t gpi)
{
	uint64_t operand = pa | cipapa_pas(gpi);
	uint8_t scratch[2 * GPT_VECTOR_BYTES] __attribute__((aligned(16)));

	if (has_long_vectors())
		gpt_clean_vector(operand, operand + size, scratch);
	else
		gpt_clean_scalar(operand, operand + size);
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
	default:
		return 3; /* 2 MiB */
	}
}

void gpt_arch_tlb_invalidate(uint64_t pa, uint64_t size)
{
	uint64_t operand = rpalos_size(size) << 44 | pa >> GRANULE_SHIFT;

	dsb(oshst);
	__asm__ volatile("sys	#6, c8, c4, #7, %0" ::"r"(operand) : "memory");
	dsb(osh);
}

/* Each half of an STP is single-copy atomic by itself (DDI0487 B2.2.1). */
void gpt_arch_fill(uint64_t *words, uint64_t n, uint64_t value)
{
	for (uint64_t *end = words + n; words != end; words += 16)
		__asm__ volatile("stp %1, %1, [%0]\n\t"
				 "stp %1, %1, [%0, #16]\n\t"
				 "stp %1, %1, [%0, #32]\n\t"
				 "stp %1, %1, [%0, #48]\n\t"
				 "stp %1, %1, [%0, #64]\n\t"
				 "stp %1, %1, [%0, #80]\n\t"
				 "stp %1, %1, [%0, #96]\n\t"
				 "stp %1, %1, [%0, #112]"
				 :
				 : "r"(words), "r"(value)
				 : "memory");
}

bool gpt_arch_interrupt_pending(void)
{
	return read_sysreg(isr_el1) != 0;
}
