/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vGICv3: the KVM device and the interrupts of a VM. What vm/, realm/ and vcpu/ may use of vgic/.
 */
#ifndef HOST_VGIC_VGIC_H
#define HOST_VGIC_VGIC_H

#include "host/vcpu/vcpu.h"

/* ---- the device (device.c) ---- */

/* KVM_CREATE_DEVICE, a vGIC or an ITS, vm->lock held. 0 with args->fd, -ENODEV unknown type,
 * -EEXIST, -EBUSY, -ENOSPC. */
int cca_device_create(struct cca_vm *vm, struct kvm_create_device *args);
/* Has the vGIC been initialised? From then on the VM gets no more vCPUs. */
bool cca_vgic_initialised(const struct cca_vm *vm);
/* Has the vGIC, which is initialised, a PPI or an SPI of this number? */
bool cca_vgic_has_irq(const struct cca_vm *vm, unsigned int intid);
/*
 * Before the first run: 0 if the Realm can run with this vGIC. -EOPNOTSUPP: there is none; -ENODEV:
 * it is not initialised; -ENXIO: addresses are missing. config_lock held.
 */
int cca_vgic_ready(struct cca_vm *vm);
/* End of the VM. */
void cca_vgic_free(struct cca_vm *vm);

/* ---- interrupts (run.c) ---- */

/* KVM_IRQ_LINE. */
int cca_vgic_irq_line(struct cca_vm *vm, const struct kvm_irq_level *level);

/*
 * Before and after a run of the REC, with interrupts masked: the one fills vcpu->sw for the entry,
 * the other takes back what the run left there. ran: the REC was entered, so what the exit says of
 * timers and of the PMU is valid.
 */
void cca_vgic_enter(struct cca_vcpu *vcpu);
void cca_vgic_exit(struct cca_vcpu *vcpu, bool ran);
/* After cca_vgic_exit(), with interrupts open: tells whoever waits which SPIs the run has ended. */
void cca_vgic_tell_eois(struct cca_vcpu *vcpu);
/* Is there an interrupt that the vCPU would take, if it ran. */
bool cca_vgic_has_pending(struct cca_vcpu *vcpu);

/* An access to guest memory. False: no frame of the GIC at this address (without the shared bit).
 */
bool cca_vgic_mmio(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 *data);
/* A trapped write of an ICC_* register. False: none the host emulates. */
bool cca_vgic_sysreg_write(struct cca_vcpu *vcpu, u32 iss, u64 value);

#endif
