/* SPDX-License-Identifier: BSD-3-Clause */
/* Granule Protection Table: lookup, building and transitions. See gpt.h. */
#include <stdbool.h>
#include <util.h>

#include "abi/firme.h"
#include "monitor/gpt/gpt.h"
#include "monitor/gpt/gpt_arch.h"

#define L0_BLOCK	 1
#define L0_TABLE	 3
#define L0_TABLE_ADDRESS MASK(51, 12)

#define WORD_SHIFT	  16 /* one 64-bit L1 entry covers 16 granules */
#define WORD_SIZE	  KIB(64)
#define GRANULES_PER_WORD 16
#define L1_CONTIGUOUS	  1

/*
 * One step works inside a 2 MiB block: the smallest contiguous descriptor, and the only one in use.
 * The first granule of a block that changes hands splits the descriptor into 32 words of granules,
 * and when the last one comes back the words are joined again. With the larger descriptors of the
 * architecture, 32 and 512 MiB, one granule would rewrite 512 or 8,192 words with the caller's
 * interrupts off. Their only gain would be TLB reach for mappings larger than 2 MiB.
 */
#define STEP_SIZE  MIB(2)
#define STEP_WORDS (STEP_SIZE / WORD_SIZE)
#define CONTIG_2M  1

/* A run of granules inside one 2 MiB block, changing from one GPI to another. */
struct step {
	uint64_t *words; /* L1 entries of the 2 MiB block */
	uint64_t block;	 /* its address */
	uint32_t first;	 /* granule index in the block */
	uint32_t end;
};

static uint64_t granules_word(uint32_t gpi)
{
	return gpi * UINT64_C(0x1111111111111111);
}

static uint64_t contiguous_word(uint32_t gpi)
{
	return CONTIG_2M << 8 | gpi << 4 | L1_CONTIGUOUS;
}

static bool is_contiguous(uint64_t word)
{
	return (word & 0xf) == L1_CONTIGUOUS;
}

static uint32_t word_gpi(uint64_t word, uint32_t granule)
{
	if (is_contiguous(word))
		return (uint32_t)FIELD(word, 7, 4);
	return (word >> (granule % GRANULES_PER_WORD * 4)) & 0xf;
}

/* Other CPUs and the hardware walk the table meanwhile, so an entry is written by one store. */
static uint64_t word_read(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static void word_write(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* The L1 entry that holds `pa`, or NULL when it has no L1 table. */
static uint64_t *find_word(const struct gpt *gpt, uint64_t pa)
{
	uint64_t index = pa >> gpt->l0_shift;
	uint64_t entry;

	if (index >= gpt->l0_entries)
		return NULL;
	index = index_nospec(index, gpt->l0_entries);
	entry = word_read(&gpt->l0[index]);
	if ((entry & 0xf) != L0_TABLE)
		return NULL;
	return (uint64_t *)(uintptr_t)(entry & L0_TABLE_ADDRESS) +
	       FIELD(pa, gpt->l0_shift - 1, WORD_SHIFT);
}

uint32_t gpt_lookup(const struct gpt *gpt, uint64_t pa)
{
	uint64_t *word = find_word(gpt, pa);
	uint64_t index = pa >> gpt->l0_shift;

	if (word)
		return word_gpi(word_read(word), (uint32_t)(pa >> GRANULE_SHIFT));
	if (index < gpt->l0_entries)
		return (uint32_t)FIELD(gpt->l0[index_nospec(index, gpt->l0_entries)], 7, 4);
	return GPI_NO_ACCESS;
}

void gpt_init(struct gpt *gpt, uint64_t *l0, uint32_t l0_shift, uint32_t pps)
{
	gpt->l0 = l0;
	gpt->l0_shift = l0_shift;
	gpt->pps = pps;
	gpt->l0_entries = gpt_l0_entries(pps, l0_shift);
	for (uint64_t i = 0; i < gpt->l0_entries; i++)
		gpt->l0[i] = GPI_NS << 4 | L0_BLOCK;
}

void gpt_add_l1(struct gpt *gpt, uint64_t pa, uint64_t *l1)
{
	uint64_t region = BIT(gpt->l0_shift);

	gpt_arch_fill(l1, gpt_l1_size(gpt->l0_shift) / sizeof(*l1), granules_word(GPI_NS));
	gpt->l0[pa >> gpt->l0_shift] = (uint64_t)(uintptr_t)l1 | L0_TABLE;
	gpt_assign(gpt, (struct region){align_down(pa, region), region}, GPI_NS);
}

/* Makes granules of a contiguous block, with the same GPI. `words` are its entries. */
static void shatter(uint64_t *words, uint64_t block)
{
	uint64_t word = word_read(words);

	if (!is_contiguous(word))
		return;
	gpt_arch_fill(words, STEP_WORDS, granules_word(word_gpi(word, 0)));
	gpt_arch_tlb_invalidate(block, STEP_SIZE);
}

/* Granules from *pa on, to the end of its word or of the range. */
static void assign_word(struct gpt *gpt, uint64_t *pa, uint64_t end, uint32_t gpi)
{
	uint64_t block = align_down(*pa, STEP_SIZE), *word = find_word(gpt, *pa);

	shatter(find_word(gpt, block), block);
	do {
		uint32_t shift = (uint32_t)(*pa >> GRANULE_SHIFT) % GRANULES_PER_WORD * 4;

		word_write(word,
			   (word_read(word) & ~(UINT64_C(0xf) << shift)) | (uint64_t)gpi << shift);
		*pa += GRANULE_SIZE;
	} while (*pa < end && !is_aligned(*pa, WORD_SIZE));
}

enum gpt_result gpt_assign(struct gpt *gpt, struct region range, uint32_t gpi)
{
	uint64_t pa = range.base;
	uint64_t end = range.base + range.size;

	if (!is_aligned(pa | range.size, GRANULE_SIZE))
		return GPT_BAD_ADDRESS;
	while (pa < end) {
		uint64_t *word = find_word(gpt, pa);

		if (!word)
			return GPT_BAD_ADDRESS;
		if (!is_aligned(pa, STEP_SIZE) || end - pa < STEP_SIZE) {
			assign_word(gpt, &pa, end, gpi);
			continue;
		}
		gpt_arch_fill(word, STEP_WORDS, contiguous_word(gpi));
		pa += STEP_SIZE;
	}
	return GPT_OK;
}

/*
 * True if all words of a block have this value. The caller holds the lock of their range, so nobody
 * else writes them and plain loads will do, which the compiler joins in pairs.
 */
static bool all_equal(const uint64_t *words, uint64_t value)
{
	uint64_t differ = 0;

	for (const uint64_t *word = words; word != words + STEP_WORDS && !differ; word += 8) {
#pragma GCC unroll 8
		for (unsigned int k = 0; k < 8; k++)
			differ |= word[k] ^ value;
	}
	return !differ;
}

/*
 * Makes the step's block contiguous if all its granules have one state now. Permissions do not
 * change by that, so no TLB maintenance is needed. Mostly single granules change hands in a mixed
 * block: the changed granule's own word is looked at first and decides at once.
 */
static void fuse(const struct step *step, uint32_t gpi)
{
	uint64_t part = granules_word(gpi);

	if (step->words[step->first / GRANULES_PER_WORD] == part && all_equal(step->words, part))
		gpt_arch_fill(step->words, STEP_WORDS, contiguous_word(gpi));
}

/* How many granules from step->first on (up to step->end) have the GPI `from`. */
static uint32_t count_matching(const struct step *step, uint32_t from)
{
	uint32_t i = step->first;

	while (i < step->end) {
		uint64_t word = word_read(&step->words[i / GRANULES_PER_WORD]);

		if (i % GRANULES_PER_WORD == 0 && step->end - i >= GRANULES_PER_WORD &&
		    (word == granules_word(from) ||
		     (is_contiguous(word) && word_gpi(word, 0) == from))) {
			i += GRANULES_PER_WORD;
			continue;
		}
		if (word_gpi(word, i) != from)
			break;
		i++;
	}
	return i - step->first;
}

static void set_granules(const struct step *step, uint32_t first, uint32_t end, uint32_t gpi)
{
	uint32_t i = first;

	while (i < end) {
		uint64_t *word = &step->words[i / GRANULES_PER_WORD];
		uint32_t in_word = i % GRANULES_PER_WORD;
		uint32_t n = end - i < GRANULES_PER_WORD - in_word ? end - i
								   : GRANULES_PER_WORD - in_word;
		uint64_t mask = (n == GRANULES_PER_WORD ? ~UINT64_C(0) : BIT(n * 4) - 1)
				<< in_word * 4;

		word_write(word, (word_read(word) & ~mask) | (granules_word(gpi) & mask));
		i += n;
	}
}

static void invalidate_step(const struct step *step)
{
	uint64_t pa = step->block + ((uint64_t)step->first << GRANULE_SHIFT);

	if (step->end - step->first == 1)
		gpt_arch_tlb_invalidate(pa, GRANULE_SIZE);
	else if (step->first / GRANULES_PER_WORD == (step->end - 1) / GRANULES_PER_WORD)
		gpt_arch_tlb_invalidate(align_down(pa, WORD_SIZE), WORD_SIZE);
	else
		gpt_arch_tlb_invalidate(step->block, STEP_SIZE);
}

/*
 * Cache maintenance of the step in one PAS or two, in pieces of at most 64 KiB. Stops early, at a
 * 64 KiB boundary, when an interrupt is pending; returns the first granule not done.
 */
static uint32_t clean_step(const struct step *step, uint32_t gpi, uint32_t other)
{
	uint32_t i = step->first;

	while (i < step->end) {
		uint32_t next = (i / GRANULES_PER_WORD + 1) * GRANULES_PER_WORD;
		uint64_t pa = step->block + ((uint64_t)i << GRANULE_SHIFT);
		uint64_t size;

		if (next > step->end)
			next = step->end;
		size = (uint64_t)(next - i) << GRANULE_SHIFT;
		gpt_arch_clean_invalidate(pa, size, gpi);
		if (other != gpi)
			gpt_arch_clean_invalidate(pa, size, other);
		i = next;
		if (i < step->end && gpt_arch_interrupt_pending())
			break;
	}
	gpt_arch_cache_done();
	return i;
}

/*
 * NS to another PAS. First the target PAS is cleaned of lines fetched speculatively, then the
 * table changes, then what the old owner left in caches is pushed out: written back later it
 * would land on the new owner's data. Returns the first granule not moved.
 */
static uint32_t take(struct step *step, uint32_t from, uint32_t to)
{
	uint32_t done;

	step->end = clean_step(step, to, to);
	set_granules(step, step->first, step->end, to);
	invalidate_step(step);
	done = clean_step(step, from, from);
	if (done < step->end) {
		set_granules(step, done, step->end, from);
		invalidate_step(step);
	}
	return done;
}

/*
 * Another PAS to NS. Access ends first, so that no write of the old owner becomes visible to the
 * new one after the maintenance. Returns the first granule not moved.
 */
static uint32_t give_back(struct step *step, uint32_t from, uint32_t to)
{
	uint32_t done;

	set_granules(step, step->first, step->end, GPI_NO_ACCESS);
	invalidate_step(step);
	done = clean_step(step, from, to);
	set_granules(step, step->first, done, to);
	set_granules(step, done, step->end, from);
	invalidate_step(step);
	return done;
}

/*
 * Moves what it can of one 2 MiB block's granules [first, end) and leaves in step->end how far they
 * were in the state `from`. A block that changes as a whole is not split into granules first: every
 * entry of the old descriptor is replaced and invalidated. The caller holds the block's lock.
 */
static uint32_t move_in_block(struct step *step, uint32_t from, uint32_t to)
{
	uint32_t matching = count_matching(step, from);
	struct step work = *step;
	uint32_t done;

	step->end = step->first + matching;
	if (!matching)
		return 0;
	work.end = step->end;
	if (matching < STEP_SIZE >> GRANULE_SHIFT)
		shatter(step->words, step->block);
	done = to == GPI_NS ? give_back(&work, from, to) : take(&work, from, to);
	if (done == step->end)
		fuse(step, to);
	return done - step->first;
}

static bool overlaps(struct region a, uint64_t pa, uint64_t size)
{
	return pa < a.base + a.size && pa + size > a.base;
}

enum gpt_result gpt_transition(struct gpt *gpt, uint64_t pa, uint64_t count, uint32_t from,
			       uint32_t to, uint64_t *done)
{
	uint64_t limit = BIT(gpt_pps_bits(gpt->pps));

	*done = 0;
	if (!is_aligned(pa, GRANULE_SIZE) || pa >= limit || count > (limit - pa) >> GRANULE_SHIFT)
		return GPT_BAD_ADDRESS;

	while (*done < count) {
		uint64_t at = pa + (*done << GRANULE_SHIFT);
		struct step step = {.block = align_down(at, STEP_SIZE)};
		struct spinlock *lock = &gpt->locks[(at >> 29) % GPT_LOCKS];
		uint64_t wanted = count - *done;
		uint32_t moved;

		step.words = find_word(gpt, step.block);
		if (!step.words)
			return GPT_BAD_ADDRESS;
		step.first = (uint32_t)((at - step.block) >> GRANULE_SHIFT);
		step.end = (uint32_t)(STEP_SIZE >> GRANULE_SHIFT);
		if (step.end - step.first > wanted)
			step.end = step.first + (uint32_t)wanted;
		wanted = step.end - step.first;
		if (overlaps(gpt->keep, at, wanted << GRANULE_SHIFT))
			return GPT_BAD_PAS;

		spin_lock(lock);
		moved = move_in_block(&step, from, to);
		spin_unlock(lock);
		*done += moved;
		if (moved < step.end - step.first)
			return GPT_INTERRUPTED;
		if (moved < wanted)
			return GPT_BAD_PAS;
		if (*done < count && gpt_arch_interrupt_pending())
			return GPT_INTERRUPTED;
	}
	return GPT_OK;
}
