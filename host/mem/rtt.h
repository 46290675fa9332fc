/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making, splitting and folding of a Realm's translation tables (RTTs). Only for the files of mem/;
 * what destroys all of them is in mem.h.
 */
#ifndef HOST_MEM_RTT_H
#define HOST_MEM_RTT_H

#include "host/vm/vm.h"

#define BLOCK_LEVEL 2 /* 2 MiB */
#define PAGE_LEVEL  3

static inline u64 rtt_level_size(int level)
{
	return 1ULL << (PAGE_SHIFT + 9 * (PAGE_LEVEL - level));
}

/* The level at which the walk ended, as a status RMI_ERROR_RTT says. */
static inline int rtt_status_level(u64 status)
{
	return (s8)RMI_INDEX(status);
}

/* Makes the tables of levels from + 1 to `to` that lead to ipa. 0 or an errno. */
int cca_rtt_make(struct cca_vm *vm, u64 ipa, int from, int to);
/* Replaces a 2 MiB block by a table, made of the granule *spare, which is 0 afterwards. */
int cca_rtt_split(struct cca_vm *vm, u64 ipa, u64 *spare);
/*
 * Replaces a table of pages by a 2 MiB block, if the RMM finds the table uniform. The table's
 * granule becomes *spare, or goes to the pool if there is one.
 */
void cca_rtt_fold(struct cca_vm *vm, u64 ipa, u64 *spare);

#endif
