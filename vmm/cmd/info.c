/* SPDX-License-Identifier: BSD-3-Clause */
/* What a KVM device offers to Realms, see info.h: a name and a value a line, for scripts, too. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#include "vmm/cmd/info.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"

#define REG_DFR0 ARM64_SYS_REG(3, 0, 0, 5, 0) /* ID_AA64DFR0_EL1 */

static void line(const char *name, const char *value)
{
	printf("%-20s %s\n", name, value);
}

static void line_number(const char *name, long value, const char *unit)
{
	char text[64];

	snprintf(text, sizeof(text), "%ld%s", value, unit);
	line(name, text);
}

/*
 * Creates a Realm of the largest address space that this host makes: some answers are only given
 * for a Realm. Returns its IPA bits, 0 if there can be no Realm.
 */
static unsigned int open_realm(int kvm, int *vm)
{
	unsigned int bits = (unsigned int)kvm_check(kvm, KVM_CAP_ARM_VM_IPA_SIZE);

	for (; bits >= MAP_IPA_BITS_MIN; bits--) {
		*vm = kvm_ioctl_value(kvm, KVM_CREATE_VM, KVM_CCA_VM_TYPE_REALM | bits);
		if (*vm >= 0)
			return bits;
	}
	return 0;
}

static void print_hashes(int mask)
{
	char text[64] = "sha256";

	if (mask & 1 << KVM_CCA_HASH_SHA_384)
		strcat(text, " sha384");
	if (mask & 1 << KVM_CCA_HASH_SHA_512)
		strcat(text, " sha512");
	line("hash", mask ? text : "sha256 (no choice)");
}

static void print_sve(int vm)
{
	int bits = kvm_check(vm, KVM_CCA_CAP_SVE);

	if (bits)
		line_number("sve", bits, " bits");
	else
		line("sve", kvm_check(vm, KVM_CAP_ARM_SVE) ? "yes" : "no");
}

static void print_rmi(int vm)
{
	int version = kvm_check(vm, KVM_CCA_CAP_RMI_VERSION);
	char text[32];

	snprintf(text, sizeof(text), "%d.%d", version >> 16, version & 0xffff);
	line("rmi", version ? text : "unknown");
}

/* The counts of the Realm's CPU, of a vCPU that is made for it; 0 if they cannot be had. */
static uint64_t read_debug(int vm)
{
	struct kvm_vcpu_init init = {0};
	uint64_t dfr0 = 0;
	int vcpu = kvm_ioctl_value(vm, KVM_CREATE_VCPU, 0);

	if (vcpu < 0)
		return 0;
	if (kvm_ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init) == 0) {
		init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
		if (kvm_ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) || kvm_get_reg(vcpu, REG_DFR0, &dfr0))
			dfr0 = 0;
	}
	close(vcpu);
	return dfr0;
}

static void print_debug(int vm)
{
	uint64_t dfr0 = read_debug(vm);

	line_number("breakpoints", dfr0 ? 1 + (long)FIELD(dfr0, 15, 12) : 0, "");
	line_number("watchpoints", dfr0 ? 1 + (long)FIELD(dfr0, 23, 20) : 0, "");
}

static void print_realm(int vm, unsigned int bits)
{
	int counters = kvm_check(vm, KVM_CCA_CAP_PMU);

	line("realms", "yes");
	print_rmi(vm);
	line_number("ipa bits", bits, "");
	print_hashes(kvm_check(vm, KVM_CCA_CAP_HASH));
	line("rpv", kvm_check(vm, KVM_CCA_CAP_RPV) ? "yes" : "no");
	print_sve(vm);
	print_debug(vm);
	line_number("pmu counters", counters > 0 ? counters - 1 : 0, "");
	line("lpa2", kvm_check(vm, KVM_CCA_CAP_LPA2) ? "yes" : "no");
	line_number("cpus at most", kvm_check(vm, KVM_CAP_MAX_VCPUS), "");
}

static int print_device(const char *path, int kvm)
{
	int vm = -1;
	unsigned int bits = open_realm(kvm, &vm);

	line("device", path);
	line_number("cpus", kvm_check(kvm, KVM_CAP_NR_VCPUS), "");
	if (!bits) {
		line("realms", "no");
		error_set(-1, "%s has no Realms; the kernel log says why (dmesg | grep kvm-cca)",
			  path);
		return STATUS_NOT_STARTED;
	}
	print_realm(vm, bits);
	close(vm);
	return STATUS_OK;
}

int info(const char *path)
{
	int kvm = kvm_open(path);
	int status;

	if (kvm < 0)
		return STATUS_NOT_STARTED;
	status = print_device(path, kvm);
	close(kvm);
	return status;
}
