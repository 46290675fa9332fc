/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model of a GICv3: the state of every interrupt, which of them go into the list registers of a
 * vCPU, and the registers of the distributor and the redistributors. LPIs are in it as interrupts
 * (lpi.h); what maps events to them is its_model.h. It knows nothing of KVM or of the machine, so
 * that it runs natively in tests. For vgic/ and, for the structures, vcpu/vcpu.h.
 *
 * Its user has one lock around all of it: each function wants it held, except vgic_model_init and
 * vgic_cpu_init.
 */
#ifndef HOST_VGIC_MODEL_H
#define HOST_VGIC_MODEL_H

#include <linux/list.h>
#include <linux/nospec.h>
#include <linux/types.h>

#define VGIC_PRIVATE   32 /* SGIs and PPIs of a vCPU */
#define VGIC_SGIS      16
#define VGIC_MAX_IRQS  1020
#define VGIC_MAX_LRS   16
#define VGIC_PRIO_MASK 0xf8 /* five bits of priority, which any list register has */
#define VGIC_MAX_EOIS  64   /* one register write can deactivate as many */

/* LPIs are kept in chunks, which are made when the first of their interrupts is mapped. */
#define VGIC_LPI_FIRST	8192
#define VGIC_LPI_END	65536
#define VGIC_LPI_CHUNK	256
#define VGIC_LPI_CHUNKS ((VGIC_LPI_END - VGIC_LPI_FIRST) / VGIC_LPI_CHUNK)

/* ICH_LR<n>_EL2 */
#define VGIC_LR_PENDING	     (1ULL << 62)
#define VGIC_LR_ACTIVE	     (1ULL << 63)
#define VGIC_LR_GROUP1	     (1ULL << 60)
#define VGIC_LR_PRIO_SHIFT   48
#define VGIC_LR_EOI	     (1ULL << 41) /* maintenance interrupt when it is deactivated */
#define VGIC_LR_INTID	     0xffffffffULL
/* ICH_HCR_EL2 */
#define VGIC_HCR_EN	     (1ULL << 0)
#define VGIC_HCR_LRENPIE     (1ULL << 2)
#define VGIC_HCR_NPIE	     (1ULL << 3)
#define VGIC_HCR_TDIR	     (1ULL << 14)
#define VGIC_HCR_EOICOUNT(h) (((h) >> 27) & 0x1f)
/* ICH_VMCR_EL2 */
#define VGIC_VMCR_ENG0	     (1ULL << 0)
#define VGIC_VMCR_ENG1	     (1ULL << 1)
#define VGIC_VMCR_EOIM	     (1ULL << 9)
#define VGIC_VMCR_PMR_SHIFT  24

struct vgic_cpu;

enum vgic_force { VGIC_FORCE_NONE, VGIC_FORCE_INACTIVE, VGIC_FORCE_ACTIVE };

struct vgic_irq {
	struct list_head link;	/* in home->ready */
	struct vgic_cpu *home;	/* whose list it is on, or NULL */
	struct vgic_cpu *owner; /* private: its vCPU; SPI, LPI: the one it is routed to, or NULL */
	u64 route;		/* IROUTER of an SPI */
	u16 intid;
	u8 priority;
	bool enabled;
	bool group1;
	bool edge;
	bool line;  /* level of the input */
	bool latch; /* pending by an edge, an SGI or a write of ISPENDR */
	bool active;
	/* while it is in a list register of home */
	bool in_lr;
	bool standby;	       /* it is there so that others than the host can make it pending */
	bool latch_in_lr;      /* the latch was moved there */
	bool drop_pending;     /* ICPENDR was written meanwhile */
	enum vgic_force force; /* ISACTIVER or ICACTIVER was written meanwhile */
};

/* The part of one vCPU: its private interrupts and what is pending or active for it. */
struct vgic_cpu {
	struct vgic_irq irqs[VGIC_PRIVATE];
	struct list_head ready; /* deliverable or active */
	unsigned int index;
	u64 mpidr;	    /* affinity fields as in MPIDR_EL1 */
	bool last;	    /* of its region of redistributors */
	u32 waker;	    /* GICR_WAKER */
	u64 pendbaser;	    /* GICR_PENDBASER */
	bool lpis_on;	    /* GICR_CTLR.EnableLPIs: without it none is delivered */
	bool lpis_switched; /* it has changed, see vgic_take_lpi_switch() */
	unsigned int used_lrs;
	u64 filled; /* vgic_model.fills when list registers were last filled */
	struct vgic_irq *lr_irq[VGIC_MAX_LRS];
	bool taken; /* set by vgic_fold() when the guest took one of them */
};

struct vgic_model {
	unsigned int nr_irqs; /* with the private ones; a multiple of 32 */
	unsigned int nr_lrs;
	struct vgic_irq *spis; /* nr_irqs - 32 of them */
	struct vgic_cpu **cpus;
	unsigned int nr_cpus;
	u32 ctlr; /* GICD_CTLR: group enables */
	u64 fills;

	bool has_its;  /* there are LPIs */
	u64 propbaser; /* GICR_PROPBASER: one table for all redistributors */
	struct vgic_lpi_chunk *lpis[VGIC_LPI_CHUNKS];
	u64 lpis_leave; /* fills + 1 when one that sat in a list register was last to be delivered
			   no more, or 0; see vgic_lpi_holder() */

	/* Level-sensitive SPIs that the guest has ended, if anybody wants to know. */
	bool want_eois;
	unsigned int nr_eois;
	u16 eois[VGIC_MAX_EOIS];
};

/* The user of the model supplies this: the vCPU has something to look at. */
void vgic_kick(struct vgic_cpu *cpu);

/* spis: zeroed memory for nr_irqs - 32 of them; cpus stays the caller's. */
void vgic_model_init(struct vgic_model *model, unsigned int nr_irqs, struct vgic_irq *spis,
		     struct vgic_cpu **cpus, unsigned int nr_cpus, unsigned int nr_lrs);
void vgic_cpu_init(struct vgic_cpu *cpu, unsigned int index, u64 mpidr);
void vgic_irq_init(struct vgic_irq *irq, unsigned int intid, struct vgic_cpu *owner);

/* An interrupt by its number, or NULL. cpu: whose private interrupts are meant. */
struct vgic_irq *vgic_irq(struct vgic_model *model, struct vgic_cpu *cpu, unsigned int intid);

bool vgic_irq_pending(const struct vgic_irq *irq);
/* Does GICD_CTLR let the interrupt's group through? */
bool vgic_irq_group_on(const struct vgic_model *model, const struct vgic_irq *irq);

/*
 * To be called after any change of an interrupt: puts it on the list of the vCPU that it is for,
 * and kicks that vCPU.
 */
void vgic_irq_update(struct vgic_model *model, struct vgic_irq *irq);

/* The input of an interrupt changes. For an edge-triggered one each call with true is an edge. */
void vgic_irq_set_line(struct vgic_model *model, struct vgic_irq *irq, bool level);
void vgic_irq_set_pending(struct vgic_model *model, struct vgic_irq *irq);
void vgic_irq_clear_pending(struct vgic_model *model, struct vgic_irq *irq);
void vgic_irq_set_active(struct vgic_model *model, struct vgic_irq *irq, bool active);
void vgic_irq_set_route(struct vgic_model *model, struct vgic_irq *irq, u64 route);
/* LPIs are as they were before: see vgic_lpi_sync(). */
void vgic_set_ctlr(struct vgic_model *model, u32 ctlr);

/* A write of ICC_SGI1R_EL1 (group1) or of ICC_SGI0R_EL1, ICC_ASGI1R_EL1 by a vCPU. */
void vgic_send_sgi(struct vgic_model *model, struct vgic_cpu *from, u64 value, bool group1);

/* Moves the numbers of the SPIs that have ended to eois[VGIC_MAX_EOIS]. Returns how many. */
unsigned int vgic_take_eois(struct vgic_model *model, u16 *eois);

/* A write of ICC_DIR_EL1 that was trapped. */
void vgic_deactivate(struct vgic_model *model, struct vgic_cpu *cpu, unsigned int intid);

/*
 * Fills lr[] with the most urgent interrupts of a vCPU, and returns how many list registers are
 * used. *hcr gets the ICH_HCR_EL2 to enter with, En included. vmcr: the vCPU's ICH_VMCR_EL2.
 */
unsigned int vgic_fill(struct vgic_model *model, struct vgic_cpu *cpu, u64 vmcr, u64 *lr, u64 *hcr);
/*
 * To be called after vgic_fill(), for a level-sensitive interrupt that the RMM may make pending
 * while the vCPU runs. If it is neither pending nor active and could be taken, it gets a free list
 * register. A change of it then kicks the vCPU.
 */
void vgic_fill_standby(struct vgic_model *model, struct vgic_cpu *cpu, struct vgic_irq *irq,
		       u64 *lr);
/*
 * After a run: takes the states of the interrupts back out of lr[0..used). hcr: ICH_HCR_EL2 as read
 * after it.
 */
void vgic_fold(struct vgic_model *model, struct vgic_cpu *cpu, const u64 *lr, u64 hcr);

/*
 * Would a WFI end: is an interrupt pending that the vCPU's priority mask and group enables let
 * through?
 */
bool vgic_cpu_has_pending(const struct vgic_model *model, const struct vgic_cpu *cpu, u64 vmcr);

/*
 * Registers (mmio.c). offset: in the 64 KiB frame of the distributor, or in the two of a
 * redistributor. len: 1, 2, 4 or 8, naturally aligned. Reserved registers read as 0 and ignore
 * writes.
 */
u64 vgic_dist_read(struct vgic_model *model, u32 offset, unsigned int len);
void vgic_dist_write(struct vgic_model *model, u32 offset, unsigned int len, u64 value);
u64 vgic_redist_read(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len);
void vgic_redist_write(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len,
		       u64 value);

/*
 * What a running vCPU has done with its list registers is not known before vgic_fold(). So some
 * accesses wait for the end of runs: a read of a pending or active state before it is made, and a
 * write that takes something from a list register before the writer goes on.
 */
struct vgic_access {
	struct vgic_cpu *redist; /* whose redistributor; NULL: the distributor */
	u32 offset;
	unsigned int len;
	bool write;
	u64 value; /* of a write */
};

/* After a write, in the same hold of the lock: did it turn LPIs on or off? vgic_lpi_sync() is then
 * to follow. */
bool vgic_take_lpi_switch(struct vgic_model *model, const struct vgic_access *access);

/*
 * A vCPU whose run the access has to wait for, or NULL. since: model->fills when the access began.
 * A run that began later does not matter, because the one before it was folded after the access
 * began.
 */
struct vgic_cpu *vgic_access_holder(struct vgic_model *model, const struct vgic_access *access,
				    u64 since);

#endif
