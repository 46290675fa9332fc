/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Granule Protection Table: 4 KiB granules, two levels, contiguous descriptors of 2 MiB.
 * Portable: what touches the machine is in gpt_arch.h. The boot stage builds the table with
 * gpt_init() and gpt_assign(); the resident stage changes it with gpt_transition().
 * Source of every rule: DDI0487 "Granule Protection Check" and docs/spec/rmm-el3.md section 7.
 */
#ifndef MONITOR_GPT_H
#define MONITOR_GPT_H

#include <stdint.h>
#include <spinlock.h>

#include "monitor/gpt/format.h"
#include "monitor/include/machine.h"

#define GPT_LOCKS 32

struct gpt {
	uint64_t *l0;	     /* table, at its physical address */
	uint64_t l0_entries; /* power of two */
	uint32_t l0_shift;   /* log2 of the bytes one L0 entry covers: 30 + L0GPTSZ */
	uint32_t pps;	     /* GPCCR_EL3.PPS */
	struct region keep;  /* granules no transition may touch: the RMM's own memory */
	struct spinlock locks[GPT_LOCKS]; /* one guards every GPT_LOCKS-th 512 MiB */
};

enum gpt_result {
	GPT_OK,
	GPT_BAD_ADDRESS, /* unaligned, above PPS, or not covered by an L1 table */
	GPT_BAD_PAS,	 /* a granule is not in the state the transition starts from */
	GPT_INTERRUPTED, /* a physical interrupt is pending; call again for the rest */
};

/*
 * Makes an L0 table at `l0` (as large as pps and l0_shift ask for, aligned to its size) in which
 * every region is one Non-secure block.
 */
void gpt_init(struct gpt *gpt, uint64_t *l0, uint32_t l0_shift, uint32_t pps);

/* Gives the L0 region around `pa` an L1 table at `l1`, all Non-secure, so that it can be divided.
 */
void gpt_add_l1(struct gpt *gpt, uint64_t pa, uint64_t *l1);

/*
 * Sets a range to `gpi` in the largest descriptors, before the table is switched on or when no
 * other CPU runs below EL3. No cache maintenance, no TLB maintenance. GPT_OK or GPT_BAD_ADDRESS.
 */
enum gpt_result gpt_assign(struct gpt *gpt, struct region range, uint32_t gpi);

/*
 * Moves up to `count` granules from `from` to `to` (one of them is GPI_NS), with all cache and TLB
 * maintenance, and stores in *done how many of them, counted from `pa`, are `to` on return. Polls
 * for physical interrupts after each 64 KiB and returns GPT_INTERRUPTED then, having moved at
 * least one granule. On any error *done is what was moved before it. Takes the range's locks.
 */
enum gpt_result gpt_transition(struct gpt *gpt, uint64_t pa, uint64_t count, uint32_t from,
			       uint32_t to, uint64_t *done);

/* The GPI of one granule, or GPI_NO_ACCESS if `pa` is above what the table covers. No locks. */
uint32_t gpt_lookup(const struct gpt *gpt, uint64_t pa);

#endif
