// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space sets up in a vCPU before its Realm runs: VCPU_INIT, FINALIZE, ONE_REG
 * (docs/spec/kvm-uapi.md sections 7 and 13). Once the Realm runs its registers are its own.
 */
#include <asm/cpufeature.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "host/rmi/probe.h"
#include "host/vcpu/pmu.h"
#include "host/vcpu/regs.h"

#define FEATURE(x) (1U << KVM_ARM_VCPU_##x)

#define FEATURES_KNOWN	 0x3ff /* as of Linux 7.3 */
#define FEATURES_PTRAUTH (FEATURE(PTRAUTH_ADDRESS) | FEATURE(PTRAUTH_GENERIC))
#define FEATURES_ALWAYS	 (FEATURE(POWER_OFF) | FEATURE(PSCI_0_2) | FEATURES_PTRAUTH)

#define PSTATE_RESET 0x3c5 /* EL1h, all masked */

/* ---- SVE ---- */

/* The longest vector that the RMM has, in units of 128 bits; 0: it has no SVE. */
static unsigned int sve_max_vq(void)
{
	u64 features = rmi_info.features[0];

	return features & RMI_FEATURE0_SVE ? (features >> RMI_FEATURE0_SVE_VL_SHIFT & 0xf) + 1 : 0;
}

static bool realm_exists(struct cca_vm *vm)
{
	return cca_realm_state(vm) != REALM_NONE;
}

/* All vCPUs must have the same length. config_lock held. */
static bool sve_matches(struct cca_vcpu *vcpu)
{
	struct cca_vm *vm = vcpu->vm;
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		if (vm->vcpus[i]->sve_finalized && vm->vcpus[i]->sve_vq != vcpu->sve_vq)
			return false;
	}
	return true;
}

int cca_vcpu_finalize(struct cca_vcpu *vcpu, int feature)
{
	struct cca_vm *vm = vcpu->vm;
	int ret = 0;

	if (feature != KVM_ARM_VCPU_SVE || !(vcpu->features & FEATURE(SVE)))
		return -EINVAL;
	mutex_lock(&vm->config_lock);
	if (vcpu->sve_finalized || realm_exists(vm)) {
		ret = -EPERM;
	} else if (!sve_matches(vcpu)) {
		ret = -EINVAL;
	} else {
		vm->realm.config.sve_bits = vcpu->sve_vq * 128;
		vcpu->sve_finalized = true;
	}
	mutex_unlock(&vm->config_lock);
	return ret;
}

/*
 * KVM_REG_ARM64_SVE_VLS has bit vq - 1 for each length. All lengths shorter than the longest are
 * there.
 */
static int sve_get_vls(struct cca_vcpu *vcpu, void __user *arg)
{
	u64 vls[KVM_ARM64_SVE_VLS_WORDS] = {(1ULL << vcpu->sve_vq) - 1};

	return copy_to_user(arg, vls, sizeof(vls)) ? -EFAULT : 0;
}

static int sve_set_vls(struct cca_vcpu *vcpu, const void __user *arg)
{
	u64 vls[KVM_ARM64_SVE_VLS_WORDS];
	unsigned int vq;

	if (vcpu->sve_finalized || realm_exists(vcpu->vm))
		return -EPERM;
	if (copy_from_user(vls, arg, sizeof(vls)))
		return -EFAULT;
	vq = fls64(vls[0]);
	if (!vq || vq > sve_max_vq() || vls[0] != (1ULL << vq) - 1 ||
	    memchr_inv(&vls[1], 0, sizeof(vls) - sizeof(vls[0])))
		return -EINVAL;
	vcpu->sve_vq = vq;
	return 0;
}

/* ---- VCPU_INIT ---- */

static int init_features(const struct kvm_vcpu_init *init)
{
	u32 features = init->features[0];
	u32 allowed = FEATURES_ALWAYS | (sve_max_vq() ? FEATURE(SVE) : 0) |
		      (rmi_pmu_max() ? FEATURE(PMU_V3) : 0);

	if (features & ~FEATURES_KNOWN ||
	    memchr_inv(&init->features[1], 0, sizeof(init->features) - sizeof(u32)))
		return -ENOENT;
	if (features & ~allowed)
		return -EINVAL;
	/* A VMM asks for both kinds of pointer authentication or for none. */
	if (features & FEATURES_PTRAUTH && (features & FEATURES_PTRAUTH) != FEATURES_PTRAUTH)
		return -EINVAL;
	return 0;
}

/* All vCPUs of a VM must have the same features. config_lock held. */
static bool init_matches(struct cca_vm *vm, u32 features)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	for (i = 0; i < n; i++) {
		if (vm->vcpus[i]->initialised && vm->vcpus[i]->features != features)
			return false;
	}
	return true;
}

/* The Realm of vCPUs with a PMU has all counters that there are, unless user space chooses. */
static void pmu_choose(struct cca_realm_config *c)
{
	if (!c->pmu)
		c->pmu_counters = rmi_pmu_max() - 1;
	c->pmu = c->pmu_in_vcpus = true;
}

/* config_lock held. */
static void vcpu_reset(struct cca_vcpu *vcpu, u32 features)
{
	unsigned int chosen = vcpu->vm->realm.config.sve_bits / 128;

	memset(vcpu->gprs, 0, sizeof(vcpu->gprs));
	vcpu->pc = 0;
	if (!vcpu->initialised && features & FEATURE(SVE))
		vcpu->sve_vq = chosen ?: sve_max_vq();
	if (features & FEATURE(PMU_V3))
		pmu_choose(&vcpu->vm->realm.config);
	vcpu->features = features;
	vcpu->initialised = true;
}

int cca_vcpu_init(struct cca_vcpu *vcpu, const struct kvm_vcpu_init *init)
{
	struct cca_vm *vm = vcpu->vm;
	u32 features = init->features[0] & ~FEATURE(POWER_OFF);
	int ret = init_features(init);

	if (init->target != KVM_ARM_TARGET_GENERIC_V8)
		return -EINVAL;
	if (ret)
		return ret;
	mutex_lock(&vm->config_lock);
	if (realm_exists(vm))
		ret = -EBUSY; /* the state that a vCPU starts with is part of the Realm */
	else if (!init_matches(vm, features))
		ret = -EINVAL;
	else
		vcpu_reset(vcpu, features);
	if (!ret)
		WRITE_ONCE(vcpu->power_off, !!(init->features[0] & FEATURE(POWER_OFF)));
	mutex_unlock(&vm->config_lock);
	return ret;
}

/* ---- core registers ---- */

#define CORE_INDEX(field) (offsetof(struct kvm_regs, field) / sizeof(u32))

/* How many 32-bit words the core register at an index has; 0: there is no register. */
static unsigned int core_words(u64 index)
{
	if (index >= CORE_INDEX(regs.regs) && index < CORE_INDEX(fp_regs.vregs))
		return index % 2 ? 0 : 2;
	if (index >= CORE_INDEX(fp_regs.vregs) && index < CORE_INDEX(fp_regs.fpsr))
		return (index - CORE_INDEX(fp_regs.vregs)) % 4 ? 0 : 4;
	if (index == CORE_INDEX(fp_regs.fpsr) || index == CORE_INDEX(fp_regs.fpcr))
		return 1;
	return 0;
}

static u64 core_index(const struct kvm_one_reg *reg)
{
	return reg->id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK | KVM_REG_ARM_CORE);
}

static int core_check(const struct kvm_one_reg *reg)
{
	unsigned int words = core_words(core_index(reg));

	if (!words)
		return core_index(reg) < sizeof(struct kvm_regs) / sizeof(u32) ? -EINVAL : -ENOENT;
	return KVM_REG_SIZE(reg->id) == words * sizeof(u32) ? 0 : -EINVAL;
}

/* Where the value of a core register is kept, or NULL if user space cannot set it. */
static u64 *core_slot(struct cca_vcpu *vcpu, u64 index)
{
	if (index == CORE_INDEX(regs.pc))
		return &vcpu->pc;
	if (index >= CORE_INDEX(regs.sp))
		return NULL;
	return &vcpu->gprs[array_index_nospec(index / 2, ARRAY_SIZE(vcpu->gprs))];
}

static void core_value(struct cca_vcpu *vcpu, u64 index, u64 value[2])
{
	value[0] = value[1] = 0;
	if (core_slot(vcpu, index))
		value[0] = *core_slot(vcpu, index);
	else if (index == CORE_INDEX(regs.pstate))
		value[0] = PSTATE_RESET;
}

static int core_get(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	u64 value[2];
	int ret = core_check(reg);

	if (ret)
		return ret;
	core_value(vcpu, core_index(reg), value);
	return copy_to_user((void __user *)reg->addr, value, KVM_REG_SIZE(reg->id)) ? -EFAULT : 0;
}

/*
 * A VMM sets every register that it has read. So a register that the RMM decides over may be set to
 * the value it has.
 */
static int core_set_fixed(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	u64 value[2], wanted[2] = {};

	core_value(vcpu, core_index(reg), value);
	if (copy_from_user(wanted, (void __user *)reg->addr, KVM_REG_SIZE(reg->id)))
		return -EFAULT;
	return memcmp(value, wanted, sizeof(value)) ? -EINVAL : 0;
}

static int core_set(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	u64 *slot = core_slot(vcpu, core_index(reg));
	int ret = core_check(reg);
	u64 value;

	if (ret)
		return ret;
	if (!slot)
		return core_set_fixed(vcpu, reg);
	if (get_user(value, (u64 __user *)reg->addr))
		return -EFAULT;
	mutex_lock(&vcpu->vm->config_lock);
	*slot = value;
	mutex_unlock(&vcpu->vm->config_lock);
	return 0;
}

/* ---- system registers ---- */

static int sysreg_set(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	u64 value;

	if (reg->id != CCA_REG_ID_AA64DFR0 && reg->id != CCA_REG_PMCR)
		return -EINVAL;
	if (get_user(value, (u64 __user *)reg->addr))
		return -EFAULT;
	return reg->id == CCA_REG_PMCR ? cca_pmu_set_pmcr(vcpu->vm, value)
				       : cca_sysreg_set_dfr0(vcpu->vm, value);
}

int cca_vcpu_get_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	if ((reg->id & KVM_REG_ARCH_MASK) != KVM_REG_ARM64)
		return -EINVAL;
	if ((reg->id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_CORE)
		return core_get(vcpu, reg);
	if (reg->id == KVM_REG_ARM64_SVE_VLS && vcpu->features & FEATURE(SVE))
		return sve_get_vls(vcpu, (void __user *)reg->addr);
	return cca_sysreg_get(vcpu, reg);
}

int cca_vcpu_set_reg(struct cca_vcpu *vcpu, const struct kvm_one_reg *reg)
{
	if ((reg->id & KVM_REG_ARCH_MASK) != KVM_REG_ARM64)
		return -EINVAL;
	if ((reg->id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_CORE)
		return core_set(vcpu, reg);
	if (reg->id == KVM_REG_ARM64_SVE_VLS && vcpu->features & FEATURE(SVE))
		return sve_set_vls(vcpu, (const void __user *)reg->addr);
	return sysreg_set(vcpu, reg);
}

/* ---- the list ---- */

struct reg_list {
	u64 __user *out; /* NULL: only count */
	u64 n;
};

static int list_put(struct reg_list *list, u64 id)
{
	if (list->out && put_user(id, list->out + list->n))
		return -EFAULT;
	list->n++;
	return 0;
}

static u64 core_size_field(unsigned int words)
{
	return words == 4 ? KVM_REG_SIZE_U128 : words == 2 ? KVM_REG_SIZE_U64 : KVM_REG_SIZE_U32;
}

/*
 * With SVE the V registers are the lower parts of the Z registers, which a Realm keeps to itself.
 */
static bool core_listed(const struct cca_vcpu *vcpu, unsigned int words)
{
	return words && !(words == 4 && vcpu->features & FEATURE(SVE));
}

static int list_core(struct cca_vcpu *vcpu, struct reg_list *list)
{
	u64 index;
	int ret = 0;

	for (index = 0; index < sizeof(struct kvm_regs) / sizeof(u32) && !ret; index++) {
		unsigned int words = core_words(index);

		if (core_listed(vcpu, words))
			ret = list_put(list, KVM_REG_ARM64 | KVM_REG_ARM_CORE |
						     core_size_field(words) | index);
	}
	return ret;
}

static int list_all(struct cca_vcpu *vcpu, struct reg_list *list)
{
	int ret = list_core(vcpu, list);

	if (!ret && vcpu->features & FEATURE(SVE))
		ret = list_put(list, KVM_REG_ARM64_SVE_VLS);
	if (!ret && READ_ONCE(vcpu->vm->realm.config.pmu))
		ret = list_put(list, CCA_REG_PMCR);
	/* The list has what can be set, because a VMM sets all it finds here at each reset. */
	return ret ?: list_put(list, CCA_REG_ID_AA64DFR0);
}

int cca_vcpu_reg_list(struct cca_vcpu *vcpu, struct kvm_reg_list __user *arg)
{
	struct reg_list list = {};
	u64 room;
	int ret;

	if (get_user(room, &arg->n))
		return -EFAULT;
	ret = list_all(vcpu, &list);
	if (ret)
		return ret;
	if (put_user(list.n, &arg->n))
		return -EFAULT;
	if (room < list.n)
		return -E2BIG;
	list = (struct reg_list){.out = arg->reg};
	return list_all(vcpu, &list);
}
