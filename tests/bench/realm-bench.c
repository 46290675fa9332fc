/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs on the host: starts the VMM on a guest with tests/realm/bench/init and tells what it cost,
 * in ticks of the counter, one line "NAME VALUE" each. It starts when the host is at rest.
 *
 * realm-bench run COMMAND...
 *   The guest's figures, and
 *   boot: VMM's start to /init;
 *   exit: power-off in the guest to the VMM's end;
 *   memory (KiB): what the host has less than before when the guest waits in /init, without the
 *   guest's own memory.
 * realm-bench populate
 *   measured: ticks per page of 16 MiB populated and measured.
 * realm-bench kill COMMAND...
 *   kill: SIGKILL to the VMM, sent where the guest holds, until all memory is back.
 *
 * A Realm's counter is the host's, so the guest itself says when it booted and when it powers off.
 * An ordinary VM has a counter of its own: with --arrival boot ends, and exit starts, when the
 * guest's line arrives.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/vmm.h"
#include "tests/realm/bench/rest.h"
#include "vmm/vm/kvm.h"

#define MEMORY_SLACK_KIB 512 /* what the host itself may have taken meanwhile */
#define BACK_LIMIT_NS	 60000000000ULL

/* Free memory, with the pages in the free lists of CPUs ("count:" of /proc/zoneinfo). */
static uint64_t free_kib(void)
{
	return sum_of("/proc/meminfo", "MemFree:") + sum_of("/proc/zoneinfo", "count:") * 4;
}

static uint64_t stat(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm-cca/%s", name);
	return sum_of(path, "");
}

/* The guest's memory that the VMM has: the largest of its mappings. */
static uint64_t shared_kib(pid_t pid)
{
	uint64_t largest = 0, size = 0, rss = 0, value;
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	f = fopen(path, "r");
	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Size: %lu", &value) == 1)
			size = value;
		if (sscanf(line, "Rss: %lu", &value) == 1 && size > largest) {
			largest = size;
			rss = value;
		}
	}
	fclose(f);
	return rss;
}

/* Says how much memory the host has less than before, without the guest's own. */
static void say_memory(const struct vmm *v, uint64_t before)
{
	uint64_t used = before - free_kib();
	uint64_t guest = stat("private") * 4 + shared_kib(v->pid);

	say("memory_guest", guest);
	say("memory", used - guest);
}

/* How many calls were made and pages mapped for private memory. */
struct maps {
	uint64_t calls, pages;
};

static struct maps maps_now(void)
{
	return (struct maps){.calls = stat("map_calls"), .pages = stat("private")};
}

static void say_maps(struct maps since)
{
	struct maps now = maps_now();

	say("map_calls", now.calls - since.calls);
	say("map_blocks", (now.pages - since.pages) / 512);
}

static int run(char **command, int arrival)
{
	uint64_t before = free_kib(), value, arrived, off = 0;
	struct maps since = {0, 0};
	struct vmm v;
	char name[32];
	int status;

	start(&v, command);
	while (next_line(&v, name, &value, &arrived)) {
		uint64_t at = arrival ? arrived : value;

		if (!strcmp(name, "init")) {
			say("boot", at - v.started);
			if (!arrival)
				say_memory(&v, before);
			if (!arrival)
				since = maps_now();
			go_on(&v);
		} else if (!strcmp(name, "rest")) {
			if (!arrival)
				since = maps_now();
			say(name, value);
			go_on(&v);
		} else if (!strcmp(name, "off")) {
			off = at;
		} else if (!strcmp(name, "touch")) {
			say(name, value);
			say_maps(since);
		} else {
			say(name, value);
		}
	}
	status = end(&v);
	if (off)
		say("exit", now() - off);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int is_back(uint64_t before)
{
	return !stat("vms") && !stat("delegated") && free_kib() + MEMORY_SLACK_KIB >= before;
}

static int kill_it(char **command)
{
	static const struct timespec pause = {.tv_nsec = 5000000};
	uint64_t before = free_kib(), value, arrived, killed;
	struct vmm v;
	char name[32] = "";

	start(&v, command);
	while (next_line(&v, name, &value, &arrived) && strcmp(name, "hold"))
		;
	if (strcmp(name, "hold"))
		die("the guest did not hold");
	say("held", before - free_kib());
	killed = now();
	kill(v.pid, SIGKILL);
	end(&v);
	while (!is_back(before)) {
		if (now() - killed > BACK_LIMIT_NS) {
			errno = ETIMEDOUT;
			die("memory");
		}
		nanosleep(&pause, NULL);
	}
	say("kill", now() - killed);
	return 0;
}

static int check(int ret, const char *what)
{
	if (ret < 0)
		die(what);
	return ret;
}

#define POPULATE_SIZE (16UL << 20)
#define POPULATE_BASE 0x40000000UL
#define POPULATE_BITS 33

/* Populates a Realm that has nothing but memory, from a source that is in memory already. */
static int populate(void)
{
	struct kvm_create_guest_memfd memfd = {.size = POPULATE_SIZE};
	struct kvm_userspace_memory_region2 slot = {.flags = KVM_MEM_GUEST_MEMFD};
	struct kvm_memory_attributes private = {.attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE};
	struct kvm_cca_populate p = {.flags = KVM_CCA_POPULATE_MEASURE};
	int kvm = check(open("/dev/kvm-cca", O_RDWR), "/dev/kvm-cca");
	int vm = check(ioctl(kvm, KVM_CREATE_VM, KVM_CCA_VM_TYPE_REALM | POPULATE_BITS), "VM");
	char *source = mmap(NULL, POPULATE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t started;

	if (source == MAP_FAILED)
		die("memory");
	memset(source, 1, POPULATE_SIZE);
	slot.guest_memfd = (uint32_t)check(ioctl(vm, KVM_CREATE_GUEST_MEMFD, &memfd), "memfd");
	slot.guest_phys_addr = private.address = p.base = POPULATE_BASE;
	slot.memory_size = private.size = p.size = POPULATE_SIZE;
	slot.userspace_addr = p.source_uaddr = (uintptr_t)source;
	check(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &slot), "slot");
	check(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &private), "attributes");
	started = now();
	while (p.size)
		check(ioctl(vm, KVM_CCA_POPULATE, &p), "populate");
	say("measured", (now() - started) / (POPULATE_SIZE / 4096));
	return 0;
}

int main(int argc, char **argv)
{
	int arrival = argc > 2 && !strcmp(argv[2], "--arrival");

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!rest_wait()) {
		fputs("realm-bench: the host does not come to rest\n", stderr);
		return 1;
	}
	if (argc > 2 + arrival && !strcmp(argv[1], "run"))
		return run(argv + 2 + arrival, arrival);
	if (argc > 2 && !strcmp(argv[1], "kill"))
		return kill_it(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "populate"))
		return populate();
	fputs("usage: realm-bench run [--arrival]|kill COMMAND... | populate\n", stderr);
	return 2;
}
