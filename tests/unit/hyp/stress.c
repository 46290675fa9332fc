/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hyp/ledger.c under several CPUs at once, for ThreadSanitizer. Each page has a plain variable that
 * only its owner touches: two owners at a time are a data race, which the sanitizer reports. Pins
 * and mappings are counted by who makes them, and the sums are right at the end.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <util.h>

#include "hyp/ledger.h"

#define PAGES	64
#define THREADS 4
#define ROUNDS	20000
#define BASE	UINT64_C(0x40000000)
#define PAGE	GRANULE_SIZE

static uint64_t words[PAGES];
static struct ledger l;
static uint64_t contents[PAGES]; /* of the one who has claimed the page */
static uint64_t moves, taken;	 /* pages that were claimed, by all */

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static const enum ledger_state states[] = {LEDGER_HOST, LEDGER_REALM, LEDGER_PVM};

static void move(uint64_t first, uint64_t n, enum ledger_state from, enum ledger_state to)
{
	if (ledger_claim(&l, BASE + first * PAGE, n, from) != LEDGER_OK)
		return;
	for (uint64_t i = first; i < first + n; i++)
		contents[i]++;
	__atomic_fetch_add(&moves, n, __ATOMIC_RELAXED);
	ledger_publish(&l, BASE + first * PAGE, n, to);
}

/* While a page is pinned it stays the host's. */
static void use(uint64_t page)
{
	enum ledger_state s = LEDGER_BUSY;

	if (ledger_pin(&l, BASE + page * PAGE) != LEDGER_OK)
		return;
	ledger_run(&l, BASE + page * PAGE, 1, &s);
	assert(s == LEDGER_HOST || s == LEDGER_HOST_MAPPED);
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	ledger_unpin(&l, BASE + page * PAGE);
}

/* Each thread has a VM of its own: what it has mapped nobody else unmaps or claims. */
static void share(uint64_t page, uint32_t slot, uint64_t ipa)
{
	const struct ledger_place at = {slot, ipa};
	enum ledger_state s = LEDGER_BUSY;
	bool is_new;

	if (ledger_map_shared(&l, BASE + page * PAGE, at, &is_new) != LEDGER_OK)
		return;
	assert(is_new);
	ledger_run(&l, BASE + page * PAGE, 1, &s);
	assert(s == LEDGER_HOST_MAPPED);
	assert(ledger_unmap_shared(&l, BASE + page * PAGE, at) == LEDGER_OK);
}

static void *run(void *arg)
{
	uint64_t state = (uintptr_t)arg * 0x9e3779b97f4a7c15;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t r = next(&state), page = r % PAGES;

		switch (r >> 20 & 3) {
		case 0:
			use(page);
			break;
		case 1:
			share(page, (uint32_t)(uintptr_t)arg, (r >> 24 & 0xff) * PAGE);
			break;
		default:
			move(page, 1 + (r >> 32 & 7) % (PAGES - page), states[(r >> 40) % 3],
			     states[(r >> 44) % 3]);
		}
	}
	return NULL;
}

int main(void)
{
	const struct region bank = {BASE, PAGES * PAGE};
	pthread_t threads[THREADS];
	uint64_t sum = 0;

	ledger_init(&l, &bank, 1, words);
	assert(ledger_claim(&l, BASE, PAGES, LEDGER_HYP) == LEDGER_OK);
	ledger_publish(&l, BASE, PAGES, LEDGER_HOST);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert(!pthread_create(&threads[i], NULL, run, (void *)(i + 1)));
	for (int i = 0; i < THREADS; i++)
		assert(!pthread_join(threads[i], NULL));
	for (int i = 0; i < PAGES; i++) {
		enum ledger_state s = LEDGER_BUSY;

		sum += contents[i];
		ledger_run(&l, BASE + (uint64_t)i * PAGE, 1, &s);
		assert(s == LEDGER_HOST || s == LEDGER_REALM || s == LEDGER_PVM);
		/* No pin is left. */
		assert(ledger_claim(&l, BASE + (uint64_t)i * PAGE, 1, s) == LEDGER_OK);
	}
	assert(sum == moves && moves && taken);
	puts("ok 1 - no page has two owners\n1..1");
	return 0;
}
