/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/ledger.c: who has a page, and how it changes hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "hyp/ledger.h"

#define PAGES 16
#define LOW   UINT64_C(0x40000000)
#define HIGH  UINT64_C(0x8000000000)
#define PAGE  GRANULE_SIZE

static uint64_t words[2 * PAGES];
static struct ledger l;

/* The lower bank is the host's, the higher one hyp's. */
static int setup(void **state)
{
	const struct region banks[] = {{LOW, PAGES * PAGE}, {HIGH, PAGES * PAGE}};

	assert_int_equal(ledger_words(banks, 2), 2 * PAGES);
	memset(words, 0, sizeof(words));
	ledger_init(&l, banks, 2, words);
	assert_int_equal(ledger_claim(&l, LOW, PAGES, LEDGER_HYP), LEDGER_OK);
	ledger_publish(&l, LOW, PAGES, LEDGER_HOST);
	return 0;
}

static enum ledger_state state_of(uint64_t pa)
{
	enum ledger_state s = LEDGER_BUSY;

	assert_int_equal(ledger_run(&l, pa, 1, &s), 1);
	return s;
}

static void all_is_hyps_at_first(void **state)
{
	assert_int_equal(state_of(HIGH), LEDGER_HYP);
	assert_int_equal(state_of(HIGH + (PAGES - 1) * PAGE), LEDGER_HYP);
	assert_int_equal(ledger_claim(&l, HIGH, 1, LEDGER_HOST), LEDGER_REFUSED);
	assert_int_equal(ledger_pin(&l, HIGH), LEDGER_REFUSED);
}

static void only_whole_pages_of_one_bank_have_an_owner(void **state)
{
	const struct {
		uint64_t pa, n;
	} rows[] = {
		{0, 1},
		{LOW - PAGE, 2},
		{LOW + 8, 1},
		{LOW, PAGES + 1},
		{LOW + PAGE, PAGES},
		{LOW + PAGES * PAGE, 1},
		{LOW, UINT64_MAX},
		{HIGH + PAGE, UINT64_MAX / PAGE},
		{~(PAGE - 1), 1},
	};
	enum ledger_state s;
	bool is_new;

	/* The words of both banks are one array, in which a step too far finds pages of the host.
	 */
	assert_int_equal(ledger_claim(&l, HIGH, PAGES, LEDGER_HYP), LEDGER_OK);
	ledger_publish(&l, HIGH, PAGES, LEDGER_HOST);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(ledger_claim(&l, rows[i].pa, rows[i].n, LEDGER_HOST),
				 LEDGER_REFUSED);
	assert_int_equal(ledger_run(&l, 0, 1, &s), 0);
	assert_int_equal(ledger_pin(&l, LOW + 8), LEDGER_REFUSED);
	assert_int_equal(ledger_map_shared(&l, 0, (struct ledger_place){1, 0}, &is_new),
			 LEDGER_REFUSED);
	assert_int_equal(ledger_unmap_shared(&l, 0, (struct ledger_place){1, 0}), LEDGER_REFUSED);
}

static void pages_change_hands_by_claim_and_publish(void **state)
{
	assert_int_equal(ledger_claim(&l, LOW + PAGE, 3, LEDGER_HOST), LEDGER_OK);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
	assert_int_equal(state_of(LOW + PAGE), LEDGER_BUSY);
	assert_int_equal(state_of(LOW + 3 * PAGE), LEDGER_BUSY);
	assert_int_equal(state_of(LOW + 4 * PAGE), LEDGER_HOST);
	ledger_publish(&l, LOW + PAGE, 2, LEDGER_REALM);
	ledger_publish(&l, LOW + 3 * PAGE, 1, LEDGER_HOST);
	assert_int_equal(state_of(LOW + 2 * PAGE), LEDGER_REALM);
	assert_int_equal(state_of(LOW + 3 * PAGE), LEDGER_HOST);
	assert_int_equal(ledger_claim(&l, LOW + PAGE, 2, LEDGER_PVM), LEDGER_REFUSED);
	assert_int_equal(ledger_claim(&l, LOW + PAGE, 2, LEDGER_REALM), LEDGER_OK);
}

static void claim_takes_all_or_nothing(void **state)
{
	assert_int_equal(ledger_claim(&l, LOW + 4 * PAGE, 1, LEDGER_HOST), LEDGER_OK);
	assert_int_equal(ledger_claim(&l, LOW, 8, LEDGER_HOST), LEDGER_AGAIN);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(state_of(LOW + i * PAGE), LEDGER_HOST);
	ledger_publish(&l, LOW + 4 * PAGE, 1, LEDGER_PVM);
	assert_int_equal(ledger_claim(&l, LOW, 8, LEDGER_HOST), LEDGER_REFUSED);
	assert_int_equal(state_of(LOW + 3 * PAGE), LEDGER_HOST);
	assert_int_equal(state_of(LOW + 5 * PAGE), LEDGER_HOST);
}

/* Who could claim busy pages could end another CPU's transition. */
static void busy_pages_are_nobodys(void **state)
{
	bool is_new;

	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_OK);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_AGAIN);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_BUSY), LEDGER_REFUSED);
	assert_int_equal(ledger_pin(&l, LOW), LEDGER_AGAIN);
	assert_int_equal(ledger_map_shared(&l, LOW, (struct ledger_place){1, 0}, &is_new),
			 LEDGER_AGAIN);
	assert_int_equal(ledger_unmap_shared(&l, LOW, (struct ledger_place){1, 0}), LEDGER_REFUSED);
}

static void pinned_pages_stay_the_hosts(void **state)
{
	assert_int_equal(ledger_pin(&l, LOW), LEDGER_OK);
	assert_int_equal(ledger_pin(&l, LOW), LEDGER_OK);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_AGAIN);
	ledger_unpin(&l, LOW);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_AGAIN);
	ledger_unpin(&l, LOW);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_OK);
}

static void pins_do_not_run_over(void **state)
{
	for (int i = 0; i < LEDGER_PINS; i++)
		assert_int_equal(ledger_pin(&l, LOW), LEDGER_OK);
	assert_int_equal(ledger_pin(&l, LOW), LEDGER_AGAIN);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
	for (int i = 0; i < LEDGER_PINS; i++)
		ledger_unpin(&l, LOW);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_OK);
}

static void shared_page_has_one_place(void **state)
{
	const struct ledger_place at = {LEDGER_SLOTS - 1, MASK(51, 12)};
	const struct ledger_place others[] = {{LEDGER_SLOTS - 1, 0}, {0, MASK(51, 12)}, {0, 0}};
	bool is_new = false;

	assert_int_equal(ledger_map_shared(&l, LOW, at, &is_new), LEDGER_OK);
	assert_true(is_new);
	assert_int_equal(state_of(LOW), LEDGER_HOST_MAPPED);
	assert_int_equal(ledger_map_shared(&l, LOW, at, &is_new), LEDGER_OK);
	assert_false(is_new);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(ledger_map_shared(&l, LOW, others[i], &is_new), LEDGER_REFUSED);
		assert_int_equal(ledger_unmap_shared(&l, LOW, others[i]), LEDGER_REFUSED);
	}
	/* The next page is free for the same place: tables may say so while one replaces the other.
	 */
	assert_int_equal(ledger_map_shared(&l, LOW + PAGE, others[2], &is_new), LEDGER_OK);
	assert_int_equal(ledger_unmap_shared(&l, LOW, at), LEDGER_OK);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
	assert_int_equal(ledger_unmap_shared(&l, LOW, at), LEDGER_REFUSED);
}

static void shared_page_cannot_be_given_away(void **state)
{
	const struct ledger_place at = {1, PAGE};
	bool is_new;

	assert_int_equal(ledger_map_shared(&l, LOW + PAGE, at, &is_new), LEDGER_OK);
	assert_int_equal(ledger_claim(&l, LOW, 2, LEDGER_HOST), LEDGER_REFUSED);
	assert_int_equal(ledger_claim(&l, LOW + PAGE, 1, LEDGER_HOST_MAPPED), LEDGER_REFUSED);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
	assert_int_equal(ledger_unmap_shared(&l, LOW + PAGE, at), LEDGER_OK);
	assert_int_equal(ledger_claim(&l, LOW, 2, LEDGER_HOST), LEDGER_OK);
}

/* A shared page is the host's, so calls may use it in place, and pins outlive the mapping. */
static void shared_page_can_be_pinned(void **state)
{
	const struct ledger_place at = {7, 5 * PAGE};
	bool is_new;

	assert_int_equal(ledger_pin(&l, LOW), LEDGER_OK);
	assert_int_equal(ledger_map_shared(&l, LOW, at, &is_new), LEDGER_OK);
	assert_int_equal(ledger_pin(&l, LOW), LEDGER_OK);
	assert_int_equal(ledger_map_shared(&l, LOW, at, &is_new), LEDGER_OK);
	assert_int_equal(ledger_unmap_shared(&l, LOW, at), LEDGER_OK);
	ledger_unpin(&l, LOW);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_AGAIN);
	ledger_unpin(&l, LOW);
	assert_int_equal(ledger_claim(&l, LOW, 1, LEDGER_HOST), LEDGER_OK);
}

static void place_must_fit(void **state)
{
	bool is_new;

	assert_int_equal(
		ledger_map_shared(&l, LOW, (struct ledger_place){LEDGER_SLOTS, 0}, &is_new),
		LEDGER_REFUSED);
	assert_int_equal(ledger_map_shared(&l, LOW, (struct ledger_place){1, BIT(52)}, &is_new),
			 LEDGER_REFUSED);
	assert_int_equal(ledger_map_shared(&l, LOW, (struct ledger_place){1, 8}, &is_new),
			 LEDGER_REFUSED);
	assert_int_equal(state_of(LOW), LEDGER_HOST);
}

static void runs_end_where_the_state_changes(void **state)
{
	enum ledger_state s;

	assert_int_equal(ledger_claim(&l, LOW + 2 * PAGE, 3, LEDGER_HOST), LEDGER_OK);
	ledger_publish(&l, LOW + 2 * PAGE, 3, LEDGER_REALM);
	assert_int_equal(ledger_run(&l, LOW, 512, &s), 2);
	assert_int_equal(s, LEDGER_HOST);
	assert_int_equal(ledger_run(&l, LOW + 2 * PAGE, 512, &s), 3);
	assert_int_equal(s, LEDGER_REALM);
	assert_int_equal(ledger_run(&l, LOW + 2 * PAGE, 2, &s), 2);
	assert_int_equal(ledger_run(&l, LOW + 5 * PAGE, 512, &s), PAGES - 5);
	assert_int_equal(ledger_run(&l, HIGH, 512, &s), PAGES);
	assert_int_equal(s, LEDGER_HYP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_is_hyps_at_first, setup),
		cmocka_unit_test_setup(only_whole_pages_of_one_bank_have_an_owner, setup),
		cmocka_unit_test_setup(pages_change_hands_by_claim_and_publish, setup),
		cmocka_unit_test_setup(claim_takes_all_or_nothing, setup),
		cmocka_unit_test_setup(busy_pages_are_nobodys, setup),
		cmocka_unit_test_setup(pinned_pages_stay_the_hosts, setup),
		cmocka_unit_test_setup(pins_do_not_run_over, setup),
		cmocka_unit_test_setup(shared_page_has_one_place, setup),
		cmocka_unit_test_setup(shared_page_cannot_be_given_away, setup),
		cmocka_unit_test_setup(shared_page_can_be_pinned, setup),
		cmocka_unit_test_setup(place_must_fit, setup),
		cmocka_unit_test_setup(runs_end_where_the_state_changes, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
