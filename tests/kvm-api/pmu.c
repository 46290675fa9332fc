// SPDX-License-Identifier: BSD-3-Clause
/*
 * Realms with a PMU: what a VMM sets up of it, and overflows that interrupt the guest (job PMU).
 * Which errors the attributes have is in tests/unit/host/vcpu/pmu.c, and parity.c compares them.
 */
#include <signal.h>

#include "machine.h"

#define PATIENCE_S 180
#define REG_DFR0   ARM64_SYS_REG(3, 0, 0, 5, 0)
#define REG_PMCR   ARM64_SYS_REG(3, 3, 9, 12, 0)
#define PMUVER(d)  ((d) >> 8 & 0xf)
#define PMCR_N(p)  ((p) >> 11 & 0x1f)

static struct machine machine;
static long irq_exits[2]; /* before and after the guest has gone on with an overflow pending */

static int init_vcpu(int vcpu, bool pmu)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};

	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | (pmu ? 1u << KVM_ARM_VCPU_PMU_V3 : 0);
	return ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
}

static uint64_t read_reg(int vcpu, uint64_t id)
{
	uint64_t value = ~UINT64_C(0);
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)&value};

	expect(ioctl(vcpu, KVM_GET_ONE_REG, &reg), 0, "register %#lx can be read", (long)id);
	return value;
}

static int write_pmcr(int vcpu, uint64_t value)
{
	struct kvm_one_reg reg = {.id = REG_PMCR, .addr = (uintptr_t)&value};

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg);
}

static int choose(int vm, uint64_t counters_and_one)
{
	struct kvm_enable_cap cap = {.cap = KVM_CCA_CAP_PMU, .args = {counters_and_one}};

	return ioctl(vm, KVM_ENABLE_CAP, &cap);
}

static void without(int vm, int vcpu)
{
	struct kvm_device_attr attr = {.group = KVM_ARM_VCPU_PMU_V3_CTRL};
	int other = ioctl(vm, KVM_CREATE_VCPU, 1);

	expect(init_vcpu(vcpu, false), 0, "a vCPU without a PMU");
	ok(!PMUVER(read_reg(vcpu, REG_DFR0)), "its ID_AA64DFR0_EL1 has none");
	ok(!read_reg(vcpu, REG_PMCR), "its PMCR_EL0 has no counters");
	expect(ioctl(vcpu, KVM_HAS_DEVICE_ATTR, &attr), ENXIO, "it has no attributes of a PMU");
	expect(ioctl(vcpu, KVM_SET_DEVICE_ATTR, &attr), ENODEV, "none can be set");
	expect(init_vcpu(other, true), EINVAL, "nor has another vCPU one");
	close(other);
}

/* The number of counters is one for all vCPUs, and a VMM chooses it in either of two ways. */
static void counters(int vm, unsigned int most)
{
	struct kvm_cca_populate nothing = {.source_uaddr = PAGE};
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0), other = ioctl(vm, KVM_CREATE_VCPU, 1);

	expect(init_vcpu(vcpu, true), 0, "a vCPU with a PMU");
	ok(PMUVER(read_reg(vcpu, REG_DFR0)), "its ID_AA64DFR0_EL1 shows it");
	ok(PMCR_N(read_reg(vcpu, REG_PMCR)) == most, "it has all counters at first");
	expect(init_vcpu(other, false), EINVAL, "another cannot be without");
	expect(init_vcpu(other, true), 0, "but with one");
	expect(write_pmcr(vcpu, 1 << 11), 0, "one counter, by PMCR_EL0");
	ok(PMCR_N(read_reg(other, REG_PMCR)) == 1, "is what all vCPUs have");
	expect(write_pmcr(vcpu, (uint64_t)(most + 1) << 11), EINVAL, "more than there are");
	expect(choose(vm, 0), EINVAL, "it cannot be taken from the VM any more");
	expect(choose(vm, 3), 0, "two counters, by ENABLE_CAP");
	ok(PMCR_N(read_reg(vcpu, REG_PMCR)) == 2, "are there");
	expect(ioctl(vm, KVM_CCA_POPULATE, &nothing), 0, "the Realm exists");
	expect(write_pmcr(vcpu, 1 << 11), EBUSY, "too late");
	expect(write_pmcr(vcpu, 2 << 11), 0, "what it has");
	close(other);
	close(vcpu);
}

static void set_up(unsigned int most)
{
	int vm = new_vm(), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	ok(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3) == 1, "the VM can have a PMU");
	without(vm, vcpu);
	close(vcpu);
	close(vm);
	vm = new_vm();
	counters(vm, most);
	close(vm);
}

/* A VMM that gave no interrupt has not finished. */
static void no_interrupt(void)
{
	struct kvm_create_device gic = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_device_attr init = {.group = KVM_DEV_ARM_VGIC_GRP_CTRL,
				       .attr = KVM_DEV_ARM_VGIC_CTRL_INIT};
	uint64_t dist = JOBS_GICD, redist = JOBS_GICR;
	struct kvm_device_attr places[] = {{.group = KVM_DEV_ARM_VGIC_GRP_ADDR,
					    .attr = KVM_VGIC_V3_ADDR_TYPE_DIST,
					    .addr = (uintptr_t)&dist},
					   {.group = KVM_DEV_ARM_VGIC_GRP_ADDR,
					    .attr = KVM_VGIC_V3_ADDR_TYPE_REDIST,
					    .addr = (uintptr_t)&redist}};
	int vm = new_vm(), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	init_vcpu(vcpu, true);
	ok(!ioctl(vm, KVM_CREATE_DEVICE, &gic) &&
		   !ioctl((int)gic.fd, KVM_SET_DEVICE_ATTR, &places[0]) &&
		   !ioctl((int)gic.fd, KVM_SET_DEVICE_ATTR, &places[1]) &&
		   !ioctl((int)gic.fd, KVM_SET_DEVICE_ATTR, &init),
	   "a vGIC");
	expect(ioctl(vcpu, KVM_RUN, 0), EINVAL, "a vCPU whose PMU has no interrupt does not run");
	close((int)gic.fd);
	close(vcpu);
	close(vm);
}

static void on_signal(int signal)
{
}

static void on_ready(struct machine *m, unsigned int report, uint32_t step)
{
	if (report == REPORT_READY)
		irq_exits[step % 2] = counter("exit_irq");
}

static void overflows(unsigned int most)
{
	struct sigaction action = {.sa_handler = on_signal};
	const uint32_t *v = machine.values;
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	if (!machine_create(&machine, 2, JOB_PMU))
		return;
	machine.on_report = on_ready;
	alarm(PATIENCE_S);
	machine_start(&machine.vcpu[1]);
	machine_run(&machine.vcpu[0]);
	ok(machine.ended && !machine.died, "the Realm comes to its end (%d, exit %u)",
	   machine.vcpu[0].ret, machine.vcpu[0].exit);
	ok(machine_pull_out(&machine.vcpu[1]), "and the second vCPU by a signal");
	alarm(0);
	ok(v[PMU_VERSION] && v[PMU_COUNTERS] == most, "the Realm sees a PMU with %u counters (%u)",
	   most, v[PMU_COUNTERS]);
	ok(v[PMU_COUNTED], "it counts cycles (%u)", v[PMU_COUNTED]);
	ok(irq_exits[1] - irq_exits[0] < JOBS_REWRITES / 10,
	   "an overflow that is pending does not end each run (%ld exits)",
	   irq_exits[1] - irq_exits[0]);
	ok(!v[PMU_EARLY], "an overflow waits while interrupts are masked (%u)", v[PMU_EARLY]);
	for (i = 0; i < 2; i++, v += 2) {
		ok(v[PMU_TAKEN] == JOBS_OVERFLOWS + !i, "vCPU %u takes each overflow (%u)", i,
		   v[PMU_TAKEN]);
		ok(!v[PMU_WRONG], "vCPU %u: as one interrupt, of the counter that it is (%u)", i,
		   v[PMU_WRONG]);
	}
	machine_destroy(&machine);
}

void test_pmu(void)
{
	int most = ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_PMU) - 1;

	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3) == (most >= 0),
	   "KVM's PMU is there with the RMM's");
	if (most < 2) {
		ok(true, "a PMU with two counters is not there # skip");
		return;
	}
	set_up((unsigned int)most);
	no_interrupt();
	overflows((unsigned int)most);
	expect_nothing_left("the pmu group");
}
