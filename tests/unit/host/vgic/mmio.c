/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/mmio.c: registers of the distributor and the redistributors. */
#include "tests/unit/host/vgic/vgic.h"

#define GICD_CTLR	0x0000
#define GICD_TYPER	0x0004
#define GICD_ISENABLER	0x0100
#define GICD_ICENABLER	0x0180
#define GICD_ISPENDR	0x0200
#define GICD_ICPENDR	0x0280
#define GICD_ISACTIVER	0x0300
#define GICD_ICACTIVER	0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR	0x0c00
#define GICD_IROUTER	0x6000
#define GIC_PIDR2	0xffe8
#define GICR_TYPER	0x0008
#define GICR_WAKER	0x0014
#define SGI_BASE	0x10000

#define WORD(base) ((base) + SPI / 32 * 4)
#define BIT_OF_SPI (1U << SPI % 32)

static struct vgic_cpu *const cpu = &cpus[2];

static void identification(void **state)
{
	u64 typer = vgic_dist_read(&gic, GICD_TYPER, 4);

	assert_int_equal(typer & 0x1f, IRQS / 32 - 1);
	assert_int_equal(typer >> 17 & 1, 0); /* no LPIs */
	assert_int_equal(vgic_dist_read(&gic, GIC_PIDR2, 4) & 0xf0, 0x30);
	assert_int_equal(vgic_redist_read(&gic, cpu, GIC_PIDR2, 4) & 0xf0, 0x30);
}

static void ctlr_has_one_security_state_and_affinity_routing(void **state)
{
	vgic_dist_write(&gic, GICD_CTLR, 4, 0);
	assert_int_equal(vgic_dist_read(&gic, GICD_CTLR, 4), 0x50);
	vgic_dist_write(&gic, GICD_CTLR, 4, 0xffffffff);
	assert_int_equal(vgic_dist_read(&gic, GICD_CTLR, 4), 0x53);
}

static void redistributors_know_whose_they_are(void **state)
{
	cpus[3].mpidr = 0x0100000203;
	cpus[3].last = true;
	assert_int_equal(vgic_redist_read(&gic, cpu, GICR_TYPER, 8), 2ULL << 32 | 2 << 8);
	assert_int_equal(vgic_redist_read(&gic, &cpus[3], GICR_TYPER, 8),
			 0x01000203ULL << 32 | 3 << 8 | 1 << 4);
	assert_int_equal(vgic_redist_read(&gic, &cpus[3], GICR_TYPER + 4, 4), 0x01000203);
}

static void enables_are_set_and_cleared_by_ones(void **state)
{
	vgic_dist_write(&gic, WORD(GICD_ISENABLER), 4, BIT_OF_SPI | 1);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ISENABLER), 4), BIT_OF_SPI | 1);
	vgic_dist_write(&gic, WORD(GICD_ICENABLER), 4, 1);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ICENABLER), 4), BIT_OF_SPI);
}

static void private_interrupts_are_not_in_the_distributor(void **state)
{
	vgic_dist_write(&gic, GICD_ISENABLER, 4, 0xffffffff);
	assert_int_equal(vgic_dist_read(&gic, GICD_ISENABLER, 4), 0);
	vgic_redist_write(&gic, cpu, SGI_BASE + GICD_ISENABLER, 4, 1U << TIMER);
	assert_int_equal(vgic_redist_read(&gic, cpu, SGI_BASE + GICD_ISENABLER, 4),
			 1U << TIMER | 0xffff);
	assert_false(cpus[0].irqs[TIMER].enabled);
}

static void redistributors_have_private_interrupts_only(void **state)
{
	vgic_redist_write(&gic, cpu, SGI_BASE + WORD(GICD_ISENABLER), 4, BIT_OF_SPI);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ISENABLER), 4), 0);
}

static void interrupts_beyond_the_last_are_reserved(void **state)
{
	vgic_dist_write(&gic, GICD_ISENABLER + IRQS / 8, 4, 0xffffffff);
	assert_int_equal(vgic_dist_read(&gic, GICD_ISENABLER + IRQS / 8, 4), 0);
	vgic_dist_write(&gic, GICD_IROUTER + IRQS * 8, 8, ~0ULL);
	assert_int_equal(vgic_dist_read(&gic, GICD_IROUTER + IRQS * 8, 8), 0);
}

static void pending_by_a_write_is_delivered(void **state)
{
	enable(&cpus[0], SPI);
	vgic_dist_write(&gic, WORD(GICD_ISPENDR), 4, BIT_OF_SPI);
	assert_true(has_pending(&cpus[0]));
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ICPENDR), 4), BIT_OF_SPI);
	vgic_dist_write(&gic, WORD(GICD_ICPENDR), 4, BIT_OF_SPI);
	assert_false(has_pending(&cpus[0]));
}

static void a_level_stays_pending_after_clear(void **state)
{
	enable(&cpus[0], SPI);
	line(&cpus[0], SPI, true);
	vgic_dist_write(&gic, WORD(GICD_ICPENDR), 4, BIT_OF_SPI);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ISPENDR), 4), BIT_OF_SPI);
}

static void active_is_set_and_cleared(void **state)
{
	vgic_dist_write(&gic, WORD(GICD_ISACTIVER), 4, BIT_OF_SPI);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ICACTIVER), 4), BIT_OF_SPI);
	vgic_dist_write(&gic, WORD(GICD_ICACTIVER), 4, BIT_OF_SPI);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ISACTIVER), 4), 0);
}

static void priorities_are_bytes_of_five_bits(void **state)
{
	vgic_dist_write(&gic, GICD_IPRIORITYR + SPI, 4, 0xa7b7c7d7);
	assert_int_equal(vgic_dist_read(&gic, GICD_IPRIORITYR + SPI, 4), 0xa0b0c0d0);
	vgic_dist_write(&gic, GICD_IPRIORITYR + SPI + 1, 1, 0x48);
	assert_int_equal(vgic_dist_read(&gic, GICD_IPRIORITYR + SPI, 4), 0xa0b048d0);
	assert_int_equal(vgic_dist_read(&gic, GICD_IPRIORITYR + SPI + 1, 1), 0x48);
	assert_int_equal(vgic_dist_read(&gic, GICD_IPRIORITYR + SPI + 2, 2), 0xa0b0);
}

static void other_registers_are_not_written_in_parts(void **state)
{
	vgic_dist_write(&gic, WORD(GICD_ISENABLER), 1, 0xff);
	assert_int_equal(vgic_dist_read(&gic, WORD(GICD_ISENABLER), 4), 0);
	vgic_dist_write(&gic, GICD_CTLR, 2, 0);
	assert_int_equal(vgic_dist_read(&gic, GICD_CTLR, 4), 0x53);
}

static void spis_choose_edge_or_level(void **state)
{
	vgic_dist_write(&gic, GICD_ICFGR + SPI / 16 * 4, 4, 2U << SPI % 16 * 2);
	assert_true(vgic_irq(&gic, NULL, SPI)->edge);
	assert_int_equal(vgic_dist_read(&gic, GICD_ICFGR + SPI / 16 * 4, 4), 2U << SPI % 16 * 2);
	vgic_dist_write(&gic, GICD_ICFGR + SPI / 16 * 4, 4, 0);
	assert_false(vgic_irq(&gic, NULL, SPI)->edge);
}

static void private_ones_keep_their_trigger(void **state)
{
	vgic_redist_write(&gic, cpu, SGI_BASE + GICD_ICFGR, 4, 0);
	vgic_redist_write(&gic, cpu, SGI_BASE + GICD_ICFGR + 4, 4, 0xffffffff);
	assert_int_equal(vgic_redist_read(&gic, cpu, SGI_BASE + GICD_ICFGR, 4), 0xaaaaaaaa);
	assert_int_equal(vgic_redist_read(&gic, cpu, SGI_BASE + GICD_ICFGR + 4, 4), 0);
}

static void routes_are_64_bits_or_two_words(void **state)
{
	u32 router = GICD_IROUTER + SPI * 8;

	vgic_dist_write(&gic, router, 8, 3);
	assert_ptr_equal(vgic_irq(&gic, NULL, SPI)->owner, &cpus[3]);
	vgic_dist_write(&gic, router + 4, 4, 1); /* Aff3 */
	assert_null(vgic_irq(&gic, NULL, SPI)->owner);
	assert_int_equal(vgic_dist_read(&gic, router, 8), 0x100000003);
	vgic_dist_write(&gic, router + 4, 4, 0);
	vgic_dist_write(&gic, router, 4, 1);
	assert_ptr_equal(vgic_irq(&gic, NULL, SPI)->owner, &cpus[1]);
}

static void one_of_n_is_not_there(void **state)
{
	u32 router = GICD_IROUTER + SPI * 8;

	vgic_dist_write(&gic, router, 8, 1ULL << 31 | 2);
	assert_int_equal(vgic_dist_read(&gic, router, 8), 2);
}

static void a_redistributor_wakes(void **state)
{
	vgic_redist_write(&gic, cpu, GICR_WAKER, 4, 2);
	assert_int_equal(vgic_redist_read(&gic, cpu, GICR_WAKER, 4), 6);
	vgic_redist_write(&gic, cpu, GICR_WAKER, 4, 0);
	assert_int_equal(vgic_redist_read(&gic, cpu, GICR_WAKER, 4), 0);
}

/* Every offset, every length: nothing is out of bounds, whatever is written. */
static void all_offsets_are_safe(void **state)
{
	u32 offset, len;

	for (len = 1; len <= 8; len *= 2) {
		for (offset = 0; offset < 0x20000; offset += len) {
			vgic_redist_write(&gic, cpu, offset, len, ~0ULL);
			vgic_redist_read(&gic, cpu, offset, len);
			if (offset >= 0x10000)
				continue;
			vgic_dist_write(&gic, offset, len, ~0ULL);
			vgic_dist_read(&gic, offset, len);
		}
	}
}

static void small_reads_fit_their_length(void **state)
{
	u32 offset;

	all_offsets_are_safe(state);
	for (offset = 0; offset < 0x10000; offset++) {
		assert_true(vgic_dist_read(&gic, offset, 1) < 0x100);
		assert_true(vgic_redist_read(&gic, cpu, SGI_BASE + offset, 1) < 0x100);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, gic_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identification),
		TEST(ctlr_has_one_security_state_and_affinity_routing),
		TEST(redistributors_know_whose_they_are),
		TEST(enables_are_set_and_cleared_by_ones),
		TEST(private_interrupts_are_not_in_the_distributor),
		TEST(redistributors_have_private_interrupts_only),
		TEST(interrupts_beyond_the_last_are_reserved),
		TEST(pending_by_a_write_is_delivered),
		TEST(a_level_stays_pending_after_clear),
		TEST(active_is_set_and_cleared),
		TEST(priorities_are_bytes_of_five_bits),
		TEST(other_registers_are_not_written_in_parts),
		TEST(spis_choose_edge_or_level),
		TEST(private_ones_keep_their_trigger),
		TEST(routes_are_64_bits_or_two_words),
		TEST(one_of_n_is_not_there),
		TEST(a_redistributor_wakes),
		TEST(all_offsets_are_safe),
		TEST(small_reads_fit_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
