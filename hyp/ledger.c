/* SPDX-License-Identifier: BSD-3-Clause */
/* The ledger of pages. See ledger.h. */
#include <stddef.h>
#include <util.h>

#include "hyp/ledger.h"

/* A word: IPA / 4 KiB, slot, pins, state. */
#define WORD_STATE    MASK(3, 0)
#define WORD_PIN      BIT(4)
#define WORD_PINS     MASK(11, 4)
#define WORD_SLOT(s)  ((uint64_t)(s) << 12)
#define WORD_IPA(ipa) ((ipa) >> GRANULE_SHIFT << 24)
#define WORD_PLACE    MASK(63, 12)

_Static_assert(LEDGER_SLOTS == BIT(12), "");
_Static_assert(LEDGER_PINS == WORD_PINS / WORD_PIN, "");

static enum ledger_state state_of(uint64_t word)
{
	return (enum ledger_state)(word & WORD_STATE);
}

uint64_t ledger_words(const struct region *banks, uint32_t nr_banks)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < nr_banks; i++)
		n += banks[i].size / GRANULE_SIZE;
	return n;
}

void ledger_init(struct ledger *l, const struct region *banks, uint32_t nr_banks, uint64_t *words)
{
	*l = (struct ledger){.nr_banks = nr_banks};
	for (uint32_t i = 0; i < nr_banks; i++) {
		l->bank[i] = banks[i];
		l->words[i] = words;
		words += banks[i].size / GRANULE_SIZE;
	}
}

/* The word of the first of n pages, NULL if they are not pages of one bank. */
static uint64_t *find(const struct ledger *l, uint64_t pa, uint64_t n)
{
	for (uint32_t i = 0; i < l->nr_banks; i++) {
		const struct region *bank = &l->bank[i];
		uint64_t index = (pa - bank->base) / GRANULE_SIZE;
		uint64_t pages = bank->size / GRANULE_SIZE;

		if (pa >= bank->base && index < pages)
			return is_aligned(pa, GRANULE_SIZE) && n <= pages - index
				       ? &l->words[i][index]
				       : NULL;
	}
	return NULL;
}

static uint64_t load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* On failure *old is what the word is now. */
static bool replace(uint64_t *word, uint64_t *old, uint64_t new)
{
	return __atomic_compare_exchange_n(word, old, new, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static void store(uint64_t *word, uint64_t n, enum ledger_state state)
{
	for (uint64_t i = 0; i < n; i++)
		__atomic_store_n(&word[i], state, __ATOMIC_RELEASE);
}

/* A page whose state another CPU is about to say, or that is pinned, may fit later. */
static enum ledger_result claim_one(uint64_t *word, enum ledger_state from)
{
	uint64_t old = load(word);

	do {
		if (state_of(old) == LEDGER_BUSY)
			return LEDGER_AGAIN;
		if (state_of(old) != from)
			return LEDGER_REFUSED;
		if (old & WORD_PINS)
			return LEDGER_AGAIN;
	} while (!replace(word, &old, LEDGER_BUSY));
	return LEDGER_OK;
}

/* A page that is mapped in a VM has to be unmapped first, so it is never claimed. */
enum ledger_result ledger_claim(struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state from)
{
	uint64_t *word = find(l, pa, n);

	if (!word || from == LEDGER_BUSY || from == LEDGER_HOST_MAPPED)
		return LEDGER_REFUSED;
	for (uint64_t i = 0; i < n; i++) {
		enum ledger_result result = claim_one(&word[i], from);

		if (result != LEDGER_OK) {
			store(word, i, from);
			return result;
		}
	}
	return LEDGER_OK;
}

void ledger_publish(struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state to)
{
	uint64_t *word = find(l, pa, n);

	if (word)
		store(word, n, to);
}

uint64_t ledger_run(const struct ledger *l, uint64_t pa, uint64_t n, enum ledger_state *state)
{
	const uint64_t *word = find(l, pa, 1);
	uint64_t i;

	if (!word)
		return 0;
	*state = state_of(load(word));
	for (i = 1; i < n && find(l, pa + i * GRANULE_SIZE, 1) == &word[i]; i++) {
		if (state_of(load(&word[i])) != *state)
			break;
	}
	return i;
}

enum ledger_result ledger_pin(struct ledger *l, uint64_t pa)
{
	uint64_t *word = find(l, pa, 1);
	uint64_t old;

	if (!word)
		return LEDGER_REFUSED;
	old = load(word);
	do {
		enum ledger_state state = state_of(old);

		if (state == LEDGER_BUSY)
			return LEDGER_AGAIN;
		if (state != LEDGER_HOST && state != LEDGER_HOST_MAPPED)
			return LEDGER_REFUSED;
		if ((old & WORD_PINS) == WORD_PINS)
			return LEDGER_AGAIN;
	} while (!replace(word, &old, old + WORD_PIN));
	return LEDGER_OK;
}

void ledger_unpin(struct ledger *l, uint64_t pa)
{
	uint64_t *word = find(l, pa, 1);

	if (word)
		__atomic_fetch_sub(word, WORD_PIN, __ATOMIC_RELEASE);
}

static uint64_t mapped_at(struct ledger_place at)
{
	return WORD_IPA(at.ipa) | WORD_SLOT(at.slot) | LEDGER_HOST_MAPPED;
}

static bool is_mapped_at(uint64_t word, struct ledger_place at)
{
	return (word & ~WORD_PINS) == mapped_at(at);
}

enum ledger_result ledger_map_shared(struct ledger *l, uint64_t pa, struct ledger_place at,
				     bool *is_new)
{
	uint64_t *word = find(l, pa, 1);
	uint64_t old;

	if (!word || at.slot >= LEDGER_SLOTS || at.ipa & ~MASK(51, GRANULE_SHIFT))
		return LEDGER_REFUSED;
	old = load(word);
	do {
		*is_new = state_of(old) == LEDGER_HOST;
		if (is_mapped_at(old, at))
			return LEDGER_OK;
		if (state_of(old) == LEDGER_BUSY)
			return LEDGER_AGAIN;
		if (!*is_new)
			return LEDGER_REFUSED;
	} while (!replace(word, &old, (old & WORD_PINS) | mapped_at(at)));
	return LEDGER_OK;
}

enum ledger_result ledger_unmap_shared(struct ledger *l, uint64_t pa, struct ledger_place at)
{
	uint64_t *word = find(l, pa, 1);
	uint64_t old;

	if (!word)
		return LEDGER_REFUSED;
	old = load(word);
	do {
		if (!is_mapped_at(old, at))
			return LEDGER_REFUSED;
	} while (!replace(word, &old, (old & WORD_PINS) | LEDGER_HOST));
	return LEDGER_OK;
}
