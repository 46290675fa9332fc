/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/lpi.c: LPIs among the other interrupts, and ends of interrupts that somebody waits for.
 */
#include "tests/unit/host/vgic/its.h"

#define GICR_CTLR 0

static void switch_lpis(unsigned int cpu, bool on)
{
	struct vgic_access access = {
		.redist = &cpus[cpu], .offset = GICR_CTLR, .len = 4, .write = true, .value = on};

	vgic_redist_write(&gic, &cpus[cpu], GICR_CTLR, 4, on);
	if (vgic_take_lpi_switch(&gic, &access))
		vgic_lpi_sync(&gic, &cpus[cpu]);
}

static void an_lpi_is_taken_once(void **state)
{
	map_one();
	assert_int_equal(its_send(&its, 1, 0), 1);
	assert_int_equal(kicks[0], 1);
	assert_true(has_pending(&cpus[0]));
	assert_int_equal(take(0), LPI);
	assert_int_equal(take(0), NONE);
	assert_false(has_pending(&cpus[0]));
}

/* In hardware an LPI is not active; QEMU's is. Both are right for the guest. */
static void an_lpi_may_be_active_or_not(void **state)
{
	struct run run;

	map_one();
	its_send(&its, 1, 0);
	gic_enter(&run, &cpus[0], VMCR);
	assert_int_equal(gic_ack(&run), LPI);
	gic_leave(&run);
	its_send(&its, 1, 0);
	gic_enter(&run, &cpus[0], VMCR);
	assert_int_equal(gic_lr(&run, LPI) >> 62, 3);
	gic_eoi(&run, LPI);
	assert_int_equal(gic_ack(&run), LPI);
	run.lr[0] = 0; /* as hardware leaves it */
	gic_leave(&run);
	assert_false(has_pending(&cpus[0]));
	assert_null(vgic_lpi(&gic, LPI)->irq.home);
}

static void priorities_count(void **state)
{
	map_one();
	property(LPI + 1, ENABLED(0x40));
	mapti(1, 1, LPI + 1, 0);
	its_send(&its, 1, 0);
	its_send(&its, 1, 1);
	assert_int_equal(take(0), LPI + 1);
	assert_int_equal(take(0), LPI);
}

static void the_distributor_holds_them_back(void **state)
{
	struct vgic_access access = {.offset = 0, .len = 4, .write = true};

	map_one();
	its_send(&its, 1, 0);
	vgic_dist_write(&gic, 0, 4, 0);
	assert_true(vgic_take_lpi_switch(&gic, &access));
	vgic_lpi_sync(&gic, NULL);
	assert_int_equal(take(0), NONE);
	vgic_dist_write(&gic, 0, 4, 2);
	vgic_lpi_sync(&gic, NULL);
	assert_int_equal(take(0), LPI);
}

static void what_the_guest_says_is_pending_is(void **state)
{
	map_one();
	mapti(1, 1, LPI + 13, 0);
	property(LPI + 13, ENABLED(0x80));
	simple(INV, 1, 1);
	switch_lpis(0, false);
	guest[PENDING(0) - GUEST + (LPI + 13) / 8] = 1 << (LPI + 13) % 8;
	assert_int_equal(its_send(&its, 1, 1), -16);
	switch_lpis(0, true);
	assert_int_equal(take(0), LPI + 13);
	/* Once, and not when nothing is switched. */
	switch_lpis(0, true);
	assert_int_equal(take(0), NONE);
	/* An event that is mapped later finds it too. */
	guest[PENDING(0) - GUEST + (LPI + 40) / 8] = 1 << (LPI + 40) % 8;
	property(LPI + 40, ENABLED(0x80));
	mapti(1, 2, LPI + 40, 0);
	assert_int_equal(take(0), LPI + 40);
}

static void nothing_is_pending_once_they_are_off(void **state)
{
	map_one();
	its_send(&its, 1, 0);
	switch_lpis(0, false);
	assert_false(has_pending(&cpus[0]));
	assert_int_equal(its_send(&its, 1, 0), -16);
	switch_lpis(0, true);
	assert_int_equal(take(0), NONE);
	assert_int_equal(its_send(&its, 1, 0), 1);
	assert_int_equal(take(0), LPI);
}

static void a_pending_table_that_is_nowhere_is_empty(void **state)
{
	map_one();
	switch_lpis(0, false);
	cpus[0].pendbaser = 0xffffffff0000ULL;
	switch_lpis(0, true);
	assert_int_equal(take(0), NONE);
	mapti(1, 1, LPI + 1, 0);
	assert_int_equal(its_send(&its, 1, 1), 1);
}

/* A guest that has disabled one, and had that told, takes it no more. */
static void runs_are_ended_for_what_is_to_leave(void **state)
{
	struct run run;
	u64 since;

	map_one();
	its_send(&its, 1, 0);
	assert_null(vgic_lpi_holder(&gic, gic.fills));
	gic_enter(&run, &cpus[0], VMCR);
	since = gic.fills;
	property(LPI, 0xa0);
	simple(INV, 1, 0);
	assert_ptr_equal(vgic_lpi_holder(&gic, since), &cpus[0]);
	gic_leave(&run);
	assert_null(vgic_lpi_holder(&gic, since));
	assert_int_equal(gic.lpis_leave, 0);
	assert_int_equal(take(0), NONE);
	property(LPI, ENABLED(0xa0));
	simple(INV, 1, 0);
	gic_enter(&run, &cpus[0], VMCR);
	since = gic.fills;
	mapc(1, 1);
	movi(1, 0, 1);
	assert_ptr_equal(vgic_lpi_holder(&gic, since), &cpus[0]);
	gic_leave(&run);
	assert_int_equal(take(0), NONE);
	assert_int_equal(take(1), LPI);
	its_send(&its, 1, 0);
	gic_enter(&run, &cpus[1], VMCR);
	simple(DISCARD, 1, 0);
	assert_ptr_equal(vgic_lpi_holder(&gic, gic.fills), &cpus[1]);
	gic_leave(&run);
	assert_int_equal(take(1), NONE);
}

/* Another vCPU waits as well, but for changes before this run. */
static void one_who_waits_does_not_end_the_wait_of_another(void **state)
{
	struct run run;
	u64 before;

	map_one();
	its_send(&its, 1, 0);
	before = gic.fills;
	gic_enter(&run, &cpus[0], VMCR);
	property(LPI, 0xa0);
	simple(INV, 1, 0);
	assert_null(vgic_lpi_holder(&gic, before));
	assert_ptr_equal(vgic_lpi_holder(&gic, gic.fills), &cpus[0]);
	gic_leave(&run);
	assert_null(vgic_lpi_holder(&gic, gic.fills));
	assert_int_equal(gic.lpis_leave, 0);
}

static void a_write_of_dir_reaches_an_lpi(void **state)
{
	struct run run;

	map_one();
	its_send(&its, 1, 0);
	gic_enter(&run, &cpus[0], VMCR);
	gic_ack(&run);
	gic_leave(&run);
	assert_true(vgic_lpi(&gic, LPI)->irq.active);
	vgic_deactivate(&gic, &cpus[0], LPI);
	assert_false(vgic_lpi(&gic, LPI)->irq.active);
	vgic_deactivate(&gic, &cpus[0], 0xffffff);
	vgic_deactivate(&gic, &cpus[0], LPI + 5000);
}

static void no_line_is_an_lpi(void **state)
{
	map_one();
	assert_null(vgic_irq(&gic, NULL, LPI));
	assert_null(vgic_lpi(&gic, 100));
	assert_null(vgic_lpi(&gic, VGIC_LPI_END));
	assert_null(vgic_lpi(&gic, VGIC_LPI_END - 1)); /* no chunk of it */
}

/* ---- ends of interrupts ---- */

static void the_end_of_a_level_is_told(void **state)
{
	u16 eois[VGIC_MAX_EOIS];
	struct run run;

	gic.want_eois = true;
	enable(&cpus[0], SPI);
	enable(&cpus[0], TIMER);
	line(&cpus[0], SPI, true);
	line(&cpus[0], TIMER, true);
	gic_enter(&run, &cpus[0], VMCR);
	gic_leave(&run);
	assert_int_equal(vgic_take_eois(&gic, eois), 0); /* not taken yet */
	gic_enter(&run, &cpus[0], VMCR);
	gic_ack(&run);
	gic_ack(&run);
	gic_leave(&run);
	assert_int_equal(vgic_take_eois(&gic, eois), 0); /* active */
	gic_enter(&run, &cpus[0], VMCR);
	gic_eoi(&run, TIMER);
	gic_eoi(&run, SPI);
	gic_leave(&run);
	assert_int_equal(vgic_take_eois(&gic, eois), 1);
	assert_int_equal(eois[0], SPI);
	assert_int_equal(vgic_take_eois(&gic, eois), 0);
}

static void so_is_an_end_outside_of_list_registers(void **state)
{
	u16 eois[VGIC_MAX_EOIS];
	struct run run;

	gic.want_eois = true;
	enable(&cpus[0], SPI);
	line(&cpus[0], SPI, true);
	gic_enter(&run, &cpus[0], VMCR);
	gic_ack(&run);
	gic_leave(&run);
	vgic_deactivate(&gic, &cpus[0], SPI);
	assert_int_equal(vgic_take_eois(&gic, eois), 1);
	gic.want_eois = false;
	assert_int_equal(take(0), SPI);
	assert_int_equal(vgic_take_eois(&gic, eois), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, its_setup, its_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_lpi_is_taken_once),
		TEST(an_lpi_may_be_active_or_not),
		TEST(priorities_count),
		TEST(the_distributor_holds_them_back),
		TEST(what_the_guest_says_is_pending_is),
		TEST(nothing_is_pending_once_they_are_off),
		TEST(a_pending_table_that_is_nowhere_is_empty),
		TEST(runs_are_ended_for_what_is_to_leave),
		TEST(one_who_waits_does_not_end_the_wait_of_another),
		TEST(a_write_of_dir_reaches_an_lpi),
		TEST(no_line_is_an_lpi),
		TEST(the_end_of_a_level_is_told),
		TEST(so_is_an_end_outside_of_list_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
