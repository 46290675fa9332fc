// SPDX-License-Identifier: BSD-3-Clause
/*
 * The device and the VM descriptor: types, capabilities, and what they refuse.
 */
#include <string.h>

#include "kvm_api.h"

#define RMI_CAP KVM_CCA_CAP_ARM_RMI

void test_device(void)
{
	static const unsigned long rmi[] = {KVM_CCA_CAP_ARM_RMI_V12, KVM_CCA_CAP_ARM_RMI_V13,
					    KVM_CCA_CAP_ARM_RMI_V15, KVM_CCA_CAP_ARM_RMI_V17};
	unsigned int i;

	ok(ioctl(dev, KVM_GET_API_VERSION, 0) == 12, "API version is 12");
	expect(ioctl(dev, KVM_GET_API_VERSION, 1), EINVAL, "API version takes no argument");
	ok(ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, 0) == 8192, "kvm_run and the ring are two pages");
	expect(ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, 1), EINVAL, "mmap size takes no argument");
	expect(ioctl(dev, KVM_RUN, 0), EINVAL, "the device does not run");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, 0x7fffffff) == 0, "an unknown capability is 0");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, RMI_CAP) == 1, "Realms are there");
	for (i = 0; i < sizeof(rmi) / sizeof(rmi[0]); i++)
		ok(ioctl(dev, KVM_CHECK_EXTENSION, rmi[i]) == 1, "by the number %lu, too", rmi[i]);
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_GMEM_ATTRIBUTES) == 8 &&
		   ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_GMEM_ATTRIBUTES_V17) == 8 &&
		   ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES) == 8,
	   "the private attribute, of files and of VMs");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_GMEM_FLAGS) == 3, "files to be mapped");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_PRE_FAULT_MEMORY) == 1, "faults beforehand");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE) >= 40,
	   "40 address bits or more");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_RMI_VERSION) == 0x20000, "RMI 2.0");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, KVM_CCA_CAP_HASH) & 1 << KVM_CCA_HASH_SHA_256,
	   "SHA-256");
}

/* For a host whose kernel is at EL1 and does not own EL2. */
void test_refused(void)
{
	ok(ioctl(dev, KVM_GET_API_VERSION, 0) == 12, "the device answers");
	ok(ioctl(dev, KVM_CHECK_EXTENSION, RMI_CAP) == 0, "there are no Realms");
	expect(new_vm(), ENODEV, "no Realm is created");
	expect(ioctl(dev, KVM_CREATE_VM, 0), ENODEV, "nor another VM");
}

static void vm_type(unsigned long type, int want, const char *what)
{
	int vm = ioctl(dev, KVM_CREATE_VM, type);

	expect(vm, want, "VM type %#lx: %s", type, what);
	if (vm >= 0)
		close(vm);
}

static void enable(int vm, uint32_t cap, uint64_t value, int want, const char *what)
{
	struct kvm_enable_cap args = {.cap = cap, .args = {value}};

	expect(ioctl(vm, KVM_ENABLE_CAP, &args), want, "ENABLE_CAP: %s", what);
}

static void test_caps(int vm)
{
	struct kvm_enable_cap flagged = {.cap = KVM_CCA_CAP_HASH, .flags = 1};
	char rpv[KVM_CCA_RPV_SIZE] = "value";
	int sve = ioctl(vm, KVM_CHECK_EXTENSION, KVM_CCA_CAP_SVE);

	enable(vm, KVM_CCA_CAP_HASH, KVM_CCA_HASH_SHA_256, 0, "SHA-256");
	enable(vm, KVM_CCA_CAP_HASH, 3, EINVAL, "a hash that is none");
	enable(vm, KVM_CCA_CAP_HASH, 1ULL << 32, EINVAL, "a hash beyond 32 bits");
	enable(vm, KVM_CCA_CAP_RPV, (uintptr_t)rpv, 0, "RPV");
	enable(vm, KVM_CCA_CAP_RPV, 8, EFAULT, "RPV at a bad address");
	enable(vm, KVM_CCA_CAP_RPV, (uintptr_t)tagged(rpv), EFAULT, "RPV at a tagged address");
	tags(true);
	enable(vm, KVM_CCA_CAP_RPV, (uintptr_t)tagged(rpv), 0, "RPV at one, where tags are on");
	tags(false);
	enable(vm, KVM_CCA_CAP_SVE, sve + 128, EINVAL, "SVE longer than the RMM's");
	enable(vm, KVM_CCA_CAP_SVE, 100, EINVAL, "SVE length no multiple of 128");
	enable(vm, KVM_CCA_CAP_SVE, 0, 0, "no SVE");
	enable(vm, KVM_CCA_CAP_LPA2, 2, EINVAL, "LPA2 neither on nor off");
	enable(vm, KVM_CAP_ARM_MTE, 0, EINVAL, "MTE is not for Realms");
	enable(vm, KVM_CCA_CAP_RMI_VERSION, 0, EINVAL, "the version cannot be enabled");
	expect(ioctl(vm, KVM_ENABLE_CAP, &flagged), EINVAL, "ENABLE_CAP with flags");
	expect(ioctl(vm, KVM_ENABLE_CAP, 8), EFAULT, "ENABLE_CAP from a bad address");
}

/* A Realm of each size can be created in the RMM. */
static void test_sizes(void)
{
	int most = ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	struct kvm_cca_populate nothing = {.source_uaddr = PAGE};
	int bits;

	for (bits = 32; bits <= most; bits++) {
		int vm = ioctl(dev, KVM_CREATE_VM, KVM_CCA_VM_TYPE_REALM | bits);

		expect(ioctl(vm, KVM_CCA_POPULATE, &nothing), 0, "a Realm of %d address bits",
		       bits);
		close(vm);
	}
}

static int debug_reg(int vcpu, unsigned long request, uint64_t *value)
{
	struct kvm_one_reg reg = {.id = ARM64_SYS_REG(3, 0, 0, 5, 0), .addr = (uintptr_t)value};

	return ioctl(vcpu, request, &reg);
}

static void set_debug(int vcpu, uint64_t value, int want, const char *what)
{
	expect(debug_reg(vcpu, KVM_SET_ONE_REG, &value), want, "ID_AA64DFR0_EL1: %s", what);
}

/* Breakpoints (bits 15 to 12) and watchpoints (bits 23 to 20) are measured, so a VMM chooses. */
static void test_debug(void)
{
	struct kvm_cca_populate nothing = {.source_uaddr = PAGE};
	struct kvm_vcpu_init init = {.target = 5, .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};
	uint64_t all = 0, now = 0, few;
	int vm = new_vm(), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	int other = ioctl(vm, KVM_CREATE_VCPU, 1);

	expect(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), 0, "a vCPU to choose by");
	expect(ioctl(other, KVM_ARM_VCPU_INIT, &init), 0, "and another one");
	expect(debug_reg(vcpu, KVM_GET_ONE_REG, &all), 0, "ID_AA64DFR0_EL1 can be read");
	few = (all & ~0xf0f000ULL) | 0x101000;
	ok(all != few, "the CPU has more breakpoints or watchpoints than two");
	set_debug(vcpu, few, 0, "two of each");
	ok(!debug_reg(vcpu, KVM_GET_ONE_REG, &now) && now == few, "it is what was set");
	ok(!debug_reg(other, KVM_GET_ONE_REG, &now) && now == few, "for all vCPUs");
	set_debug(vcpu, all, 0, "all of them again");
	set_debug(vcpu, all & ~0xf000ULL, EINVAL, "one breakpoint");
	set_debug(vcpu, all & ~0xf00000ULL, EINVAL, "one watchpoint");
	set_debug(vcpu, all ^ 0x1, EINVAL, "another debug architecture");
	set_debug(vcpu, all | 1ULL << 40, EINVAL, "what a Realm does not have");
	if ((all >> 12 & 0xf) < 0xf)
		set_debug(vcpu, all + 0x1000, EINVAL, "more breakpoints than the RMM has");
	if ((all >> 20 & 0xf) < 0xf)
		set_debug(vcpu, all + 0x100000, EINVAL, "more watchpoints than the RMM has");
	expect(ioctl(vm, KVM_CCA_POPULATE, &nothing), 0, "the Realm exists");
	set_debug(vcpu, few, EBUSY, "too late");
	set_debug(vcpu, all, 0, "the value that it has");
	close(other);
	close(vcpu);
	close(vm);
}

/* What OpenVMM and QEMU ask of an ordinary VM before they make their Realm; more it cannot do. */
static void test_plain(void)
{
	struct kvm_vcpu_init init = {.target = 5, .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};
	struct kvm_create_device gic = {.type = KVM_DEV_TYPE_ARM_VGIC_V3,
					.flags = KVM_CREATE_DEVICE_TEST};
	struct kvm_cca_populate nothing = {.source_uaddr = PAGE};
	uint64_t id = 0;
	struct kvm_one_reg reg = {.id = ARM64_SYS_REG(3, 0, 0, 4, 0), .addr = (uintptr_t)&id};
	int vm = ioctl(dev, KVM_CREATE_VM, 0UL), vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	expect(ioctl(vm, KVM_CREATE_DEVICE, &gic), 0, "ordinary VM: it could have a vGICv3");
	expect(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), 0, "ordinary VM: a vCPU");
	ok(!ioctl(vcpu, KVM_GET_ONE_REG, &reg) && id, "ordinary VM: ID_AA64PFR0_EL1 is %#lx",
	   (long)id);
	ok(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES) == 0,
	   "ordinary VM: no private memory");
	expect(set_slot(vm, 0, RAM_BASE, PAGE, user_memory(PAGE), -1, 0), EOPNOTSUPP,
	       "ordinary VM: no memory");
	expect(new_gmem(vm, PAGE), EOPNOTSUPP, "ordinary VM: no guest_memfd");
	expect(ioctl(vm, KVM_CCA_POPULATE, &nothing), EOPNOTSUPP, "ordinary VM: no Realm");
	expect(ioctl(vcpu, KVM_RUN, 0), EOPNOTSUPP, "ordinary VM: it does not run");
	close(vcpu);
	close(vm);
}

/* A VM belongs to the process that created it: calls from another process get -EIO. */
static void test_other_process(int vm);

void test_vm(void)
{
	struct kvm_vcpu_init init;
	int vm;

	vm_type(KVM_CCA_VM_TYPE_REALM | 40, 0, "a Realm of 40 bits");
	vm_type(KVM_CCA_VM_TYPE_REALM, 0, "0 bits are the default");
	vm_type(KVM_CCA_VM_TYPE_REALM_V13 | 40, 0, "a Realm as v13 has it");
	vm_type(0, 0, "an ordinary VM");
	vm_type(40, 0, "an ordinary VM of 40 bits");
	vm_type(31, EINVAL, "an ordinary VM of 31 bits");
	vm_type(1UL << 31, EINVAL, "protected");
	vm_type(KVM_CCA_VM_TYPE_REALM | 31, EINVAL, "fewer than 32 bits");
	vm_type(KVM_CCA_VM_TYPE_REALM | 200, EINVAL, "more bits than the RMM has");
	vm_type(KVM_CCA_VM_TYPE_REALM | 1UL << 31, EINVAL, "protected as well");
	vm_type(KVM_CCA_VM_TYPE_REALM | 2UL << 8, EINVAL, "another type beside");
	vm_type(KVM_CCA_VM_TYPE_REALM | 1UL << 40, EINVAL, "unknown bits");
	vm = new_vm();
	ok(ioctl(vm, KVM_CHECK_EXTENSION, RMI_CAP) == 1, "the VM answers for Realms");
	ok(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES) == 8, "private attribute");
	ok(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD) == 1, "guest_memfd");
	ok(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY2) == 1, "user memory 2");
	ok(!ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) && init.target == 5 && !init.features[0],
	   "the preferred target is 5");
	expect(ioctl(vm, KVM_ARM_PREFERRED_TARGET, 8), EFAULT, "PREFERRED_TARGET to nowhere");
	expect(ioctl(vm, KVM_CREATE_IRQCHIP, 0), ENODEV, "no GICv2");
	expect(ioctl(vm, KVM_ARM_SET_COUNTER_OFFSET, 0), EINVAL, "no counter offset");
	expect(ioctl(vm, _IO(KVMIO, 0xff), 0), EINVAL, "an ioctl that is none");
	test_caps(vm);
	test_other_process(vm);
	close(vm);
	test_sizes();
	test_debug();
	test_plain();
	expect_nothing_left("the vm group");
}

#include <sys/wait.h>

static void test_other_process(int vm)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit(ioctl(vm, KVM_CHECK_EXTENSION, RMI_CAP) == -1 && errno == EIO ? 0 : 1);
	waitpid(pid, &status, 0);
	ok(pid > 0 && status == 0, "another process gets EIO");
}
