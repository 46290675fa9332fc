// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exits of a REC: some are answered here, others are handed to user space in its kvm_run page. User
 * space can change that page at any time. So it is written for user space, and only what user space
 * is asked for is read from it.
 */
#include <asm/esr.h>
#include <linux/bitfield.h>
#include <linux/sched.h>

#include "abi/smccc.h"
#include "host/events/coalesced.h"
#include "host/events/ioeventfd.h"
#include "host/mem/mem.h"
#include "host/stats.h"
#include "host/vcpu/run.h"
#include "host/vcpu/smccc.h"
#include "host/vgic/its.h"
#include "host/vgic/vgic.h"

#define HPFAR_FIPA GENMASK_ULL(43, 4)

static struct rmi_rec_exit *exit_of(struct cca_vcpu *vcpu)
{
	return &vcpu->rec_run->exit;
}

int cca_exit_internal_error(struct cca_vcpu *vcpu, u64 what)
{
	vcpu->run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	vcpu->run->internal.suberror = KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON;
	vcpu->run->internal.ndata = 1;
	vcpu->run->internal.data[0] = what;
	return 0;
}

/* ---- aborts ---- */

static u64 exit_ipa(const struct rmi_rec_exit *exit)
{
	return FIELD_GET(HPFAR_FIPA, exit->hpfar) << 12 | (exit->far & 0xfff);
}

static unsigned int exit_len(u64 esr)
{
	return 1U << FIELD_GET(ESR_ELx_SAS, esr);
}

static u64 truncate(u64 data, unsigned int len)
{
	return len < 8 ? data & ((1ULL << len * 8) - 1) : data;
}

static int mmio_to_user(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 data)
{
	struct kvm_run *run = vcpu->run;

	vcpu->mmio = write ? MMIO_WRITE : MMIO_READ;
	vcpu->mmio_len = len;
	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = gpa;
	run->mmio.len = len;
	run->mmio.is_write = write;
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	if (write)
		memcpy(run->mmio.data, &data, len);
	return 0;
}

/* A write that needs no answer of user space now. */
static bool mmio_is_event(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, u64 data)
{
	return cca_ioeventfd_write(vcpu->vm, gpa, len, data) ||
	       cca_coalesced_write(vcpu->vm, gpa, len, data);
}

static int exit_mmio(struct cca_vcpu *vcpu, u64 ipa, u64 esr)
{
	u64 gpa = ipa & ~cca_shared_bit(vcpu->vm);
	unsigned int len = exit_len(esr);
	bool write = esr & ESR_ELx_WNR;
	u64 data = truncate(exit_of(vcpu)->gprs[0], len);

	/*
	 * The RMM does not tell which instruction it was, so it cannot be emulated. The Realm gets
	 * an external abort.
	 */
	if (!(esr & ESR_ELx_ISV)) {
		vcpu->enter_flags |= RMI_ENTER_INJECT_SEA;
		return 1;
	}
	if (!cca_vgic_mmio(vcpu, gpa, len, write, &data) &&
	    !cca_its_mmio(vcpu, gpa, len, write, &data) &&
	    !(write && mmio_is_event(vcpu, gpa, len, data)))
		return mmio_to_user(vcpu, gpa, len, write, data);
	vcpu->rec_run->enter.gprs[0] = data;
	vcpu->enter_flags |= RMI_ENTER_EMUL_MMIO;
	return 1;
}

static bool abort_is_external(u64 esr)
{
	unsigned int fsc = esr & ESR_ELx_FSC;

	return fsc == ESR_ELx_FSC_EXTABT || fsc == ESR_ELx_FSC_SECC;
}

static int exit_abort(struct cca_vcpu *vcpu, u64 esr, bool data)
{
	u64 ipa = exit_ipa(exit_of(vcpu));
	int ret;

	/* The RMM has already passed the external abort on to the Realm. */
	if (abort_is_external(esr))
		return 1;
	ret = cca_mem_fault(vcpu, ipa, data && esr & ESR_ELx_WNR);
	if (ret == MEM_RETRY)
		return 1;
	if (ret != MEM_MMIO)
		return ret;
	return data ? exit_mmio(vcpu, ipa, esr) : -ENXIO;
}

/* ---- other synchronous exits ---- */

static int exit_sysreg(struct cca_vcpu *vcpu, u64 esr)
{
	/* Reads give 0, and writes are dropped but for the few registers that the vGIC knows. */
	vcpu->rec_run->enter.gprs[0] = 0;
	if (!(esr & ESR_ELx_SYS64_ISS_DIR_READ))
		cca_vgic_sysreg_write(vcpu, esr & ESR_ELx_SYS64_ISS_SYS_MASK,
				      exit_of(vcpu)->gprs[0]);
	return 1;
}

static int exit_wfx(struct cca_vcpu *vcpu, u64 esr)
{
	/*
	 * This is a WFE or WFET, or a WFIT of which the RMM says so. The exit has no deadline, so
	 * the instruction ends early, which the architecture allows.
	 */
	if (esr & ESR_ELx_WFx_ISS_TI)
		yield();
	else
		vcpu->wait_for_irq = true;
	return 1;
}

static int exit_sync(struct cca_vcpu *vcpu)
{
	u64 esr = READ_ONCE(exit_of(vcpu)->esr);

	cca_stat_inc(STAT_EXIT_SYNC);
	switch (ESR_ELx_EC(esr)) {
	case ESR_ELx_EC_DABT_LOW:
		return exit_abort(vcpu, esr, true);
	case ESR_ELx_EC_IABT_LOW:
		return exit_abort(vcpu, esr, false);
	case ESR_ELx_EC_SYS64:
		return exit_sysreg(vcpu, esr);
	case ESR_ELx_EC_WFx:
		return exit_wfx(vcpu, esr);
	default:
		return cca_exit_internal_error(vcpu, esr);
	}
}

/* ---- RIPAS, host calls ---- */

static bool ripas_valid(const struct cca_vcpu *vcpu, u64 base, u64 top, u64 value)
{
	return base < top && top <= cca_shared_bit(vcpu->vm) && PAGE_ALIGNED(base) &&
	       PAGE_ALIGNED(top) && (value == RMI_RIPAS_RAM || value == RMI_RIPAS_EMPTY);
}

static int exit_ripas(struct cca_vcpu *vcpu)
{
	const struct rmi_rec_exit *exit = exit_of(vcpu);
	u64 base = exit->ripas_base, top = exit->ripas_top, value = exit->ripas_value & 0xff;

	cca_stat_inc(STAT_EXIT_RIPAS);
	if (!ripas_valid(vcpu, base, top, value)) {
		vcpu->enter_flags |= RMI_ENTER_RIPAS_REJECT;
		return -EINVAL;
	}
	vcpu->ripas = (struct vcpu_ripas){
		.pending = true,
		.value = value,
		.base = base,
		.top = top,
	};
	vcpu->run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	vcpu->run->memory_fault.flags = value == RMI_RIPAS_RAM ? KVM_MEMORY_EXIT_FLAG_PRIVATE : 0;
	vcpu->run->memory_fault.gpa = base;
	vcpu->run->memory_fault.size = top - base;
	return -EFAULT;
}

/*
 * HOST_CALL for user space, which reads and writes X0 to X30 by ONE_REG. The next KVM_RUN gives
 * them to the Realm.
 */
static int host_call_to_user(struct cca_vcpu *vcpu)
{
	memcpy(vcpu->gprs, vcpu->rec_run->enter.gprs, sizeof(vcpu->gprs));
	vcpu->hypercall = true;
	vcpu->run->exit_reason = KVM_EXIT_HYPERCALL;
	vcpu->run->hypercall.nr = (u32)vcpu->gprs[0];
	vcpu->run->hypercall.flags = 0;
	return 0;
}

/*
 * A HOST_CALL is taken as a call of an SMCCC service. The host has only the version; user space may
 * ask for others (smccc.c).
 */
static int exit_host_call(struct cca_vcpu *vcpu)
{
	u64 *gprs = vcpu->rec_run->enter.gprs;

	cca_stat_inc(STAT_EXIT_HOST_CALL);
	memcpy(gprs, exit_of(vcpu)->gprs, sizeof(vcpu->rec_run->enter.gprs));
	switch (cca_smccc_action(vcpu->vm, (u32)gprs[0])) {
	case KVM_SMCCC_FILTER_FWD_TO_USER:
		return host_call_to_user(vcpu);
	case KVM_SMCCC_FILTER_DENY:
		gprs[0] = SMCCC_NOT_SUPPORTED;
		return 1;
	default:
		gprs[0] = (u32)gprs[0] == SMCCC_VERSION ? SMCCC_VERSION_1_1 : SMCCC_NOT_SUPPORTED;
		return 1;
	}
}

static int exit_count(enum cca_stat stat)
{
	cca_stat_inc(stat);
	return 1;
}

int cca_exit_handle(struct cca_vcpu *vcpu)
{
	u64 reason = READ_ONCE(exit_of(vcpu)->exit_reason) & 0xff;

	switch (reason) {
	case RMI_EXIT_SYNC:
		return exit_sync(vcpu);
	case RMI_EXIT_IRQ:
		return exit_count(STAT_EXIT_IRQ);
	case RMI_EXIT_FIQ:
		return exit_count(STAT_EXIT_FIQ);
	case RMI_EXIT_PSCI:
		cca_stat_inc(STAT_EXIT_PSCI);
		return cca_psci_exit(vcpu);
	case RMI_EXIT_RIPAS_CHANGE:
		return exit_ripas(vcpu);
	case RMI_EXIT_HOST_CALL:
		return exit_host_call(vcpu);
	case RMI_EXIT_SERROR: /* the RMM has given it to the Realm */
		return exit_count(STAT_EXIT_SERROR);
	default:
		cca_stat_inc(STAT_EXIT_OTHER);
		return cca_exit_internal_error(vcpu, reason);
	}
}

/* ---- completion ---- */

static void complete_mmio(struct cca_vcpu *vcpu)
{
	u64 data = 0;

	if (vcpu->mmio == MMIO_READ)
		memcpy(&data, vcpu->run->mmio.data, vcpu->mmio_len);
	vcpu->mmio = MMIO_NONE;
	/* User space wants an abort to be injected instead (SET_VCPU_EVENTS). */
	if (vcpu->enter_flags & RMI_ENTER_INJECT_SEA)
		return;
	vcpu->rec_run->enter.gprs[0] = data;
	vcpu->enter_flags |= RMI_ENTER_EMUL_MMIO;
}

int cca_exit_complete(struct cca_vcpu *vcpu)
{
	int ret = 0;

	if (vcpu->mmio != MMIO_NONE)
		complete_mmio(vcpu);
	if (vcpu->hypercall)
		memcpy(vcpu->rec_run->enter.gprs, vcpu->gprs, sizeof(vcpu->gprs));
	vcpu->hypercall = false;
	if (vcpu->ripas.pending)
		ret = cca_mem_set_ripas(vcpu);
	if (!ret)
		vcpu->ripas.pending = false;
	return ret;
}
