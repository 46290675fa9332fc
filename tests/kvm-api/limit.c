// SPDX-License-Identifier: BSD-3-Clause
/*
 * The module at a memory limit: a call that frees memory needs none, memory that an ioctl takes is
 * charged to its caller, and a call that fails leaves nothing half done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cgroup.h"
#include "kvm_api.h"

#define BLOCKS	   12UL
#define FILL_BASE  0x80000000UL
#define FILL_PAGES 511UL   /* not a whole block, so it comes as pages */
#define SLACK	   0x40000 /* what the limit leaves to be filled */
#define KEPT_MAX   (1L << 20)
#define COUNTS	   40
#define PUNCH	   (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

/* A VM with two files: one of blocks, and one with which a test fills its memory to the limit. */
struct limited {
	int vm, blocks, fill;
	unsigned long filled;
	char *source;
	/*
	 * Open files of the counter of private pages. Each can be read once, and none can be opened
	 * at the limit.
	 */
	int counts[COUNTS];
	unsigned int counted;
};

static bool put_pages(struct limited *l, uint64_t gpa, uint64_t size)
{
	struct kvm_cca_populate p = {
		.base = gpa, .size = size, .source_uaddr = (uintptr_t)l->source};

	while (p.size) {
		uint64_t before = p.size;

		if (ioctl(l->vm, KVM_CCA_POPULATE, &p) < 0 || p.size == before)
			return false;
	}
	return true;
}

static bool set_up(struct limited *l)
{
	l->source = user_memory(BLOCK);
	memset(l->source, 1, BLOCK);
	l->vm = new_vm();
	l->blocks = new_gmem(l->vm, BLOCKS * BLOCK);
	l->fill = new_gmem(l->vm, FILL_PAGES * PAGE);
	l->filled = 1;
	for (l->counted = COUNTS; l->counted; l->counted--)
		l->counts[l->counted - 1] = open("/sys/kernel/debug/kvm-cca/private", O_RDONLY);
	return !set_slot(l->vm, 0, RAM_BASE, BLOCKS * BLOCK, l->source, l->blocks, 0) &&
	       !set_slot(l->vm, 1, FILL_BASE, FILL_PAGES * PAGE, l->source, l->fill, 0) &&
	       !set_private(l->vm, RAM_BASE, BLOCKS * BLOCK, true) &&
	       !set_private(l->vm, FILL_BASE, FILL_PAGES * PAGE, true) &&
	       put_pages(l, FILL_BASE, PAGE);
}

static long count_private(struct limited *l)
{
	char text[32] = "";

	if (l->counted == COUNTS || read(l->counts[l->counted++], text, sizeof(text) - 1) <= 0)
		return -1;
	return atol(text);
}

/* Takes pages until the limit is reached. What the module leaves its caller then is not there
 * either. */
static void fill(struct limited *l)
{
	while (l->filled < FILL_PAGES && put_pages(l, FILL_BASE + l->filled * PAGE, PAGE))
		l->filled++;
	cgroup_tighten();
}

static bool populate_blocks(struct limited *l)
{
	unsigned long i;

	for (i = 0; i < BLOCKS; i++)
		if (!put_pages(l, RAM_BASE + i * BLOCK, BLOCK))
			return false;
	return true;
}

/* Punches a page out of each block, for which the module splits the block. */
static bool punch_pages(struct limited *l)
{
	unsigned long i;

	for (i = 0; i < BLOCKS / 2 - 1; i++) {
		long private;

		fill(l);
		private = count_private(l);
		if (fallocate(l->blocks, PUNCH, i * BLOCK + PAGE, PAGE) ||
		    count_private(l) != private - 1)
			return false;
	}
	return true;
}

/* Punches one hole that begins inside a block and goes to the end of the file. */
static bool punch_rest(struct limited *l)
{
	long private;

	fill(l);
	private = count_private(l);
	return !fallocate(l->blocks, PUNCH, BLOCKS / 2 * BLOCK + PAGE, BLOCKS / 2 * BLOCK - PAGE) &&
	       count_private(l) == private - (long)(BLOCKS / 2 * BLOCK / PAGE - 1);
}

/*
 * A page that becomes shared splits a block as well. If the new range of attributes finds no
 * memory, nothing has changed.
 */
static bool convert_page(struct limited *l)
{
	const uint64_t at = RAM_BASE + (BLOCKS / 2 - 1) * BLOCK + PAGE;
	long private;

	fill(l);
	private = count_private(l);
	if (!set_private(l->vm, at, PAGE, false))
		return count_private(l) == private - 1;
	if (errno != ENOMEM || count_private(l) != private)
		return false;
	fallocate(l->fill, PUNCH, (l->filled - 4) * PAGE, 4 * PAGE);
	l->filled -= 4;
	return !set_private(l->vm, at, PAGE, false) && count_private(l) == private - 5;
}

static bool said(const char *what)
{
	printf("# failed: %s (%m)\n", what);
	fflush(stdout);
	return false;
}

static bool holes_at_the_limit(void)
{
	struct limited l;

	if (!set_up(&l) || !populate_blocks(&l))
		return said("a VM with two files");
	cgroup_allow(SLACK);
	fill(&l);
	if (l.filled == FILL_PAGES)
		return said("the limit was not met");
	if (!punch_pages(&l))
		return said("a hole of a page");
	if (!punch_rest(&l))
		return said("a hole of many blocks");
	return convert_page(&l) || said("a conversion");
}

static void holes(void)
{
	long kept;

	ok(cgroup_run(holes_at_the_limit, &kept), "limit: holes are made without memory");
	ok(kept < KEPT_MAX, "limit: and nothing is kept (%ld KiB)", kept / 1024);
	expect_nothing_left("holes at the limit");
}

/*
 * There is room for a chunk's list of pages but not for the page. The next try gives the chunk a
 * whole block, which must come back whole.
 */
static bool block_after_page(void)
{
	unsigned long i, bad = 0;
	struct limited l;

	if (!set_up(&l))
		return said("a VM with two files");
	for (i = 0; i < BLOCKS; i++)
		put_pages(&l, RAM_BASE + i * BLOCK, PAGE);
	fallocate(l.blocks, PUNCH, 0, BLOCKS * BLOCK);
	cgroup_allow(SLACK);
	for (i = 0; i < BLOCKS; i++) {
		unsigned long slack = 1 + i % 2;

		fill(&l);
		fallocate(l.fill, PUNCH, (l.filled - slack) * PAGE, slack * PAGE);
		l.filled -= slack;
		bad += !put_pages(&l, RAM_BASE + i * BLOCK, PAGE);
	}
	cgroup_allow(-1);
	for (i = 0; i < BLOCKS; i++)
		put_pages(&l, RAM_BASE + i * BLOCK, PAGE);
	printf("# %lu attempts failed, %lu pages filled\n", bad, l.filled);
	fflush(stdout);
	if (l.filled == FILL_PAGES)
		return said("the limit was not met");
	return (bad || said("every page was to be had")) &&
	       (counter("private") > 0 || said("nothing is private"));
}

#define BLOCK_TRIES 5

/* What the kernel frees late may give the page its memory after all: then another VM tries. */
static void blocks(void)
{
	bool met = false;
	long kept;
	int i;

	for (i = 0; i < BLOCK_TRIES && !met; i++)
		met = cgroup_run(block_after_page, &kept);
	ok(met, "limit: a block after a page that was not to be had");
	ok(kept < KEPT_MAX, "limit: the whole block comes back (%ld KiB)", kept / 1024);
	ok(!counter("private"), "limit: and is not counted any more (%ld)", counter("private"));
	expect_nothing_left("blocks after single pages");
}

#define RANGES	    40000UL
#define RANGE_BYTES 32 /* two entries of a tree, each with where it ends */

/* Every other page is private. */
static bool attributes_are_charged(void)
{
	int vm = new_vm();
	long before = cgroup_current(), after;
	unsigned long i;

	for (i = 0; i < RANGES; i++)
		if (set_private(vm, RAM_BASE + 2 * i * PAGE, PAGE, true))
			return false;
	after = cgroup_current();
	printf("# %ld KiB for %lu ranges\n", (after - before) / 1024, RANGES);
	return after - before > (long)(RANGES * RANGE_BYTES) &&
	       !set_private(vm, RAM_BASE, 2 * RANGES * PAGE, false);
}

static bool attributes_at_the_limit(void)
{
	int vm = new_vm();
	unsigned long i;

	cgroup_allow(SLACK);
	for (i = 0; i < RANGES; i++)
		if (set_private(vm, RAM_BASE + 2 * i * PAGE, PAGE, true))
			return errno == ENOMEM;
	return false;
}

static bool set_filter(int vm, uint32_t function)
{
	struct kvm_smccc_filter f = {
		.base = function, .nr_functions = 1, .action = KVM_SMCCC_FILTER_DENY};
	struct kvm_device_attr attr = {.addr = (uintptr_t)&f};

	return !ioctl(vm, KVM_SET_DEVICE_ATTR, &attr);
}

/* Every other function is denied. */
static bool filters_are_charged(void)
{
	int vm = new_vm();
	long before = cgroup_current();
	uint32_t i;

	for (i = 0; i < RANGES; i++)
		if (!set_filter(vm, 0x10000 + 2 * i))
			return false;
	printf("# %ld KiB for %lu functions\n", (cgroup_current() - before) / 1024, RANGES);
	return cgroup_current() - before > (long)(RANGES * RANGE_BYTES);
}

static void attributes(void)
{
	long kept;

	ok(cgroup_run(attributes_are_charged, &kept), "limit: ranges of attributes are charged");
	ok(cgroup_run(attributes_at_the_limit, &kept), "limit: and end at the limit");
	ok(kept < KEPT_MAX, "limit: all of them go with the VM (%ld KiB)", kept / 1024);
	ok(cgroup_run(filters_are_charged, &kept), "limit: functions in the filter are charged");
	ok(kept < KEPT_MAX, "limit: all of them go with the VM (%ld KiB)", kept / 1024);
}

#define HUGE_FILES 8

/* A large file costs no more memory than a small one, and its last page can be used. */
static bool huge_files(void)
{
	int bits = ioctl(dev, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
	int vm = ioctl(dev, KVM_CREATE_VM, KVM_CCA_VM_TYPE_REALM | (unsigned long)bits);
	long before = cgroup_current();
	uint64_t size = 1ULL << bits;
	struct limited l = {.vm = vm, .source = user_memory(PAGE)};
	int gmem = -1, i;

	for (i = 0; i < HUGE_FILES; i++) {
		gmem = new_gmem(vm, size);
		if (gmem < 0)
			return false;
	}
	printf("# %ld KiB for %d files of 2^%d bytes\n", (cgroup_current() - before) / 1024,
	       HUGE_FILES, bits);
	return cgroup_current() - before < KEPT_MAX &&
	       !set_slot(vm, 0, RAM_BASE, PAGE, l.source, gmem, size - PAGE) &&
	       !set_private(vm, RAM_BASE, PAGE, true) && put_pages(&l, RAM_BASE, PAGE) &&
	       !fallocate(gmem, PUNCH, 0, size) && !counter("private");
}

void test_limit(void)
{
	long kept;

	if (!cgroup_make())
		return;
	ok(cgroup_run(huge_files, &kept), "limit: guest_memfds of the largest size there is");
	attributes();
	holes();
	blocks();
	expect_nothing_left("the limit group");
}
