/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU: its descriptor, registers before activation, run loop. vcpu.c owns the descriptor and its
 * ioctls, run.c the loop and the exits.
 */
#ifndef HOST_VCPU_H
#define HOST_VCPU_H

#include <linux/rcuwait.h>

#include "switch.h"
#include "vm.h"

/* A change of RIPAS the Realm asked for, pending between two KVM_RUN. */
struct vcpu_ripas {
	bool pending;
	u8 value; /* RMI_RIPAS_x */
	u64 base;
	u64 top;
};

struct cca_vcpu {
	struct cca_vm *vm;
	unsigned int id;
	unsigned int index; /* in vm->vcpus: the order of the RECs */
	u64 mpidr;	    /* affinity fields as in MPIDR_EL1, no bit 31 */
	struct mutex mutex; /* held by every ioctl of the fd, KVM_RUN included */
	struct kvm_run *run;

	/* VCPU_INIT and SET_ONE_REG; config_lock to write, fixed once the Realm is active */
	bool initialised;
	bool power_off; /* POWER_OFF feature or SET_MP_STATE; later the PSCI state */
	bool sve_finalized;
	u32 features;
	u64 gprs[RMI_REC_GPRS];
	u64 pc;

	/* the REC; made and freed by realm.c */
	bool rec_created;
	u64 rec;
	struct rmi_rec_run *rec_run; /* one page, the host's */
	struct vcpu_ripas ripas;
	u64 last_private_fault; /* mmu_private.c: to see a fault that mapping does not cure */
	struct cca_switch sw;
	struct cca_vcpu_arch *arch; /* run loop, vgic and timer state: vcpu.c's own */
};

/* KVM_CREATE_VCPU, vm->lock held: the fd, or -EINVAL, -EEXIST, -EBUSY (vgic initialised), -ENOMEM.
 */
int cca_vcpu_create(struct cca_vm *vm, unsigned long id);
/* Frees what create made; the REC is gone. Called at the end of the VM. */
void cca_vcpu_free(struct cca_vcpu *vcpu);

/* KVM_RUN of every vCPU returns soon (-EINTR, or -EIO if the VM is dead). */
void cca_vcpu_kick(struct cca_vcpu *vcpu);

/*
 * Waits until the vCPU is not in its REC. An interrupt takes it out, so this does not depend on
 * anybody but the RMM; an RMM that does not let go within ten seconds is given up on. Sleeps.
 */
void cca_vcpu_wait_left(struct cca_vcpu *vcpu);

/* May the REC be entered when it is created (RMI_REC_RUNNABLE): vCPU id 0. */
static inline bool cca_vcpu_runnable(const struct cca_vcpu *vcpu)
{
	return vcpu->id == 0;
}

#endif
