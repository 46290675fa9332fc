/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kexec IMAGE INITRD COMMAND-LINE: starts a kernel from the running one, by kexec_load (Debian's
 * kernels have no kexec_file_load). The new kernel gets the device tree of the old one with another
 * /chosen. All of it is put behind each other into the largest piece of memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <linux/kexec.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB2		    (2UL << 20)
#define PAGE		    4096UL
#define REBOOT_KEXEC	    0x45584543
#define IMAGE_TEXT_OFFSET   8
#define IMAGE_SIZE	    16
#define CHOSEN_ROOM	    8192
#define align_up(value, to) (((value) + (to)-1) & ~((to)-1))

enum { KERNEL, INITRD, TREE, START, SEGMENTS };

static struct kexec_segment segments[SEGMENTS];

static void die(const char *what)
{
	fprintf(stderr, "kexec: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *read_file(const char *path, size_t extra, size_t *size)
{
	size_t room = 1 << 20, got = 0;
	char *data = malloc(room + extra);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		die(path);
	while (data && (n = read(fd, data + got, room - got)) != 0) {
		if (n < 0)
			die(path);
		got += (size_t)n;
		if (got == room)
			data = realloc(data, (room *= 2) + extra);
	}
	if (!data)
		die("memory");
	close(fd);
	*size = got;
	return data;
}

/* The largest "System RAM" of /proc/iomem. */
static uint64_t find_memory(uint64_t *end)
{
	uint64_t best = 0, from, to;
	FILE *f = fopen("/proc/iomem", "r");
	char line[256];

	if (!f)
		die("/proc/iomem");
	*end = 0;
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, "System RAM") || sscanf(line, "%lx-%lx", &from, &to) != 2)
			continue;
		if (to - from > *end - best) {
			best = from;
			*end = to;
		}
	}
	fclose(f);
	return best;
}

static void *make_tree(uint64_t initrd, size_t initrd_size, const char *command_line, size_t *size)
{
	void *old = read_file("/sys/firmware/fdt", 0, size), *tree;
	int chosen;

	*size += CHOSEN_ROOM;
	tree = malloc(*size);
	if (!tree || fdt_open_into(old, tree, (int)*size))
		die("device tree");
	chosen = fdt_path_offset(tree, "/chosen");
	if (chosen < 0 || fdt_setprop_u64(tree, chosen, "linux,initrd-start", initrd) ||
	    fdt_setprop_u64(tree, chosen, "linux,initrd-end", initrd + initrd_size) ||
	    fdt_setprop_string(tree, chosen, "bootargs", command_line))
		die("/chosen");
	return tree;
}

/* Sets X0 to the device tree, X1 to X3 to 0, and goes to the kernel. */
static void *make_start(uint64_t kernel, uint64_t tree, size_t *size)
{
	static uint32_t code[] = {
		0x580000c0,			    /* ldr x0, . + 24 */
		0xd2800001, 0xd2800002, 0xd2800003, /* mov x1, x2, x3, #0 */
		0x58000084,			    /* ldr x4, . + 16 */
		0xd61f0080,			    /* br x4 */
		0,	    0,		0,	    0,
	};

	memcpy(&code[6], &tree, sizeof(tree));
	memcpy(&code[8], &kernel, sizeof(kernel));
	*size = sizeof(code);
	return code;
}

/* Returns where the next one can be. */
static uint64_t place(int n, const void *data, size_t size, uint64_t at, size_t memory)
{
	segments[n].buf = data;
	segments[n].bufsz = size;
	segments[n].mem = (void *)at;
	segments[n].memsz = align_up(memory, PAGE);
	return at + align_up(memory, MIB2);
}

int main(int argc, char **argv)
{
	uint64_t at, end, kernel, initrd, offset, memory;
	size_t size, initrd_size;
	char *image;
	void *data;

	if (argc != 4) {
		fputs("usage: kexec IMAGE INITRD COMMAND-LINE\n", stderr);
		return 2;
	}
	at = align_up(find_memory(&end), MIB2);
	image = read_file(argv[1], 0, &size);
	memcpy(&offset, image + IMAGE_TEXT_OFFSET, sizeof(offset));
	memcpy(&memory, image + IMAGE_SIZE, sizeof(memory));
	kernel = at + offset;
	initrd = place(KERNEL, image, size, kernel, memory);
	data = read_file(argv[2], 0, &initrd_size);
	at = place(INITRD, data, initrd_size, initrd, initrd_size);
	data = make_tree(initrd, initrd_size, argv[3], &size);
	end = place(TREE, data, size, at, size);
	data = make_start(kernel, at, &size);
	place(START, data, size, end, size);
	if (syscall(SYS_kexec_load, end, SEGMENTS, segments, KEXEC_ARCH_AARCH64))
		die("kexec_load");
	sync();
	reboot(REBOOT_KEXEC);
	die("reboot");
}
