/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory functions of arch.h: Non-secure copies, and what is not inline. */
#include "rmm/arch/aarch64/mmu.h"
#include "rmm/arch/aarch64/world.h"
#include "rmm/arch/arch.h"

bool arch_ns_read(void *dst, pa_t src, size_t n)
{
	return ns_copy(dst, mmu_ns_ptr(src), n);
}

bool arch_ns_write(pa_t dst, const void *src, size_t n)
{
	return ns_copy(mmu_ns_ptr(dst), src, n);
}

void arch_copy(void *d, const void *s, size_t n)
{
	ns_copy(d, s, n);
}

/* A PE whose DC ZVA is prohibited, or does not clear 64 bytes. */
void arch_zero_any(void *p, size_t n)
{
	uint64_t *word = p, *end = (uint64_t *)((uintptr_t)p + n);

	if (arch_zva_size == 0 || arch_zva_size > GRANULE_SIZE) {
		while (word != end)
			*word++ = 0;
		return;
	}
	for (uintptr_t at = (uintptr_t)p; at != (uintptr_t)end; at += arch_zva_size)
		__asm__ volatile("dc zva, %0" ::"r"(at) : "memory");
}
