// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random calls on memory: VMs, slots, guest_memfds and what becomes of their pages. A slot may have
 * the pages that another VM's file has mapped; pages are in a pipe, or gone, while they change.
 */
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "fuzz.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/*
 * Places for FILE_SIZE bytes each, always mapped: a guest_memfd or ordinary memory. Nothing here
 * loads from them or stores there, because a private page gives a signal. The kernel may.
 */
static char *places[EACH];

static char *any_place(struct fuzzer *f)
{
	return places[rnd(f, EACH)];
}

/* Where user space has memory, of its own or of a file. */
static char *any_memory(struct fuzzer *f)
{
	return rnd(f, 2) ? fuzz_user + rnd(f, 2) * BLOCK : any_place(f);
}

static int make_vm(struct fuzzer *f)
{
	unsigned long type = KVM_CCA_VM_TYPE_REALM | (often(f) ? IPA_BITS : 32 + rnd(f, 21));

	return keep_any(f, VM, ioctl(dev, KVM_CREATE_VM, rnd(f, 16) ? type : odd(f)));
}

static int make_file(struct fuzzer *f)
{
	return keep_any(f, GMEM,
			new_gmem_with(any(f, VM), often(f) ? FILE_SIZE : length(f),
				      often(f) ? rnd(f, 4) : odd(f)));
}

static int make_slot(struct fuzzer *f)
{
	return set_slot(any(f, VM), often(f) ? rnd(f, 3) : (uint32_t)odd(f),
			often(f) ? RAM_BASE : place(f), rnd(f, 4) ? FILE_SIZE : length(f),
			often(f) ? any_memory(f) : (char *)odd(f), rnd(f, 3) ? any(f, GMEM) : -1,
			rnd(f, 4) ? 0 : length(f));
}

static int drop_slot(struct fuzzer *f)
{
	return set_slot(any(f, VM), rnd(f, 3), 0, 0, NULL, -1, 0);
}

static int convert(struct fuzzer *f)
{
	return set_private(any(f, VM), place(f), length(f), rnd(f, 3));
}

static int convert_file(struct fuzzer *f)
{
	return set_file_private(any(f, GMEM), place(f) - RAM_BASE, length(f), rnd(f, 3));
}

static int punch(struct fuzzer *f)
{
	return fallocate(any(f, GMEM), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
			 rnd(f, FILE_SIZE / PAGE) * PAGE, (off_t)(length(f) & INT64_MAX));
}

/* ---- user space's own use of files ---- */

/*
 * Mostly a file, whose pages its Realm has as well. The mapping is made elsewhere first, because
 * one that is refused would leave a gap.
 */
static int map_file(struct fuzzer *f)
{
	int file = often(f) ? any(f, GMEM) : -1;
	int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *at = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, flags, file, 0);

	if (at == MAP_FAILED)
		return -1;
	if (rnd(f, 2))
		madvise(at + rnd(f, 512) * PAGE, 16 * PAGE, MADV_POPULATE_WRITE);
	return mremap(at, FILE_SIZE, FILE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, any_place(f)) ==
			       MAP_FAILED
		       ? -1
		       : 0;
}

/* The pages come, go, or are to be moved; the answer may be an error, but is no signal. */
static int advise(struct fuzzer *f)
{
	static const int advice[] = {MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_POPULATE_WRITE,
				     MADV_DONTNEED,	 MADV_REMOVE,	      MADV_PAGEOUT,
				     MADV_MERGEABLE,	 MADV_HUGEPAGE,	      MADV_COLLAPSE};

	return madvise(any_place(f) + rnd(f, 512) * PAGE, (1 + rnd(f, rnd(f, 8) ? 32 : 600)) * PAGE,
		       advice[rnd(f, sizeof(advice) / sizeof(advice[0]))]);
}

static int change_file(struct fuzzer *f)
{
	return rnd(f, 2) ? convert_file(f) : punch(f);
}

/* A pipe holds references to pages while a file gives its own up. */
static int hold_pages(struct fuzzer *f)
{
	struct iovec held = {any_place(f) + rnd(f, 512) * PAGE, (1 + rnd(f, 8)) * PAGE};
	int ends[2], ret;

	if (pipe(ends))
		return -1;
	ret = (int)vmsplice(ends[1], &held, 1, SPLICE_F_NONBLOCK);
	change_file(f);
	close(ends[0]);
	close(ends[1]);
	return ret;
}

/* Another process has the mappings, touches them, and takes part in nothing else. */
static int leave_to_child(struct fuzzer *f)
{
	pid_t pid = fork();
	unsigned int i;

	if (!pid) {
		for (i = 0; i < EACH; i++)
			madvise(places[i], 8 * PAGE, MADV_POPULATE_WRITE);
		ioctl(any(f, VCPU), KVM_RUN, 0);
		punch(f);
		_exit(0);
	}
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	return pid;
}

/* ---- pages for Realms ---- */

static int pre_fault(struct fuzzer *f)
{
	struct kvm_pre_fault_memory range = {.gpa = place(f), .size = length(f)};

	return ioctl(any(f, VCPU), KVM_PRE_FAULT_MEMORY, &range);
}

static int fill(struct fuzzer *f)
{
	struct kvm_cca_populate p = {
		.base = place(f),
		.size = length(f) % (4 * BLOCK),
		.source_uaddr = often(f) ? (uintptr_t)any_memory(f) + rnd(f, 512) * PAGE : odd(f),
		.flags = rnd(f, 2),
	};

	return ioctl(any(f, VM), KVM_CCA_POPULATE, &p);
}

void fuzz_memory_begin(void)
{
	unsigned int i;

	fuzz_user = user_memory(USER_SIZE);
	memset(fuzz_user, 0x14, BLOCK); /* branches to somewhere */
	for (i = 0; i < EACH; i++)
		places[i] = user_memory(FILE_SIZE);
}

void fuzz_memory_end(void)
{
	unsigned int i;

	munmap(fuzz_user, USER_SIZE);
	for (i = 0; i < EACH; i++)
		munmap(places[i], FILE_SIZE);
}

struct step fuzz_memory_steps[] = {
	STEP("CREATE_VM", make_vm, 16, true),
	STEP("CREATE_GUEST_MEMFD", make_file, 16, true),
	STEP("SET_USER_MEMORY_REGION2", make_slot, 32, true),
	STEP("a slot deleted", drop_slot, 8, true),
	STEP("SET_MEMORY_ATTRIBUTES", convert, 32, true),
	STEP("SET_MEMORY_ATTRIBUTES2", convert_file, 32, true),
	STEP("a hole", punch, 16, true),
	STEP("a mapped guest_memfd", map_file, 16, true),
	STEP("madvise()", advise, 32, true),
	STEP("pages in a pipe", hold_pages, 16, true),
	STEP("a child", leave_to_child, 1, false),
	STEP("PRE_FAULT_MEMORY", pre_fault, 8, false),
	STEP("POPULATE", fill, 16, true),
	{},
};
