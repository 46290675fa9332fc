/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile driver of two ITSs: random commands, registers, tables and messages, vCPUs that run and
 * take what comes, and, wherever a model does not hold its lock, others that do the same. The
 * tables fit together afterwards, no run that was waited for has an LPI that was to leave it, and
 * the sanitizers have seen nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/host/vgic/its.h"

#define ROUNDS	60000
#define ITSS	2
#define QUEUES	(GUEST + 0x100000)
#define Q_SIZE	0x10000
#define MAX_LPI 600

static struct its_model second;
static struct its_model *const all[ITSS] = {&its, &second};
static u32 tail[ITSS];
static struct run runs[CPUS];
static unsigned int depth;
static u64 seed;

static u64 random_word(void)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return seed >> 16 ^ seed << 24;
}

static u32 below(u32 n)
{
	return random_word() % n;
}

/* Most numbers are small, so that commands meet each other's. */
static u64 number(u32 small)
{
	return below(16) ? below(small) : random_word();
}

/* ---- what a driver does ---- */

static void its_reset_registers(unsigned int which)
{
	struct its_model *one = all[which];

	its_reg_write(one, GITS_CTLR, 4, 0);
	its_reg_write(one, GITS_CBASER, 8, VALID | (QUEUES + which * Q_SIZE) | 15);
	its_reg_write(one, GITS_BASER0, 8, VALID | DEVICES | (below(2) ? INDIRECT : 0));
	its_reg_write(one, GITS_BASER1, 8, VALID | DEVICES);
	its_reg_write(one, GITS_CTLR, 4, 1);
	tail[which] = 0;
}

static const u8 commands[] = {0x01, 0x01, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x0a,
			      0x0a, 0x0b, 0x0c, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0xff};

static void queue_command(unsigned int which)
{
	u64 words[4] = {
		commands[below(sizeof(commands))] | number(12) << 32,
		(number(12) & 0xffffffff) | (VGIC_LPI_FIRST + number(MAX_LPI)) << 32,
		number(6) | number(CPUS + 1) << 16 | (below(8) ? VALID : 0),
		number(CPUS + 1) << 16,
	};

	memcpy(guest + (QUEUES - GUEST) + which * Q_SIZE + tail[which], words, sizeof(words));
	tail[which] = (tail[which] + sizeof(words)) % Q_SIZE;
}

static void write_register(unsigned int which)
{
	static const u32 regs[] = {0, 4, 0x80, 0x84, 0x88, 0x90, 0x100, 0x104, 0x108, 0x110};
	u32 reg = regs[below(10)];

	its_reg_write(all[which], reg, reg & 4 ? 4 : 8, random_word());
	if (below(2))
		its_reg_set(all[which], reg & ~7U, random_word());
	/* And back, so that there is something to do again. */
	if (below(2))
		its_reset_registers(which);
}

static void write_memory(void)
{
	unsigned int i;

	for (i = below(40); i; i--)
		guest[(below(2) ? PROPERTIES : PENDING(below(CPUS))) - GUEST + below(1200)] =
			random_word();
	/* Commands and second-level tables, too. */
	guest[QUEUES - GUEST + below(ITSS * Q_SIZE)] ^= 1 << below(8);
	guest[DEVICES - GUEST + below(64)] = random_word();
}

/* As cca_vgic_end_lpi_runs(). */
static void wait_for_runs(void)
{
	u64 since = gic.fills;
	struct vgic_cpu *cpu;

	while ((cpu = vgic_lpi_holder(&gic, since))) {
		if (meanwhile)
			meanwhile();
		if (runs[cpu->index].cpu && cpu->filled <= since)
			gic_leave(&runs[cpu->index]);
		runs[cpu->index].cpu = cpu->used_lrs ? cpu : NULL;
	}
}

static void work(unsigned int which)
{
	its_reg_write(all[which], GITS_CWRITER, 8, tail[which]);
	while (its_work(all[which], below(1000) + 1) && below(8))
		;
	wait_for_runs();
}

static void switch_lpis(void)
{
	unsigned int cpu = below(CPUS);
	struct vgic_access access = {
		.redist = &cpus[cpu], .len = 4, .write = true, .value = below(4) != 0};

	vgic_redist_write(&gic, &cpus[cpu], 0, 4, access.value);
	if (vgic_take_lpi_switch(&gic, &access))
		vgic_lpi_sync(&gic, &cpus[cpu]);
	vgic_dist_write(&gic, 0, 4, below(8) ? 2 : 0);
	vgic_lpi_sync(&gic, NULL);
	wait_for_runs();
}

static void run_or_leave(void)
{
	unsigned int cpu = below(CPUS), intid;

	if (!runs[cpu].cpu) {
		gic_enter(&runs[cpu], &cpus[cpu], VMCR);
		return;
	}
	while (below(3) && (intid = gic_ack(&runs[cpu])) != NONE) {
		if (below(2))
			gic_eoi(&runs[cpu], intid);
	}
	if (below(4) == 0)
		vgic_deactivate(&gic, &cpus[cpu], VGIC_LPI_FIRST + below(MAX_LPI));
	gic_leave(&runs[cpu]);
	runs[cpu].cpu = NULL;
}

static void step(void)
{
	unsigned int i, which = below(ITSS);

	for (i = below(6); i; i--)
		queue_command(which);
	if (below(64) == 0)
		write_register(which);
	if (below(16) == 0)
		switch_lpis();
	if (below(32) == 0)
		fail_allocation = below(4);
	write_memory();
	work(which);
	fail_allocation = -1;
	for (i = 0; i < 8; i++)
		its_send(all[which], number(12), number(12));
	run_or_leave();
}

/* Others do so between any two holds of the lock, and others yet meanwhile. */
static void somebody_else(void)
{
	if (depth == 2 || below(200))
		return;
	depth++;
	step();
	depth--;
}

/* ---- what is to be true ---- */

/* An LPI that is active stays where it was taken, whatever became of it. */
static bool is_only_pending(u64 lr)
{
	return (lr & (VGIC_LR_PENDING | VGIC_LR_ACTIVE)) == VGIC_LR_PENDING;
}

static void no_run_has_what_was_to_leave(void)
{
	unsigned int i, j;

	for (i = 0; i < CPUS; i++) {
		for (j = 0; j < cpus[i].used_lrs; j++) {
			const struct vgic_irq *irq = cpus[i].lr_irq[j];

			if (irq->intid >= VGIC_LPI_FIRST && is_only_pending(runs[i].lr[j]))
				assert_true(irq->enabled && irq->owner == &cpus[i] &&
					    !irq->drop_pending);
		}
	}
}

static void lists_are_right(void)
{
	unsigned int i;

	for (i = VGIC_LPI_FIRST; i < VGIC_LPI_FIRST + MAX_LPI; i++) {
		const struct vgic_irq *irq = vgic_lpi_irq(&gic, i);
		bool due;

		if (!irq || irq->in_lr || irq->active)
			continue;
		due = irq->enabled && irq->latch && irq->owner && irq->owner->lpis_on &&
		      vgic_irq_group_on(&gic, irq);
		assert_ptr_equal(irq->home, due ? irq->owner : NULL);
	}
}

static void nothing_breaks(void **state)
{
	unsigned int i;

	seed = 20260715;
	second = (struct its_model){.gic = &gic, .id = 4};
	for (i = 0; i < ITSS; i++)
		its_reset_registers(i);
	meanwhile = somebody_else;
	for (i = 0; i < ROUNDS; i++) {
		step();
		no_run_has_what_was_to_leave();
		if (i % 64)
			continue;
		lists_are_right();
		its_check(all, ITSS);
	}
	meanwhile = NULL;
	for (i = 0; i < CPUS; i++) {
		if (runs[i].cpu)
			gic_leave(&runs[i]);
	}
	for (i = 0; i < ITSS; i++) {
		assert_true(its_reset(all[i]));
		while (its_work(all[i], 1000))
			;
		assert_int_equal(all[i]->nr_events, 0);
	}
	its_free(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_breaks, its_setup, its_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
