/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Granule Protection Table against a model of one state per granule: whatever the sequence of
 * assignments and transitions, every granule reads back as the model says, every descriptor is
 * legal, and the maintenance the architecture asks for was done in its order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "abi/firme.h"
#include "monitor/gpt/gpt.h"
#include "monitor/gpt/gpt_arch.h"

#define L0_SHIFT  30
#define PPS_64_GB 1
#define DRAM	  GIB(1)
#define GRANULES  (GIB(1) >> GRANULE_SHIFT)

static struct gpt gpt;
static uint64_t *l0, *l1;
static uint8_t *model; /* GPI by granule of the GiB at DRAM */

/* What the code asked of the machine, in order. */
enum { CLEAN, CACHE_DONE, TLB };
static struct {
	int what;
	uint64_t pa, size;
	uint32_t gpi;	   /* CLEAN: the PAS */
	uint32_t gpi_then; /* state of the first granule at that moment */
} events[64];
static unsigned int nr_events;
static uint64_t words_filled;
static int interrupt_after; /* polls until an interrupt is pending; negative: never */

static void record(int what, uint64_t pa, uint64_t size, uint32_t gpi)
{
	if (nr_events == ARRAY_SIZE(events))
		return;
	events[nr_events].what = what;
	events[nr_events].pa = pa;
	events[nr_events].size = size;
	events[nr_events].gpi = gpi;
	events[nr_events].gpi_then = gpt_lookup(&gpt, pa);
	nr_events++;
}

void gpt_arch_fill(uint64_t *words, uint64_t n, uint64_t value)
{
	assert_true(n != 0 && n % 16 == 0);
	words_filled += n;
	for (uint64_t i = 0; i < n; i++)
		__atomic_store_n(&words[i], value, __ATOMIC_RELAXED);
}

void gpt_arch_clean_invalidate(uint64_t pa, uint64_t size, uint32_t gpi)
{
	assert_true(is_aligned(pa | size, GRANULE_SIZE));
	record(CLEAN, pa, size, gpi);
}

void gpt_arch_cache_done(void)
{
	record(CACHE_DONE, 0, 0, 0);
}

void gpt_arch_tlb_invalidate(uint64_t pa, uint64_t size)
{
	assert_true(size == KIB(4) || size == KIB(64) || size == MIB(2));
	assert_true(is_aligned(pa, size));
	record(TLB, pa, size, 0);
}

bool gpt_arch_interrupt_pending(void)
{
	return interrupt_after >= 0 && interrupt_after-- == 0;
}

static int setup(void **state)
{
	memset(&gpt, 0, sizeof(gpt));
	l0 = aligned_alloc(KIB(4), KIB(4));
	gpt_init(&gpt, l0, L0_SHIFT, PPS_64_GB);
	l1 = aligned_alloc(gpt_l1_size(L0_SHIFT), gpt_l1_size(L0_SHIFT));
	gpt_add_l1(&gpt, DRAM, l1);
	model = malloc(GRANULES);
	memset(model, GPI_NS, GRANULES);
	nr_events = 0;
	words_filled = 0;
	interrupt_after = -1;
	return 0;
}

static int teardown(void **state)
{
	free(l0);
	free(l1);
	free(model);
	return 0;
}

static uint64_t pa_of(uint64_t granule)
{
	return DRAM + (granule << GRANULE_SHIFT);
}

/* The first `granules` as the model says, every contiguous area in them whole and aligned. */
static void check_start(uint64_t granules)
{
	for (uint64_t i = 0; i < granules; i++) {
		if (gpt_lookup(&gpt, pa_of(i)) != model[i])
			fail_msg("granule %lu is %x, not %x", (unsigned long)i,
				 gpt_lookup(&gpt, pa_of(i)), model[i]);
	}
	for (uint64_t word = 0; word < granules / 16; word++) {
		static const uint64_t words[] = {0, 32, 512, 8192};
		uint64_t contig = FIELD(l1[word], 9, 8);

		if ((l1[word] & 0xf) != 1)
			continue;
		assert_int_equal(contig, 1);
		for (uint64_t i = 0; i < words[contig]; i++)
			assert_int_equal(l1[align_down(word, words[contig]) + i], l1[word]);
	}
}

static void check_table(void)
{
	check_start(GRANULES);
}

static enum gpt_result move(uint64_t first, uint64_t count, uint32_t from, uint32_t to,
			    uint64_t *done)
{
	enum gpt_result result = gpt_transition(&gpt, pa_of(first), count, from, to, done);

	memset(model + first, (int)to, *done);
	return result;
}

static void a_new_table_is_non_secure_in_blocks(void **state)
{
	check_table();
	assert_int_equal(l1[0], 0x191);
	assert_int_equal(gpt_lookup(&gpt, 0), GPI_NS);
	assert_int_equal(gpt_lookup(&gpt, GIB(64)), GPI_NO_ACCESS);
}

/* The word of a granule: 0x191 is Non-secure memory in 2 MiB. */
static uint64_t word_of(uint64_t granule)
{
	return l1[granule / 16];
}

static void single_granule_splits_and_fuses_back(void **state)
{
	const uint64_t granule = 70000, block = granule / 512 * 512;
	uint64_t done;

	assert_int_equal(move(granule, 1, GPI_NS, GPI_REALM, &done), GPT_OK);
	assert_int_equal(done, 1);
	check_table();
	assert_int_equal(word_of(granule) & 0xf, GPI_REALM); /* the first of its word */
	assert_int_equal(word_of(block), 0x9999999999999999);
	assert_int_equal(word_of(block - 1), 0x191);
	assert_int_equal(word_of(block + 512), 0x191);
	assert_int_equal(move(granule, 1, GPI_REALM, GPI_NS, &done), GPT_OK);
	check_table();
	assert_int_equal(word_of(granule), 0x191);
}

static void whole_blocks_stay_whole(void **state)
{
	uint64_t done;

	assert_int_equal(move(512, 1024, GPI_NS, GPI_REALM, &done), GPT_OK);
	check_table();
	assert_int_equal(word_of(511), 0x191);
	assert_int_equal(word_of(512), 0x1b1);
	assert_int_equal(word_of(1535), 0x1b1);
	assert_int_equal(word_of(1536), 0x191);
}

/* A block is one descriptor only when each of its 32 words says the same. */
static void fusing_looks_at_every_word(void **state)
{
	uint64_t done;

	for (uint64_t word = 1; word < 32; word++) {
		move(0, 1, GPI_NS, GPI_REALM, &done);
		move(word * 16 + 15, 1, GPI_NS, GPI_REALM, &done);
		move(0, 1, GPI_REALM, GPI_NS, &done);
		check_start(512);
		assert_int_equal(word_of(0), 0x9999999999999999);
		move(word * 16 + 15, 1, GPI_REALM, GPI_NS, &done);
		assert_int_equal(word_of(0), 0x191);
	}
}

/* Wherever a granule lies, a move writes the 32 words of its block and no others. */
static void one_granule_writes_few_words(void **state)
{
	static const uint64_t granules[] = {0, 5, 512, 8192, 70000, GRANULES - 1};
	static const uint32_t owner[][2] = {{GPI_NS, GPI_REALM}, {GPI_REALM, GPI_NS}};

	for (unsigned int d = 0; d < 2; d++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(granules); i++) {
			uint64_t done;

			words_filled = 0;
			move(granules[i], 1, owner[d][0], owner[d][1], &done);
			assert_int_equal(words_filled, 32);
			move(granules[i], 1, owner[d][1], owner[d][0], &done);
			assert_int_equal(words_filled, 64);
			check_table();
		}
		move(0, GRANULES, owner[d][0], owner[d][1], &(uint64_t){0});
		assert_int_equal(word_of(0), 0x101 | owner[d][1] << 4);
	}
}

static void expect_event(unsigned int i, int what, uint64_t pa, uint64_t size, uint32_t gpi,
			 uint32_t gpi_then)
{
	assert_true(i < nr_events);
	assert_int_equal(events[i].what, what);
	if (what == CACHE_DONE)
		return;
	assert_int_equal(events[i].pa, pa);
	assert_int_equal(events[i].size, size);
	assert_int_equal(events[i].gpi, gpi);
	assert_int_equal(events[i].gpi_then, gpi_then);
}

static void delegate_cleans_target_then_source(void **state)
{
	uint64_t pa = pa_of(3), done;

	assert_int_equal(move(3, 1, GPI_NS, GPI_REALM, &done), GPT_OK);
	expect_event(0, TLB, DRAM, MIB(2), 0, GPI_NS); /* shattering, permissions unchanged */
	expect_event(1, CLEAN, pa, KIB(4), GPI_REALM, GPI_NS);
	expect_event(2, CACHE_DONE, 0, 0, 0, 0);
	expect_event(3, TLB, pa, KIB(4), 0, GPI_REALM);
	expect_event(4, CLEAN, pa, KIB(4), GPI_NS, GPI_REALM);
	expect_event(5, CACHE_DONE, 0, 0, 0, 0);
	assert_int_equal(nr_events, 6);
}

static void undelegate_takes_access_away_first(void **state)
{
	uint64_t pa = pa_of(3), done;

	move(3, 1, GPI_NS, GPI_REALM, &done);
	nr_events = 0;
	assert_int_equal(move(3, 1, GPI_REALM, GPI_NS, &done), GPT_OK);
	expect_event(0, TLB, pa, KIB(4), 0, GPI_NO_ACCESS);
	expect_event(1, CLEAN, pa, KIB(4), GPI_REALM, GPI_NO_ACCESS);
	expect_event(2, CLEAN, pa, KIB(4), GPI_NS, GPI_NO_ACCESS);
	expect_event(3, CACHE_DONE, 0, 0, 0, 0);
	expect_event(4, TLB, pa, KIB(4), 0, GPI_NS);
	assert_int_equal(nr_events, 5);
}

static void whole_blocks_need_one_invalidation_a_step(void **state)
{
	uint64_t done;

	assert_int_equal(move(512, 512, GPI_NS, GPI_REALM, &done), GPT_OK);
	check_table();
	for (unsigned int i = 0, tlb = 0; i < nr_events; i++) {
		tlb += events[i].what == TLB;
		assert_true(tlb <= 1);
	}
}

static void stops_at_the_first_granule_in_another_state(void **state)
{
	uint64_t done;

	move(1000, 1, GPI_NS, GPI_REALM, &done);
	assert_int_equal(move(990, 20, GPI_NS, GPI_REALM, &done), GPT_BAD_PAS);
	assert_int_equal(done, 10);
	check_table();
	assert_int_equal(move(1000, 1, GPI_NS, GPI_REALM, &done), GPT_BAD_PAS);
	assert_int_equal(done, 0);
	assert_int_equal(move(0, 1, GPI_REALM, GPI_NS, &done), GPT_BAD_PAS);
	check_table();
}

static void bad_addresses_change_nothing(void **state)
{
	static const struct {
		uint64_t pa, count;
	} bad[] = {
		{DRAM + 1, 1},
		{DRAM + 0x800, 1},
		{GIB(64), 1},
		{0, 1},
		{GIB(63), 1},
		{~UINT64_C(0xfff), 1},
		{DRAM, UINT64_MAX},
		{DRAM, UINT64_MAX / 2},
		{DRAM, GIB(63) / KIB(4) + 1},
		{GIB(64) - KIB(4), 2},
	};
	uint64_t done;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(
			gpt_transition(&gpt, bad[i].pa, bad[i].count, GPI_NS, GPI_REALM, &done),
			GPT_BAD_ADDRESS);
		assert_int_equal(done, 0);
	}
	check_table();
}

static void a_range_over_the_end_moves_what_has_a_table(void **state)
{
	uint64_t done;

	assert_int_equal(move(GRANULES - 5, 10, GPI_NS, GPI_REALM, &done), GPT_BAD_ADDRESS);
	assert_int_equal(done, 5);
	check_table();
}

static void kept_memory_is_out_of_reach(void **state)
{
	uint64_t done;

	gpt.keep = (struct region){DRAM + MIB(4), MIB(4)};
	assert_int_equal(move(0, 4096, GPI_NS, GPI_REALM, &done), GPT_BAD_PAS);
	assert_int_equal(done, 1024);
	assert_int_equal(move(1024, 1, GPI_NS, GPI_REALM, &done), GPT_BAD_PAS);
	assert_int_equal(move(2047, 1, GPI_NS, GPI_REALM, &done), GPT_BAD_PAS);
	assert_int_equal(move(2048, 1, GPI_NS, GPI_REALM, &done), GPT_OK);
	check_table();
}

static void interrupts_cut_both_directions_at_64k(void **state)
{
	static const uint32_t direction[][2] = {{GPI_NS, GPI_REALM}, {GPI_REALM, GPI_NS}};

	for (unsigned int d = 0; d < 2; d++) {
		for (int polls = 0; polls < 140; polls += 3) {
			uint64_t first = 100, count = 3000, at = first, done;
			enum gpt_result result = GPT_INTERRUPTED;

			interrupt_after = polls;
			while (result == GPT_INTERRUPTED) {
				result = move(at, first + count - at, direction[d][0],
					      direction[d][1], &done);
				assert_true(done > 0 || result == GPT_OK);
				at += done;
			}
			assert_int_equal(result, GPT_OK);
			assert_int_equal(at, first + count);
			check_start(8192);
			interrupt_after = -1;
			move(first, count, direction[d][1], direction[d][0], &done);
		}
		interrupt_after = -1;
		move(100, 3000, direction[d][0], direction[d][1], &(uint64_t){0});
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void random_ranges_agree_with_the_model(void **state)
{
	uint64_t seed = 0x2545f4914f6cdd1d;

	for (unsigned int round = 0; round < 1000; round++) {
		uint64_t first = next_random(&seed) % GRANULES;
		uint64_t count = 1 + next_random(&seed) % (UINT64_C(1) << next_random(&seed) % 18);
		uint32_t from = next_random(&seed) & 1 ? GPI_NS : GPI_REALM;
		uint32_t to = from == GPI_NS ? GPI_REALM : GPI_NS;
		uint64_t matching = 0, done;

		if (first + count > GRANULES)
			count = GRANULES - first;
		while (matching < count && model[first + matching] == from)
			matching++;
		interrupt_after = -1;
		assert_int_equal(move(first, count, from, to, &done),
				 matching == count ? GPT_OK : GPT_BAD_PAS);
		assert_int_equal(done, matching);
		if (round % 100 == 0)
			check_table();
	}
	check_table();
}

static void assignment_takes_any_range(void **state)
{
	static const struct {
		uint64_t first, count;
		uint32_t gpi;
	} steps[] = {
		{0, 512, GPI_ROOT},	   {511, 2, GPI_SECURE},  {131072, 131072, GPI_REALM},
		{131072 + 17, 1, GPI_ANY}, {131000, 200, GPI_NS}, {5, 3, GPI_ROOT},
		{0, GRANULES, GPI_NS},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
		struct region range = {pa_of(steps[i].first), steps[i].count << GRANULE_SHIFT};

		assert_int_equal(gpt_assign(&gpt, range, steps[i].gpi), GPT_OK);
		memset(model + steps[i].first, (int)steps[i].gpi, steps[i].count);
		check_table();
	}
	assert_int_equal(gpt_assign(&gpt, (struct region){DRAM + 1, KIB(4)}, GPI_ROOT),
			 GPT_BAD_ADDRESS);
	assert_int_equal(gpt_assign(&gpt, (struct region){0, KIB(4)}, GPI_ROOT), GPT_BAD_ADDRESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_table_is_non_secure_in_blocks),
		TEST(single_granule_splits_and_fuses_back),
		TEST(whole_blocks_stay_whole),
		TEST(fusing_looks_at_every_word),
		TEST(one_granule_writes_few_words),
		TEST(delegate_cleans_target_then_source),
		TEST(undelegate_takes_access_away_first),
		TEST(whole_blocks_need_one_invalidation_a_step),
		TEST(stops_at_the_first_granule_in_another_state),
		TEST(bad_addresses_change_nothing),
		TEST(a_range_over_the_end_moves_what_has_a_table),
		TEST(kept_memory_is_out_of_reach),
		TEST(interrupts_cut_both_directions_at_64k),
		TEST(random_ranges_agree_with_the_model),
		TEST(assignment_takes_any_range),
	};

	return cmocka_run_group_tests_name("gpt", tests, NULL, NULL);
}
