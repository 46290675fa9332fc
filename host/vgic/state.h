/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GIC of a VM: the model, its lock, and the configuration made through the KVM device. Only for
 * the files of vgic/.
 */
#ifndef HOST_VGIC_STATE_H
#define HOST_VGIC_STATE_H

#include <linux/spinlock.h>

#include "host/vgic/vgic.h"

#define VGIC_UNSET	  (~0ULL)
#define VGIC_FRAME_SIZE	  0x10000ULL /* of the distributor */
#define VGIC_REDIST_SIZE  0x20000ULL /* of one redistributor */
#define VGIC_MAX_REGIONS  CCA_MAX_VCPUS
#define VGIC_DEFAULT_IRQS 256

struct vgic_region {
	u64 base;
	unsigned int count; /* redistributors */
};

struct cca_vgic {
	struct cca_vm *vm;
	/* config_lock; fixed once ready */
	bool open; /* it has a descriptor; becomes true under vm->lock */
	bool initialised;
	bool ready;
	bool legacy_region;   /* the redistributors were set as one area without a count */
	unsigned int nr_irqs; /* 0: not chosen */
	u64 dist_base;
	unsigned int nr_regions;
	struct vgic_region regions[VGIC_MAX_REGIONS];

	spinlock_t lock; /* the model; taken in any context */
	struct vgic_model model;
	struct vgic_cpu *cpus[CCA_MAX_VCPUS];
};

/* How many list registers the CPUs have (ICH_VTR_EL2). */
unsigned int cca_vgic_nr_lrs(void);

/* The line of an SPI, from any context; nothing if there is none of this number. */
void cca_vgic_set_spi(struct cca_vm *vm, unsigned int intid, bool level);
/* From now on cca_irqfds_eoi() is told of the ends of level-sensitive SPIs. */
void cca_vgic_want_eois(struct cca_vm *vm);
/* Waits until no vCPU can take an LPI any more that was disabled, moved or discarded before. */
void cca_vgic_end_lpi_runs(struct cca_vgic *vgic);

/*
 * What a KVM_*_DEVICE_ATTR on the descriptor of a device of vm says. -EIO: the VM can no longer be
 * used; -ENOTTY: another ioctl; -EFAULT; -EINVAL: it has flags.
 */
int cca_device_attr_take(struct cca_vm *vm, unsigned int cmd, unsigned long arg,
			 struct kvm_device_attr *attr);

#endif
