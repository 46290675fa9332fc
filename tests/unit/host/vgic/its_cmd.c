/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/its_cmd.c: what each command of an ITS does, and what a wrong one does not. */
#include <errno.h>
#include <string.h>

#include "tests/unit/host/vgic/its.h"

static unsigned int mapped(void)
{
	unsigned int i, n = 0;

	for (i = VGIC_LPI_FIRST; i < VGIC_LPI_END; i++) {
		struct vgic_lpi *lpi = vgic_lpi(&gic, i);

		n += lpi ? lpi->events : 0;
	}
	return n;
}

static void a_message_needs_all_of_its_way(void **state)
{
	assert_int_equal(its_send(&its, 1, 0), 0);
	mapd(1, 2);
	assert_int_equal(its_send(&its, 1, 0), 0);
	mapti(1, 0, LPI, 0);
	assert_int_equal(its_send(&its, 1, 0), 0); /* no collection */
	mapc(0, 2);
	assert_int_equal(its_send(&its, 1, 0), 1);
	assert_int_equal(its_send(&its, 1, 1), 0);
	assert_int_equal(its_send(&its, 1, 4), 0); /* no such event */
	assert_int_equal(its_send(&its, 0x10001, 0), 0);
	cpus[2].lpis_on = false;
	assert_int_equal(its_send(&its, 1, 0), -EBUSY);
	cpus[2].lpis_on = true;
	its_reg_write(&its, GITS_CTLR, 4, 0);
	assert_int_equal(its_send(&its, 1, 0), -EBUSY);
}

static void devices_need_room_in_the_table(void **state)
{
	mapc(0, 0);
	mapd(8191, 1);
	assert_int_equal(its.nr_events, 2);
	mapd(8192, 1); /* one page of 64 KiB, 8 bytes each */
	mapd(0x10000, 1);
	mapd(0xffffffff, 1);
	assert_int_equal(its.nr_events, 2);
	mapd(2, 17);
	mapd(3, 32);
	assert_int_equal(its.nr_events, 2);
	mapd(4, 16);
	assert_int_equal(its.nr_events, 2 + 65536);
}

static void tables_may_have_two_levels(void **state)
{
	u64 entry = VALID | LEVEL_2;

	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_BASER0, VALID | INDIRECT | DEVICES);
	its_reg_write(&its, GITS_CTLR, 4, 1);
	mapd(3 * 8192 + 5, 1);
	assert_int_equal(its.nr_events, 0);
	memcpy(guest + (DEVICES - GUEST) + 3 * 8, &entry, 8);
	mapd(3 * 8192 + 5, 1);
	assert_int_equal(its.nr_events, 2);
	mapd(0xffff, 1);
	assert_int_equal(its.nr_events, 2);
	/* A table in no memory has no second level. */
	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_BASER0, VALID | INDIRECT | 0xffffffff0000ULL);
	its_reg_write(&its, GITS_CTLR, 4, 1);
	mapd(1, 1);
	assert_int_equal(its.nr_events, 2);
}

static void all_devices_together_are_bounded(void **state)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		mapd(i, 16);
	assert_int_equal(its.nr_events, ITS_MAX_EVENTS);
	mapd(7, 1);
	assert_int_equal(its.nr_events, ITS_MAX_EVENTS);
	mapd(0, 15); /* in place of a larger one */
	mapd(7, 1);
	assert_int_equal(its.nr_events, ITS_MAX_EVENTS - 32768 + 2);
}

static void lpis_have_numbers(void **state)
{
	mapd(1, 4);
	mapc(0, 0);
	mapti(1, 0, 0, 0);
	mapti(1, 0, 8191, 0);
	mapti(1, 0, 65536, 0);
	mapti(1, 0, 0xffffffff, 0);
	assert_int_equal(mapped(), 0);
	gic.propbaser = PROPERTIES | 13; /* 14 bits */
	mapti(1, 0, 16384, 0);
	assert_int_equal(mapped(), 0);
	mapti(1, 0, 16383, 0);
	assert_int_equal(mapped(), 1);
	gic.propbaser = PROPERTIES | 31;
	mapti(1, 1, 65535, 0);
	assert_int_equal(mapped(), 2);
	mapti(1, 16, LPI, 0);
	mapti(2, 0, LPI, 0);
	assert_int_equal(mapped(), 2);
}

static void mapi_maps_an_event_to_its_own_number(void **state)
{
	mapc(0, 0);
	mapd(1, 14);
	its_command(MAPI | 1ULL << 32, LPI + 7, 0, 0);
	its_ring();
	assert_int_equal(its_send(&its, 1, LPI + 7), 1);
	assert_true(vgic_irq_pending(vgic_lpi_irq(&gic, LPI + 7)));
}

static void collections_have_numbers(void **state)
{
	mapc(1023, 1);
	assert_int_equal(its.target[1023], 2);
	mapc(1024, 1);
	mapc(0xffff, 1);
	mapc(5, CPUS);
	its_command(0x09, 0, VALID | 0x7ffffffffULL << 16 | 6, 0);
	its_ring();
	assert_int_equal(its.target[5], 0);
	assert_int_equal(its.target[6], 0);
	mapd(1, 1);
	mapti(1, 0, LPI, 1024);
	assert_int_equal(mapped(), 0);
	unmapc(1023);
	assert_int_equal(its.target[1023], 0);
}

static void a_mapping_that_is_there_stays(void **state)
{
	map_one();
	mapti(1, 0, LPI + 1, 0);
	its_send(&its, 1, 0);
	assert_int_equal(take(0), LPI);
	assert_int_equal(mapped(), 1);
}

static void properties_are_read_when_told(void **state)
{
	map_one();
	property(LPI, 0xa0);
	its_send(&its, 1, 0);
	assert_int_equal(take(0), LPI); /* nobody said so */
	simple(INV, 1, 0);
	its_send(&its, 1, 0);
	assert_int_equal(take(0), NONE);
	assert_true(vgic_irq_pending(vgic_lpi_irq(&gic, LPI)));
	property(LPI, ENABLED(0x20));
	simple(INV, 1, 3); /* not mapped */
	assert_int_equal(take(0), NONE);
	invall(1); /* another collection */
	assert_int_equal(take(0), NONE);
	invall(0);
	assert_int_equal(take(0), LPI);
	assert_int_equal(vgic_lpi_irq(&gic, LPI)->priority, 0x20);
}

static void properties_that_are_nowhere_change_nothing(void **state)
{
	map_one();
	gic.propbaser = 0xfffffff000ULL | 15;
	simple(INV, 1, 0);
	invall(0);
	mapti(1, 1, LPI + 1, 0);
	assert_int_equal(mapped(), 1);
	its_send(&its, 1, 0);
	assert_int_equal(take(0), LPI);
}

static void pending_moves_along(void **state)
{
	map_one();
	mapc(1, 1);
	mapc(2, 2);
	its_send(&its, 1, 0);
	movi(1, 0, 1);
	assert_false(has_pending(&cpus[0]));
	assert_true(has_pending(&cpus[1]));
	movi(1, 0, 7); /* not mapped */
	assert_true(has_pending(&cpus[1]));
	movall(1, 2);
	assert_true(has_pending(&cpus[2]));
	movall(2, CPUS);
	movall(CPUS, 2);
	movall(2, 2);
	assert_true(has_pending(&cpus[2]));
	mapc(1, 3); /* the collection it is in */
	assert_int_equal(take(3), LPI);
	its_send(&its, 1, 0);
	unmapc(1);
	assert_false(has_pending(&cpus[3]));
	assert_int_equal(its_send(&its, 1, 0), 0);
	mapc(1, 0);
	assert_int_equal(take(0), LPI);
}

static void commands_send_and_clear(void **state)
{
	map_one();
	simple(INT, 1, 0);
	assert_int_equal(take(0), LPI);
	simple(INT, 1, 0);
	simple(CLEAR, 1, 0);
	assert_int_equal(take(0), NONE);
	simple(INT, 1, 2);
	simple(CLEAR, 1, 2);
	simple(INT, 9, 0);
	simple(SYNC, 0, 0);
	assert_int_equal(take(0), NONE);
}

static void what_is_discarded_is_gone(void **state)
{
	map_one();
	its_send(&its, 1, 0);
	simple(DISCARD, 1, 0);
	simple(DISCARD, 1, 0);
	simple(DISCARD, 1, 99);
	assert_int_equal(take(0), NONE);
	assert_int_equal(its_send(&its, 1, 0), 0);
	mapti(1, 0, LPI + 1, 0);
	assert_int_equal(mapped(), 1);
}

static void a_device_takes_its_events_along(void **state)
{
	map_one();
	mapti(1, 3, LPI + 300, 0);
	its_send(&its, 1, 3);
	unmapd(1);
	unmapd(1);
	unmapd(77);
	assert_int_equal(mapped(), 0);
	assert_int_equal(its.nr_events, 0);
	assert_int_equal(take(0), NONE);
	assert_int_equal(its_send(&its, 1, 3), 0);
	map_one();
	mapd(1, 3); /* anew */
	assert_int_equal(mapped(), 0);
	assert_int_equal(its.nr_events, 8);
}

static void two_events_may_share_an_lpi(void **state)
{
	map_one();
	mapti(1, 1, LPI, 0);
	assert_int_equal(mapped(), 2);
	simple(DISCARD, 1, 0);
	its_send(&its, 1, 1);
	assert_int_equal(take(0), LPI);
	simple(DISCARD, 1, 1);
	assert_int_equal(its_send(&its, 1, 1), 0);
}

static void nonsense_is_passed_over(void **state)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		its_command(i, ~0ULL, ~0ULL, ~0ULL);
	its_ring();
	assert_int_equal(read_reg(GITS_CREADR), 256 * 32);
	assert_int_equal(mapped(), 0);
	/* A queue in no memory. */
	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_CBASER, VALID | 0xffffff000ULL | 1);
	write_reg(GITS_CWRITER, 0x100);
	its_reg_write(&its, GITS_CTLR, 4, 1);
	while (its_work(&its, 100))
		;
	assert_int_equal(read_reg(GITS_CREADR), 0x100);
}

static void work_is_done_in_pieces(void **state)
{
	unsigned int i;

	for (i = 0; i < 100; i++)
		its_command(SYNC, 0, 0, 0);
	write_reg(GITS_CWRITER, 100 * 32);
	assert_true(its_work(&its, 10));
	assert_int_equal(read_reg(GITS_CREADR), 10 * 32);
	its_reg_write(&its, GITS_CTLR, 4, 0);
	assert_false(its_work(&its, 10));
	its_reg_write(&its, GITS_CTLR, 4, 1);
	assert_true(its_work(&its, 89));
	assert_false(its_work(&its, 89));
	assert_false(its_work(&its, 89));
	assert_int_equal(read_reg(GITS_CREADR), 100 * 32);
	/* A device with many events is a larger piece. */
	mapd(1, 16);
	its_command(0x08 | 1ULL << 32, 0, 0, 0);
	its_command(SYNC, 0, 0, 0);
	write_reg(GITS_CWRITER, 103 * 32);
	assert_true(its_work(&its, 10));
	assert_int_equal(read_reg(GITS_CREADR), 102 * 32);
	assert_false(its_work(&its, 10));
}

static void one_at_a_time_works(void **state)
{
	its_command(SYNC, 0, 0, 0);
	write_reg(GITS_CWRITER, 32);
	its.busy = true;
	assert_false(its_work(&its, 10));
	assert_int_equal(read_reg(GITS_CREADR), 0);
	assert_int_equal(its_reg_read(&its, GITS_CTLR, 4) >> 31, 0); /* not quiescent */
	assert_false(its_reset(&its));
	its.busy = false;
	assert_false(its_work(&its, 10));
	assert_int_equal(read_reg(GITS_CREADR), 32);
}

static void tables_that_go_are_forgotten(void **state)
{
	map_one();
	mapd(700, 3);
	mapd(701, 3);
	its_send(&its, 1, 0);
	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_BASER0, 0);
	assert_true(its_has_work(&its));
	while (its_work(&its, 1))
		;
	assert_int_equal(its.nr_events, 0);
	assert_int_equal(mapped(), 0);
	assert_int_equal(take(0), NONE);
	write_reg(GITS_BASER0, VALID | DEVICES);
	its_reg_write(&its, GITS_CTLR, 4, 1);
	map_one();
	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_BASER1, 0);
	while (its_work(&its, 1))
		;
	write_reg(GITS_BASER1, VALID | (DEVICES + 0x10000));
	its_reg_write(&its, GITS_CTLR, 4, 1);
	assert_int_equal(its_send(&its, 1, 0), 0);
	mapc(0, 1);
	assert_int_equal(its_send(&its, 1, 0), 1);
}

static void a_reset_leaves_nothing(void **state)
{
	map_one();
	its_send(&its, 1, 0);
	assert_true(its_reset(&its));
	assert_false(its_work(&its, 1000));
	assert_int_equal(mapped(), 0);
	assert_int_equal(its.nr_events, 0);
	assert_int_equal(read_reg(GITS_CBASER), 0);
	assert_int_equal(read_reg(GITS_BASER0) >> 63, 0);
	assert_int_equal(its_reg_read(&its, GITS_CTLR, 4) & 1, 0);
	assert_int_equal(take(0), NONE);
}

/* ---- a second ITS ---- */

static struct its_model other;

static void other_setup(void)
{
	memset(&other, 0, sizeof(other));
	other.gic = &gic;
	other.id = 4;
	other.collection_table = VALID;
	other.cbaser = VALID | (GUEST + 0x1000);
	other.device_table = VALID | DEVICES;
	other.enabled = true;
}

static void other_command(u64 w0, u64 w1, u64 w2)
{
	memcpy(guest + 0x1000 + other.cwriter, (u64[]){w0, w1, w2, 0}, 32);
	other.cwriter = (other.cwriter + 32) % 0x1000;
	assert_false(its_work(&other, 100));
}

static void several_share_the_lpis(void **state)
{
	map_one();
	other_setup();
	/* What the other says of its collection 0 is not ours. */
	other_command(0x09, 0, VALID | 3ULL << 16);
	assert_int_equal(other.target[0], 4);
	its_send(&its, 1, 0);
	assert_int_equal(take(0), LPI);
	assert_int_equal(its_send(&other, 1, 0), 0);
	its_free(&other);
}

/* ---- what others do while nobody has the lock ---- */

#define POINTS 24 /* more than any of these commands has */

static unsigned int points_left, point;
static void (*act)(void);

static void at_the_point(void)
{
	if (points_left && !--points_left)
		act();
}

/* Does the queued commands, and `what` at one of the points. */
static void ring_and_meanwhile(unsigned int at, void (*what)(void))
{
	points_left = at;
	act = what;
	meanwhile = at_the_point;
	its_ring();
	meanwhile = NULL;
}

static void give_another_queue(void)
{
	its_reg_write(&its, GITS_CTLR, 4, 0);
	write_reg(GITS_CBASER, VALID | (GUEST + 0x1000));
	its_reg_write(&its, GITS_CTLR, 4, 1);
}

static void a_queue_may_be_replaced_at_any_point(void **state)
{
	for (point = 1; point <= POINTS; point++) {
		its_teardown(state);
		its_setup(state);
		its_command(0x08 | 1ULL << 32, 1, VALID, 0);
		its_command(0x09, 0, VALID, 0);
		/* Not queued, although it lies where the new queue begins. */
		memcpy(guest + 0x1000, (u64[]){0x08 | 5ULL << 32, 4, VALID, 0}, 32);
		ring_and_meanwhile(point, give_another_queue);
		assert_true(its.nr_events <= 4);
		assert_int_equal(read_reg(GITS_CREADR), points_left ? 64 : 0);
		assert_int_equal(read_reg(GITS_CWRITER), points_left ? 64 : 0);
	}
	assert_true(points_left);
}

static void other_maps(void)
{
	other_command(0x0a | 1ULL << 32, (u64)(LPI + VGIC_LPI_CHUNK * point) << 32, 0);
}

/* The first event of a chunk of LPIs makes the chunk. */
static void two_may_map_the_first_of_a_chunk(void **state)
{
	map_one();
	other_setup();
	other_command(0x08 | 1ULL << 32, 0, VALID);
	for (point = 1; point <= POINTS; point++) {
		u64 lpi = LPI + VGIC_LPI_CHUNK * point;

		its_command(0x0a | 1ULL << 32, lpi << 32 | 1, 0, 0);
		ring_and_meanwhile(point, other_maps);
		assert_int_equal(vgic_lpi(&gic, lpi)->events, points_left ? 1 : 2);
		simple(DISCARD, 1, 1);
		other_command(0x0f | 1ULL << 32, 0, 0);
		assert_int_equal(vgic_lpi(&gic, lpi)->events, 0);
	}
	assert_true(points_left);
	its_free(&other);
}

static void without_memory_a_command_does_nothing(void **state)
{
	mapc(0, 0);
	fail_allocation = 0;
	mapd(1, 2);
	fail_allocation = 1;
	mapd(1, 2);
	assert_int_equal(its.nr_events, 0);
	fail_allocation = -1;
	mapd(1, 2);
	fail_allocation = 0;
	mapti(1, 0, LPI, 0);
	assert_int_equal(mapped(), 0);
	fail_allocation = -1;
	mapti(1, 0, LPI, 0);
	assert_int_equal(mapped(), 1);
}

/* Numbers are a guest's and a device's: a CPU must not guess beyond the end either. */
static void numbers_are_clamped(void **state)
{
	map_one();
	its_send(&its, 1, 3);
	assert_int_equal(shim_clamp.index, 3);
	assert_int_equal(shim_clamp.size, 4);
	its_send(&its, 1, 0);
	assert_int_equal(shim_clamp.index, 0);
	assert_int_equal(shim_clamp.size, VGIC_LPI_END - VGIC_LPI_FIRST);
	its_send(&its, 0xffff, 0);
	assert_int_equal(shim_clamp.index, 0xffff);
	assert_int_equal(shim_clamp.size, 0x10000);
	assert_int_equal(vgic_lpi_chunk_of(LPI + VGIC_LPI_CHUNK), 1);
	assert_int_equal(shim_clamp.index, 1);
	assert_int_equal(shim_clamp.size, VGIC_LPI_CHUNKS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, its_setup, its_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_needs_all_of_its_way),
		TEST(devices_need_room_in_the_table),
		TEST(tables_may_have_two_levels),
		TEST(all_devices_together_are_bounded),
		TEST(lpis_have_numbers),
		TEST(mapi_maps_an_event_to_its_own_number),
		TEST(collections_have_numbers),
		TEST(a_mapping_that_is_there_stays),
		TEST(properties_are_read_when_told),
		TEST(properties_that_are_nowhere_change_nothing),
		TEST(pending_moves_along),
		TEST(commands_send_and_clear),
		TEST(what_is_discarded_is_gone),
		TEST(a_device_takes_its_events_along),
		TEST(two_events_may_share_an_lpi),
		TEST(nonsense_is_passed_over),
		TEST(work_is_done_in_pieces),
		TEST(one_at_a_time_works),
		TEST(tables_that_go_are_forgotten),
		TEST(a_reset_leaves_nothing),
		TEST(several_share_the_lpis),
		TEST(a_queue_may_be_replaced_at_any_point),
		TEST(two_may_map_the_first_of_a_chunk),
		TEST(without_memory_a_command_does_nothing),
		TEST(numbers_are_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
