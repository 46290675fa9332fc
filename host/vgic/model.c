// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt states and list registers, see model.h. While an interrupt is in a list register its
 * state is the hardware's, until vgic_fold(). What the guest writes meanwhile is kept in
 * drop_pending and force, and new edges in latch.
 */
#include "host/mpidr.h"
#include "host/vgic/lpi.h"

#define GICD_CTLR_G0 1
#define GICD_CTLR_G1 2

/* ICC_SGI1R_EL1 */
#define SGI_INTID(v)   (((v) >> 24) & 0xf)
#define SGI_ALL	       (1ULL << 40)
#define SGI_RANGE(v)   (((v) >> 44) & 0xf)
#define SGI_TARGETS(v) ((v)&0xffff)

#define MPIDR_AFF0(m) ((m)&0xff)

void vgic_irq_init(struct vgic_irq *irq, unsigned int intid, struct vgic_cpu *owner)
{
	INIT_LIST_HEAD(&irq->link);
	irq->intid = intid;
	irq->owner = owner;
	irq->group1 = true;
}

void vgic_cpu_init(struct vgic_cpu *cpu, unsigned int index, u64 mpidr)
{
	unsigned int i;

	INIT_LIST_HEAD(&cpu->ready);
	cpu->index = index;
	cpu->mpidr = mpidr;
	for (i = 0; i < VGIC_PRIVATE; i++) {
		vgic_irq_init(&cpu->irqs[i], i, cpu);
		cpu->irqs[i].edge = i < VGIC_SGIS;
		cpu->irqs[i].enabled = i < VGIC_SGIS;
	}
}

static struct vgic_cpu *cpu_of_route(struct vgic_model *model, u64 route)
{
	unsigned int i;

	for (i = 0; i < model->nr_cpus; i++) {
		if ((model->cpus[i]->mpidr & MPIDR_AFFINITY) == (route & MPIDR_AFFINITY))
			return model->cpus[i];
	}
	return NULL;
}

void vgic_model_init(struct vgic_model *model, unsigned int nr_irqs, struct vgic_irq *spis,
		     struct vgic_cpu **cpus, unsigned int nr_cpus, unsigned int nr_lrs)
{
	unsigned int i;

	model->nr_irqs = nr_irqs;
	model->spis = spis;
	model->cpus = cpus;
	model->nr_cpus = nr_cpus;
	model->nr_lrs = nr_lrs;
	for (i = 0; i < nr_irqs - VGIC_PRIVATE; i++)
		vgic_irq_init(&spis[i], VGIC_PRIVATE + i, cpu_of_route(model, 0));
}

struct vgic_irq *vgic_irq(struct vgic_model *model, struct vgic_cpu *cpu, unsigned int intid)
{
	if (intid < VGIC_PRIVATE)
		return cpu ? &cpu->irqs[array_index_nospec(intid, VGIC_PRIVATE)] : NULL;
	if (intid >= model->nr_irqs || intid >= VGIC_MAX_IRQS)
		return NULL;
	return &model->spis[array_index_nospec(intid - VGIC_PRIVATE,
					       model->nr_irqs - VGIC_PRIVATE)];
}

static bool irq_line_pending(const struct vgic_irq *irq)
{
	return irq->latch || (!irq->edge && irq->line);
}

bool vgic_irq_pending(const struct vgic_irq *irq)
{
	return irq_line_pending(irq) || (irq->in_lr && irq->latch_in_lr && !irq->drop_pending);
}

bool vgic_irq_group_on(const struct vgic_model *model, const struct vgic_irq *irq)
{
	return model->ctlr & (irq->group1 ? GICD_CTLR_G1 : GICD_CTLR_G0);
}

/* LPIs wait until the redistributor of their vCPU lets them through. */
static bool irq_redist_on(const struct vgic_irq *irq)
{
	return irq->intid < VGIC_LPI_FIRST || (irq->owner && irq->owner->lpis_on);
}

static bool irq_deliverable(const struct vgic_model *model, const struct vgic_irq *irq)
{
	return irq->enabled && irq_line_pending(irq) && vgic_irq_group_on(model, irq) &&
	       irq_redist_on(irq);
}

/* The guest has ended the interrupt: whoever holds its line up may want to look at it again. */
static void irq_ended(struct vgic_model *model, const struct vgic_irq *irq)
{
	bool spi = irq->intid >= VGIC_PRIVATE && irq->intid < VGIC_MAX_IRQS;

	if (model->want_eois && spi && !irq->edge && model->nr_eois < VGIC_MAX_EOIS)
		model->eois[model->nr_eois++] = irq->intid;
}

unsigned int vgic_take_eois(struct vgic_model *model, u16 *eois)
{
	unsigned int i, n = model->nr_eois;

	for (i = 0; i < n; i++)
		eois[i] = model->eois[i];
	model->nr_eois = 0;
	return n;
}

static void irq_move(struct vgic_irq *irq, struct vgic_cpu *to)
{
	if (irq->home == to)
		return;
	list_del_init(&irq->link);
	irq->home = to;
	if (to)
		list_add_tail(&irq->link, &to->ready);
}

void vgic_irq_update(struct vgic_model *model, struct vgic_irq *irq)
{
	bool deliverable = irq_deliverable(model, irq);

	if (irq->in_lr) {
		/*
		 * The run must end for a new edge, whose list register has to be folded first, and
		 * for an interrupt that must not be taken any more, which has to leave its list
		 * register. A level is sampled at its end of interrupt.
		 */
		if (irq->latch || irq->standby || !vgic_irq_group_on(model, irq))
			vgic_kick(irq->home);
		return;
	}
	/* An active interrupt stays with the vCPU that has taken it. */
	if (!irq->active || !irq->home)
		irq_move(irq, irq->active || deliverable ? irq->owner : NULL);
	if (deliverable && irq->home)
		vgic_kick(irq->home);
}

void vgic_irq_set_line(struct vgic_model *model, struct vgic_irq *irq, bool level)
{
	if (irq->edge) {
		irq->line = level;
		if (level)
			vgic_irq_set_pending(model, irq);
		return;
	}
	if (irq->line == level)
		return;
	irq->line = level;
	vgic_irq_update(model, irq);
}

void vgic_irq_set_pending(struct vgic_model *model, struct vgic_irq *irq)
{
	irq->latch = true;
	vgic_irq_update(model, irq);
}

void vgic_irq_clear_pending(struct vgic_model *model, struct vgic_irq *irq)
{
	irq->latch = false;
	if (irq->in_lr) {
		irq->drop_pending = true;
		vgic_kick(irq->home);
	}
	vgic_irq_update(model, irq);
}

void vgic_irq_set_active(struct vgic_model *model, struct vgic_irq *irq, bool active)
{
	if (irq->in_lr) {
		irq->force = active ? VGIC_FORCE_ACTIVE : VGIC_FORCE_INACTIVE;
		vgic_kick(irq->home);
		return;
	}
	if (irq->active && !active)
		irq_ended(model, irq);
	irq->active = active;
	vgic_irq_update(model, irq);
}

void vgic_irq_set_route(struct vgic_model *model, struct vgic_irq *irq, u64 route)
{
	irq->route = route & MPIDR_AFFINITY;
	irq->owner = cpu_of_route(model, route);
	if (irq->in_lr && !irq->active)
		vgic_kick(irq->home);
	vgic_irq_update(model, irq);
}

void vgic_set_ctlr(struct vgic_model *model, u32 ctlr)
{
	unsigned int i, j;

	ctlr &= GICD_CTLR_G0 | GICD_CTLR_G1;
	if (model->ctlr == ctlr)
		return;
	model->ctlr = ctlr;
	for (i = 0; i < model->nr_cpus; i++) {
		for (j = 0; j < VGIC_PRIVATE; j++)
			vgic_irq_update(model, &model->cpus[i]->irqs[j]);
	}
	for (i = 0; i < model->nr_irqs - VGIC_PRIVATE; i++)
		vgic_irq_update(model, &model->spis[i]);
}

static void sgi_to(struct vgic_model *model, struct vgic_cpu *to, unsigned int intid, bool group1)
{
	struct vgic_irq *irq = &to->irqs[intid];

	/* A group 1 write does not make a group 0 interrupt pending, nor the other way round. */
	if (irq->group1 == group1)
		vgic_irq_set_pending(model, irq);
}

void vgic_send_sgi(struct vgic_model *model, struct vgic_cpu *from, u64 value, bool group1)
{
	u64 cluster = (value >> 48 & 0xff) << 32 | (value >> 32 & 0xff) << 16 |
		      (value >> 16 & 0xff) << 8;
	unsigned int i, low = SGI_RANGE(value) * 16;

	for (i = 0; i < model->nr_cpus; i++) {
		struct vgic_cpu *to = model->cpus[i];
		unsigned int aff0 = MPIDR_AFF0(to->mpidr);
		bool hit;

		if (value & SGI_ALL)
			hit = to != from;
		else
			hit = (to->mpidr & MPIDR_AFFINITY & ~0xffULL) == cluster && aff0 >= low &&
			      aff0 < low + 16 && SGI_TARGETS(value) >> (aff0 - low) & 1;
		if (hit)
			sgi_to(model, to, SGI_INTID(value), group1);
	}
}

void vgic_deactivate(struct vgic_model *model, struct vgic_cpu *cpu, unsigned int intid)
{
	struct vgic_irq *irq = intid < VGIC_LPI_FIRST ? vgic_irq(model, cpu, intid)
						      : vgic_lpi_irq(model, intid);

	if (irq)
		vgic_irq_set_active(model, irq, false);
}

/* ---- list registers ---- */

/*
 * Whether a gets a list register rather than b. An interrupt that is to be taken comes before any
 * that is active. The guest may take more interrupts than there are list registers before it
 * deactivates the first (EOImode 1); a deactivation that meets no list register is noticed
 * (EOIcount), but a pending interrupt outside would not be taken.
 */
static bool more_urgent(const struct vgic_irq *a, const struct vgic_irq *b)
{
	if (a->active != b->active)
		return b->active;
	return a->priority < b->priority;
}

/*
 * Chooses the nr_lrs most urgent interrupts and sorts them into lr_irq[]. Returns how many stay
 * outside.
 */
static unsigned int lr_select(struct vgic_model *model, struct vgic_cpu *cpu)
{
	struct vgic_irq *irq;
	unsigned int outside = 0;

	cpu->used_lrs = 0;
	list_for_each_entry(irq, &cpu->ready, link) {
		unsigned int i = cpu->used_lrs;

		if (i == model->nr_lrs) {
			outside++;
			if (!more_urgent(irq, cpu->lr_irq[i - 1]))
				continue;
			i--;
		} else {
			cpu->used_lrs++;
		}
		for (; i && more_urgent(irq, cpu->lr_irq[i - 1]); i--)
			cpu->lr_irq[i] = cpu->lr_irq[i - 1];
		cpu->lr_irq[i] = irq;
	}
	return outside;
}

static u64 lr_base(const struct vgic_irq *irq)
{
	return irq->intid | (u64)irq->priority << VGIC_LR_PRIO_SHIFT |
	       (irq->group1 ? VGIC_LR_GROUP1 : 0);
}

static u64 lr_load(struct vgic_model *model, struct vgic_irq *irq)
{
	u64 lr = lr_base(irq);

	if (irq->active)
		lr |= VGIC_LR_ACTIVE;
	/*
	 * The level is looked at again when the guest deactivates the interrupt: hence the
	 * maintenance interrupt, and no "pending" on top of "active".
	 */
	if (!irq->edge)
		lr |= VGIC_LR_EOI;
	if (irq_deliverable(model, irq) && (irq->edge || !irq->active)) {
		lr |= VGIC_LR_PENDING;
		irq->latch_in_lr = irq->latch;
		irq->latch = false;
	}
	irq->in_lr = true;
	return lr;
}

static bool active_outside(const struct vgic_cpu *cpu)
{
	const struct vgic_irq *irq;

	list_for_each_entry(irq, &cpu->ready, link) {
		if (irq->active && !irq->in_lr)
			return true;
	}
	return false;
}

/*
 * Some interrupts have no list register. Returns the bits of ICH_HCR_EL2 that bring the vCPU back
 * in time for them.
 */
static u64 overflow_hcr(const struct vgic_cpu *cpu, u64 vmcr, u64 *lr)
{
	bool pending = false;
	unsigned int i;
	u64 hcr = 0;

	for (i = 0; i < cpu->used_lrs; i++) {
		lr[i] |= VGIC_LR_EOI;
		pending |= lr[i] & VGIC_LR_PENDING;
	}
	/*
	 * NPIE ends a run as soon as no list register is pending. If none is, every run would end
	 * at once.
	 */
	if (pending)
		hcr |= VGIC_HCR_NPIE;
	if (active_outside(cpu)) {
		hcr |= VGIC_HCR_LRENPIE;
		if (vmcr & VGIC_VMCR_EOIM)
			hcr |= VGIC_HCR_TDIR;
	}
	return hcr;
}

unsigned int vgic_fill(struct vgic_model *model, struct vgic_cpu *cpu, u64 vmcr, u64 *lr, u64 *hcr)
{
	unsigned int i, outside;

	*hcr = VGIC_HCR_EN;
	cpu->used_lrs = 0;
	if (list_empty(&cpu->ready))
		return 0;
	outside = lr_select(model, cpu);
	for (i = 0; i < cpu->used_lrs; i++)
		lr[i] = lr_load(model, cpu->lr_irq[i]);
	if (outside)
		*hcr |= overflow_hcr(cpu, vmcr, lr);
	cpu->filled = ++model->fills;
	return cpu->used_lrs;
}

void vgic_fill_standby(struct vgic_model *model, struct vgic_cpu *cpu, struct vgic_irq *irq,
		       u64 *lr)
{
	if (cpu->used_lrs == model->nr_lrs || irq->home || irq->edge || !irq->enabled ||
	    !vgic_irq_group_on(model, irq))
		return;
	irq_move(irq, cpu);
	irq->in_lr = irq->standby = true;
	cpu->lr_irq[cpu->used_lrs] = irq;
	lr[cpu->used_lrs++] = lr_base(irq);
	cpu->filled = ++model->fills;
}

static void lr_unload(struct vgic_model *model, struct vgic_irq *irq, u64 lr)
{
	bool standby = irq->standby;

	irq->in_lr = irq->standby = false;
	irq->active = lr & VGIC_LR_ACTIVE;
	if (lr & VGIC_LR_PENDING && irq->latch_in_lr && !irq->drop_pending)
		irq->latch = true;
	if (irq->force != VGIC_FORCE_NONE)
		irq->active = irq->force == VGIC_FORCE_ACTIVE;
	if (!standby && !irq->active && !(lr & VGIC_LR_PENDING))
		irq_ended(model, irq);
	irq->latch_in_lr = false;
	irq->drop_pending = false;
	irq->force = VGIC_FORCE_NONE;
	vgic_irq_update(model, irq);
}

/*
 * A deactivation met no list register. The guest ends the most urgent interrupt first, so that is
 * the one. False: none is active outside of them.
 */
static bool deactivate_outside(struct vgic_model *model, struct vgic_cpu *cpu)
{
	struct vgic_irq *irq, *best = NULL;

	list_for_each_entry(irq, &cpu->ready, link) {
		if (irq->active && !irq->in_lr && (!best || irq->priority < best->priority))
			best = irq;
	}
	if (best)
		vgic_irq_set_active(model, best, false);
	return best;
}

static bool lr_taken(const struct vgic_irq *irq, u64 lr)
{
	return irq->standby ? lr & VGIC_LR_ACTIVE : !(lr & VGIC_LR_PENDING);
}

void vgic_fold(struct vgic_model *model, struct vgic_cpu *cpu, const u64 *lr, u64 hcr)
{
	unsigned int i, count;

	/* A guest may deactivate what is not active, and a search goes over all that is pending. */
	for (count = VGIC_HCR_EOICOUNT(hcr); count && deactivate_outside(model, cpu); count--)
		;
	for (i = 0; i < cpu->used_lrs; i++) {
		cpu->taken |= lr_taken(cpu->lr_irq[i], lr[i]);
		lr_unload(model, cpu->lr_irq[i], lr[i]);
	}
	cpu->used_lrs = 0;
}

bool vgic_cpu_has_pending(const struct vgic_model *model, const struct vgic_cpu *cpu, u64 vmcr)
{
	unsigned int pmr = vmcr >> VGIC_VMCR_PMR_SHIFT & 0xff;
	const struct vgic_irq *irq;

	list_for_each_entry(irq, &cpu->ready, link) {
		u64 enable = irq->group1 ? VGIC_VMCR_ENG1 : VGIC_VMCR_ENG0;

		if (irq_deliverable(model, irq) && !irq->active && irq->priority < pmr &&
		    vmcr & enable)
			return true;
	}
	return false;
}
