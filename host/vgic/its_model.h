/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model of a GICv3 ITS: its registers, the commands that a guest queues in its own memory, and the
 * tables they fill: devices, events, collections. Portable, like model.h, whose lock is the
 * lock of this too; its.c is its only user in the kernel.
 *
 * All of a guest's words are hostile. The tables that commands fill are kept here, not in the
 * memory the guest gave for them (GITS_BASER): that only says how many devices and collections
 * there may be. What they take is bounded: ITS_MAX_EVENTS of all devices, an LPI for each INTID.
 */
#ifndef HOST_VGIC_ITS_MODEL_H
#define HOST_VGIC_ITS_MODEL_H

#include "host/vgic/lpi.h"

#define ITS_FRAME_SIZE 0x20000ULL /* control frame, translation frame */
#define ITS_TRANSLATER 0x10040	  /* where a device writes its event to */

#define ITS_DEVICE_BITS 16
#define ITS_EVENT_BITS	16
#define ITS_COLLECTIONS 1024
#define ITS_MAX_EVENTS	(1U << 18)
#define ITS_PAGE	256 /* devices side by side in the table of devices */

struct its_device {
	u32 nr_events;
	u16 lpi[]; /* by event; 0: not mapped */
};

struct its_page {
	struct its_device *device[ITS_PAGE];
};

struct its_model {
	struct vgic_model *gic;
	unsigned int id; /* of several */

	/* registers */
	bool enabled;
	u64 cbaser;
	u32 cwriter;
	u32 creadr;
	u64 device_table;     /* GITS_BASER0 */
	u64 collection_table; /* GITS_BASER1 */

	/* work: see its_work() */
	bool busy;	     /* somebody carries out its work */
	bool forget_devices; /* their table is gone */
	bool forget_collections;
	unsigned int forget_at; /* first device that is not forgotten yet */
	unsigned int age; /* changes when the guest does what makes a command in progress void */

	struct its_page *pages[(1 << ITS_DEVICE_BITS) / ITS_PAGE];
	u32 nr_events;		     /* of all devices */
	u16 target[ITS_COLLECTIONS]; /* vCPU's index + 1; 0: not mapped */
};

/*
 * Registers: offset in the two frames, len 1, 2, 4 or 8, naturally aligned. Reserved ones read as
 * 0, writes are ignored. The lock is held. Work may follow.
 */
u64 its_reg_read(const struct its_model *its, u32 offset, unsigned int len);
void its_reg_write(struct its_model *its, u32 offset, unsigned int len, u64 value);
/* Bytes of the register at an offset (4 or 8), as its size is for user space; 0: there is none. */
unsigned int its_reg_size(u32 offset);
/* User space's write, which may also set what a guest cannot: GITS_CREADR. */
void its_reg_set(struct its_model *its, u32 offset, u64 value);

/*
 * Carries out queued commands, and forgets what was in a table that is gone, for about `budget`
 * units of bounded time. True: more is left, and the caller has to come back. The lock is not held.
 * If somebody else is at work with this ITS, that one does all of it, and this returns false.
 */
bool its_work(struct its_model *its, unsigned int budget);
/* Lock held: would its_work() do anything. */
bool its_has_work(const struct its_model *its);

/*
 * As after creation, outside the lock; its_work() then forgets what was mapped. False: somebody is
 * at work with it.
 */
bool its_reset(struct its_model *its);

/*
 * A device's write to GITS_TRANSLATER. The lock is held; any context. 1: the LPI is pending, 0: the
 * guest has not mapped it, -EBUSY: the ITS or the redistributor is not enabled.
 */
int its_send(struct its_model *its, u32 device, u32 event);

/* Frees the tables. The caller knows that nobody uses the ITS any more. */
void its_free(struct its_model *its);

#endif
