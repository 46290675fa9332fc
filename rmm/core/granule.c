/* SPDX-License-Identifier: BSD-3-Clause */
/* The granule table. See granule.h. Only this file reads and writes its words. */
#include "rmm/arch/arch.h"
#include "rmm/core/granule.h"

#define WORD_STATE     0x000f
#define WORD_LOCK      0x0010
#define WORD_CLEAN     0x0020 /* memory is zero; with DELEGATED only */
#define WORD_REF_SHIFT 6
#define WORD_REF_ONE   (1 << WORD_REF_SHIFT)

/*
 * Four words as one, for runs. ThreadSanitizer does not see that a 64-bit access takes part in the
 * order of 16-bit ones (the architecture does): its builds set RMM_QUADS to 0.
 */
#ifndef RMM_QUADS
#define RMM_QUADS 1
#endif
#define QUAD	   4
#define QUAD_OF(w) ((uint64_t)(w)*UINT64_C(0x0001000100010001))
#define QUAD_LOCK  QUAD_OF(WORD_LOCK)
#define QUAD_CLEAN QUAD_OF(WORD_CLEAN)

struct bank {
	uint64_t base;
	uint64_t size;
	uint16_t *words; /* the word of base; a quad of words is memory aligned to 16K */
};

/* By ascending base. */
static struct bank banks[GRANULE_MAX_BANKS];
static size_t bank_count;
static size_t half; /* first step of a search: the highest power of two below bank_count, or 0 */
static const struct bank *recent = banks; /* where the last search ended: a guess for the next */

/* Words that a bank takes in the table, with some in front that align its quads. */
static size_t bank_words(const struct granule_bank *bank)
{
	uint64_t start = align_down(bank->base.v, QUAD * GRANULE_SIZE);

	return (align_up(bank->base.v + bank->size, QUAD * GRANULE_SIZE) - start) >> GRANULE_SHIFT;
}

static bool bank_valid(const struct granule_bank *bank, uint64_t end_before)
{
	return bank->size != 0 && bank->base.v >= end_before && granule_aligned(bank->base.v) &&
	       granule_aligned(bank->size) && bank->base.v + bank->size > bank->base.v &&
	       bank->base.v + bank->size <= BIT(52) && bank->base.v != 0;
}

size_t granule_table_size(const struct granule_bank *list, size_t count)
{
	uint64_t end = 0;
	size_t words = 0;

	if (count > GRANULE_MAX_BANKS)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (!bank_valid(&list[i], end))
			return 0;
		end = list[i].base.v + list[i].size;
		words += bank_words(&list[i]);
	}
	return words * sizeof(uint16_t);
}

void granule_init(const struct granule_bank *list, size_t count, void *table)
{
	uint16_t *words = table;

	RMM_ASSERT(granule_table_size(list, count) != 0);
	for (size_t i = 0; i < count; i++) {
		uint64_t base = list[i].base.v;

		banks[i].base = base;
		banks[i].size = list[i].size;
		banks[i].words = words + ((base >> GRANULE_SHIFT) % QUAD);
		words += bank_words(&list[i]);
	}
	bank_count = count;
	half = 0;
	for (size_t step = 1; step < count; step *= 2)
		half = step;
}

/* Finds the last bank that starts at or below pa, by halves. NULL: pa is in none. */
static __attribute__((noinline)) const struct bank *search_bank(uint64_t pa)
{
	const struct bank *bank = banks, *end = banks + bank_count;

	for (size_t step = half; step; step /= 2)
		if (bank + step < end && bank[step].base <= pa)
			bank += step;
	if (pa - bank->base >= bank->size)
		return NULL;
	__atomic_store_n(&recent, bank, __ATOMIC_RELAXED);
	return bank;
}

/* Every command looks for a bank several times, mostly for the same one. */
static inline const struct bank *find_bank(uint64_t pa)
{
	const struct bank *bank = __atomic_load_n(&recent, __ATOMIC_RELAXED);

	return pa - bank->base < bank->size ? bank : search_bank(pa);
}

/*
 * The word of pa, or NULL if pa is not aligned or not tracked. There is no need of index_nospec():
 * a CPU that speculates past the check may load another word, but that word only decides a branch,
 * and no address is made of it.
 */
static uint16_t *find_word(uint64_t pa)
{
	const struct bank *bank = find_bank(pa);

	if (!bank || !granule_aligned(pa))
		return NULL;
	return &bank->words[(pa - bank->base) >> GRANULE_SHIFT];
}

/* The word of a run's first granule. *n is cut at the end of the bank. */
static uint16_t *find_run(uint64_t pa, size_t *n)
{
	const struct bank *bank = find_bank(pa);
	size_t left;

	if (!bank || !granule_aligned(pa)) {
		*n = 0;
		return NULL;
	}
	left = (bank->base + bank->size - pa) >> GRANULE_SHIFT;
	if (*n > left)
		*n = left;
	return &bank->words[(pa - bank->base) >> GRANULE_SHIFT];
}

bool granule_tracked(pa_t pa, uint64_t *bytes)
{
	uint64_t end = pa.v;

	for (size_t i = 0; i < bank_count; i++) {
		if (end - banks[i].base < banks[i].size)
			end = banks[i].base + banks[i].size;
		else if (end == pa.v && banks[i].base > pa.v) {
			*bytes = banks[i].base - pa.v;
			return false;
		}
	}
	*bytes = end == pa.v ? ~UINT64_C(0) : end - pa.v;
	return end != pa.v;
}

uint64_t granule_end(void)
{
	return banks[bank_count - 1].base + banks[bank_count - 1].size;
}

static uint16_t load(const uint16_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

bool granule_is(pa_t pa, enum granule_state state)
{
	const uint16_t *word = find_word(pa.v);

	return word && (load(word) & WORD_STATE) == state;
}

static enum granule_try try_word(uint16_t *word, enum granule_state expected)
{
	uint16_t w = load(word);

	do {
		if ((w & WORD_STATE) != expected)
			return GRANULE_OTHER_STATE;
		if (w & WORD_LOCK)
			return GRANULE_CONTENDED;
	} while (!__atomic_compare_exchange_n(word, &w, w | WORD_LOCK, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return GRANULE_TAKEN;
}

enum granule_try granule_trylock(pa_t pa, enum granule_state expected, struct granule_lock *lock)
{
	uint16_t *word = find_word(pa.v);

	*lock = (struct granule_lock){word, pa};
	return word ? try_word(word, expected) : GRANULE_OTHER_STATE;
}

bool granule_lock(pa_t pa, enum granule_state expected, struct granule_lock *lock)
{
	enum granule_try result;

	while ((result = granule_trylock(pa, expected, lock)) == GRANULE_CONTENDED)
		arch_spin_hint();
	return result == GRANULE_TAKEN;
}

void granule_unlock(struct granule_lock *lock)
{
	__atomic_store_n(lock->word, load(lock->word) & ~WORD_LOCK, __ATOMIC_RELEASE);
	lock->word = NULL;
}

void granule_become(struct granule_lock *lock, enum granule_state state)
{
	RMM_ASSERT(granule_refs(lock) == 0);
	__atomic_store_n(lock->word, (uint16_t)(state | WORD_LOCK), __ATOMIC_RELAXED);
}

void granule_unlock_to(struct granule_lock *lock, enum granule_state state)
{
	RMM_ASSERT(granule_refs(lock) == 0);
	__atomic_store_n(lock->word, (uint16_t)state, __ATOMIC_RELEASE);
	lock->word = NULL;
}

void *granule_mem(const struct granule_lock *lock)
{
	return arch_realm_ptr(lock->pa);
}

unsigned int granule_refs(const struct granule_lock *lock)
{
	return load(lock->word) >> WORD_REF_SHIFT;
}

void granule_ref_add(struct granule_lock *lock, int delta)
{
	int refs = (int)granule_refs(lock) + delta;

	RMM_ASSERT(refs >= 0 && refs <= GRANULE_REF_MAX);
	__atomic_store_n(lock->word, (uint16_t)(load(lock->word) + delta * WORD_REF_ONE),
			 __ATOMIC_RELAXED);
}

/* True when `word` starts a quad and the run has all of it. */
static bool is_quad(const uint16_t *word, size_t left)
{
	return RMM_QUADS && left >= QUAD && is_aligned((uintptr_t)word, QUAD * sizeof(*word));
}

static uint64_t quad_load(const uint16_t *word)
{
	return __atomic_load_n((const uint64_t *)(const void *)word, __ATOMIC_RELAXED);
}

static void quad_store(uint16_t *word, uint64_t value)
{
	__atomic_store_n((uint64_t *)(void *)word, value, __ATOMIC_RELEASE);
}

static bool quad_claim(uint16_t *word, enum granule_state from)
{
	uint64_t w = quad_load(word);

	return (w & ~QUAD_CLEAN) == QUAD_OF(from) &&
	       __atomic_compare_exchange_n((uint64_t *)(void *)word, &w, w | QUAD_LOCK, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Claims a run of one granule, as most runs are. */
static size_t claim_one(pa_t pa, enum granule_state from, enum granule_try *why)
{
	struct granule_lock lock;
	enum granule_try result = granule_trylock(pa, from, &lock);

	if (why)
		*why = result == GRANULE_TAKEN ? GRANULE_OTHER_STATE : result;
	return result == GRANULE_TAKEN;
}

static size_t claim_run(pa_t pa, size_t n, enum granule_state from, enum granule_try *why)
{
	uint16_t *word = find_run(pa.v, &n);
	enum granule_try result = word ? GRANULE_TAKEN : GRANULE_OTHER_STATE;
	size_t done = 0;

	while (done < n) {
		if (is_quad(word + done, n - done) && quad_claim(word + done, from)) {
			done += QUAD;
			continue;
		}
		result = try_word(word + done, from);
		if (result != GRANULE_TAKEN)
			break;
		done++;
	}
	/* A run that was cut at the end of the bank ends at memory that is not tracked. */
	if (why)
		*why = done == n && word ? GRANULE_OTHER_STATE : result;
	return done;
}

size_t granule_claim(pa_t pa, size_t n, enum granule_state from, enum granule_try *why)
{
	return n == 1 ? claim_one(pa, from, why) : claim_run(pa, n, from, why);
}

/*
 * Gives each granule of a run a new word. The run is claimed, and unlocked by this, or it belongs
 * to the caller alone.
 */
static void set_run(pa_t pa, size_t n, uint16_t value)
{
	uint16_t *word = find_run(pa.v, &n);

	while (n > 0) {
		if (is_quad(word, n)) {
			quad_store(word, QUAD_OF(value));
			word += QUAD;
			n -= QUAD;
		} else {
			__atomic_store_n(word, value, __ATOMIC_RELEASE);
			word++;
			n--;
		}
	}
}

static void set_one(pa_t pa, uint16_t value)
{
	uint16_t *word = find_word(pa.v);

	if (word)
		__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void set(pa_t pa, size_t n, uint16_t value)
{
	if (n == 1)
		set_one(pa, value);
	else
		set_run(pa, n, value);
}

void granule_publish(pa_t pa, size_t n, enum granule_state to)
{
	set(pa, n, (uint16_t)to);
}

void granule_data_to_delegated(pa_t pa, size_t n)
{
	set(pa, n, GRANULE_DELEGATED);
}

void granule_release(pa_t pa, size_t n)
{
	uint16_t *word = find_run(pa.v, &n);

	while (n > 0) {
		if (is_quad(word, n)) {
			quad_store(word, quad_load(word) & ~QUAD_LOCK);
			word += QUAD;
			n -= QUAD;
		} else {
			__atomic_store_n(word, load(word) & ~WORD_LOCK, __ATOMIC_RELEASE);
			word++;
			n--;
		}
	}
}

/*
 * code: instruction fetches have to find zeroes, too. That is arch_code_written() with its question
 * asked once for a run.
 */
static void zero(pa_t pa, size_t n, bool code)
{
	void *p = arch_realm_ptr(pa);

	arch_zero(p, n);
	if (code)
		arch_clean_code(p, n);
}

/* Zeroes one granule of a claimed run, unless it is known to be zero. */
static void scrub_one(uint16_t *word, pa_t pa, bool code)
{
	uint16_t w = load(word);

	if (w & WORD_CLEAN)
		return;
	zero(pa, GRANULE_SIZE, code);
	__atomic_store_n(word, w | WORD_CLEAN, __ATOMIC_RELAXED);
}

/* The same for four at once. False, with nothing done: only some of them are known to be zero. */
static bool scrub_quad(uint16_t *word, pa_t pa, bool code)
{
	uint64_t w = quad_load(word);

	if ((w & QUAD_CLEAN) == QUAD_CLEAN)
		return true;
	if (w & QUAD_CLEAN)
		return false;
	zero(pa, QUAD * GRANULE_SIZE, code);
	quad_store(word, w | QUAD_CLEAN);
	return true;
}

void granule_scrub(pa_t pa, size_t n)
{
	const bool code = arch_features.clean_code;
	uint16_t *word = find_run(pa.v, &n);
	size_t i = 0;

	while (i < n) {
		pa_t at = pa_add(pa, i << GRANULE_SHIFT);

		if (is_quad(word + i, n - i) && scrub_quad(word + i, at, code)) {
			i += QUAD;
		} else {
			scrub_one(word + i, at, code);
			i++;
		}
	}
}

size_t granule_count_zeroed(pa_t pa, size_t n)
{
	const uint16_t *word = find_run(pa.v, &n);
	size_t i = 0;

	while (i < n) {
		if (is_quad(word + i, n - i) &&
		    quad_load(word + i) == QUAD_OF(GRANULE_DELEGATED | WORD_CLEAN))
			i += QUAD;
		else if (load(word + i) == (GRANULE_DELEGATED | WORD_CLEAN))
			i++;
		else
			break;
	}
	return i;
}

size_t granule_count_state(pa_t pa, size_t n, enum granule_state state)
{
	const uint16_t *word = find_run(pa.v, &n);
	size_t done = 0;

	while (done < n && (load(&word[done]) & WORD_STATE) == state)
		done++;
	return done;
}
