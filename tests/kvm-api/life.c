// SPDX-License-Identifier: BSD-3-Clause
/*
 * The end of a VM, whatever state it is in and however it comes.
 */
#include <elf.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "machine.h"

#define SIZE  (16 * BLOCK)
#define CHURN 100U

/* A VM with memory populated up to `bytes`; its descriptors in fds. */
static bool make(int fds[2], char *user, uint64_t bytes)
{
	fds[0] = new_vm();
	fds[1] = new_gmem(fds[0], SIZE);
	return fds[0] >= 0 && fds[1] >= 0 &&
	       !set_slot(fds[0], 0, RAM_BASE, SIZE, user, fds[1], 0) &&
	       !set_private(fds[0], RAM_BASE, SIZE, true) &&
	       (!bytes || !populate(fds[0], RAM_BASE, user, bytes));
}

static void closing_order(char *user, int first)
{
	int fds[2];

	ok(make(fds, user, BLOCK), "a VM with a Realm");
	close(fds[first]);
	close(fds[!first]);
	expect_nothing_left(first ? "closing guest_memfd, then VM"
				  : "closing VM, then guest_memfd");
}

/* Waits until the counter is 0, at most ten seconds. */
static void wait_gone(const char *name)
{
	int i;

	for (i = 0; i < 1000 && counter(name); i++)
		usleep(10000);
}

static void killed(char *user, unsigned int after_us)
{
	pid_t pid = fork();
	int fds[2];

	if (!pid) {
		for (;;) {
			if (make(fds, user, SIZE))
				close(fds[0]), close(fds[1]);
		}
	}
	usleep(after_us);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	wait_gone("vms");
	ok(!counter("vms") && !counter("delegated") && !counter("leaked"),
	   "killed after %u us: nothing left", after_us);
}

static void user_memory_goes(char *user)
{
	int fds[2];
	char *own = user_memory(SIZE);

	memcpy(own, user, SIZE);
	ok(make(fds, own, BLOCK), "a VM on memory that will go");
	munmap(own, SIZE);
	expect(populate(fds[0], RAM_BASE + BLOCK, own, PAGE), EFAULT, "the source is gone");
	expect(populate(fds[0], RAM_BASE + BLOCK, user, PAGE), 0, "the Realm goes on");
	close(fds[0]);
	close(fds[1]);
	expect_nothing_left("memory unmapped under a VM");
}

/* Reads all of the kernel's view of RAM, delegated pages included. */
static bool read_kcore(void)
{
	static char buffer[1 << 20];
	int fd = open("/proc/kcore", O_RDONLY);
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	bool any = false;
	int i;

	if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header))
		return false;
	for (i = 0; i < header.e_phnum; i++) {
		uint64_t at, end;

		if (pread(fd, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)) !=
		    sizeof(segment))
			return false;
		/* A segment is RAM if it has a physical address and is not of an absurd size. */
		if (segment.p_type != PT_LOAD || segment.p_paddr == -1UL || !segment.p_paddr ||
		    segment.p_memsz > 8UL << 30)
			continue;
		end = segment.p_offset + segment.p_memsz;
		for (at = segment.p_offset; at < end; at += sizeof(buffer))
			if (pread(fd, buffer, sizeof(buffer), at) < 0)
				return false;
		any = true;
	}
	close(fd);
	return any;
}

static void scanned(char *user)
{
	int fds[2];

	ok(make(fds, user, SIZE), "a VM with memory");
	ok(read_kcore(), "/proc/kcore can be read while granules are delegated");
	close(fds[0]);
	close(fds[1]);
	expect_nothing_left("reading /proc/kcore");
}

/*
 * Makes and ends Realms with their RECs, one after the other; the caller of this group compares the
 * host's memory before and after. A vCPU's KVM_RUN makes the Realm and returns without entering it.
 */
void test_churn(void)
{
	unsigned int i, good = 0;
	struct machine m;

	for (i = 0; i < CHURN; i++) {
		if (machine_try_create(&m, JOBS_CPUS_MAX, 0)) {
			m.vcpu[0].run->immediate_exit = 1;
			good += machine_run_once(&m.vcpu[0]) == -EINTR &&
				counter("recs") == JOBS_CPUS_MAX;
		}
		machine_destroy(&m);
	}
	ok(good == CHURN, "%u of %u Realms with %u RECs came and went", good, CHURN, JOBS_CPUS_MAX);
	expect_nothing_left("them");
}

/* Holds a Realm until the machine ends; for tests that do something to the host meanwhile. */
void test_hold(void)
{
	char *user = user_memory(SIZE);
	int fds[2];

	memset(user, 1, SIZE);
	ok(make(fds, user, SIZE), "a VM with memory, held");
	for (;;)
		pause();
}

void test_life(void)
{
	char *user = user_memory(SIZE);
	unsigned int i;
	int fds[2];

	memset(user, 1, SIZE);
	ok(make(fds, user, 0), "a VM without a Realm");
	close(fds[0]);
	close(fds[1]);
	expect_nothing_left("a VM without a Realm");
	closing_order(user, 0);
	closing_order(user, 1);
	user_memory_goes(user);
	scanned(user);
	for (i = 0; i < 20; i++)
		killed(user, 1000 + i * i * 2500);
	munmap(user, SIZE);
}
