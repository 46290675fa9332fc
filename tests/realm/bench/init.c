/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Init of the guest that is measured: says when it started, does what bench= on the kernel's
 * command line asks for, and powers off. Times are the guest's virtual counter; a Realm's is the
 * host's. Lines for the host start with "bench: ". Words of bench=, separated by commas:
 *	wait		wait for a line on the console before anything else
 *	rest		wait until the guest has nothing more to do by itself
 *	touch:MIB	memory never used before, by the page
 *	mmio:ADDRESS	a read that the VMM answers
 *	hold		stay, do not power off
 * and those of devices.h.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/realm/bench/devices.h"
#include "tests/realm/bench/rest.h"
#include "tests/realm/bench/say.h"

#define PAGE	   4096UL
#define MMIO_READS 1000

static void open_console(void)
{
	int fd;

	mkdir("/dev", 0755);
	mkdir("/proc", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
}

/* Touches memory so that each page takes a fault of its own. Says the average time of one. */
static void touch(unsigned long mib)
{
	size_t size = mib << 20, at;
	volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t start;

	if (!size || memory == MAP_FAILED || madvise((void *)memory, size, MADV_NOHUGEPAGE)) {
		say("failed_touch", 1);
		return;
	}
	start = now();
	for (at = 0; at < size; at += PAGE)
		memory[at] = 1;
	say("touch", (now() - start) / (size / PAGE));
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Says the median of the reads, because a tick of the host or the guest falls into some of them. */
static void mmio(uint64_t address)
{
	static uint64_t times[MMIO_READS];
	int fd = open("/dev/mem", O_RDONLY | O_SYNC), i;
	volatile uint8_t *page =
		mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, (off_t)(address & ~(PAGE - 1)));

	if (page == MAP_FAILED) {
		say("failed_mmio", 1);
		return;
	}
	for (i = 0; i < MMIO_READS; i++) {
		uint64_t start = now();

		(void)page[address & (PAGE - 1)];
		times[i] = now() - start;
	}
	qsort(times, MMIO_READS, sizeof(times[0]), compare);
	say("mmio", times[MMIO_READS / 2]);
}

static void do_word(const char *word)
{
	if (!strcmp(word, "wait"))
		wait_line();
	else if (!strcmp(word, "rest"))
		say("rest", (uint64_t)rest_wait());
	else if (!strncmp(word, "touch:", 6))
		touch(strtoul(word + 6, NULL, 0));
	else if (!strncmp(word, "mmio:", 5))
		mmio(strtoull(word + 5, NULL, 0));
	else if (!strcmp(word, "hold"))
		for (;;) {
			say("hold", now());
			pause();
		}
	else
		devices_word(word);
}

/* The kernel gives words of the command line that it does not know to init as its environment. */
static void do_words(void)
{
	char *list = getenv("bench"), *word;

	for (word = list ? strtok(list, ",") : NULL; word; word = strtok(NULL, ","))
		do_word(word);
}

int main(void)
{
	uint64_t started = now();

	open_console();
	say("init", started);
	do_words();
	sync();
	say("off", now());
	reboot(RB_POWER_OFF);
	return 1;
}
