/* SPDX-License-Identifier: BSD-3-Clause */
/* What brings the host to EL2: SMCs, HVCs, and accesses that EL2 does not give away. */
#include <sysreg.h>
#include <util.h>

#include "abi/hyp.h"
#include "abi/rmi.h"
#include "abi/smccc.h"
#include "hyp/hyp.h"
#include "hyp/host/inject.h"
#include "hyp/host/smc.h"

#define EC_HVC64      0x16
#define EC_SMC64      0x17
#define EC_IABT_LOWER 0x20
#define EC_DABT_LOWER 0x24
#define ESR_HVC_0     ((uint64_t)EC_HVC64 << 26 | BIT(25))
#define INSN	      4

#define ELR_EL12    S3_5_C4_C0_1
#define SPSR_EL12   S3_5_C4_C0_0
#define ESR_EL12    S3_5_C5_C2_0
#define FAR_EL12    S3_5_C6_C0_0
#define VBAR_EL12   S3_5_C12_C0_0
#define SCTLR_EL12  S3_5_C1_C0_0
#define ICH_VTR_EL2 S3_4_C12_C11_1

static struct psci psci;
static uint64_t aborts;

static bool may_start_at(uint64_t pa)
{
	return host_has_page(align_down(pa, GRANULE_SIZE));
}

void host_init(const struct hyp_boot *boot, struct psci_cpu *cpus)
{
	psci = (struct psci){
		.cpus = cpus,
		.nr_cpus = boot->tree.nr_cpus,
		.entry = (uint64_t)cpu_start,
		.firmware = host_smc,
		.is_host = may_start_at,
	};
}

static const struct hyp_cpu *this_cpu(void)
{
	return (const struct hyp_cpu *)read_sysreg(tpidr_el2);
}

static void inject(void (*exception)(const struct trap *t, struct injected *to))
{
	const struct trap t = {
		.esr = read_sysreg(esr_el2),
		.far = read_sysreg(far_el2),
		.pc = read_sysreg(elr_el2),
		.pstate = read_sysreg(spsr_el2),
		.vbar = read_sysreg(VBAR_EL12),
		.sctlr = read_sysreg(SCTLR_EL12),
		.pfr1 = read_sysreg(id_aa64pfr1_el1),
	};
	struct injected to;

	exception(&t, &to);
	write_sysreg(ESR_EL12, to.esr);
	write_sysreg(FAR_EL12, to.far);
	write_sysreg(ELR_EL12, to.elr);
	write_sysreg(SPSR_EL12, to.spsr);
	write_sysreg(elr_el2, to.pc);
	write_sysreg(spsr_el2, to.pstate);
}

/* Results are X0 to X3. */
static void uid(uint64_t *x)
{
	x[0] = HYP_UID_0;
	x[1] = HYP_UID_1;
	x[2] = HYP_UID_2;
	x[3] = HYP_UID_3;
}

static void info(uint64_t *x)
{
	x[0] = SMCCC_SUCCESS;
	x[1] = 0;
	x[2] = this_cpu()->shared;
	x[3] = read_sysreg(ICH_VTR_EL2);
}

static void smc(uint64_t *x, uint16_t immediate)
{
	switch (smc_take(x, immediate)) {
	case SMC_RMI:
	case SMC_PASS:
		host_smc(x);
		break;
	case SMC_PSCI:
		psci_call(&psci, x);
		break;
	case SMC_UID:
		uid(x);
		break;
	case SMC_INFO:
		info(x);
		break;
	case SMC_ABORTS:
		x[0] = SMCCC_SUCCESS;
		x[1] = __atomic_load_n(&aborts, __ATOMIC_RELAXED);
		break;
	case SMC_REC_ENTER:
		x[0] = RMI_ERROR_INPUT;
		break;
	default:
		x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
	}
}

void host_trap(struct hyp_frame *frame)
{
	uint64_t esr = read_sysreg(esr_el2);

	/* Looked for first, because every exit of a REC waits for it. */
	if (esr == ESR_HVC_0 && (uint32_t)frame->x[0] == HYP_ENTER) {
		frame->x[0] = enter_rec(this_cpu(), frame->x[1]);
		return;
	}
	switch (FIELD(esr, 31, 26)) {
	case EC_SMC64:
		write_sysreg(elr_el2, read_sysreg(elr_el2) + INSN);
		smc(frame->x, (uint16_t)esr);
		break;
	case EC_HVC64:
		frame->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
		break;
	case EC_IABT_LOWER:
	case EC_DABT_LOWER:
		__atomic_fetch_add(&aborts, 1, __ATOMIC_RELAXED);
		inject(inject_abort);
		break;
	default:
		inject(inject_undefined);
	}
}
