/* SPDX-License-Identifier: BSD-3-Clause */
/* What brings the host to EL2: SMCs, HVCs, and accesses that EL2 does not give away. */
#include <sysreg.h>
#include <util.h>

#include "abi/hyp.h"
#include "abi/rmi.h"
#include "abi/smccc.h"
#include "hyp/hyp.h"
#include "hyp/host/smc.h"

#define EC_HVC64 0x16
#define EC_SMC64 0x17
#define INSN	 4

#define ELR_EL12  S3_5_C4_C0_1
#define SPSR_EL12 S3_5_C4_C0_0
#define ESR_EL12  S3_5_C5_C2_0
#define VBAR_EL12 S3_5_C12_C0_0

#define ESR_IL		 BIT(25)
#define SPSR_MODE	 0xf
#define SPSR_EL1H	 5
#define SPSR_EL1H_MASKED 0x3c5
#define VECTOR_EL1H	 0x200
#define VECTOR_EL0_64	 0x400

static struct psci psci;
static struct tree tree;
static struct region hyp;

bool host_has_page(uint64_t pa)
{
	return is_aligned(pa, GRANULE_SIZE) && tree_is_dram(&tree, pa, GRANULE_SIZE) &&
	       !(pa >= hyp.base && pa - hyp.base < hyp.size);
}

static bool may_start_at(uint64_t pa)
{
	return host_has_page(align_down(pa, GRANULE_SIZE));
}

void host_init(const struct hyp_boot *boot, struct psci_cpu *cpus)
{
	tree = boot->tree;
	hyp = boot->hyp;
	psci = (struct psci){
		.cpus = cpus,
		.nr_cpus = tree.nr_cpus,
		.entry = (uint64_t)cpu_start,
		.firmware = host_smc,
		.is_host = may_start_at,
	};
}

static const struct hyp_cpu *this_cpu(void)
{
	return (const struct hyp_cpu *)read_sysreg(tpidr_el2);
}

/* The host gets the exception that it would get on a CPU without the thing it used. */
static void inject_undefined(void)
{
	uint64_t spsr = read_sysreg(spsr_el2);
	uint64_t vector = (spsr & SPSR_MODE) == SPSR_EL1H ? VECTOR_EL1H
			  : (spsr & SPSR_MODE) == 0	  ? VECTOR_EL0_64
							  : 0;

	write_sysreg(ELR_EL12, read_sysreg(elr_el2));
	write_sysreg(SPSR_EL12, spsr);
	write_sysreg(ESR_EL12, ESR_IL);
	write_sysreg(elr_el2, read_sysreg(VBAR_EL12) + vector);
	write_sysreg(spsr_el2, SPSR_EL1H_MASKED);
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
	x[3] = read_sysreg(S3_4_C12_C11_1); /* ICH_VTR_EL2 */
}

/* W0 alone is the function. */
static void smc(uint64_t *x, uint16_t immediate)
{
	enum smc_way way = immediate ? SMC_REFUSE : smc_way((uint32_t)x[0]);

	x[0] = (uint32_t)x[0];
	switch (way) {
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
	case SMC_REC_ENTER:
		x[0] = RMI_ERROR_INPUT;
		break;
	default:
		x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
	}
}

static void hvc(uint64_t *x, uint16_t immediate)
{
	if (!immediate && x[0] == HYP_ENTER)
		x[0] = enter_rec(this_cpu(), x[1]);
	else
		x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
}

void host_trap(struct hyp_frame *frame)
{
	uint64_t esr = read_sysreg(esr_el2);
	uint16_t immediate = (uint16_t)esr;

	switch (FIELD(esr, 31, 26)) {
	case EC_SMC64:
		write_sysreg(elr_el2, read_sysreg(elr_el2) + INSN);
		smc(frame->x, immediate);
		break;
	case EC_HVC64:
		hvc(frame->x, immediate);
		break;
	default:
		inject_undefined();
	}
}
