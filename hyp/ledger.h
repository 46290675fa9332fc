/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ledger: one word for each page of memory, which says whose it is. A transition is check, then
 * commit: ledger_claim() takes pages for one CPU alone, which then changes tables and calls the
 * firmware, and ends with ledger_publish(), of the old state where that failed. No lock is held
 * meanwhile; who meets a page under way is told so. Any CPU may call any function at any time.
 * Portable.
 */
#ifndef HYP_LEDGER_H
#define HYP_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "monitor/include/machine.h"

#define LEDGER_SLOTS 4096
#define LEDGER_PINS  255 /* of one page at most */

enum ledger_state {
	LEDGER_HYP,	    /* hyp's, and what no other state has been given to */
	LEDGER_HYP_SHARED,  /* hyp's, mapped by the host too */
	LEDGER_HOST,	    /* the host's alone */
	LEDGER_HOST_MAPPED, /* the host's, and mapped in the shared half of one VM at one address */
	LEDGER_REALM,	    /* delegated to the RMM */
	LEDGER_PVM,	    /* delegated to the core of protected VMs */
	LEDGER_BUSY,	    /* a transition is under way */
};

enum ledger_result {
	LEDGER_OK,
	LEDGER_AGAIN,	/* a page is busy or pinned: the same call may do well later */
	LEDGER_REFUSED, /* a page is of another state, or no memory */
};

/* What is shared with a VM: its number, and the page's IPA there, below 2^52. */
struct ledger_place {
	uint32_t slot;
	uint64_t ipa;
};

struct ledger {
	uint32_t nr_banks;
	struct region bank[MAX_DRAM_BANKS]; /* whole pages */
	uint64_t *words[MAX_DRAM_BANKS];    /* one per page of the bank */
};

/* How many words the banks need. */
uint64_t ledger_words(const struct region *banks, uint32_t nr_banks);

/* words: zeroed, which is LEDGER_HYP for all pages. At most MAX_DRAM_BANKS banks. */
void ledger_init(struct ledger *l, const struct region *banks, uint32_t nr_banks, uint64_t *words);

/*
 * Pages [pa, pa + n pages) of one bank become busy, or none does. All must be of the state, and not
 * pinned. The caller then owes ledger_publish() for each of them.
 */
enum ledger_result ledger_claim(struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state from);

/* Claimed pages get their state. It is not LEDGER_HOST_MAPPED, which has a place. */
void ledger_publish(struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state to);

/* How many of the pages from pa on, n at most, have the state that the first one has. */
uint64_t ledger_run(const struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state *state);

/* A page of the host stays the host's until it is unpinned as often as it was pinned. */
enum ledger_result ledger_pin(struct ledger *l, uint64_t pa);
void ledger_unpin(struct ledger *l, uint64_t pa);

/*
 * The host's page is mapped in a VM. LEDGER_OK as well if it is there already, and *is_new tells
 * the two apart.
 */
enum ledger_result ledger_map_shared(struct ledger *l, uint64_t pa, struct ledger_place at,
				     bool *is_new);
/* LEDGER_REFUSED: it is not mapped there. */
enum ledger_result ledger_unmap_shared(struct ledger *l, uint64_t pa, struct ledger_place at);

#endif
