/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/its_regs.c: the registers of an ITS, and those of the GIC that are about LPIs. */
#include "tests/unit/host/vgic/its.h"

#define GICD_TYPER     0x04
#define GICR_CTLR      0x00
#define GICR_TYPER     0x08
#define GICR_PROPBASER 0x70
#define GICR_PENDBASER 0x78

static void it_says_what_it_is(void **state)
{
	u64 typer = read_reg(GITS_TYPER);

	assert_int_equal(typer & 1, 1);
	assert_int_equal((typer >> 8 & 0x1f) + 1, 16);	/* bits of events */
	assert_int_equal((typer >> 13 & 0x1f) + 1, 16); /* of devices */
	assert_int_equal(typer >> 19 & 1, 0);		/* processor numbers */
	assert_int_equal(its_reg_read(&its, 0xffe8, 4), 0x30);
	assert_int_equal(its_reg_read(&its, GITS_IIDR, 4), 0x43b);
	assert_int_equal(its_reg_read(&its, ITS_TRANSLATER, 4), 0);
	assert_int_equal(read_reg(GITS_BASER0) >> 56 & 7, 1);
	assert_int_equal(read_reg(GITS_BASER1) >> 56 & 7, 4);
	assert_int_equal((read_reg(GITS_BASER0) >> 48 & 0x1f) + 1, 8);
	assert_int_equal(read_reg(GITS_BASER0) >> 8 & 3, 2); /* pages of 64 KiB */
	assert_int_equal(read_reg(GITS_BASER0 + 0x10), 0);
}

static void tables_are_fixed_while_it_is_on(void **state)
{
	u64 cbaser = read_reg(GITS_CBASER), device = read_reg(GITS_BASER0);

	write_reg(GITS_CBASER, 0);
	write_reg(GITS_BASER0, 0);
	write_reg(GITS_BASER1, 0);
	assert_int_equal(read_reg(GITS_CBASER), cbaser);
	assert_int_equal(read_reg(GITS_BASER0), device);
	assert_false(its_has_work(&its));
}

static void it_is_not_on_without_its_tables(void **state)
{
	static const u32 tables[] = {GITS_CBASER, GITS_BASER0, GITS_BASER1};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		u64 old = read_reg(tables[i]);

		its_reg_write(&its, GITS_CTLR, 4, 0);
		write_reg(tables[i], old & ~VALID);
		its_reg_write(&its, GITS_CTLR, 4, 1);
		assert_int_equal(its_reg_read(&its, GITS_CTLR, 4) & 1, 0);
		write_reg(tables[i], old);
		its_reg_write(&its, GITS_CTLR, 4, 1);
		assert_int_equal(its_reg_read(&its, GITS_CTLR, 4) & 1, 1);
	}
	while (its_work(&its, 100))
		;
}

static void halves_are_as_good_as_the_whole(void **state)
{
	its_reg_write(&its, GITS_CTLR, 4, 0);
	its_reg_write(&its, GITS_CBASER, 4, (u32)(QUEUE + 0x1000) | 3);
	its_reg_write(&its, GITS_CBASER + 4, 4, VALID >> 32);
	assert_int_equal(read_reg(GITS_CBASER), VALID | (QUEUE + 0x1000) | 3);
	assert_int_equal(its_reg_read(&its, GITS_CBASER + 4, 4), VALID >> 32);
	assert_int_equal(its_reg_read(&its, GITS_TYPER + 1, 1), read_reg(GITS_TYPER) >> 8 & 0xff);
}

static void the_queue_has_an_end(void **state)
{
	write_reg(GITS_CWRITER, 0x10000); /* 64 KiB of it */
	assert_int_equal(read_reg(GITS_CWRITER), 0);
	write_reg(GITS_CREADR, 0x40);
	assert_int_equal(read_reg(GITS_CREADR), 0);
	write_reg(GITS_CWRITER, 0xffff);
	assert_int_equal(read_reg(GITS_CWRITER), 0xffe0);
	while (its_work(&its, 100))
		;
	assert_int_equal(read_reg(GITS_CREADR), 0xffe0);
	write_reg(GITS_CWRITER, 0x20);
	while (its_work(&its, 100))
		;
	assert_int_equal(read_reg(GITS_CREADR), 0x20);
}

static void user_space_has_registers_of_their_size(void **state)
{
	assert_int_equal(its_reg_size(GITS_CTLR), 4);
	assert_int_equal(its_reg_size(GITS_TYPER), 8);
	assert_int_equal(its_reg_size(GITS_BASER0 + 0x38), 8);
	assert_int_equal(its_reg_size(GITS_BASER0 + 0x40), 0);
	assert_int_equal(its_reg_size(0xffd0), 4);
	assert_int_equal(its_reg_size(0xfffc), 4);
	assert_int_equal(its_reg_size(0x10000), 0);
	assert_int_equal(its_reg_size(ITS_TRANSLATER), 0);
	its_reg_write(&its, GITS_CTLR, 4, 0);
	its_reg_set(&its, GITS_CWRITER, 0x80);
	its_reg_set(&its, GITS_CREADR, 0x40);
	assert_int_equal(read_reg(GITS_CREADR), 0x40);
	its_reg_set(&its, GITS_CREADR, 0x20000);
	assert_int_equal(read_reg(GITS_CREADR), 0x40);
	its_reg_set(&its, GITS_CTLR, 1);
	assert_true(its.enabled && its_has_work(&its));
	while (its_work(&its, 100))
		;
}

static void the_gic_says_that_there_are_lpis(void **state)
{
	assert_int_equal(vgic_dist_read(&gic, GICD_TYPER, 4) >> 17 & 1, 1);
	assert_int_equal((vgic_dist_read(&gic, GICD_TYPER, 4) >> 19 & 0x1f) + 1, 16);
	assert_int_equal(vgic_redist_read(&gic, &cpus[0], GICR_TYPER, 8) & 1, 1);
	gic.has_its = false;
	assert_int_equal(vgic_dist_read(&gic, GICD_TYPER, 4) >> 17 & 1, 0);
	assert_int_equal((vgic_dist_read(&gic, GICD_TYPER, 4) >> 19 & 0x1f) + 1, 10);
	assert_int_equal(vgic_redist_read(&gic, &cpus[0], GICR_TYPER, 8) & 1, 0);
	cpus[0].lpis_on = false;
	vgic_redist_write(&gic, &cpus[0], GICR_CTLR, 4, 1);
	assert_false(cpus[0].lpis_on);
}

static void the_redistributors_have_tables(void **state)
{
	vgic_redist_write(&gic, &cpus[1], GICR_PROPBASER, 8, 0);
	vgic_redist_write(&gic, &cpus[1], GICR_PENDBASER, 8, 0);
	assert_int_equal(gic.propbaser, PROPERTIES | 15); /* LPIs are on */
	assert_int_equal(cpus[1].pendbaser, PENDING(1));
	vgic_redist_write(&gic, &cpus[1], GICR_CTLR, 4, 0);
	vgic_redist_write(&gic, &cpus[1], GICR_PROPBASER, 4, 0x5555500f);
	vgic_redist_write(&gic, &cpus[1], GICR_PROPBASER + 4, 4, 0x000a);
	vgic_redist_write(&gic, &cpus[1], GICR_PENDBASER, 8, 0x40000a5555558abcULL);
	assert_int_equal(vgic_redist_read(&gic, &cpus[1], GICR_PROPBASER, 8), 0xa5555500fULL);
	assert_int_equal(vgic_redist_read(&gic, &cpus[1], GICR_PENDBASER, 8),
			 0xa5555550000ULL | (0x8abc & 0xf80));
	assert_int_equal(vgic_redist_read(&gic, &cpus[1], GICR_CTLR, 4), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, its_setup, its_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_is),
		TEST(tables_are_fixed_while_it_is_on),
		TEST(it_is_not_on_without_its_tables),
		TEST(halves_are_as_good_as_the_whole),
		TEST(the_queue_has_an_end),
		TEST(user_space_has_registers_of_their_size),
		TEST(the_gic_says_that_there_are_lpis),
		TEST(the_redistributors_have_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
