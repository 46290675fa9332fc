// SPDX-License-Identifier: BSD-3-Clause
/*
 * The host's side of job=convert: realm-peer PID SIZE GPA. Looks at the memory that process PID (a
 * `realm run` with SIZE bytes of memory) shares with its guest, by the page the guest has put at
 * GPA: checks what the guest wrote, writes words of its own, and gives the turn back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tests/realm/linux/convert/share.h"

#define RAM_BASE  0x40000000ULL
#define PATIENCE  300 /* seconds without a change */
#define BLOCK_MAX (4 << 20)

static pid_t pid;
static uint64_t ram; /* in that process */
static uint64_t buffer[BLOCK_MAX / 8];

static bool transfer(bool write, uint64_t gpa, void *data, size_t size)
{
	struct iovec local = {data, size};
	struct iovec remote = {(void *)(ram + gpa - RAM_BASE), size};
	ssize_t n = write ? process_vm_writev(pid, &local, 1, &remote, 1, 0)
			  : process_vm_readv(pid, &local, 1, &remote, 1, 0);

	return n == (ssize_t)size;
}

/* The mapping of that very size is the guest's memory. */
static bool find_ram(uint64_t size)
{
	char path[64], line[512];
	unsigned long long start, end;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx", &start, &end) != 2 || end - start != size)
			continue;
		ram = start;
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

static bool block_is(uint64_t gpa, size_t size, enum share_writer by, uint64_t round)
{
	size_t i;

	if (!transfer(false, gpa, buffer, size))
		return false;
	for (i = 0; i < size / 8; i++) {
		if (buffer[i] != share_word(by, round, gpa + i * 8)) {
			printf("peer: round %llu: %llx at %llx\n", (unsigned long long)round,
			       (unsigned long long)buffer[i], (unsigned long long)(gpa + i * 8));
			return false;
		}
	}
	return true;
}

static bool write_block(uint64_t gpa, size_t size, uint64_t round)
{
	size_t i;

	for (i = 0; i < size / 8; i++)
		buffer[i] = share_word(SHARE_OF_HOST, round, gpa + i * 8);
	return transfer(true, gpa, buffer, size);
}

static bool check_and_answer(const struct share_page *p)
{
	unsigned long long i;

	if (p->count > SHARE_BLOCKS_MAX || p->block_size > BLOCK_MAX)
		return false;
	for (i = 0; i < p->count; i++) {
		if (!block_is(p->gpa[i], p->block_size, SHARE_OF_GUEST, p->round) ||
		    !write_block(p->gpa[i], p->block_size, p->round))
			return false;
	}
	return true;
}

static bool give_turn(uint64_t page, unsigned long long turn)
{
	return transfer(true, page + offsetof(struct share_page, turn), &turn, sizeof(turn));
}

/* Waits for the host's turn or the end; false when neither comes. */
static bool wait_turn(uint64_t page, struct share_page *p)
{
	static const struct timespec pause = {.tv_nsec = 5000000};
	unsigned int i;

	for (i = 0; i < PATIENCE * 200; i++) {
		if (!transfer(false, page, p, sizeof(*p)))
			return false;
		if (p->magic == SHARE_MAGIC && p->turn != SHARE_GUEST)
			return p->turn == SHARE_HOST || p->turn == SHARE_END;
		nanosleep(&pause, NULL);
	}
	return false;
}

int main(int argc, char **argv)
{
	unsigned long long rounds = 0;
	struct share_page p;
	uint64_t page;

	if (argc != 4)
		return 2;
	pid = atoi(argv[1]);
	page = strtoull(argv[3], NULL, 16);
	if (!find_ram(strtoull(argv[2], NULL, 0))) {
		printf("peer: no memory of that size in process %d\n", pid);
		return 2;
	}
	while (wait_turn(page, &p) && p.turn == SHARE_HOST) {
		bool good = check_and_answer(&p);

		if (!give_turn(page, good ? SHARE_GUEST : SHARE_WRONG) || !good)
			return 1;
		rounds++;
	}
	printf("peer: %llu rounds\n", rounds);
	return p.turn != SHARE_END;
}
