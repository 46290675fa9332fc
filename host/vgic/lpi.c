// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPIs in the model, see lpi.h.
 */
#include "host/vgic/lpi.h"

#define PROPERTY_ENABLED 1
#define TABLE_ADDRESS	 0xffffffffff000ULL
#define PROPBASE_ID_BITS 0x1f

struct vgic_lpi *vgic_lpi(struct vgic_model *model, unsigned int intid)
{
	unsigned int index;

	if (intid < VGIC_LPI_FIRST || intid >= VGIC_LPI_END)
		return NULL;
	index = array_index_nospec(intid - VGIC_LPI_FIRST, VGIC_LPI_END - VGIC_LPI_FIRST);
	if (!model->lpis[index / VGIC_LPI_CHUNK])
		return NULL;
	return &model->lpis[index / VGIC_LPI_CHUNK]->lpi[index % VGIC_LPI_CHUNK];
}

struct vgic_irq *vgic_lpi_irq(struct vgic_model *model, unsigned int intid)
{
	struct vgic_lpi *lpi = vgic_lpi(model, intid);

	return lpi ? &lpi->irq : NULL;
}

unsigned int vgic_lpi_limit(const struct vgic_model *model)
{
	unsigned int bits = (model->propbaser & PROPBASE_ID_BITS) + 1;

	return bits < 16 ? 1U << bits : VGIC_LPI_END;
}

u64 vgic_lpi_property_at(const struct vgic_model *model, unsigned int intid)
{
	return (model->propbaser & TABLE_ADDRESS) + intid - VGIC_LPI_FIRST;
}

/* The table begins with bits of the interrupts that are not LPIs. */
u64 vgic_lpi_pending_at(const struct vgic_cpu *cpu, unsigned int intid)
{
	return (cpu->pendbaser & TABLE_ADDRESS) + intid / 8;
}

void vgic_lpi_chunk_init(struct vgic_lpi_chunk *chunk, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < VGIC_LPI_CHUNK; i++) {
		vgic_irq_init(&chunk->lpi[i].irq, VGIC_LPI_FIRST + index * VGIC_LPI_CHUNK + i,
			      NULL);
		chunk->lpi[i].irq.edge = true;
	}
}

/* Ends the run in which an LPI is in a list register, because it is not to be taken any more. */
static void lpi_leave(struct vgic_model *model, struct vgic_irq *irq)
{
	if (!irq->in_lr)
		return;
	model->lpis_leave = model->fills + 1;
	vgic_kick(irq->home);
}

void vgic_lpi_configure(struct vgic_model *model, struct vgic_irq *irq, u8 property)
{
	irq->priority = property & VGIC_PRIO_MASK;
	irq->enabled = property & PROPERTY_ENABLED;
	if (!irq->enabled)
		lpi_leave(model, irq);
	vgic_irq_update(model, irq);
}

void vgic_lpi_set_owner(struct vgic_model *model, struct vgic_irq *irq, struct vgic_cpu *owner)
{
	if (irq->owner == owner)
		return;
	irq->owner = owner;
	lpi_leave(model, irq);
	vgic_irq_update(model, irq);
}

void vgic_lpi_clear_pending(struct vgic_model *model, struct vgic_irq *irq)
{
	lpi_leave(model, irq);
	vgic_irq_clear_pending(model, irq);
}

static bool run_holds_leaving(const struct vgic_cpu *cpu, u64 since)
{
	unsigned int i;

	if (!cpu->used_lrs || cpu->filled > since)
		return false;
	for (i = 0; i < cpu->used_lrs; i++) {
		const struct vgic_irq *irq = cpu->lr_irq[i];

		if (irq->intid >= VGIC_LPI_FIRST &&
		    (irq->drop_pending || !irq->enabled || irq->owner != cpu))
			return true;
	}
	return false;
}

struct vgic_cpu *vgic_lpi_holder(struct vgic_model *model, u64 since)
{
	unsigned int i;

	for (i = 0; model->lpis_leave && i < model->nr_cpus; i++) {
		if (run_holds_leaving(model->cpus[i], since))
			return model->cpus[i];
	}
	/* Whoever made an LPI leave after `since` waits for that with a call of its own. */
	if (model->lpis_leave <= since + 1)
		model->lpis_leave = 0;
	return NULL;
}

/* ---- LPIs as a whole go on or off ---- */

static bool bit_of(const struct vgic_lpi_bits *bits, unsigned int i)
{
	return bits->byte[i / 8] >> i % 8 & 1;
}

static void lpi_sync(struct vgic_model *model, struct vgic_irq *irq, bool pending)
{
	if (irq->owner && !irq->owner->lpis_on)
		vgic_lpi_clear_pending(model, irq);
	else if (pending)
		vgic_irq_set_pending(model, irq);
	else
		vgic_irq_update(model, irq);
}

/* The part of a vCPU's pending table for a chunk; nothing is pending in what cannot be read. */
static void read_pending(struct vgic_model *model, const struct vgic_cpu *cpu, unsigned int index,
			 struct vgic_lpi_bits *bits)
{
	unsigned int intid = VGIC_LPI_FIRST + index * VGIC_LPI_CHUNK;
	u64 at;
	bool on;

	*bits = (struct vgic_lpi_bits){0};
	if (!cpu)
		return;
	vgic_lock(model);
	on = cpu->lpis_on && model->lpis[index] && intid < vgic_lpi_limit(model);
	at = vgic_lpi_pending_at(cpu, intid);
	vgic_unlock(model);
	if (on && vgic_guest_read(model, at, bits, sizeof(*bits)))
		*bits = (struct vgic_lpi_bits){0};
}

void vgic_lpi_sync(struct vgic_model *model, struct vgic_cpu *cpu)
{
	struct vgic_lpi_bits bits;
	unsigned int i, index;

	for (index = 0; index < VGIC_LPI_CHUNKS; index++) {
		read_pending(model, cpu, index, &bits);
		vgic_lock(model);
		for (i = 0; model->lpis[index] && i < VGIC_LPI_CHUNK; i++) {
			struct vgic_lpi *lpi = &model->lpis[index]->lpi[i];

			if (lpi->events && (!cpu || lpi->irq.owner == cpu))
				lpi_sync(model, &lpi->irq, bit_of(&bits, i));
		}
		vgic_unlock(model);
		vgic_relax();
	}
}
