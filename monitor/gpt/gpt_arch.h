/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the GPT code asks of the machine. The firmware's implementation is
 * monitor/gpt/aarch64/gpt_arch.c; the unit tests link a recording one.
 */
#ifndef MONITOR_GPT_ARCH_H
#define MONITOR_GPT_ARCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Stores `value` in n words (a multiple of 16), each by a store that is single-copy atomic: tables
 * are walked meanwhile.
 */
void gpt_arch_fill(uint64_t *words, uint64_t n, uint64_t value);

/* Cleans and invalidates [pa, pa + size) of the PAS named by `gpi` to the point of physical
 * aliasing (DC CIPAPA). 4 KiB aligned. Not complete before gpt_arch_cache_done(). */
void gpt_arch_clean_invalidate(uint64_t pa, uint64_t size, uint32_t gpi);

/* Waits until the maintenance above is complete for all observers (DSB OSH). */
void gpt_arch_cache_done(void);

/*
 * Makes table writes visible to all walkers and drops what any CPU holds of
 * [pa, pa + size): DSB OSHST, TLBI RPALOS, DSB OSH. `size` is 4 KiB, 64 KiB or 2 MiB and
 * `pa` aligned to it.
 */
void gpt_arch_tlb_invalidate(uint64_t pa, uint64_t size);

/* Is a physical interrupt pending for this CPU? */
bool gpt_arch_interrupt_pending(void);

#endif
