/* SPDX-License-Identifier: BSD-3-Clause */
/* Test program: one access from user space by way of /dev/access. touch r|w ADDRESS */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	volatile uint64_t *page;
	uint64_t pa;
	int fd;

	if (argc != 3 || (argv[1][0] != 'r' && argv[1][0] != 'w'))
		return 2;
	pa = strtoull(argv[2], NULL, 16);
	fd = open("/dev/access", O_RDWR);
	if (fd < 0) {
		perror("/dev/access");
		return 3;
	}
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(pa & ~0xfffULL));
	if (page == MAP_FAILED) {
		perror("mmap");
		return 4;
	}
	page += (pa & 0xfff) / 8;
	if (argv[1][0] == 'w')
		*page = 0x6b766d2d636361;
	else
		printf("0x%llx holds 0x%llx\n", (unsigned long long)pa, (unsigned long long)*page);
	return 0;
}
