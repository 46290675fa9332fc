/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LPIs in the model of a GICv3 (model.h): the interrupts from 8192 on, which an ITS makes
 * pending. They are edges of group 1 without an active state; the guest keeps whether they are
 * enabled and how urgent they are in a table of its own memory, of which the model has copies.
 * Portable; used by the model, by that of an ITS and, in the kernel, by run.c.
 *
 * The lock of the model is held in every function, except vgic_lpi_chunk_init() and
 * vgic_lpi_sync().
 */
#ifndef HOST_VGIC_LPI_H
#define HOST_VGIC_LPI_H

#include "host/vgic/model.h"

struct vgic_lpi {
	struct vgic_irq irq;
	unsigned int events; /* of all ITSs that are mapped to it; 0: it is not in use */
	u16 its;	     /* the last of them: whose, and in which collection */
	u16 collection;
};

/* Stays once it is there, so that a pointer to one of its interrupts is good for ever. */
struct vgic_lpi_chunk {
	struct vgic_lpi lpi[VGIC_LPI_CHUNK];
};

/* One bit for each LPI of a chunk, as in a pending table. */
struct vgic_lpi_bits {
	u8 byte[VGIC_LPI_CHUNK / 8];
};

/* The chunk of an LPI. */
static inline unsigned int vgic_lpi_chunk_of(unsigned int intid)
{
	return array_index_nospec((intid - VGIC_LPI_FIRST) / VGIC_LPI_CHUNK, VGIC_LPI_CHUNKS);
}

/* NULL: no LPI, or its chunk was never made. */
struct vgic_lpi *vgic_lpi(struct vgic_model *model, unsigned int intid);
struct vgic_irq *vgic_lpi_irq(struct vgic_model *model, unsigned int intid);

/* Number of INTIDs that GICR_PROPBASER has room for. */
unsigned int vgic_lpi_limit(const struct vgic_model *model);
/* Guest addresses: the byte of an LPI's configuration, and the byte its pending bit is in. */
u64 vgic_lpi_property_at(const struct vgic_model *model, unsigned int intid);
u64 vgic_lpi_pending_at(const struct vgic_cpu *cpu, unsigned int intid);

/* chunk: zeroed memory. */
void vgic_lpi_chunk_init(struct vgic_lpi_chunk *chunk, unsigned int index);

/* Byte of the guest's configuration table. */
void vgic_lpi_configure(struct vgic_model *model, struct vgic_irq *irq, u8 property);
void vgic_lpi_set_owner(struct vgic_model *model, struct vgic_irq *irq, struct vgic_cpu *owner);
void vgic_lpi_clear_pending(struct vgic_model *model, struct vgic_irq *irq);

/*
 * A vCPU that may still take an LPI which was disabled, moved or discarded, in a run that was on at
 * `since`, or NULL. since: model->fills when all changes that the caller waits for were made.
 * Without one the next call is quick.
 */
struct vgic_cpu *vgic_lpi_holder(struct vgic_model *model, u64 since);

/*
 * After vgic_take_lpi_switch(), outside the lock. cpu: whose redistributor it was, NULL: the
 * distributor. LPIs that were pending in the guest's table are made so when they are turned on, and
 * none is pending any more when they are turned off.
 */
void vgic_lpi_sync(struct vgic_model *model, struct vgic_cpu *cpu);

/* ---- supplied by the user ---- */

void vgic_lock(struct vgic_model *model);
void vgic_unlock(struct vgic_model *model);
/* Between pieces of long work, outside the lock. */
void vgic_relax(void);
/* Memory of the guest, outside the lock. 0 or an errno. */
int vgic_guest_read(struct vgic_model *model, u64 gpa, void *to, unsigned int len);
/* Zeroed; may sleep. NULL: there is none. */
void *vgic_alloc(unsigned long size);
void vgic_release(void *memory);

#endif
