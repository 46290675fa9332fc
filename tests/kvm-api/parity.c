// SPDX-License-Identifier: BSD-3-Clause
/*
 * Compares /dev/kvm-cca with /dev/kvm: both must answer each question alike, but where a Realm has
 * to be different. The tables name these exceptions; nothing else may differ.
 */
#include <stdio.h>
#include <string.h>

#include "kvm_api.h"

#define CAPS_END 320 /* beyond all that any kernel or posting has */

/* The same kind of descriptor on either device; a test asks both. */
struct pair {
	int kvm, cca;
};

static struct pair device, vm, vcpu, gic;
static bool pmu_there; /* of both; the vCPUs have it */

/* ---- capabilities ---- */

/* Capabilities that the two devices answer differently, and why. */
static const struct {
	unsigned int cap;
	const char *why;
} caps_apart[] = {
	{15, "coalesced MMIO: the ring stays empty"},
	{23, "guest debug: a Realm is not debugged by its host"},
	{119, "guest debug"},
	{120, "guest debug"},
	{195, "guest debug"},
	{88, "the old way to place a GICv2"},
	{93, "a Realm has no AArch32"},
	{144, "interrupts of user space's GIC"},
	{158, "an SError is the RMM's to give"},
	{162, "coalesced ports"},
	{168, "no dirty log"},
	{223, "no dirty log"},
	{225, "no dirty log"},
	{177, "an abort without a syndrome is a bus error to a Realm"},
	{182, "halt polling: no choice by VM"},
	{187, "no stolen time"},
	{198, "no clock service"},
	{203, "statistics are in debugfs"},
	{216, "no SYSTEM_SUSPEND"},
	{227, "a Realm's counter has no offset"},
	{229, "blocks are not split eagerly"},
	{230, "ID registers cannot be chosen"},
	{239, "ID registers cannot be chosen"},
	{232, "memory faults come to user space"},
	{233, "private memory"},
	{234, "private memory"},
	{243, "no memory of devices is mapped"},
	{244, "private memory"},
	{245, "an external abort is the Realm's"},
	{247, "Realms"},
	{248, "Realms"},
	{249, "Realms"},
	{251, "Realms"},
	{253, "Realms"},
	{250, "private memory"},
	{252, "private memory"},
	{236, "memory is faulted in beforehand"},
};

static const char *cap_reason(unsigned int cap)
{
	unsigned int i;

	for (i = 0; i < sizeof(caps_apart) / sizeof(caps_apart[0]); i++)
		if (caps_apart[i].cap == cap)
			return caps_apart[i].why;
	return NULL;
}

static void capabilities(void)
{
	unsigned int cap, alike = 0;

	for (cap = 0; cap < CAPS_END; cap++) {
		int theirs = ioctl(device.kvm, KVM_CHECK_EXTENSION, (unsigned long)cap);
		int ours = ioctl(device.cca, KVM_CHECK_EXTENSION, (unsigned long)cap);

		if (cap_reason(cap))
			continue;
		alike += theirs == ours;
		if (theirs != ours)
			ok(false, "capability %u: %d, and %d on /dev/kvm", cap, ours, theirs);
	}
	ok(alike > 200, "%u capabilities are as on /dev/kvm", alike);
}

/* ---- registers ---- */

#define REGS_MAX 2000

static struct {
	uint64_t n;
	uint64_t reg[REGS_MAX];
} list;

static int get(int fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return ioctl(fd, KVM_GET_ONE_REG, &reg);
}

static int set(int fd, uint64_t id, const void *value)
{
	struct kvm_one_reg reg = {.id = id, .addr = (uintptr_t)value};

	return ioctl(fd, KVM_SET_ONE_REG, &reg);
}

static bool read_list(int fd)
{
	list.n = REGS_MAX;
	return ioctl(fd, KVM_GET_REG_LIST, &list) == 0;
}

/* A VMM may look at whatever an ordinary vCPU has. */
static void registers_are_read(void)
{
	uint64_t i, missing = 0;

	ok(read_list(vcpu.kvm) && list.n > 200, "/dev/kvm lists %lu registers", (long)list.n);
	for (i = 0; i < list.n; i++) {
		uint64_t theirs[8], ours[8];

		if (get(vcpu.kvm, list.reg[i], theirs) || !get(vcpu.cca, list.reg[i], ours))
			continue;
		missing++;
		printf("# register %#lx\n", (long)list.reg[i]);
	}
	ok(!missing, "all of them can be read of a Realm's vCPU, too (%lu cannot)", (long)missing);
}

/* Registers that identify the CPU are alike. Other ID registers may show a Realm less. */
static void identification_is_alike(void)
{
	static const struct {
		uint64_t id;
		const char *name;
	} same[] = {
		{ARM64_SYS_REG(3, 0, 0, 0, 0), "MIDR_EL1"},
		{ARM64_SYS_REG(3, 0, 0, 0, 5), "MPIDR_EL1"},
		{ARM64_SYS_REG(3, 0, 0, 0, 6), "REVIDR_EL1"},
		{ARM64_SYS_REG(3, 1, 0, 0, 7), "AIDR_EL1"},
		{ARM64_SYS_REG(3, 3, 0, 0, 1), "CTR_EL0"},
		{ARM64_SYS_REG(3, 0, 0, 6, 0), "ID_AA64ISAR0_EL1"},
		{KVM_REG_ARM_PSCI_VERSION, "the version of PSCI, but for its minor number"},
	};
	unsigned int i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		uint64_t theirs = 1, ours = 2;

		get(vcpu.kvm, same[i].id, &theirs);
		get(vcpu.cca, same[i].id, &ours);
		if (same[i].id == KVM_REG_ARM_PSCI_VERSION)
			theirs >>= 16, ours >>= 16;
		ok(theirs == ours, "%s is alike (%#lx, and %#lx on /dev/kvm)", same[i].name,
		   (long)ours, (long)theirs);
	}
}

static void counters_run(void)
{
	uint64_t from = 0, to = 0;

	get(vcpu.cca, KVM_REG_ARM_TIMER_CNT, &from);
	get(vcpu.cca, KVM_REG_ARM_TIMER_CNT, &to);
	ok(from && to > from, "the counter runs");
}

/* As QEMU does at each reset: sets each listed register to the value it has. */
static void list_goes_round(const char *name, int fd)
{
	uint64_t i, wrong = 0;

	ok(read_list(fd) && list.n, "%s: %lu registers are listed", name, (long)list.n);
	for (i = 0; i < list.n; i++) {
		uint64_t value[8] = {0};

		if (get(fd, list.reg[i], value) || set(fd, list.reg[i], value)) {
			printf("# register %#lx: %s\n", (long)list.reg[i], strerror(errno));
			wrong++;
		}
	}
	ok(!wrong, "%s: each can be set to what it is (%lu cannot)", name, (long)wrong);
}

/* ---- calls ---- */

enum subject { DEVICE, VM, VCPU, GIC, PMU };

struct call_row {
	enum subject subject;
	unsigned long command;
	const void *argument; /* NULL: value is the argument */
	unsigned long value;
	const char *name;
	int apart; /* our errno, where it has to be another */
};

static const struct kvm_guest_debug debug_off, debug_on = {.control = KVM_GUESTDBG_ENABLE};
static const struct kvm_device_attr smccc_filter = {0}, no_group = {.group = 99};
static const struct kvm_device_attr timer = {.group = KVM_ARM_VCPU_TIMER_CTRL};
static int ppi = 23, other_ppi = 22, sgi = 15, beyond_spis = 1020;
#define PMU(what, value)                                                                           \
	{                                                                                          \
		.group = KVM_ARM_VCPU_PMU_V3_CTRL, .attr = KVM_ARM_VCPU_PMU_V3_##what,             \
		.addr = (uintptr_t)(value)                                                         \
	}
static const struct kvm_device_attr pmu_irq = PMU(IRQ, &ppi), pmu_other = PMU(IRQ, &other_ppi),
				    pmu_sgi = PMU(IRQ, &sgi), pmu_beyond = PMU(IRQ, &beyond_spis),
				    pmu_init = PMU(INIT, 0), pmu_filter = PMU(FILTER, 8),
				    pmu_choice = PMU(SET_PMU, 8), pmu_unknown = {.attr = 99};
static const struct kvm_create_device vfio = {.type = KVM_DEV_TYPE_VFIO,
					      .flags = KVM_CREATE_DEVICE_TEST};
static const struct kvm_create_device its = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS,
					     .flags = KVM_CREATE_DEVICE_TEST};
static const struct kvm_create_device v3 = {.type = KVM_DEV_TYPE_ARM_VGIC_V3,
					    .flags = KVM_CREATE_DEVICE_TEST};
static const struct kvm_create_device none = {.type = 1234, .flags = KVM_CREATE_DEVICE_TEST};
static const struct kvm_create_device second = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
static const struct kvm_create_device flagged = {.type = KVM_DEV_TYPE_ARM_VGIC_V3, .flags = 2};
static const struct kvm_one_reg unknown_reg = {.id = 0x6030000000100043},
				other_arch = {.id = 0x2030000000100000};
static const struct kvm_one_reg beyond = {.id = 0x6030000000100200};
static const struct kvm_one_reg no_sysreg = {.id = 0x603000000013ffff};
static const struct kvm_one_reg no_firmware = {.id = 0x60300000001400ff};
static const struct kvm_one_reg small = {.id = 0x6020000000100000};
static const struct kvm_mp_state odd_state = {.mp_state = 77};
static const struct kvm_vcpu_init unknown_feature = {.target = 5, .features = {1u << 31}};
static const struct kvm_vcpu_init unknown_target = {.target = 77};
static const struct kvm_enable_cap no_cap = {.cap = 9999};
static const struct kvm_vcpu_events odd_events = {.reserved = {1}};
static const struct kvm_irq_level cpu_line, odd_line = {.irq = 5 << 24},
					    spi0 = {.irq = 1 << 24 | 3};

static const struct call_row calls[] = {
#define AT(p)	 &(p), 0
#define VALUE(v) NULL, (v)
	{DEVICE, KVM_GET_API_VERSION, VALUE(0), "GET_API_VERSION", 0},
	{DEVICE, KVM_GET_API_VERSION, VALUE(1), "GET_API_VERSION with an argument", 0},
	{DEVICE, KVM_GET_VCPU_MMAP_SIZE, VALUE(0), "GET_VCPU_MMAP_SIZE", 0},
	{DEVICE, KVM_GET_VCPU_MMAP_SIZE, VALUE(1), "GET_VCPU_MMAP_SIZE with an argument", 0},
	{DEVICE, KVM_RUN, VALUE(0), "KVM_RUN of the device", 0},
	{DEVICE, KVM_CREATE_VM, VALUE(1UL << 40), "CREATE_VM with an unknown type", 0},
	{DEVICE, KVM_CREATE_VM, VALUE(200), "CREATE_VM with 200 bits", 0},
	{DEVICE, KVM_CREATE_VM, VALUE(31), "CREATE_VM with 31 bits", 0},
	{DEVICE, _IO(KVMIO, 0xff), VALUE(0), "an unknown call of the device", 0},
	{VM, _IO(KVMIO, 0xff), VALUE(0), "an unknown call of the VM", 0},
	{VM, KVM_RUN, VALUE(0), "KVM_RUN of the VM", 0},
	{VM, KVM_CREATE_VCPU, VALUE(0), "CREATE_VCPU of an id twice", 0},
	{VM, KVM_CREATE_VCPU, VALUE(100000), "CREATE_VCPU with an id that is too large", 0},
	{VM, KVM_CREATE_DEVICE, AT(v3), "CREATE_DEVICE, a vGICv3, if it is there", 0},
	{VM, KVM_CREATE_DEVICE, AT(its), "CREATE_DEVICE, an ITS, if it is there", 0},
	{VM, KVM_CREATE_DEVICE, AT(vfio), "CREATE_DEVICE, VFIO, if it is there", ENODEV},
	{VM, KVM_CREATE_DEVICE, AT(none), "CREATE_DEVICE of an unknown type", 0},
	{VM, KVM_CREATE_DEVICE, AT(flagged), "CREATE_DEVICE with unknown flags", 0},
	{VM, KVM_CREATE_DEVICE, AT(second), "CREATE_DEVICE, a second vGIC", 0},
	{VM, KVM_CREATE_DEVICE, VALUE(8), "CREATE_DEVICE from nowhere", 0},
	{VM, KVM_CREATE_IRQCHIP, VALUE(0), "CREATE_IRQCHIP", 0},
	{VM, KVM_HAS_DEVICE_ATTR, AT(smccc_filter), "HAS_DEVICE_ATTR of the VM: SMCCC filter", 0},
	{VM, KVM_HAS_DEVICE_ATTR, AT(no_group), "HAS_DEVICE_ATTR of the VM: unknown", 0},
	{VM, KVM_SET_DEVICE_ATTR, AT(no_group), "SET_DEVICE_ATTR of the VM: unknown", 0},
	{VM, KVM_GET_DEVICE_ATTR, AT(no_group), "GET_DEVICE_ATTR of the VM: unknown", 0},
	{VM, KVM_HAS_DEVICE_ATTR, VALUE(8), "HAS_DEVICE_ATTR of the VM from nowhere", 0},
	{VM, KVM_ENABLE_CAP, AT(no_cap), "ENABLE_CAP of an unknown one", 0},
	{VM, KVM_IRQ_LINE, AT(cpu_line), "IRQ_LINE of a CPU's input", 0},
	{VM, KVM_IRQ_LINE, AT(odd_line), "IRQ_LINE of an unknown type", 0},
	{VM, KVM_IRQ_LINE, AT(spi0), "IRQ_LINE of an SPI below 32", EINVAL},
	{VCPU, _IO(KVMIO, 0xff), VALUE(0), "an unknown call of the vCPU", 0},
	{VCPU, KVM_RUN, VALUE(1), "KVM_RUN with an argument", 0},
	{VCPU, KVM_SET_GUEST_DEBUG, AT(debug_off), "SET_GUEST_DEBUG: off", 0},
	{VCPU, KVM_SET_GUEST_DEBUG, AT(debug_on), "SET_GUEST_DEBUG: on", EINVAL},
	{VCPU, KVM_SET_GUEST_DEBUG, VALUE(8), "SET_GUEST_DEBUG from nowhere", 0},
	{VCPU, KVM_HAS_DEVICE_ATTR, AT(timer), "HAS_DEVICE_ATTR: timer", 0},
	{VCPU, KVM_HAS_DEVICE_ATTR, AT(no_group), "HAS_DEVICE_ATTR: unknown", 0},
	{VCPU, KVM_GET_ONE_REG, AT(unknown_reg), "GET_ONE_REG of an unknown one", 0},
	{VCPU, KVM_GET_ONE_REG, AT(beyond), "GET_ONE_REG of a core register behind the last", 0},
	{VCPU, KVM_GET_ONE_REG, AT(no_sysreg), "GET_ONE_REG of an unknown system register", 0},
	{VCPU, KVM_GET_ONE_REG, AT(no_firmware), "GET_ONE_REG of an unknown firmware register", 0},
	{VCPU, KVM_GET_ONE_REG, AT(small), "GET_ONE_REG of a wrong size", 0},
	{VCPU, KVM_GET_ONE_REG, AT(other_arch), "GET_ONE_REG of another architecture's", 0},
	{VCPU, KVM_SET_ONE_REG, AT(other_arch), "SET_ONE_REG of another architecture's", 0},
	{VCPU, KVM_SET_MP_STATE, AT(odd_state), "SET_MP_STATE to an unknown one", 0},
	{VCPU, KVM_ARM_VCPU_INIT, AT(unknown_feature), "VCPU_INIT with an unknown feature", 0},
	{VCPU, KVM_ARM_VCPU_INIT, AT(unknown_target), "VCPU_INIT of an unknown target", 0},
	{VCPU, KVM_SET_VCPU_EVENTS, AT(odd_events), "SET_VCPU_EVENTS with what is reserved", 0},
	{VCPU, KVM_ARM_VCPU_FINALIZE, AT(odd_state), "FINALIZE of an unknown feature", 0},
	{VCPU, KVM_SET_SIGNAL_MASK, VALUE(0), "SET_SIGNAL_MASK: none", 0},
	{PMU, KVM_HAS_DEVICE_ATTR, AT(pmu_irq), "HAS_DEVICE_ATTR: the PMU's interrupt", 0},
	{PMU, KVM_HAS_DEVICE_ATTR, AT(pmu_init), "HAS_DEVICE_ATTR: the PMU's INIT", 0},
	{PMU, KVM_HAS_DEVICE_ATTR, AT(pmu_filter), "HAS_DEVICE_ATTR: a filter", ENXIO},
	{PMU, KVM_HAS_DEVICE_ATTR, AT(pmu_choice), "HAS_DEVICE_ATTR: choice of a PMU", ENXIO},
	{PMU, KVM_HAS_DEVICE_ATTR, AT(pmu_unknown), "HAS_DEVICE_ATTR: unknown of the PMU", 0},
	{PMU, KVM_GET_DEVICE_ATTR, AT(pmu_irq), "the PMU's interrupt before it is set", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_init), "INIT of the PMU before the vGIC's", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_sgi), "an SGI for the PMU", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_beyond), "interrupt 1020 for the PMU", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_unknown), "an unknown attribute of the PMU", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_irq), "a PPI for the PMU", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_irq), "the same again", 0},
	{PMU, KVM_SET_DEVICE_ATTR, AT(pmu_other), "another", 0},
	{PMU, KVM_GET_DEVICE_ATTR, AT(pmu_irq), "the PMU's interrupt", 0},
	{GIC, KVM_HAS_DEVICE_ATTR, AT(no_group), "HAS_DEVICE_ATTR of the vGIC: unknown", 0},
	{GIC, _IO(KVMIO, 0xff), VALUE(0), "an unknown call of the vGIC", 0},
	{GIC, KVM_RUN, VALUE(0), "KVM_RUN of the vGIC", 0},
#undef AT
#undef VALUE
};

/* A copy of the argument in memory that may be written. */
static int call_one(const struct call_row *row, int fd)
{
	char copy[1024];

	if (!row->argument)
		return ioctl(fd, row->command, row->value) < 0 ? errno : 0;
	memcpy(copy, row->argument, _IOC_SIZE(row->command));
	return ioctl(fd, row->command, copy) < 0 ? errno : 0;
}

static void call_both(const struct call_row *row)
{
	const struct pair *of[] = {&device, &vm, &vcpu, &gic, &vcpu};
	const struct pair *fds = of[row->subject];
	int theirs, ours;

	if (row->subject == PMU && !pmu_there)
		return;
	theirs = call_one(row, fds->kvm);
	ours = call_one(row, fds->cca);
	ok(ours == (row->apart ? row->apart : theirs), "%s: %s, and %s on /dev/kvm", row->name,
	   ours ? strerrorname_np(ours) : "0", theirs ? strerrorname_np(theirs) : "0");
}

/* ---- set-up ---- */

static bool make_vcpu(int vm_fd, int *fd)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8};

	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
	init.features[0] |= pmu_there ? 1u << KVM_ARM_VCPU_PMU_V3 : 0;
	*fd = ioctl(vm_fd, KVM_CREATE_VCPU, 0UL);
	return *fd >= 0 && !ioctl(*fd, KVM_ARM_VCPU_INIT, &init);
}

static bool make_gic(int vm_fd, int *fd)
{
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};

	if (ioctl(vm_fd, KVM_CREATE_DEVICE, &create))
		return false;
	*fd = (int)create.fd;
	return true;
}

static bool make_pairs(void)
{
	device = (struct pair){.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), .cca = dev};
	vm.kvm = ioctl(device.kvm, KVM_CREATE_VM, 0UL);
	vm.cca = new_vm();
	pmu_there = ioctl(device.kvm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3) > 0 &&
		    ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_ARM_PMU_V3) > 0;
	return vm.kvm >= 0 && vm.cca >= 0 && make_gic(vm.kvm, &gic.kvm) &&
	       make_gic(vm.cca, &gic.cca) && make_vcpu(vm.kvm, &vcpu.kvm) &&
	       make_vcpu(vm.cca, &vcpu.cca);
}

static void close_pair(struct pair *p)
{
	close(p->kvm);
	close(p->cca);
}

/* kvmtool asks for an ITS, does not get it, and makes its vGIC anew. */
static void gic_again(void)
{
	int fd = new_vm(), first = -1, again = -1, cpu = -1;

	ok(make_gic(fd, &first), "a vGIC");
	ok(!make_gic(fd, &again) && errno == EEXIST, "not a second one beside it");
	close(first);
	ok(make_gic(fd, &again), "but one after its descriptor was closed");
	ok(make_vcpu(fd, &cpu), "a vCPU");
	close(cpu);
	close(again);
	close(fd);
}

void test_parity(void)
{
	unsigned int i;

	gic_again();
	if (!make_pairs()) {
		ok(true, "/dev/kvm is not there # skip");
	} else {
		capabilities();
		registers_are_read();
		identification_is_alike();
		counters_run();
		list_goes_round("/dev/kvm", vcpu.kvm);
		list_goes_round("/dev/kvm-cca", vcpu.cca);
		for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			call_both(&calls[i]);
		close_pair(&gic);
		close_pair(&vcpu);
	}
	close_pair(&vm);
	close(device.kvm);
	expect_nothing_left("the parity group");
}
