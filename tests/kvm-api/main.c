// SPDX-License-Identifier: BSD-3-Clause
/*
 * kvm-api-test: drives the ioctls of /dev/kvm-cca. Arguments name the groups to run; TAP on stdout.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "kvm_api.h"

int dev;
static int passed, failed;

static void result(bool good, const char *why, const char *format, va_list args)
{
	good ? passed++ : failed++;
	printf("%sok %d - ", good ? "" : "not ", passed + failed);
	vprintf(format, args);
	printf("%s\n", good ? "" : why);
	fflush(stdout);
}

void ok(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	result(good, "", format, args);
	va_end(args);
}

void expect(int value, int want, const char *format, ...)
{
	int err = value < 0 ? errno : 0;
	char why[80];
	va_list args;

	snprintf(why, sizeof(why), " # gave %s, not %s", strerrorname_np(err) ?: "0",
		 strerrorname_np(want) ?: "0");
	va_start(args, format);
	result(err == want, why, format, args);
	va_end(args);
}

long counter(const char *name)
{
	char path[128], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm-cca/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	return atol(text);
}

void expect_nothing_left(const char *after)
{
	static const char *const names[] = {"vms",	 "realms",	"recs",	 "rtts",
					    "delegated", "file_shared", "leaked"};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(counter(names[i]) == 0, "%s is 0 after %s (%ld)", names[i], after,
		   counter(names[i]));
}

int new_vm(void)
{
	return ioctl(dev, KVM_CREATE_VM, KVM_CCA_VM_TYPE_REALM | IPA_BITS);
}

int new_gmem(int vm, uint64_t size)
{
	return new_gmem_with(vm, size, 0);
}

int new_gmem_with(int vm, uint64_t size, uint64_t flags)
{
	struct kvm_create_guest_memfd args = {.size = size, .flags = flags};

	return ioctl(vm, KVM_CREATE_GUEST_MEMFD, &args);
}

int set_slot(int vm, uint32_t id, uint64_t gpa, uint64_t size, void *user, int gmem,
	     uint64_t offset)
{
	struct kvm_userspace_memory_region2 r = {
		.slot = id,
		.flags = gmem >= 0 ? KVM_MEM_GUEST_MEMFD : 0,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)user,
		.guest_memfd = gmem,
		.guest_memfd_offset = offset,
	};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &r);
}

int set_private(int vm, uint64_t gpa, uint64_t size, bool private)
{
	struct kvm_memory_attributes a = {
		.address = gpa,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &a);
}

int set_file_private(int gmem, uint64_t offset, uint64_t size, bool private)
{
	struct kvm_cca_memory_attributes2 a = {
		.offset = offset,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(gmem, KVM_CCA_SET_MEMORY_ATTRIBUTES2, &a);
}

int populate(int vm, uint64_t gpa, void *source, uint64_t size)
{
	struct kvm_cca_populate p = {
		.base = gpa,
		.size = size,
		.source_uaddr = (uintptr_t)source,
		.flags = KVM_CCA_POPULATE_MEASURE,
	};

	while (p.size) {
		uint64_t before = p.size;

		if (ioctl(vm, KVM_CCA_POPULATE, &p) < 0)
			return -1;
		if (p.size == before) {
			errno = EIO;
			return -1;
		}
	}
	return 0;
}

void *user_memory(uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void *tagged(void *user)
{
	return (void *)((uintptr_t)user | 0x5aUL << 56);
}

void tags(bool on)
{
	expect(prctl(PR_SET_TAGGED_ADDR_CTRL, on ? PR_TAGGED_ADDR_ENABLE : 0, 0, 0, 0), 0,
	       "tagged addresses are %s", on ? "on" : "off");
}

static const struct {
	const char *name;
	void (*run)(void);
	bool apart; /* only when named */
} groups[] = {
	{"device", test_device, false},
	{"vm", test_vm, false},
	{"slots", test_slots, false},
	{"attributes", test_attributes, false},
	{"gmem", test_gmem, false},
	{"populate", test_populate, false},
	{"life", test_life, false},
	{"hold", test_hold, true},
	{"refused", test_refused, true},
	{"run", test_run, false},
	{"simd", test_simd, false},
	{"churn", test_churn, true},
	{"reap", test_reap, false},
	{"blocked", test_blocked, true},
	{"hold_blocked", test_hold_blocked, true},
	{"parity", test_parity, false},
	{"fuzz", test_fuzz, true},
	{"shared", test_shared, false},
	{"stress", test_stress, false},
	{"limit", test_limit, true},
	{"events", test_events, false},
	{"msi", test_msi, false},
	{"forms", test_forms, false},
	{"pmu", test_pmu, false},
};

int main(int argc, char **argv)
{
	unsigned int i;
	int n;

	dev = open("/dev/kvm-cca", O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		perror("/dev/kvm-cca");
		return 2;
	}
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		bool wanted = argc == 1 && !groups[i].apart;

		for (n = 1; n < argc; n++)
			wanted |= !strcmp(argv[n], groups[i].name);
		if (wanted)
			groups[i].run();
	}
	printf("1..%d\n", passed + failed);
	return failed || !passed;
}
