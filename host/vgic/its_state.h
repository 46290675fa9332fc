/* SPDX-License-Identifier: GPL-2.0-only */
/* An ITS of a VM. Only for its.c and its_device.c. */
#ifndef HOST_VGIC_ITS_STATE_H
#define HOST_VGIC_ITS_STATE_H

#include "host/vgic/its.h"
#include "host/vgic/its_model.h"
#include "host/vgic/state.h"

struct cca_its {
	struct cca_vm *vm;
	u64 base;		/* VGIC_UNSET, then set once, under vm->lock */
	struct its_model model; /* the vGIC's lock */
};

/* The vGIC it belongs to, once that is initialised; else NULL, and the model is not to be used. */
struct cca_vgic *cca_its_vgic(struct cca_its *its);

static inline unsigned int cca_its_count(const struct cca_vm *vm)
{
	return smp_load_acquire(&vm->nr_its);
}

#endif
