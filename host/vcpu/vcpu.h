/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object "vCPU". Every room from here up may use it; what is done to a vCPU is declared in the
 * room that does it.
 *
 * A field belongs to the vCPU's own thread (vcpu->mutex) unless its comment says otherwise.
 */
#ifndef HOST_VCPU_VCPU_H
#define HOST_VCPU_VCPU_H

#include <linux/hrtimer.h>
#include <linux/rcuwait.h>
#include <linux/signal_types.h>

#include "host/hyp/switch.h"
#include "host/vgic/model.h"
#include "host/vm/vm.h"

enum cca_timer { TIMER_VIRTUAL, TIMER_PHYSICAL, TIMER_COUNT };

enum cca_mmio { MMIO_NONE, MMIO_READ, MMIO_WRITE };

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
	bool power_off; /* POWER_OFF feature or SET_MP_STATE; later the PSCI state; any thread */
	bool sve_finalized;
	unsigned int sve_vq; /* longest vector in 128 bit, 0: no SVE */
	u32 features;
	u64 gprs[RMI_REC_GPRS];
	u64 pc;

	/* the REC; realm/ makes and frees it */
	bool rec_created;
	u64 rec;
	struct rmi_rec_run *rec_run; /* one page, the host's */
	struct cca_switch sw;

	/* mem/ */
	struct vcpu_ripas ripas;
	u64 last_private_fault; /* page + 1; to notice a fault that mapping does not cure */

	/* kick.c */
	struct rcuwait wait;
	struct task_struct *task; /* in KVM_RUN; read under RCU */
	bool in_guest;		  /* read by kickers */

	/* run.c, exit.c, psci.c */
	bool exiting;	   /* entered, and the exit is not handled yet; read by other vCPUs */
	u64 enter_flags;   /* RMI_ENTER_x for the next entry only */
	bool wait_for_irq; /* the Realm executed WFI */
	unsigned int
		idle_wfis; /* WFI in a row with an interrupt pending that the guest did not take */
	bool power_on;	   /* a CPU_ON came, not yet seen by the vCPU; any thread */
	bool went_off;	   /* the last exit was CPU_OFF */
	bool sigset_active;
	sigset_t sigset;

	/* an exit to user space that the next KVM_RUN completes */
	enum cca_mmio mmio;
	unsigned int mmio_len;
	bool hypercall; /* gprs are the answer to a HOST_CALL */

	/* timer.c */
	struct hrtimer timer; /* wakes the thread out of WFI */
	bool woken;	      /* it fired; set by any context */
	u32 timer_ppi[TIMER_COUNT];

	/* pmu.c; config_lock to write */
	unsigned int pmu_irq; /* what overflows interrupt by; 0: not chosen yet */
	bool pmu_ready;	      /* the attribute INIT was set */

	/* vgic/ */
	struct vgic_cpu vgic;	      /* the vgic's lock */
	bool timer_line[TIMER_COUNT]; /* levels that the vGIC was told last */
	bool pmu_line;		      /* likewise */
	unsigned int lrs_pending;     /* list registers that were pending at the entry */
	u16 eois[VGIC_MAX_EOIS];      /* SPIs that the last run has ended, to be told */
	unsigned int nr_eois;
	struct cca_its *its; /* has work left of an access of this vCPU; or NULL */
};

/* Is an overflow of the Realm's PMU pending, as the last exit says? */
static inline bool cca_pmu_level(const struct cca_vcpu *vcpu)
{
	return vcpu->rec_run->exit.pmu_ovf_status & 0xff;
}

#endif
