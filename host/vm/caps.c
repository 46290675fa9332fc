// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_CHECK_EXTENSION and KVM_ENABLE_CAP. A capability that is not named here answers 0 and
 * -EINVAL.
 */
#include <linux/cpumask.h>

#include <linux/uaccess.h>

#include <asm/cpufeature.h>

#include "host/mem/mem.h"
#include "host/rmi/probe.h"
#include "host/vgic/its.h"
#include "host/vgic/route.h"
#include "host/vm/caps.h"
#include "host/vm/life.h"

/* An address space beyond this needs the tables of LPA2. */
#define IPA_BITS_NO_LPA2 48U

static unsigned int feature(unsigned int reg, unsigned int shift, unsigned int bits)
{
	return (rmi_info.features[reg] >> shift) & ((1U << bits) - 1);
}

static unsigned int max_vcpus(void)
{
	return min_t(unsigned int, CCA_MAX_VCPUS,
		     1U << feature(1, RMI_FEATURE1_MAX_RECS_ORDER_SHIFT, 4));
}

/* 1 << KVM_CCA_HASH_x, as the RMM numbers them. */
static int hash_mask(void)
{
	u64 f = rmi_info.features[1];
	int mask = 0;

	if (f & RMI_FEATURE1_HASH_SHA_256)
		mask |= 1 << KVM_CCA_HASH_SHA_256;
	if (f & RMI_FEATURE1_HASH_SHA_384)
		mask |= 1 << KVM_CCA_HASH_SHA_384;
	if (f & RMI_FEATURE1_HASH_SHA_512)
		mask |= 1 << KVM_CCA_HASH_SHA_512;
	return mask;
}

static int sve_max_bits(void)
{
	if (!(rmi_info.features[0] & RMI_FEATURE0_SVE))
		return 0;
	return (feature(0, RMI_FEATURE0_SVE_VL_SHIFT, 4) + 1) * 128;
}

static int check_extra(unsigned long cap)
{
	switch (cap) {
	case KVM_CCA_CAP_HASH:
		return hash_mask();
	case KVM_CCA_CAP_RPV:
		return KVM_CCA_RPV_SIZE;
	case KVM_CCA_CAP_SVE:
		return sve_max_bits();
	case KVM_CCA_CAP_PMU:
		return rmi_pmu_max();
	case KVM_CCA_CAP_LPA2:
		return !!(rmi_info.features[0] & RMI_FEATURE0_LPA2);
	case KVM_CCA_CAP_RMI_VERSION:
		return rmi_info.version;
	default:
		return 0;
	}
}

/* How memory is made private, which that of a plain VM never is. */
static int check_private(const struct cca_vm *vm, unsigned long cap)
{
	if (vm && vm->plain)
		return 0;
	switch (cap) {
	case KVM_CAP_MEMORY_ATTRIBUTES:
	case KVM_CCA_CAP_GMEM_ATTRIBUTES:
	case KVM_CCA_CAP_GMEM_ATTRIBUTES_V17:
		return KVM_MEMORY_ATTRIBUTE_PRIVATE;
	case KVM_CAP_GUEST_MEMFD:
	case KVM_CAP_PRE_FAULT_MEMORY:
		return 1;
	case KVM_CCA_CAP_GMEM_FLAGS:
		return KVM_CCA_GMEM_FLAGS;
	default:
		return 0;
	}
}

static int check_realm(const struct cca_vm *vm, unsigned long cap)
{
	switch (cap) {
	case KVM_CCA_CAP_ARM_RMI_V17:
	case KVM_CCA_CAP_ARM_RMI_V15:
	case KVM_CCA_CAP_ARM_RMI:
	case KVM_CCA_CAP_ARM_RMI_V13:
	case KVM_CCA_CAP_ARM_RMI_V12:
		return 1;
	case KVM_CAP_ARM_VM_IPA_SIZE:
		return cca_max_ipa_bits();
	case KVM_CAP_ARM_SVE:
		return sve_max_bits() ? 1 : 0;
	case KVM_CAP_ARM_PMU_V3:
		return rmi_pmu_max() ? 1 : 0;
	case KVM_CAP_ARM_PTRAUTH_ADDRESS:
		return system_has_full_ptr_auth();
	case KVM_CAP_ARM_PTRAUTH_GENERIC:
		return system_has_full_ptr_auth();
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
		return max_vcpus();
	default:
		return check_private(vm, cap) ?: check_extra(cap);
	}
}

int cca_check_extension(struct cca_vm *vm, unsigned long cap)
{
	switch (cap) {
	case KVM_CAP_USER_MEMORY:
	case KVM_CAP_USER_MEMORY2:
	case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
	case KVM_CAP_JOIN_MEMORY_REGIONS_WORKS:
	case KVM_CAP_CHECK_EXTENSION_VM:
	case KVM_CAP_ENABLE_CAP_VM:
	case KVM_CAP_MEMORY_FAULT_INFO:
	case KVM_CAP_SYNC_MMU:
	case KVM_CAP_READONLY_MEM:
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_DEVICE_CTRL:
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
	case KVM_CAP_ONE_REG:
	case KVM_CAP_MP_STATE:
	case KVM_CAP_IMMEDIATE_EXIT:
	case KVM_CAP_INTERNAL_ERROR_DATA:
	case KVM_CAP_VCPU_EVENTS:
	case KVM_CAP_VCPU_ATTRIBUTES:
	case KVM_CAP_ARM_INJECT_EXT_DABT:
	case KVM_CAP_ARM_IRQ_LINE_LAYOUT_2:
	case KVM_CAP_SYSTEM_EVENT_DATA:
	case KVM_CAP_IRQFD:
	case KVM_CAP_IRQFD_RESAMPLE:
	case KVM_CAP_IOEVENTFD:
	case KVM_CAP_IOEVENTFD_ANY_LENGTH:
	case KVM_CAP_SIGNAL_MSI:
	case KVM_CAP_COALESCED_MMIO: /* the ring is page 1 of a vCPU's mapping */
	case KVM_CAP_COALESCED_PIO:
		return 1;
	case KVM_CAP_IRQ_ROUTING:
		return CCA_MAX_ROUTES;
	case KVM_CAP_NR_VCPUS:
		return min_t(unsigned int, num_online_cpus(), CCA_MAX_VCPUS);
	case KVM_CAP_NR_MEMSLOTS:
		return CCA_MAX_SLOTS;
	case KVM_CAP_MSI_DEVID: /* KVM answers this for a VM only */
		return vm ? cca_its_any(vm) : -EINVAL;
	default:
		return cca_vms_refused() ? 0 : check_realm(vm, cap);
	}
}

static int enable_hash(struct cca_realm_config *c, u64 algorithm)
{
	if (algorithm > KVM_CCA_HASH_SHA_384 || !(hash_mask() & (1 << algorithm)))
		return -EINVAL;
	c->hash = algorithm;
	return 0;
}

static int enable_rpv(struct cca_realm_config *c, const u8 *rpv)
{
	memcpy(c->rpv, rpv, sizeof(c->rpv));
	return 0;
}

static int enable_sve(struct cca_realm_config *c, u64 bits)
{
	if (bits > sve_max_bits() || bits % 128)
		return -EINVAL;
	c->sve_bits = bits;
	return 0;
}

static int enable_pmu(struct cca_realm_config *c, u64 counters_plus_one)
{
	if (counters_plus_one > rmi_pmu_max() || (!counters_plus_one && c->pmu_in_vcpus))
		return -EINVAL;
	c->pmu = counters_plus_one;
	c->pmu_counters = counters_plus_one ? counters_plus_one - 1 : 0;
	return 0;
}

static int enable_lpa2(struct cca_vm *vm, struct cca_realm_config *c, u64 on)
{
	if (on > 1 || (on && !(rmi_info.features[0] & RMI_FEATURE0_LPA2)))
		return -EINVAL;
	if (!on && vm->ipa_bits > IPA_BITS_NO_LPA2)
		return -EINVAL;
	c->lpa2 = on;
	return 0;
}

static int enable_one(struct cca_vm *vm, const struct kvm_enable_cap *cap, const u8 *rpv)
{
	struct cca_realm_config *c = &vm->realm.config;

	switch (cap->cap) {
	case KVM_CCA_CAP_HASH:
		return enable_hash(c, cap->args[0]);
	case KVM_CCA_CAP_RPV:
		return enable_rpv(c, rpv);
	case KVM_CCA_CAP_SVE:
		return enable_sve(c, cap->args[0]);
	case KVM_CCA_CAP_PMU:
		return enable_pmu(c, cap->args[0]);
	case KVM_CCA_CAP_LPA2:
		return enable_lpa2(vm, c, cap->args[0]);
	default:
		return -EINVAL;
	}
}

int cca_enable_cap(struct cca_vm *vm, const struct kvm_enable_cap *cap)
{
	u8 rpv[RMI_RPV_SIZE] = {};
	int ret;

	if (cap->flags)
		return -EINVAL;
	/* User memory is read before the lock is taken, because that may last for ever. */
	if (cap->cap == KVM_CCA_CAP_RPV &&
	    copy_from_user(rpv, u64_to_user_ptr(cap->args[0]), sizeof(rpv)))
		return -EFAULT;
	mutex_lock(&vm->config_lock);
	if (vm->realm.state != REALM_NONE && check_extra(cap->cap))
		ret = -EBUSY;
	else
		ret = enable_one(vm, cap, rpv);
	mutex_unlock(&vm->config_lock);
	return ret;
}

/* The default: SHA-256, no RPV, no SVE, all breakpoints of the CPU (cca_sysreg_set_dfr0()). */
void cca_config_default(struct cca_vm *vm)
{
	struct cca_realm_config *c = &vm->realm.config;

	c->lpa2 = vm->ipa_bits > IPA_BITS_NO_LPA2;
	c->hash = RMI_HASH_SHA_256;
	c->breakpoints = feature(0, RMI_FEATURE0_NUM_BPS_SHIFT, 6);
	c->watchpoints = feature(0, RMI_FEATURE0_NUM_WPS_SHIFT, 6);
}

unsigned int cca_max_ipa_bits(void)
{
	unsigned int bits = feature(0, RMI_FEATURE0_S2SZ_SHIFT, 8);

	return rmi_info.features[0] & RMI_FEATURE0_LPA2 ? bits : min(bits, IPA_BITS_NO_LPA2);
}
