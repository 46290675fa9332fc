/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the run loop, its exits, PSCI, the timers and the vGIC keep per vCPU, and the functions
 * between them. Only for vcpu*.c, run.c, exit.c, psci.c, timer.c, vgic*.c.
 *
 * A field belongs to the thread in KVM_RUN (vcpu->mutex) unless its comment says otherwise.
 */
#ifndef HOST_VCPU_ARCH_H
#define HOST_VCPU_ARCH_H

#include <linux/hrtimer.h>
#include <linux/rcuwait.h>
#include <linux/signal_types.h>

#include "vcpu.h"
#include "vgic_model.h"

enum cca_timer { TIMER_VIRTUAL, TIMER_PHYSICAL, TIMER_COUNT };

enum cca_mmio { MMIO_NONE, MMIO_READ, MMIO_WRITE };

struct cca_vcpu_arch {
	struct cca_vcpu *vcpu;
	struct vgic_cpu vgic; /* the vgic's lock */

	/* kicks: see cca_vcpu_kick */
	struct rcuwait wait;
	struct task_struct *task; /* in KVM_RUN; read under RCU */
	bool in_guest;
	bool exiting; /* entered, and the exit is not handled yet; read by other vCPUs */
	bool woken;   /* any context: a timer ended */

	unsigned int lrs_pending; /* list registers that were pending at the entry */
	u64 enter_flags;	  /* RMI_ENTER_x for the next entry only */
	bool wait_for_irq;	  /* the Realm executed WFI */
	unsigned int idle_wfis; /* of them in a row with something pending that it does not take */
	bool power_on;		/* a CPU_ON came, not yet seen by the vCPU; any thread */
	bool went_off;		/* the last exit was CPU_OFF */

	/* an exit to user space that the next KVM_RUN completes */
	enum cca_mmio mmio;
	unsigned int mmio_len;
	bool hypercall; /* vcpu->gprs are the answer to a HOST_CALL */

	struct hrtimer timer; /* wakes the thread out of WFI */
	u32 timer_ppi[TIMER_COUNT];
	bool timer_line[TIMER_COUNT];

	bool sigset_active;
	sigset_t sigset;
	unsigned int sve_vq; /* longest vector in 128 bit, 0: no SVE */
};

/* run.c */
int cca_vcpu_run(struct cca_vcpu *vcpu);

/* exit.c: 1 to go on in the kernel, 0 or an errno for KVM_RUN. */
int cca_exit_handle(struct cca_vcpu *vcpu);
/* What the last KVM_RUN left to user space. 0 or an errno. */
int cca_exit_complete(struct cca_vcpu *vcpu);

/* vcpu_regs.c; vcpu->mutex held. */
int cca_vcpu_init(struct cca_vcpu *vcpu, const struct kvm_vcpu_init *init);
int cca_vcpu_finalize(struct cca_vcpu *vcpu, int feature);
int cca_vcpu_get_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);
int cca_vcpu_set_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);
#define CCA_REG_ID_AA64DFR0 ARM64_SYS_REG(3, 0, 0, 5, 0)
/* vcpu_sysregs.c: GET_ONE_REG of registers that are neither core nor SVE. 0, -ENOENT, -EFAULT. */
int cca_sysreg_get(const struct cca_vcpu *vcpu, const struct kvm_one_reg *reg);
u64 cca_sysreg_dfr0(void);
int cca_vcpu_reg_list(struct cca_vcpu *vcpu, struct kvm_reg_list __user *list);

/* psci.c: as cca_exit_handle. */
int cca_psci_exit(struct cca_vcpu *vcpu);
/* The RMM runs no vCPU of the Realm any more. As cca_exit_handle. */
int cca_psci_realm_ended(struct cca_vcpu *vcpu);
/* The REC refused to run after its CPU_OFF: off it is, unless a CPU_ON came meanwhile. */
void cca_psci_power_off(struct cca_vcpu *vcpu);

/* timer.c */
void cca_timer_init(struct cca_vcpu *vcpu);
/* Levels of both timers as the REC left them. */
bool cca_timer_level(const struct cca_vcpu *vcpu, enum cca_timer timer);
/* Does the RMM deliver them, where it finds a list register; how many in the last run. */
bool cca_timer_delegated(void);
u64 cca_timer_delivered(const struct cca_vcpu *vcpu);
/* Around blocking: wakes the thread when a timer of the Realm fires, or after `most` nanoseconds.
 */
#define TIMER_WAIT_MAX_NS (NSEC_PER_SEC * 3600)
void cca_timer_arm(struct cca_vcpu *vcpu, u64 most);
/* Wakes it after so many nanoseconds. */
void cca_timer_start(struct cca_vcpu *vcpu, u64 ns);
void cca_timer_disarm(struct cca_vcpu *vcpu);

/* vgic.c. Enter and exit: interrupts masked, around cca_switch_enter. */
void cca_vgic_enter(struct cca_vcpu *vcpu);
void cca_vgic_exit(struct cca_vcpu *vcpu, bool ran);
bool cca_vgic_has_pending(struct cca_vcpu *vcpu);
/* False: no frame of the GIC at this address (without the shared bit). */
bool cca_vgic_mmio(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 *data);
/* A trapped write of an ICC_* register. False: none the host emulates. */
bool cca_vgic_sysreg_write(struct cca_vcpu *vcpu, u32 iss, u64 value);

#endif
