/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host/vgic/mmio.c: accesses to the state of interrupts that sit in list registers of running
 * vCPUs. Which accesses have to wait, for which vCPU, and what they read then.
 */
#include "tests/unit/host/vgic/vgic.h"

#define GICD_CTLR  0x0000
#define ISENABLER  0x0100
#define ICENABLER  0x0180
#define ISPENDR	   0x0200
#define ICPENDR	   0x0280
#define ISACTIVER  0x0300
#define ICACTIVER  0x0380
#define IPRIORITYR 0x0400
#define SGI_BASE   0x10000
#define SGI	   3
#define WORD(base) ((base) + SPI / 32 * 4)
#define BIT_OF_SPI (1U << SPI % 32)

static struct vgic_cpu *const runs = &cpus[0], *const looks = &cpus[1];
static struct run run;

static struct vgic_cpu *holder(const struct vgic_access *access)
{
	return vgic_access_holder(&gic, access, gic.fills);
}

static struct vgic_access dist(u32 offset, bool write, u64 value)
{
	return (struct vgic_access){.offset = offset, .len = 4, .write = write, .value = value};
}

/* Reads as host/vgic/run.c does. Here the test itself ends and begins the run, as a kick would. */
static u64 read_as_other(u32 offset)
{
	const struct vgic_access access = dist(offset, false, 0);
	u64 since = gic.fills;

	while (vgic_access_holder(&gic, &access, since)) {
		gic_leave(&run);
		gic_enter(&run, runs, VMCR);
	}
	return vgic_dist_read(&gic, offset, 4);
}

static void spi_in_a_run(void)
{
	enable(runs, SPI)->edge = true;
	line(runs, SPI, true);
	gic_enter(&run, runs, VMCR);
}

static void an_active_state_is_read_as_it_is(void **state)
{
	spi_in_a_run();
	assert_int_equal(read_as_other(WORD(ISACTIVER)) & BIT_OF_SPI, 0);
	assert_int_equal(read_as_other(WORD(ISPENDR)) & BIT_OF_SPI, BIT_OF_SPI);
	assert_int_equal(gic_ack(&run), SPI);
	assert_int_equal(read_as_other(WORD(ISACTIVER)) & BIT_OF_SPI, BIT_OF_SPI);
	assert_int_equal(read_as_other(WORD(ICACTIVER)) & BIT_OF_SPI, BIT_OF_SPI);
	assert_int_equal(read_as_other(WORD(ISPENDR)) & BIT_OF_SPI, 0);
	assert_int_equal(read_as_other(WORD(ICPENDR)) & BIT_OF_SPI, 0);
	gic_eoi(&run, SPI);
	assert_int_equal(read_as_other(WORD(ISACTIVER)) & BIT_OF_SPI, 0);
	gic_leave(&run);
}

/* Otherwise the access would wait for ever for a vCPU that takes the same interrupt repeatedly. */
static void a_run_that_began_later_is_not_waited_for(void **state)
{
	const struct vgic_access access = dist(WORD(ISACTIVER), false, 0);
	u64 since;

	spi_in_a_run();
	since = gic.fills;
	gic_ack(&run);
	assert_ptr_equal(vgic_access_holder(&gic, &access, since), runs);
	gic_leave(&run);
	assert_null(vgic_access_holder(&gic, &access, since));
	gic_enter(&run, runs, VMCR);
	assert_int_not_equal(gic_lr(&run, SPI), 0);
	assert_null(vgic_access_holder(&gic, &access, since));
	assert_int_equal(vgic_dist_read(&gic, WORD(ISACTIVER), 4), BIT_OF_SPI);
	assert_ptr_equal(holder(&access), runs);
	gic_leave(&run);
}

static void only_what_list_registers_hold_is_waited_for(void **state)
{
	static const struct {
		u32 offset;
		bool read, write;
	} rows[] = {
		{0x080, false, false},	 {ISENABLER, false, false}, {ICENABLER, false, true},
		{ISPENDR, true, false},	 {ICPENDR, true, true},	    {ISACTIVER, true, true},
		{ICACTIVER, true, true}, {0x500, false, false},	    {0xd00, false, false},
		{0x6000, false, false},
	};
	unsigned int i;

	spi_in_a_run();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vgic_access read = dist(WORD(rows[i].offset), false, 0);
		const struct vgic_access write = dist(WORD(rows[i].offset), true, BIT_OF_SPI);
		const struct vgic_access others = dist(WORD(rows[i].offset), true, ~BIT_OF_SPI);

		assert_ptr_equal(holder(&read), rows[i].read ? runs : NULL);
		assert_ptr_equal(holder(&write), rows[i].write ? runs : NULL);
		assert_null(holder(&others));
	}
	gic_leave(&run);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct vgic_access read = dist(WORD(rows[i].offset), false, 0);

		assert_null(holder(&read));
	}
}

static void other_widths_are_waited_for_as_they_are_made(void **state)
{
	struct vgic_access access = dist(WORD(ISACTIVER) + 1, false, 0);

	spi_in_a_run();
	access.len = 1;
	assert_ptr_equal(holder(&access), runs);
	access.write = true; /* ignored: nothing to wait for */
	access.value = 0xff;
	assert_null(holder(&access));
	access = dist(ISACTIVER, false, 0); /* SPIs are in the upper half */
	assert_null(holder(&access));
	access.len = 8;
	assert_ptr_equal(holder(&access), runs);
	access.write = true;
	access.value = (u64)BIT_OF_SPI << 32;
	assert_ptr_equal(holder(&access), runs);
	gic_leave(&run);
}

static void a_private_one_is_its_redistributors(void **state)
{
	struct vgic_access access = {
		.redist = runs, .offset = SGI_BASE + ISACTIVER, .len = 4, .write = false};

	vgic_send_sgi(&gic, looks, SGI << 24 | 1, true);
	gic_enter(&run, runs, VMCR);
	assert_int_equal(gic_ack(&run), SGI);
	assert_ptr_equal(holder(&access), runs);
	access.redist = looks;
	assert_null(holder(&access));
	access.redist = runs;
	access.offset = ISACTIVER; /* not in the frame of the SGIs */
	assert_null(holder(&access));
	gic_leave(&run);
	assert_int_equal(vgic_redist_read(&gic, runs, SGI_BASE + ISACTIVER, 4), 1 << SGI);
}

/* Bits of SPIs are reserved in a redistributor, reads included. */
static void a_redistributor_shows_no_spis(void **state)
{
	struct vgic_access access = {
		.redist = looks, .offset = SGI_BASE + WORD(ISACTIVER), .len = 4, .write = false};

	spi_in_a_run();
	gic_ack(&run);
	assert_null(holder(&access));
	gic_leave(&run);
	assert_int_equal(vgic_dist_read(&gic, WORD(ISACTIVER), 4), BIT_OF_SPI);
	assert_int_equal(vgic_redist_read(&gic, looks, SGI_BASE + WORD(ISACTIVER), 4), 0);
}

static void a_timer_that_may_have_fired_is_waited_for(void **state)
{
	struct vgic_access access = {
		.redist = runs, .offset = SGI_BASE + ISPENDR, .len = 4, .write = false};

	enable(runs, TIMER);
	gic_enter(&run, runs, VMCR);
	vgic_fill_standby(&gic, runs, vgic_irq(&gic, runs, TIMER), run.lr);
	assert_ptr_equal(holder(&access), runs);
	gic_leave(&run);
}

static void what_is_disabled_has_left_its_list_register(void **state)
{
	const struct vgic_access off = dist(WORD(ICENABLER), true, BIT_OF_SPI);

	spi_in_a_run();
	kicks[0] = 0;
	vgic_dist_write(&gic, off.offset, 4, off.value);
	assert_int_equal(kicks[0], 1);
	assert_ptr_equal(holder(&off), runs);
	gic_leave(&run);
	gic_enter(&run, runs, VMCR);
	assert_int_equal(gic_lr(&run, SPI), 0);
	gic_leave(&run);
}

static void so_has_a_group_that_is_switched_off(void **state)
{
	const struct vgic_access off = dist(GICD_CTLR, true, 1), read = dist(GICD_CTLR, false, 0);

	spi_in_a_run();
	assert_null(holder(&off));
	kicks[0] = 0;
	vgic_dist_write(&gic, GICD_CTLR, 4, 1);
	assert_int_equal(kicks[0], 1);
	assert_null(holder(&read));
	assert_ptr_equal(holder(&off), runs);
	gic_leave(&run);
	assert_null(holder(&off));
}

static void a_group_that_changes_is_seen(void **state)
{
	spi_in_a_run();
	kicks[0] = 0;
	vgic_dist_write(&gic, WORD(0x080), 4, BIT_OF_SPI); /* as it is */
	assert_int_equal(kicks[0], 0);
	vgic_dist_write(&gic, WORD(0x080), 4, 0);
	assert_int_equal(kicks[0], 1);
	gic_leave(&run);
}

#define TEST(f) cmocka_unit_test_setup(f, gic_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_active_state_is_read_as_it_is),
		TEST(a_run_that_began_later_is_not_waited_for),
		TEST(only_what_list_registers_hold_is_waited_for),
		TEST(other_widths_are_waited_for_as_they_are_made),
		TEST(a_private_one_is_its_redistributors),
		TEST(a_redistributor_shows_no_spis),
		TEST(a_timer_that_may_have_fired_is_waited_for),
		TEST(what_is_disabled_has_left_its_list_register),
		TEST(so_has_a_group_that_is_switched_off),
		TEST(a_group_that_changes_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
