/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See vgic.h: the hardware's side of list registers, as the architecture describes it, and what the
 * models ask of the kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/host/vgic/vgic.h"

#define LR_PRIO(lr)    ((lr) >> VGIC_LR_PRIO_SHIFT & 0xff)
#define EOICOUNT_SHIFT 27

struct vgic_model gic;
struct vgic_cpu cpus[CPUS];
int kicks[CPUS];
struct shim_clamp shim_clamp;

static struct vgic_irq spis[IRQS - VGIC_PRIVATE];
static struct vgic_cpu *cpu_list[CPUS];

u8 guest[GUEST_SIZE];
unsigned int guest_reads;
int fail_allocation = -1;
void (*meanwhile)(void);
static bool locked;

static void others(void)
{
	assert_false(locked);
	if (meanwhile)
		meanwhile();
}

void vgic_kick(struct vgic_cpu *cpu)
{
	kicks[cpu->index]++;
}

void vgic_lock(struct vgic_model *model)
{
	assert_ptr_equal(model, &gic);
	others();
	locked = true;
}

void vgic_unlock(struct vgic_model *model)
{
	assert_true(locked);
	locked = false;
}

void vgic_relax(void)
{
	assert_false(locked);
}

int vgic_guest_read(struct vgic_model *model, u64 gpa, void *to, unsigned int len)
{
	others();
	guest_reads++;
	if (gpa < GUEST || gpa - GUEST > GUEST_SIZE - len)
		return -EFAULT;
	memcpy(to, guest + (gpa - GUEST), len);
	return 0;
}

void *vgic_alloc(unsigned long size)
{
	assert_false(locked);
	if (fail_allocation >= 0 && fail_allocation-- == 0)
		return NULL;
	return calloc(1, size);
}

void vgic_release(void *memory)
{
	assert_false(locked);
	free(memory);
}

int gic_reset(void **state)
{
	unsigned int i;

	for (i = 0; i < VGIC_LPI_CHUNKS; i++)
		free(gic.lpis[i]);
	memset(&gic, 0, sizeof(gic));
	memset(guest, 0, sizeof(guest));
	guest_reads = 0;
	fail_allocation = -1;
	meanwhile = NULL;
	memset(cpus, 0, sizeof(cpus));
	memset(spis, 0, sizeof(spis));
	memset(kicks, 0, sizeof(kicks));
	for (i = 0; i < CPUS; i++) {
		vgic_cpu_init(&cpus[i], i, i);
		cpu_list[i] = &cpus[i];
	}
	vgic_model_init(&gic, IRQS, spis, cpu_list, CPUS, LRS);
	vgic_set_ctlr(&gic, 3);
	return 0;
}

void gic_enter(struct run *run, struct vgic_cpu *cpu, u64 vmcr)
{
	memset(run, 0, sizeof(*run));
	run->cpu = cpu;
	run->used = vgic_fill(&gic, cpu, vmcr, run->lr, &run->hcr);
	assert_true(run->used <= LRS);
	assert_true(run->hcr & VGIC_HCR_EN);
}

void gic_leave(struct run *run)
{
	vgic_fold(&gic, run->cpu, run->lr, run->hcr);
}

unsigned int gic_ack(struct run *run)
{
	u64 *best = NULL;
	unsigned int i;

	for (i = 0; i < run->used; i++) {
		u64 *lr = &run->lr[i];

		if (*lr & VGIC_LR_PENDING && (!best || LR_PRIO(*lr) < LR_PRIO(*best)))
			best = lr;
	}
	if (!best)
		return NONE;
	*best = (*best & ~VGIC_LR_PENDING) | VGIC_LR_ACTIVE;
	return *best & VGIC_LR_INTID;
}

void gic_eoi(struct run *run, unsigned int intid)
{
	unsigned int i;

	for (i = 0; i < run->used; i++) {
		if ((run->lr[i] & VGIC_LR_INTID) == intid && run->lr[i] & VGIC_LR_ACTIVE) {
			run->lr[i] &= ~VGIC_LR_ACTIVE;
			return;
		}
	}
	run->hcr += 1ULL << EOICOUNT_SHIFT;
}

u64 gic_lr(const struct run *run, unsigned int intid)
{
	unsigned int i;

	for (i = 0; i < run->used; i++) {
		if ((run->lr[i] & VGIC_LR_INTID) == intid)
			return run->lr[i];
	}
	return 0;
}

bool gic_maintenance(const struct run *run)
{
	bool pending = false;
	unsigned int i;

	for (i = 0; i < run->used; i++) {
		if (run->lr[i] & VGIC_LR_PENDING)
			pending = true;
		else if (!(run->lr[i] & VGIC_LR_ACTIVE) && run->lr[i] & VGIC_LR_EOI)
			return true;
	}
	if (run->hcr & VGIC_HCR_NPIE && !pending)
		return true;
	return run->hcr & VGIC_HCR_LRENPIE && VGIC_HCR_EOICOUNT(run->hcr);
}

struct vgic_irq *enable(struct vgic_cpu *cpu, unsigned int intid)
{
	struct vgic_irq *irq = vgic_irq(&gic, cpu, intid);

	irq->enabled = true;
	vgic_irq_update(&gic, irq);
	return irq;
}

void line(struct vgic_cpu *cpu, unsigned int intid, bool level)
{
	vgic_irq_set_line(&gic, vgic_irq(&gic, cpu, intid), level);
}

bool has_pending(struct vgic_cpu *cpu)
{
	return vgic_cpu_has_pending(&gic, cpu, VMCR);
}
