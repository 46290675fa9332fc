// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random calls on vCPUs and vGICs, which bring Realms to life; and those that may be any call, on
 * any descriptor.
 */
#include "fuzz.h"

#define WORDS 512 /* room for the longest answer, a list of registers */

static int init_vcpu(struct fuzzer *f, int fd)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = {1u << KVM_ARM_VCPU_PSCI_0_2 |
			     (rnd(f, 4) ? 0 : 1u << KVM_ARM_VCPU_PMU_V3) |
			     (often(f) ? 0 : 1u << rnd(f, 12))},
	};

	return ioctl(fd, KVM_ARM_VCPU_INIT, &init);
}

static int make_vcpu(struct fuzzer *f)
{
	int fd = ioctl(any(f, VM), KVM_CREATE_VCPU, often(f) ? rnd(f, 4) : odd(f));
	unsigned int i = rnd(f, EACH);

	if (fd < 0)
		return fd;
	mmap(fuzz_runs[i], 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (often(f))
		init_vcpu(f, fd);
	keep(VCPU, i, fd);
	return fd;
}

static int init_again(struct fuzzer *f)
{
	return init_vcpu(f, any(f, VCPU));
}

static int make_gic(struct fuzzer *f)
{
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	int ret;

	if (!often(f)) {
		create.type = rnd(f, 12);
		create.flags = rnd(f, 3);
	}
	ret = ioctl(any(f, VM), KVM_CREATE_DEVICE, &create);
	if (!ret && !create.flags)
		keep_any(f, GIC, (int)create.fd);
	return ret;
}

static int set_attr(unsigned int i, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return ioctl(nth(GIC, i), KVM_SET_DEVICE_ATTR, &a);
}

static int set_gic(struct fuzzer *f, uint32_t group, uint64_t attr, const void *value)
{
	return set_attr(rnd(f, EACH), group, attr, value);
}

static int place_dist(struct fuzzer *f)
{
	uint64_t base = often(f) ? DIST_BASE : odd(f);

	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &base);
}

static int place_redist(struct fuzzer *f)
{
	uint64_t base = often(f) ? REDIST_BASE : odd(f);

	if (rnd(f, 4))
		return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &base);
	base |= (1UL + rnd(f, 4)) << 52 | rnd(f, 2);
	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, &base);
}

static int init_gic(struct fuzzer *f)
{
	uint32_t irqs = often(f) ? 64 : (uint32_t)odd(f);

	if (!rnd(f, 4))
		return set_gic(f, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_CTRL,
		       often(f) ? KVM_DEV_ARM_VGIC_CTRL_INIT : rnd(f, 6), NULL);
}

static int raise_line(struct fuzzer *f)
{
	struct kvm_irq_level level = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (32 + rnd(f, 32)),
		.level = rnd(f, 2),
	};

	if (!often(f))
		level.irq = rnd(f, 4) << KVM_ARM_IRQ_TYPE_SHIFT |
			    rnd(f, 4) << KVM_ARM_IRQ_VCPU_SHIFT | rnd(f, 1100);
	return ioctl(any(f, VM), KVM_IRQ_LINE, &level);
}

/* The VMM may write anything into the vCPU's pages, kvm_run and a ring, at any time. */
static int run(struct fuzzer *f)
{
	unsigned int i = rnd(f, EACH);

	fuzz_runs[i]->immediate_exit = !rnd(f, 4);
	if (!often(f))
		((volatile uint64_t *)fuzz_runs[i])[rnd(f, rnd(f, 4) ? 300 : 1024)] = odd(f);
	return ioctl(nth(VCPU, i), KVM_RUN, 0);
}

static int reg(struct fuzzer *f)
{
	uint64_t value[8] = {rnd(f, 2) ? RAM_BASE : odd(f)};
	uint64_t core = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE;
	uint64_t other = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | (uint64_t)(0x10 + rnd(f, 8)) << 16;
	struct kvm_one_reg request = {
		.id = rnd(f, 2) ? core + 2 * rnd(f, 0x70) : other + rnd(f, 0x10000),
		.addr = often(f) ? (uintptr_t)value : odd(f),
	};

	if (!often(f))
		request.id ^= 1UL << rnd(f, 64);
	return ioctl(any(f, VCPU), rnd(f, 2) ? KVM_SET_ONE_REG : KVM_GET_ONE_REG, &request);
}

static int enable(struct fuzzer *f)
{
	struct kvm_enable_cap cap = {
		.cap = often(f) ? KVM_CCA_CAP_BASE + rnd(f, 8) : rnd(f, 256),
		.args = {rnd(f, 2) ? rnd(f, 3) : odd(f)},
	};

	return ioctl(any(f, VM), KVM_ENABLE_CAP, &cap);
}

static int power(struct fuzzer *f)
{
	struct kvm_mp_state state = {rnd(f, 2) ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE};

	return ioctl(any(f, VCPU), KVM_SET_MP_STATE, &state);
}

/* Does nothing where the vCPU has no PMU. */
static void finish_pmu(int vcpu)
{
	static const int irq = 23;
	struct kvm_device_attr a = {.group = KVM_ARM_VCPU_PMU_V3_CTRL,
				    .attr = KVM_ARM_VCPU_PMU_V3_IRQ,
				    .addr = (uintptr_t)&irq};

	ioctl(vcpu, KVM_SET_DEVICE_ATTR, &a);
	a.attr = KVM_ARM_VCPU_PMU_V3_INIT;
	ioctl(vcpu, KVM_SET_DEVICE_ATTR, &a);
}

/* Makes a Realm with all its parts as they should be, for the other steps to go on with. */
static int make_realm(struct fuzzer *f)
{
	static const uint64_t dist = DIST_BASE, redist = REDIST_BASE;
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1u << KVM_ARM_VCPU_PSCI_0_2 |
						  (rnd(f, 4) ? 0 : 1u << KVM_ARM_VCPU_PMU_V3)}};
	unsigned int i = rnd(f, EACH);
	unsigned int form = rnd(f, 3); /* who says what is private: the VM, nobody, the file */
	int vm = new_vm(), vcpu, ret = -1;
	int file = new_gmem_with(vm, FILE_SIZE, form == 2 ? KVM_CCA_GMEM_MMAP : 0);

	set_slot(vm, 0, RAM_BASE, FILE_SIZE, fuzz_user, file, 0);
	if (!form)
		set_private(vm, RAM_BASE, FILE_SIZE, true);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0UL);
	if (vcpu >= 0) {
		mmap(fuzz_runs[i], 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, vcpu,
		     0);
		ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	}
	if (!ioctl(vm, KVM_CREATE_DEVICE, &create)) {
		keep(GIC, i, (int)create.fd);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
		finish_pmu(vcpu);
		ret = populate(vm, RAM_BASE, fuzz_user, PAGE);
	}
	keep(VM, i, vm);
	keep(GMEM, i, file);
	keep(VCPU, i, vcpu);
	return ret;
}

/* Attributes of whatever has any: VMs (the filter of calls), vCPUs (timers, PMU), vGICs and ITSs.
 */
static int attribute(struct fuzzer *f)
{
	static const enum kind kinds[] = {VM, VCPU, GIC, ITS};
	static const unsigned long calls[] = {KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR,
					      KVM_HAS_DEVICE_ATTR};
	uint64_t value[4] = {rnd(f, 2) ? rnd(f, 64) : odd(f), rnd(f, 3)};
	struct kvm_device_attr a = {
		.group = rnd(f, 10),
		.attr = often(f) ? rnd(f, 5) * (rnd(f, 2) ? 1 : 8) : odd(f),
		.addr = often(f) ? (uintptr_t)value : odd(f),
	};

	return ioctl(any(f, kinds[rnd(f, 4)]), calls[rnd(f, 3)], &a);
}

static int filter_calls(struct fuzzer *f)
{
	struct kvm_smccc_filter filter = {
		.base = often(f) ? 0xc5000000 + rnd(f, 1 << 16) : (uint32_t)odd(f),
		.nr_functions = often(f) ? 1 + rnd(f, 16) : (uint32_t)odd(f),
		.action = (uint8_t)rnd(f, often(f) ? 3 : 256),
	};
	struct kvm_device_attr a = {.attr = KVM_ARM_VM_SMCCC_FILTER, .addr = (uintptr_t)&filter};

	return ioctl(any(f, VM), KVM_SET_DEVICE_ATTR, &a);
}

/* Any ioctl number on any descriptor, with any argument. */
static int anything(struct fuzzer *f)
{
	unsigned int size = rnd(f, 2) ? rnd(f, 256) : 0, i;
	uint64_t argument[WORDS];

	for (i = 0; i < WORDS; i++)
		argument[i] = rnd(f, 3) ? 0 : odd(f);
	return ioctl(rnd(f, 8) ? any(f, rnd(f, KINDS)) : dev,
		     _IOC(rnd(f, 4), KVMIO, rnd(f, 256), size),
		     rnd(f, 2) ? (unsigned long)argument : odd(f));
}

/* An ioctl number that is served, on any descriptor and with any argument. */
static int mixed_up(struct fuzzer *f)
{
	static const unsigned long calls[] = {
		KVM_CREATE_VM,
		KVM_CHECK_EXTENSION,
		KVM_CREATE_VCPU,
		KVM_SET_USER_MEMORY_REGION,
		KVM_SET_USER_MEMORY_REGION2,
		KVM_SET_MEMORY_ATTRIBUTES,
		KVM_CCA_SET_MEMORY_ATTRIBUTES2,
		KVM_PRE_FAULT_MEMORY,
		KVM_CREATE_GUEST_MEMFD,
		KVM_CCA_POPULATE,
		KVM_CCA_POPULATE_V12,
		KVM_ENABLE_CAP,
		KVM_CREATE_DEVICE,
		KVM_IRQ_LINE,
		KVM_IRQFD,
		KVM_IOEVENTFD,
		KVM_REGISTER_COALESCED_MMIO,
		KVM_UNREGISTER_COALESCED_MMIO,
		KVM_SET_GSI_ROUTING,
		KVM_SIGNAL_MSI,
		KVM_SET_DEVICE_ATTR,
		KVM_GET_DEVICE_ATTR,
		KVM_HAS_DEVICE_ATTR,
		KVM_ARM_VCPU_INIT,
		KVM_ARM_VCPU_FINALIZE,
		KVM_GET_ONE_REG,
		KVM_SET_ONE_REG,
		KVM_GET_REG_LIST,
		KVM_GET_MP_STATE,
		KVM_SET_VCPU_EVENTS,
		KVM_GET_VCPU_EVENTS,
		KVM_SET_SIGNAL_MASK,
		KVM_SET_GUEST_DEBUG,
		KVM_ARM_PREFERRED_TARGET,
	};
	unsigned long call = calls[rnd(f, sizeof(calls) / sizeof(calls[0]))];
	uint64_t argument[WORDS];
	unsigned int i;
	int ret;

	for (i = 0; i < WORDS; i++)
		argument[i] = rnd(f, 3) ? rnd(f, 8) : odd(f);
	ret = ioctl(any(f, rnd(f, KINDS)), call, rnd(f, 8) ? (unsigned long)argument : odd(f));
	if (ret >= 0 && (call == KVM_CREATE_VCPU || call == KVM_CREATE_GUEST_MEMFD))
		close(ret);
	return ret;
}

static int close_one(struct fuzzer *f)
{
	keep(rnd(f, KINDS), rnd(f, EACH), -1);
	return 0;
}

struct step fuzz_vcpu_steps[] = {
	STEP("CREATE_VCPU", make_vcpu, 24, true),
	STEP("VCPU_INIT", init_again, 8, true),
	STEP("CREATE_DEVICE", make_gic, 16, true),
	STEP("the distributor's address", place_dist, 16, true),
	STEP("the redistributors' address", place_redist, 16, true),
	STEP("the vGIC's INIT", init_gic, 32, true),
	STEP("a whole Realm", make_realm, 4, true),
	STEP("IRQ_LINE", raise_line, 16, true),
	STEP("KVM_RUN", run, 48, false),
	STEP("ONE_REG", reg, 16, true),
	STEP("ENABLE_CAP", enable, 16, true),
	STEP("MP_STATE", power, 16, true),
	STEP("an attribute", attribute, 16, false),
	STEP("the filter of calls", filter_calls, 8, true),
	STEP("any number", anything, 8, false),
	STEP("any of ours", mixed_up, 16, false),
	STEP("close", close_one, 4, true),
	{},
};
