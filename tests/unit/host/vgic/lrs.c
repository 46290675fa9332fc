/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host/vgic/model.c: the list registers, when there are more interrupts than registers, when some
 * are left to the RMM for timers, and when anything happens in any order.
 */
#include <stdlib.h>

#include "tests/unit/host/vgic/vgic.h"

static struct vgic_cpu *const cpu = &cpus[0];

/* n edges with falling priority numbers: the last one raised is the most urgent. */
static void raise_edges(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct vgic_irq *irq = enable(cpu, SPI + i);

		irq->edge = true;
		irq->priority = 0xf0 - i * 8;
		line(cpu, SPI + i, true);
	}
}

static void overflow_is_served_by_priority(void **state)
{
	unsigned int n = 11, taken = 0, runs = 0;
	struct run run;

	raise_edges(n);
	while (has_pending(cpu)) {
		unsigned int intid;

		gic_enter(&run, cpu, VMCR);
		if (taken + LRS < n)
			assert_true(run.hcr & VGIC_HCR_NPIE);
		while ((intid = gic_ack(&run)) != NONE) {
			assert_int_equal(intid, SPI + n - 1 - taken);
			taken++;
			gic_eoi(&run, intid);
		}
		if (taken < n)
			assert_true(gic_maintenance(&run));
		gic_leave(&run);
		assert_true(++runs < 10);
	}
	assert_int_equal(taken, n);
}

static void without_overflow_no_maintenance_is_asked_for(void **state)
{
	struct run run;

	raise_edges(LRS);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.hcr, VGIC_HCR_EN);
	gic_leave(&run);
}

/* Takes LRS + 1 nested interrupts, each more urgent than the last, without ending one. */
static void nest(struct run *run)
{
	unsigned int i;

	for (i = 0; i <= LRS; i++) {
		struct vgic_irq *irq = enable(cpu, SPI + i);

		irq->edge = true;
		irq->priority = 0xf0 - i * 8;
		line(cpu, SPI + i, true);
		gic_enter(run, cpu, VMCR);
		assert_int_equal(gic_ack(run), SPI + i);
		gic_leave(run);
	}
}

static void nested_beyond_list_registers_are_ended_by_count(void **state)
{
	struct run run;
	unsigned int i;

	nest(&run);
	gic_enter(&run, cpu, VMCR);
	assert_true(run.hcr & VGIC_HCR_LRENPIE);
	assert_false(run.hcr & VGIC_HCR_NPIE); /* nothing is pending: it would never let run */
	assert_int_equal(gic_lr(&run, SPI), 0);
	assert_false(gic_maintenance(&run));
	for (i = LRS + 1; i-- > 1;)
		gic_eoi(&run, SPI + i);
	gic_eoi(&run, SPI); /* in no list register */
	assert_int_equal(VGIC_HCR_EOICOUNT(run.hcr), 1);
	gic_leave(&run);
	for (i = 0; i <= LRS; i++)
		assert_false(vgic_irq(&gic, cpu, SPI + i)->active);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
}

static void with_split_eoi_deactivation_traps(void **state)
{
	struct run run;

	nest(&run);
	gic_enter(&run, cpu, VMCR | VGIC_VMCR_EOIM);
	assert_true(run.hcr & VGIC_HCR_TDIR);
	gic_leave(&run);
	vgic_deactivate(&gic, cpu, SPI);
	assert_false(vgic_irq(&gic, cpu, SPI)->active);
	vgic_deactivate(&gic, cpu, 1022); /* none of ours */
}

static u64 standby(struct run *run, unsigned int intid)
{
	unsigned int used = run->used;

	vgic_fill_standby(&gic, run->cpu, vgic_irq(&gic, run->cpu, intid), run->lr);
	run->used = run->cpu->used_lrs;
	return run->used == used ? 0 : run->lr[used];
}

/* Acts as the RMM does when a timer fires: uses a list register that was left for it. */
static void fire(struct run *run, unsigned int intid)
{
	unsigned int i;

	for (i = 0; i < run->used; i++)
		if ((run->lr[i] & VGIC_LR_INTID) == intid && !(run->lr[i] >> 62) &&
		    !(run->lr[i] & VGIC_LR_EOI))
			run->lr[i] |= VGIC_LR_PENDING | VGIC_LR_EOI;
}

static void a_standby_register_is_there_for_what_may_fire(void **state)
{
	struct vgic_irq *irq = enable(cpu, TIMER);
	struct run run;

	irq->priority = 0xa0;
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER),
			 TIMER | VGIC_LR_GROUP1 | 0xa0ULL << VGIC_LR_PRIO_SHIFT);
	assert_false(gic_maintenance(&run));
	assert_int_equal(gic_ack(&run), NONE);
	gic_leave(&run);
	assert_false(has_pending(cpu));
	assert_false(cpu->taken);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
	/* The next expiry is passed on by the host, which sees that it is taken. */
	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_ack(&run), TIMER);
	gic_eoi(&run, TIMER);
	gic_leave(&run);
	assert_true(cpu->taken);
}

static void a_standby_register_is_refused(void **state)
{
	static const unsigned int four[] = {SPI, SPI + 1, SPI + 2, SPI + 3};
	struct vgic_irq *irq = vgic_irq(&gic, cpu, TIMER);
	struct run run;
	unsigned int i;

	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER), 0); /* disabled */
	enable(cpu, TIMER);
	irq->edge = true;
	assert_int_equal(standby(&run, TIMER), 0);
	irq->edge = false;
	vgic_set_ctlr(&gic, 1);
	assert_int_equal(standby(&run, TIMER), 0); /* group off */
	vgic_set_ctlr(&gic, 3);
	gic_leave(&run);
	line(cpu, TIMER, true);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER), 0); /* pending: it has one */
	assert_int_equal(gic_ack(&run), TIMER);
	gic_leave(&run);
	line(cpu, TIMER, false);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER), 0); /* active: the same */
	gic_eoi(&run, TIMER);
	gic_leave(&run);
	for (i = 0; i < LRS; i++) {
		enable(cpu, four[i]);
		line(cpu, four[i], true);
	}
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER), 0); /* no register is free */
	gic_leave(&run);
}

static void what_fired_in_standby_is_as_any_other(void **state)
{
	struct run run;

	enable(cpu, TIMER);
	/* An interrupt that is not taken yet comes again only because of its level. */
	gic_enter(&run, cpu, VMCR);
	standby(&run, TIMER);
	fire(&run, TIMER);
	gic_leave(&run);
	assert_false(has_pending(cpu));
	line(cpu, TIMER, true);
	assert_true(has_pending(cpu));
	line(cpu, TIMER, false);
	/* An interrupt that is taken stays active until its end. */
	gic_enter(&run, cpu, VMCR);
	standby(&run, TIMER);
	fire(&run, TIMER);
	assert_int_equal(gic_ack(&run), TIMER);
	gic_leave(&run);
	assert_true(cpu->taken);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(gic_lr(&run, TIMER) >> 62, 2);
	gic_eoi(&run, TIMER);
	gic_leave(&run);
	/* An interrupt that is taken and ended in one run leaves nothing behind. */
	gic_enter(&run, cpu, VMCR);
	assert_true(standby(&run, TIMER));
	fire(&run, TIMER);
	assert_int_equal(gic_ack(&run), TIMER);
	gic_eoi(&run, TIMER);
	gic_leave(&run);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(run.used, 0);
	gic_leave(&run);
}

static void a_change_of_one_in_standby_kicks(void **state)
{
	struct vgic_irq *irq = enable(cpu, TIMER);
	struct run run;

	gic_enter(&run, cpu, VMCR);
	standby(&run, TIMER);
	kicks[0] = 0;
	irq->enabled = false;
	vgic_irq_update(&gic, irq);
	assert_int_equal(kicks[0], 1);
	gic_leave(&run);
	gic_enter(&run, cpu, VMCR);
	assert_int_equal(standby(&run, TIMER), 0);
	gic_leave(&run);
}

/* No two list registers with one INTID, whatever happens: the RMM refuses to enter. */
static void assert_no_duplicates(const struct run *run)
{
	unsigned int i, j;

	for (i = 0; i < run->used; i++) {
		for (j = 0; j < i; j++)
			assert_int_not_equal(run->lr[i] & VGIC_LR_INTID,
					     run->lr[j] & VGIC_LR_INTID);
	}
}

static void random_step(struct run *runs, bool *inside)
{
	unsigned int who = rand() % CPUS, intid = rand() % IRQS;
	struct vgic_irq *irq = vgic_irq(&gic, &cpus[who], intid);

	switch (rand() % 9) {
	case 0:
		/* Few, so that some list registers are free at times. */
		irq->enabled = rand() % (intid == TIMER ? 2 : 8) == 0;
		vgic_irq_update(&gic, irq);
		break;
	case 1:
	case 2:
		vgic_irq_set_line(&gic, irq, rand() % 2);
		break;
	case 3:
		vgic_irq_clear_pending(&gic, irq);
		break;
	case 4:
		if (intid >= VGIC_PRIVATE)
			vgic_irq_set_route(&gic, irq, rand() % (CPUS + 1));
		break;
	case 5:
		vgic_irq_set_active(&gic, irq, rand() % 8 == 0);
		break;
	case 6:
		vgic_send_sgi(&gic, &cpus[who], rand() & 0xf00ffff, true);
		break;
	default:
		if (!inside[who]) {
			gic_enter(&runs[who], &cpus[who], VMCR);
			standby(&runs[who], TIMER);
			assert_no_duplicates(&runs[who]);
		} else {
			if (rand() % 2)
				fire(&runs[who], TIMER);
			intid = gic_ack(&runs[who]);
			if (intid != NONE && rand() % 4)
				gic_eoi(&runs[who], intid);
			gic_leave(&runs[who]);
		}
		inside[who] = !inside[who];
	}
}

/* Each deliverable interrupt is on the list of its vCPU, each listed one has a reason. */
static void assert_consistent(struct vgic_irq *irq)
{
	bool due = irq->active || (irq->enabled && vgic_irq_pending(irq) && irq->owner);

	if (irq->in_lr)
		assert_non_null(irq->home);
	else if (irq->active && !irq->home)
		assert_null(irq->owner);
	else
		assert_int_equal(due, irq->home != NULL);
}

static void random_events_keep_the_lists_right(void **state)
{
	struct run runs[CPUS];
	bool inside[CPUS] = {false};
	unsigned int round, i, who;

	srand(1);
	for (round = 0; round < 200000; round++) {
		random_step(runs, inside);
		if (round % 64)
			continue;
		for (who = 0; who < CPUS; who++) {
			for (i = 0; i < (who ? VGIC_PRIVATE : IRQS); i++)
				assert_consistent(vgic_irq(&gic, &cpus[who], i));
		}
	}
}

#define TEST(f) cmocka_unit_test_setup(f, gic_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(overflow_is_served_by_priority),
		TEST(without_overflow_no_maintenance_is_asked_for),
		TEST(nested_beyond_list_registers_are_ended_by_count),
		TEST(with_split_eoi_deactivation_traps),
		TEST(a_standby_register_is_there_for_what_may_fire),
		TEST(a_standby_register_is_refused),
		TEST(what_fired_in_standby_is_as_any_other),
		TEST(a_change_of_one_in_standby_kicks),
		TEST(random_events_keep_the_lists_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
