/* SPDX-License-Identifier: BSD-3-Clause */
/* See devices.h. Disks are read and written without the guest's page cache, as fio does it with
 * direct=1, iodepth=16 and libaio: a finished request is replaced by another at once. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <linux/vm_sockets.h>

#include "tests/realm/bench/devices.h"
#include "tests/realm/bench/ports.h"
#include "tests/realm/bench/say.h"

#define DISK   "/dev/vda"
#define MIB    (1UL << 20)
#define DEPTH  16
#define SMALL  4096UL
#define LARGE  (128UL << 10)
#define TRIES  1000 /* of 10 ms, for a device to come */
#define COPIES 9

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	fflush(stderr);
	say("failed", (uint64_t)errno);
}

/* The host reads its counters. */
static uint64_t begin(void)
{
	say("begin", 0);
	wait_line();
	return now();
}

static void load_module(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/lib/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		fail(path);
	close(fd);
}

static void load_modules(void)
{
	FILE *f = fopen("/etc/modules", "r");
	char name[64];

	if (!f) {
		fail("/etc/modules");
		return;
	}
	while (fscanf(f, "%63s", name) == 1)
		load_module(name);
	fclose(f);
}

/* Memory without holes, which a device gets in as few parts as it can have. */
static uint8_t *get_memory(size_t size)
{
	uint8_t *memory = mmap(NULL, size + 2 * MIB, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		fail("memory");
		exit(1);
	}
	memory += -(uintptr_t)memory % (2 * MIB);
	madvise(memory, size, MADV_HUGEPAGE);
	memset(memory, 1, size);
	return memory;
}

/* ---- Copies ---- */

/* The loop of arch/arm64/lib/memcpy.S for CPUs without instructions that copy: ten for 64 bytes. */
static void copy_as_linux(uint8_t *to, const uint8_t *from, size_t size)
{
	to -= 16;
	from -= 16;
	asm volatile("1:	ldp	x6, x7, [%1, #16]\n"
		     "	ldp	x8, x9, [%1, #32]\n"
		     "	ldp	x10, x11, [%1, #48]\n"
		     "	ldp	x12, x13, [%1, #64]!\n"
		     "	stp	x6, x7, [%0, #16]\n"
		     "	stp	x8, x9, [%0, #32]\n"
		     "	stp	x10, x11, [%0, #48]\n"
		     "	stp	x12, x13, [%0, #64]!\n"
		     "	subs	%2, %2, #64\n"
		     "	b.hi	1b\n"
		     : "+r"(to), "+r"(from), "+r"(size)
		     :
		     : "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "cc", "memory");
}

/* The quickest, without a tick in between. */
static void copy(void)
{
	uint8_t *memory = get_memory(2 * MIB);
	uint64_t best = UINT64_MAX;
	int i;

	for (i = 0; i < COPIES; i++) {
		uint64_t took, start = now();

		copy_as_linux(memory, memory + MIB, MIB);
		took = now() - start;
		best = took < best ? took : best;
	}
	say("copy", best);
}

/* ---- Disks ---- */

struct disk {
	int fd;
	uint64_t size;
	uint64_t random;
	aio_context_t context;
	struct iocb requests[DEPTH];
};

static int open_disk(struct disk *d)
{
	static const struct timespec pause = {.tv_nsec = 10000000};
	int i;

	d->fd = -1;
	for (i = 0; i < TRIES && d->fd < 0; i++) {
		d->fd = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
		if (d->fd < 0)
			nanosleep(&pause, NULL);
	}
	d->size = (uint64_t)lseek(d->fd, 0, SEEK_END);
	d->random = 88172645463325252ULL;
	return d->fd < 0 ? -1 : (int)syscall(SYS_io_setup, DEPTH, &d->context);
}

static uint64_t random_block(struct disk *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random % (d->size / SMALL) * SMALL;
}

static int submit(struct disk *d, struct iocb *request, uint64_t n)
{
	request->aio_offset =
		(int64_t)(request->aio_nbytes == SMALL ? random_block(d) : n * LARGE % d->size);
	return syscall(SYS_io_submit, d->context, 1, &request) == 1 ? 0 : -1;
}

/* Waits for some and replaces them. How many were done; -1: an error. */
static int step(struct disk *d, uint64_t *begun, uint64_t count)
{
	struct io_event events[DEPTH];
	int i, done = (int)syscall(SYS_io_getevents, d->context, 1, DEPTH, events, NULL);

	for (i = 0; i < done; i++) {
		struct iocb *request = (struct iocb *)(uintptr_t)events[i].obj;

		if (events[i].res != (int64_t)request->aio_nbytes)
			return -1;
		if (*begun < count && submit(d, request, (*begun)++))
			return -1;
	}
	return done;
}

static int do_requests(struct disk *d, uint64_t count)
{
	uint64_t done = 0, begun;

	for (begun = 0; begun < DEPTH && begun < count; begun++)
		if (submit(d, &d->requests[begun], begun))
			return -1;
	while (done < count) {
		int more = step(d, &begun, count);

		if (more < 0)
			return -1;
		done += (uint64_t)more;
	}
	return 0;
}

static void use_disk(const char *name, uint16_t opcode, size_t size, uint64_t count)
{
	uint8_t *memory = get_memory(DEPTH * LARGE);
	struct disk d = {.context = 0};
	uint64_t start;
	int i;

	if (open_disk(&d)) {
		fail(DISK);
		return;
	}
	for (i = 0; i < DEPTH; i++)
		d.requests[i] = (struct iocb){
			.aio_lio_opcode = opcode,
			.aio_fildes = (uint32_t)d.fd,
			.aio_buf = (uintptr_t)(memory + (size_t)i * size),
			.aio_nbytes = size,
		};
	start = begin();
	if (do_requests(&d, count))
		fail(name);
	else
		say(name, now() - start);
	syscall(SYS_io_destroy, d.context);
	close(d.fd);
}

/* ---- Network and sockets ---- */

static int set_address(int fd, struct ifreq *r, unsigned long request, uint32_t address)
{
	struct sockaddr_in *to = (struct sockaddr_in *)&r->ifr_addr;

	*to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
	return ioctl(fd, request, r);
}

static void set_up_net(void)
{
	struct ifreq r = {.ifr_name = "eth0"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || set_address(fd, &r, SIOCSIFADDR, GUEST_ADDRESS) ||
	    set_address(fd, &r, SIOCSIFNETMASK, 0xffffff00)) {
		fail("eth0");
		return;
	}
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		fail("eth0");
	close(fd);
}

static int connect_to_host(void)
{
	const struct sockaddr_in host = {.sin_family = AF_INET,
					 .sin_port = htons(TCP_PORT),
					 .sin_addr.s_addr = htonl(HOST_ADDRESS)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&host, sizeof(host)))
		fail("connect");
	return fd;
}

static int send_all(int fd, const uint8_t *from, uint64_t size)
{
	while (size) {
		ssize_t done = write(fd, from, size < TCP_BLOCK ? size : TCP_BLOCK);

		if (done <= 0)
			return -1;
		size -= (uint64_t)done;
	}
	return shutdown(fd, SHUT_WR);
}

/* How many bytes came until the end. */
static uint64_t receive_all(int fd, uint8_t *to)
{
	uint64_t size = 0;
	ssize_t done;

	while ((done = read(fd, to, TCP_BLOCK)) > 0)
		size += (uint64_t)done;
	return size;
}

static void use_tcp(const char *name, uint64_t out, uint64_t in)
{
	uint8_t *memory = get_memory(TCP_BLOCK);
	int fd = connect_to_host();
	uint64_t start = begin();

	if (write(fd, &in, sizeof(in)) != sizeof(in) || send_all(fd, memory, out) ||
	    receive_all(fd, memory) != in)
		fail(name);
	else
		say(name, now() - start);
	close(fd);
}

static void use_vsock(uint64_t count)
{
	const struct sockaddr_vm host = {
		.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = VSOCK_PORT};
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t start, i;
	char byte = 1;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&host, sizeof(host)))
		fail("vsock");
	start = begin();
	for (i = 0; i < count; i++)
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1) {
			fail("vsock");
			break;
		}
	say("rtt", now() - start);
	close(fd);
}

void devices_word(const char *word)
{
	const char *colon = strchr(word, ':');
	uint64_t n = colon ? strtoull(colon + 1, NULL, 0) : 0;

	if (!strcmp(word, "modules"))
		load_modules();
	else if (!strcmp(word, "copy"))
		copy();
	else if (!strcmp(word, "net"))
		set_up_net();
	else if (!strncmp(word, "read4k:", 7))
		use_disk("read4k", IOCB_CMD_PREAD, SMALL, n);
	else if (!strncmp(word, "read:", 5))
		use_disk("read", IOCB_CMD_PREAD, LARGE, n * MIB / LARGE);
	else if (!strncmp(word, "write:", 6))
		use_disk("write", IOCB_CMD_PWRITE, LARGE, n * MIB / LARGE);
	else if (!strncmp(word, "tcp_out:", 8))
		use_tcp("tcp_out", n * MIB, 0);
	else if (!strncmp(word, "tcp_in:", 7))
		use_tcp("tcp_in", 0, n * MIB);
	else if (!strncmp(word, "rtt:", 4))
		use_vsock(n);
}
