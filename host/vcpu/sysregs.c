// SPDX-License-Identifier: GPL-2.0-only
/*
 * GET_ONE_REG of system and firmware registers, which VMMs read without asking whether the vCPU is
 * a Realm's. Identification registers describe the CPU as a Realm may see it; the RMM has the last
 * word. Counters have their present value. Everything else has the value that a vCPU starts with,
 * because later ones are the Realm's secret.
 */
#include <asm/cache.h>
#include <asm/cpufeature.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <linux/uaccess.h>

#include "host/rmi/probe.h"
#include "host/vcpu/pmu.h"
#include "host/vcpu/regs.h"

#define MPIDR_RES1     (1ULL << 31)
#define PSCI_1_1       0x10001
#define SCTLR_RESET    0xc50878 /* docs/spec/rmi-2.0.md section 7: what the RMM starts a REC with */
#define MDSCR_RESET    (1U << 12)
#define OSLSR_UNLOCKED (1U << 3)
#define ID_GROUP       ARM64_SYS_REG(3, 0, 0, 0, 0)
#define ID_CRM_OP2     0x3fULL /* CRm 0 to 7 and op2 of an identification register */
#define ID_FIRST       8       /* CRm 1 */
#define NIBBLE(low)    (0xfULL << (low))
#define FW_LAST	       3  /* PSCI_VERSION and three workarounds */
#define FW_BITMAPS     4  /* the standard, hypervisor and two vendor services */
#define CSSELR_COUNT   14 /* seven levels, data and instructions */

/* ---- identification ---- */

/* Fields that are hidden from a Realm, as in the RMM's table (docs/spec/rsi.md section 4). */
static const struct id_row {
	u32 reg;
	u64 hidden;
} id_rows[] = {
	/* RME, AMU and MPAM; SVE is shown if the vCPU has it */
	{SYS_ID_AA64PFR0_EL1, NIBBLE(40) | NIBBLE(44) | NIBBLE(52)},
	/* all but BT, SSBS, RAS_frac, CSV2_frac, RNDR_trap, NMI, DF2 */
	{SYS_ID_AA64PFR1_EL1,
	 ~(NIBBLE(0) | NIBBLE(4) | NIBBLE(12) | NIBBLE(28) | NIBBLE(32) | NIBBLE(36) | NIBBLE(56))},
	{SYS_ID_AA64ISAR0_EL1, 0},
	{SYS_ID_AA64ISAR1_EL1, 0},
	/* all but GPA3, APA3, MOPS, PAC_frac */
	{SYS_ID_AA64ISAR2_EL1, ~(NIBBLE(8) | NIBBLE(12) | NIBBLE(16) | NIBBLE(24))},
	{SYS_ID_AA64MMFR0_EL1, 0},
	{SYS_ID_AA64MMFR1_EL1, 0},
	{SYS_ID_AA64MMFR2_EL1, 0},
};

static u64 read_dfr0(const struct cca_vm *vm)
{
	const struct cca_realm_config *c = &vm->realm.config;
	u64 shown = READ_ONCE(c->pmu) ? NIBBLE(0) | NIBBLE(ID_AA64DFR0_EL1_PMUVer_SHIFT)
				      : NIBBLE(0);
	u64 versions = read_sanitised_ftr_reg(SYS_ID_AA64DFR0_EL1) & shown;

	/* Without the lock: each count is one byte. */
	return versions | (u64)(READ_ONCE(c->breakpoints) & 0xf) << ID_AA64DFR0_EL1_BRPs_SHIFT |
	       (u64)(READ_ONCE(c->watchpoints) & 0xf) << ID_AA64DFR0_EL1_WRPs_SHIFT;
}

/* A value of 0 is none of the architecture's, and tells the RMM to take all that the CPU has. */
static bool debug_count_valid(u64 count, unsigned int shift)
{
	return count && count <= (rmi_info.features[0] >> shift & 0xf);
}

int cca_sysreg_set_dfr0(struct cca_vm *vm, u64 value)
{
	u64 bps = value >> ID_AA64DFR0_EL1_BRPs_SHIFT & 0xf,
	    wps = value >> ID_AA64DFR0_EL1_WRPs_SHIFT & 0xf;
	int ret = 0;

	mutex_lock(&vm->config_lock);
	if (value == read_dfr0(vm)) {
		ret = 0;
	} else if (cca_realm_state(vm) != REALM_NONE) {
		ret = -EBUSY;
	} else if ((value ^ read_dfr0(vm)) & ~(NIBBLE(ID_AA64DFR0_EL1_BRPs_SHIFT) |
					       NIBBLE(ID_AA64DFR0_EL1_WRPs_SHIFT)) ||
		   !debug_count_valid(bps, RMI_FEATURE0_NUM_BPS_SHIFT) ||
		   !debug_count_valid(wps, RMI_FEATURE0_NUM_WPS_SHIFT)) {
		ret = -EINVAL;
	} else {
		WRITE_ONCE(vm->realm.config.breakpoints, bps);
		WRITE_ONCE(vm->realm.config.watchpoints, wps);
	}
	mutex_unlock(&vm->config_lock);
	return ret;
}

static u64 id_row_value(const struct cca_vcpu *vcpu, const struct id_row *row)
{
	u64 value = read_sanitised_ftr_reg(row->reg) & ~row->hidden;

	if (row->reg == SYS_ID_AA64PFR0_EL1 && !(vcpu->features & 1U << KVM_ARM_VCPU_SVE))
		value &= ~NIBBLE(32);
	return value;
}

/*
 * Every register of the identification space can be read. Those not named here are 0, those of
 * AArch32 among them.
 */
static u64 id_value(const struct cca_vcpu *vcpu, u64 id)
{
	unsigned int i;

	if (id == CCA_REG_ID_AA64DFR0)
		return read_dfr0(vcpu->vm);
	if (id == ARM64_SYS_REG(3, 0, 0, 4, 4) && vcpu->features & 1U << KVM_ARM_VCPU_SVE)
		return read_sanitised_ftr_reg(SYS_ID_AA64ZFR0_EL1);
	for (i = 0; i < ARRAY_SIZE(id_rows); i++) {
		u32 reg = id_rows[i].reg;

		if (id == ARM64_SYS_REG(sys_reg_Op0(reg), sys_reg_Op1(reg), sys_reg_CRn(reg),
					sys_reg_CRm(reg), sys_reg_Op2(reg)))
			return id_row_value(vcpu, &id_rows[i]);
	}
	return 0;
}

/* ---- by name ---- */

/* Registers that a vCPU starts with as 0. */
static const u64 zeros[] = {
	ARM64_SYS_REG(2, 0, 0, 2, 0),  /* MDCCINT_EL1 */
	ARM64_SYS_REG(2, 4, 0, 7, 0),  /* DBGVCR32_EL2 */
	ARM64_SYS_REG(3, 0, 1, 0, 1),  /* ACTLR_EL1 */
	ARM64_SYS_REG(3, 0, 1, 0, 2),  /* CPACR_EL1 */
	ARM64_SYS_REG(3, 0, 2, 0, 0),  /* TTBR0_EL1 */
	ARM64_SYS_REG(3, 0, 2, 0, 1),  /* TTBR1_EL1 */
	ARM64_SYS_REG(3, 0, 2, 0, 2),  /* TCR_EL1 */
	ARM64_SYS_REG(3, 0, 2, 0, 3),  /* TCR2_EL1 */
	ARM64_SYS_REG(3, 0, 5, 1, 0),  /* AFSR0_EL1 */
	ARM64_SYS_REG(3, 0, 5, 1, 1),  /* AFSR1_EL1 */
	ARM64_SYS_REG(3, 0, 5, 2, 0),  /* ESR_EL1 */
	ARM64_SYS_REG(3, 0, 6, 0, 0),  /* FAR_EL1 */
	ARM64_SYS_REG(3, 0, 7, 4, 0),  /* PAR_EL1 */
	ARM64_SYS_REG(3, 0, 10, 2, 0), /* MAIR_EL1 */
	ARM64_SYS_REG(3, 0, 10, 2, 2), /* PIRE0_EL1 */
	ARM64_SYS_REG(3, 0, 10, 2, 3), /* PIR_EL1 */
	ARM64_SYS_REG(3, 0, 10, 2, 4), /* POR_EL1 */
	ARM64_SYS_REG(3, 0, 10, 3, 0), /* AMAIR_EL1 */
	ARM64_SYS_REG(3, 0, 12, 0, 0), /* VBAR_EL1 */
	ARM64_SYS_REG(3, 0, 12, 1, 1), /* DISR_EL1 */
	ARM64_SYS_REG(3, 0, 13, 0, 1), /* CONTEXTIDR_EL1 */
	ARM64_SYS_REG(3, 0, 13, 0, 4), /* TPIDR_EL1 */
	ARM64_SYS_REG(3, 0, 14, 1, 0), /* CNTKCTL_EL1 */
	ARM64_SYS_REG(3, 2, 0, 0, 0),  /* CSSELR_EL1 */
	ARM64_SYS_REG(3, 3, 10, 2, 4), /* POR_EL0 */
	ARM64_SYS_REG(3, 3, 13, 0, 2), /* TPIDR_EL0 */
	ARM64_SYS_REG(3, 3, 13, 0, 3), /* TPIDRRO_EL0 */
	ARM64_SYS_REG(3, 4, 3, 0, 0),  /* DACR32_EL2 */
	ARM64_SYS_REG(3, 4, 5, 0, 1),  /* IFSR32_EL2 */
	ARM64_SYS_REG(3, 4, 5, 3, 0),  /* FPEXC32_EL2 */
	KVM_REG_ARM_TIMER_CTL,	       KVM_REG_ARM_TIMER_CVAL,
	KVM_REG_ARM_PTIMER_CTL,	       KVM_REG_ARM_PTIMER_CVAL,
};

static bool starts_with_zero(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zeros); i++) {
		if (zeros[i] == id)
			return true;
	}
	return false;
}

/* DBGBVR, DBGBCR, DBGWVR, DBGWCR<0..15>_EL1: op2 4 to 7. */
static bool is_breakpoint(u64 id)
{
	return (id & ~0x7fULL) == ARM64_SYS_REG(2, 0, 0, 0, 0) && (id & 7) >= 4;
}

/* Is the register between these two, of the same op0, op1 and CRn? */
static bool is_between(u64 id, u64 first, u64 last)
{
	return id >= first && id <= last;
}

/* Registers of a PMU but PMCR_EL0. What a Realm counts is its secret. */
static bool is_pmu(u64 id)
{
	return is_between(id, ARM64_SYS_REG(3, 0, 9, 14, 1), ARM64_SYS_REG(3, 0, 9, 14, 2)) ||
	       id == ARM64_SYS_REG(3, 0, 9, 14, 6) /* PMMIR_EL1, which 7.3 shows */ ||
	       is_between(id, ARM64_SYS_REG(3, 3, 9, 12, 1), ARM64_SYS_REG(3, 3, 9, 14, 3)) ||
	       is_between(id, ARM64_SYS_REG(3, 3, 14, 8, 0), ARM64_SYS_REG(3, 3, 14, 15, 7));
}

static int sysreg_value(const struct cca_vcpu *vcpu, u64 id, u64 *value)
{
	*value = 0;
	if ((id & ~ID_CRM_OP2) == ID_GROUP && (id & ID_CRM_OP2) >= ID_FIRST) {
		*value = id_value(vcpu, id);
		return 0;
	}
	if (starts_with_zero(id) || is_breakpoint(id) ||
	    (is_pmu(id) && READ_ONCE(vcpu->vm->realm.config.pmu)))
		return 0;
	switch (id) {
	case CCA_REG_PMCR:
		*value = cca_pmu_pmcr(vcpu->vm);
		break;
	case ARM64_SYS_REG(3, 0, 0, 0, 0):
		*value = read_cpuid_id();
		break;
	case ARM64_SYS_REG(3, 0, 0, 0, 5):
		*value = vcpu->mpidr | MPIDR_RES1;
		break;
	case ARM64_SYS_REG(3, 0, 0, 0, 6):
		*value = read_sysreg(revidr_el1);
		break;
	case ARM64_SYS_REG(3, 1, 0, 0, 1):
		*value = read_sysreg(clidr_el1);
		break;
	case ARM64_SYS_REG(3, 1, 0, 0, 7):
		*value = read_sysreg(aidr_el1);
		break;
	case ARM64_SYS_REG(3, 3, 0, 0, 1):
		*value = read_sanitised_ftr_reg(SYS_CTR_EL0);
		break;
	case ARM64_SYS_REG(3, 0, 1, 0, 0):
		*value = SCTLR_RESET;
		break;
	case ARM64_SYS_REG(2, 0, 0, 2, 2):
		*value = MDSCR_RESET;
		break;
	case ARM64_SYS_REG(2, 0, 1, 1, 4):
		*value = OSLSR_UNLOCKED;
		break;
	case KVM_REG_ARM_TIMER_CNT:
	case KVM_REG_ARM_PTIMER_CNT: /* a Realm's counters have no offset */
		isb();
		*value = read_sysreg(cntpct_el0);
		break;
	default:
		return -ENOENT;
	}
	return 0;
}

/* ---- firmware ---- */

/*
 * PSCI and the workarounds for CPU errata are the RMM's; the host offers a Realm no services of its
 * own.
 */
static int firmware_value(u64 id, u64 *value)
{
	u64 n = id & 0xffff;

	if (n > FW_LAST)
		return -ENOENT;
	*value = n ? 0 : PSCI_1_1;
	return 0;
}

static int bitmap_value(u64 id, u64 *value)
{
	*value = 0;
	return (id & 0xffff) < FW_BITMAPS ? 0 : -ENOENT;
}

/* ---- cache geometry ---- */

static bool cache_exists(u64 csselr)
{
	unsigned int type = read_sysreg(clidr_el1) >> (3 * (csselr >> 1)) & 7;

	return csselr & 1 ? type == 1 || type == 3 : type >= 2 && type <= 4;
}

/* CCSIDR_EL1 of the cache that CSSELR_EL1 selects. A Realm sees the CPU's caches. */
static int demux_get(u64 id, void __user *arg)
{
	u64 csselr = id & KVM_REG_ARM_DEMUX_VAL_MASK;
	u32 value;

	if ((id & KVM_REG_ARM_DEMUX_ID_MASK) != KVM_REG_ARM_DEMUX_ID_CCSIDR ||
	    KVM_REG_SIZE(id) != sizeof(value) || csselr >= CSSELR_COUNT)
		return -ENOENT;
	if (!cache_exists(csselr))
		return put_user(0U, (u32 __user *)arg);
	local_irq_disable();
	write_sysreg(csselr, csselr_el1);
	isb();
	value = read_sysreg(ccsidr_el1);
	local_irq_enable();
	return put_user(value, (u32 __user *)arg);
}

int cca_sysreg_get(const struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	void __user *arg = (void __user *)reg->addr;
	u64 value;
	int ret;

	if ((reg->id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_DEMUX)
		return demux_get(reg->id, arg);
	if (KVM_REG_SIZE(reg->id) != sizeof(value))
		return -ENOENT;
	switch (reg->id & KVM_REG_ARM_COPROC_MASK) {
	case KVM_REG_ARM64_SYSREG:
		ret = sysreg_value(vcpu, reg->id, &value);
		break;
	case KVM_REG_ARM_FW:
		ret = firmware_value(reg->id, &value);
		break;
	case KVM_REG_ARM_FW_FEAT_BMAP:
		ret = bitmap_value(reg->id, &value);
		break;
	default:
		ret = -ENOENT;
	}
	return ret ?: put_user(value, (u64 __user *)arg);
}
