/* SPDX-License-Identifier: BSD-3-Clause */
/* host/vgic/model.c: states of interrupts, one or two at a time. */

#include "tests/unit/host/vgic/vgic.h"

#define SGI_TO(aff0, intid) (1ULL << (aff0) | (u64)(intid) << 24)
#define SGI_TO_OTHERS	    (1ULL << 40)

static struct vgic_cpu *const cpu = &cpus[0];

static void a_disabled_interrupt_stays_out(void **state)
{
	struct run run;

	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
	assert_false(has_pending(cpu));
	enable(cpu, TIMER);
	assert_true(has_pending(cpu));
	assert_int_equal(kicks[0], 1);
}

static void a_group_that_is_off_stays_out(void **state)
{
	struct run run;

	vgic_set_ctlr(&gic, 1);
	enable(cpu, TIMER);
	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
	vgic_set_ctlr(&gic, 2);
	gic_enter(&run, cpu, VMCR);
	assert_true(gic_lr(&run, TIMER) & VGIC_LR_GROUP1);
	gic_leave(&run);
}

static void a_level_comes_again_until_it_is_gone(void **state)
{
	struct run run;
	int i;

	enable(cpu, TIMER);
	line(cpu, TIMER, true);
	for (i = 0; i < 3; i++) {
		gic_enter(&run, cpu, VMCR);
		assert_int_equal(gic_ack(&run), TIMER);
		assert_false(gic_maintenance(&run));
		gic_eoi(&run, TIMER);
		assert_true(gic_maintenance(&run)); /* the level has to be looked at */
		gic_leave(&run);
	}
	line(cpu, TIMER, false);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), NONE);
	gic_leave(&run);
}

static void a_level_that_fell_while_pending_is_taken_back(void **state)
{
	struct run run;

	enable(cpu, TIMER);
	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	gic_leave(&run);
	line(cpu, TIMER, false);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
}

static void an_active_level_is_not_pending_on_top(void **state)
{
	struct run run;

	enable(cpu, TIMER);
	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), TIMER);
	gic_leave(&run);
	assert_false(has_pending(cpu));
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_lr(&run, TIMER) >> 62, 2);
	gic_eoi(&run, TIMER);
	gic_leave(&run);
	assert_true(has_pending(cpu));
}

static void an_edge_is_taken_once(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	irq->edge = true;
	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), SPI);
	gic_eoi(&run, SPI);
	gic_leave(&run);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
}

static void an_edge_while_active_is_kept(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	irq->edge = true;
	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), SPI);
	kicks[0] = 0;
	line(cpu, SPI, true);
	assert_int_equal(kicks[0], 1);
	gic_leave(&run);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_lr(&run, SPI) >> 62, 3); /* pending and active */
	gic_eoi(&run, SPI);
	assert_int_equal(gic_ack(&run), SPI);
	gic_eoi(&run, SPI);
	gic_leave(&run);
	assert_false(has_pending(cpu));
}

static void an_edge_survives_a_run_that_does_not_take_it(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	irq->edge = true;
	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	assert_true(vgic_irq_pending(irq));
	gic_leave(&run);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), SPI);
	gic_leave(&run);
}

static void clear_pending_reaches_into_list_registers(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	irq->edge = true;
	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	kicks[0] = 0;
	vgic_irq_clear_pending(&gic, irq);
	assert_int_equal(kicks[0], 1);
	assert_false(vgic_irq_pending(irq));
	gic_leave(&run);
	assert_false(has_pending(cpu));
}

static void an_edge_after_clear_pending_counts(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	irq->edge = true;
	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	vgic_irq_clear_pending(&gic, irq);
	line(cpu, SPI, true);
	gic_leave(&run);
	assert_true(has_pending(cpu));
}

static void writes_of_active_reach_into_list_registers(void **state)
{
	struct vgic_irq *irq = enable(cpu, TIMER);
	struct run run;

	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), TIMER);
	vgic_irq_set_active(&gic, irq, false);
	gic_leave(&run);
	assert_false(irq->active);
	assert_true(has_pending(cpu));
	gic_enter(&run, cpu, VMCR);
	vgic_irq_set_active(&gic, irq, true);
	gic_leave(&run);
	assert_true(irq->active);
}

static void an_spi_follows_its_route(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);

	line(cpu, SPI, true);
	assert_true(has_pending(&cpus[0]));
	vgic_irq_set_route(&gic, irq, 2);
	assert_false(has_pending(&cpus[0]));
	assert_true(has_pending(&cpus[2]));
	assert_int_equal(kicks[2], 1);
	vgic_irq_set_route(&gic, irq, 0x100); /* nobody there */
	assert_false(has_pending(&cpus[2]));
	vgic_irq_set_route(&gic, irq, 1);
	assert_true(has_pending(&cpus[1]));
}

static void an_active_spi_stays_where_it_was_taken(void **state)
{
	struct vgic_irq *irq = enable(cpu, SPI);
	struct run run;

	line(cpu, SPI, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), SPI);
	vgic_irq_set_route(&gic, irq, 3);
	gic_leave(&run);
	assert_ptr_equal(irq->home, cpu);
	assert_false(has_pending(&cpus[3]));
	gic_enter(&run, cpu, VMCR);
	gic_eoi(&run, SPI);
	gic_leave(&run);
	assert_true(has_pending(&cpus[3])); /* its line is still up */
	assert_false(has_pending(cpu));
}

static void sgis_go_to_those_named(void **state)
{
	int i;

	for (i = 0; i < CPUS; i++)
		enable(&cpus[i], 5);
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5) | SGI_TO(3, 5), true);
	assert_false(has_pending(&cpus[0]));
	assert_true(has_pending(&cpus[1]));
	assert_false(has_pending(&cpus[2]));
	assert_true(has_pending(&cpus[3]));
	vgic_send_sgi(&gic, &cpus[3], SGI_TO_OTHERS | 5 << 24, true);
	assert_true(has_pending(&cpus[0]));
	assert_true(has_pending(&cpus[2]));
}

static void sgis_of_another_cluster_or_group_do_nothing(void **state)
{
	enable(&cpus[1], 5);
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5) | 1ULL << 16, true); /* Aff1 */
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5) | 1ULL << 32, true); /* Aff2 */
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5) | 1ULL << 48, true); /* Aff3 */
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5) | 1ULL << 44, true); /* Aff0 16 to 31 */
	vgic_send_sgi(&gic, cpu, SGI_TO(1, 5), false);
	assert_false(has_pending(&cpus[1]));
}

static void the_priority_mask_holds_back(void **state)
{
	struct vgic_irq *irq = enable(cpu, TIMER);

	irq->priority = 0x80;
	line(cpu, TIMER, true);
	assert_true(vgic_cpu_has_pending(&gic, cpu, VMCR));
	assert_false(
		vgic_cpu_has_pending(&gic, cpu, 0x80ULL << VGIC_VMCR_PMR_SHIFT | VGIC_VMCR_ENG1));
	assert_false(
		vgic_cpu_has_pending(&gic, cpu, 0xf8ULL << VGIC_VMCR_PMR_SHIFT | VGIC_VMCR_ENG0));
}

/* The numbers come from the Realm and its VMM, so a speculating CPU must not use them unclamped. */
static void numbers_of_interrupts_are_clamped(void **state)
{
	assert_ptr_equal(vgic_irq(&gic, cpu, VGIC_PRIVATE - 1), &cpu->irqs[VGIC_PRIVATE - 1]);
	assert_int_equal(shim_clamp.index, VGIC_PRIVATE - 1);
	assert_int_equal(shim_clamp.size, VGIC_PRIVATE);
	assert_ptr_equal(vgic_irq(&gic, NULL, IRQS - 1), &gic.spis[IRQS - 1 - VGIC_PRIVATE]);
	assert_int_equal(shim_clamp.index, IRQS - 1 - VGIC_PRIVATE);
	assert_int_equal(shim_clamp.size, IRQS - VGIC_PRIVATE);
	assert_null(vgic_irq(&gic, cpu, IRQS));
	assert_null(vgic_irq(&gic, NULL, VGIC_PRIVATE - 1));
}

#define TEST(f) cmocka_unit_test_setup(f, gic_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_disabled_interrupt_stays_out),
		TEST(a_group_that_is_off_stays_out),
		TEST(a_level_comes_again_until_it_is_gone),
		TEST(a_level_that_fell_while_pending_is_taken_back),
		TEST(an_active_level_is_not_pending_on_top),
		TEST(an_edge_is_taken_once),
		TEST(an_edge_while_active_is_kept),
		TEST(an_edge_survives_a_run_that_does_not_take_it),
		TEST(clear_pending_reaches_into_list_registers),
		TEST(an_edge_after_clear_pending_counts),
		TEST(writes_of_active_reach_into_list_registers),
		TEST(an_spi_follows_its_route),
		TEST(an_active_spi_stays_where_it_was_taken),
		TEST(sgis_go_to_those_named),
		TEST(sgis_of_another_cluster_or_group_do_nothing),
		TEST(the_priority_mask_holds_back),
		TEST(numbers_of_interrupts_are_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
