/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test program: one access from user space by way of /dev/access. touch KIND ADDRESS
 * KIND is r, w, x (execute), or c: the kernel copies from there, for a write to a pipe.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int copy(const volatile uint64_t *word)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], (const void *)word, sizeof(*word)) < 0) {
		perror("copy");
		return 5;
	}
	puts("copied");
	return 0;
}

int main(int argc, char **argv)
{
	volatile uint64_t *page;
	uint64_t pa;
	char kind;
	int fd;

	if (argc != 3 || strlen(argv[1]) != 1 || !strchr("rwxc", argv[1][0]))
		return 2;
	kind = argv[1][0];
	pa = strtoull(argv[2], NULL, 16);
	fd = open("/dev/access", O_RDWR);
	if (fd < 0) {
		perror("/dev/access");
		return 3;
	}
	page = mmap(NULL, 4096, kind == 'x' ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, (off_t)(pa & ~0xfffULL));
	if (page == MAP_FAILED) {
		perror("mmap");
		return 4;
	}
	page += (pa & 0xfff) / 8;
	if (kind == 'c')
		return copy(page);
	if (kind == 'w')
		*page = 0x6b766d2d636361;
	else if (kind == 'x')
		((void (*)(void))(uintptr_t)page)();
	else
		printf("0x%llx holds 0x%llx\n", (unsigned long long)pa, (unsigned long long)*page);
	return 0;
}
