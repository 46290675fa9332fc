/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of a guest's EL1 and EL0, walked by software: KVM tells nobody where a virtual address of
 * an arm64 guest leads (Arm ARM D8.2, D8.3). Pure.
 */
#ifndef VMM_GDB_WALK_H
#define VMM_GDB_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct walk {
	uint64_t sctlr, tcr, ttbr[2]; /* SCTLR_EL1, TCR_EL1, TTBR0_EL1 and TTBR1_EL1 */
	/* Eight bytes of the guest's physical memory; false: there is none. */
	bool (*read)(void *owner, uint64_t address, uint64_t *value);
	void *owner;
};

/* The physical address, and how many bytes from there on belong together. False: not mapped. */
bool walk_address(const struct walk *w, uint64_t va, uint64_t *pa, uint64_t *size);

#endif
