/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vhost-user disk for tests of the front end, on the machine of driver.h. Its back end is a
 * thread that answers by the rules, or leaves after any number of messages, or breaks a rule in any
 * of its replies. The process that connects is played, too: at once.
 */
#ifndef TESTS_UNIT_VMM_DEV_VIRTIO_BACK_END_H
#define TESTS_UNIT_VMM_DEV_VIRTIO_BACK_END_H

#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"
#include "vmm/dev/vhost_user/back_ends.h"
#include "vmm/dev/vhost_user/link.h"
#include "vmm/dev/vhost_user/message.h"
#include "vmm/dev/virtio/vhost_user.h"

#define SHARED_BIT (1ULL << 40)
#define ACCESS	   VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)
#define PACKED	   VIRTIO_FEATURE(34)
#define F_PROTOCOL VIRTIO_FEATURE(30)
#define SECTORS	   4096
#define NEVER	   1000000
#define MESSAGES   13 /* of a connection until the only ring is enabled */
#define OPENING	   5  /* of them come before the driver is ready */
#define SLOW_MS	   60
#define GIFTS_MAX  20 /* descriptors, more than are ever received */

enum fault {
	NONE,
	LEAVE,
	OTHER_REQUEST,
	NO_REPLY_FLAG,
	TOO_LONG,
	TOO_SHORT,
	REFUSED,
	SILENT,
	SLOW,
	GIFTS
};

static struct pci_bus disk_bus;
static struct virtio v;
static struct virtio_pci p;
static struct guest_region region = {
	.base = MAP_RAM, .size = RAM_SIZE, .host = ram}; /* fd: main()'s */
static const struct disk_config disk = {.path = "/sock"};

/* The back end, and what it was told. */
static struct {
	pthread_t thread;
	int channel[2];		    /* by which the device asks for a connection */
	atomic_int connections;	    /* how many there have been */
	atomic_int fault, fault_at; /* what happens at which message of the next connection */
	atomic_int messages;	    /* of the last connection */
	atomic_ulong features, capacity, lacks; /* accepted, a disk's size, not offered */
	atomic_int regions, bases[2], size, started;
	struct vhost_user_memory memory;
	struct vhost_user_addr places;
	atomic_int kick, call;
	atomic_int end;
} b;

static void keep(atomic_int *where, int fd)
{
	int before = atomic_exchange(where, fd);

	if (before >= 0)
		close(before);
}

/* Its end of the connection, -1 without one. */
static pthread_mutex_t current_lock = PTHREAD_MUTEX_INITIALIZER;
static int current = -1;

static void set_current(int fd)
{
	pthread_mutex_lock(&current_lock);
	if (fd < 0)
		close(current);
	current = fd;
	pthread_mutex_unlock(&current_lock);
}

/* What the back end does with a message. True: it has a reply, which is in the message then. */
static bool obey(struct vhost_user_message *m, int fd)
{
	switch (m->request) {
	case VHOST_USER_GET_FEATURES:
		m->value = F_PROTOCOL | PACKED | ACCESS | VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			   VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH) | VIRTIO_FEATURE(26);
		m->value &= ~atomic_load(&b.lacks);
		m->size = 8;
		return true;
	case VHOST_USER_GET_PROTOCOL_FEATURES:
		m->value = ~0ULL;
		m->size = 8;
		return true;
	case VHOST_USER_GET_CONFIG:
		memset(m->config.bytes, 0, sizeof(m->config.bytes));
		m->config.bytes[1] = (uint8_t)(atomic_load(&b.capacity) >> 8);
		return true;
	case VHOST_USER_GET_VRING_BASE:
		atomic_store(&b.started, 0);
		return true;
	case VHOST_USER_SET_FEATURES:
		atomic_store(&b.features, m->value);
		break;
	case VHOST_USER_SET_MEM_TABLE:
		memcpy(&b.memory, &m->memory, sizeof(b.memory));
		atomic_store(&b.regions, (int)m->memory.count);
		break;
	case VHOST_USER_SET_VRING_NUM:
		atomic_store(&b.size, (int)m->state.num);
		break;
	case VHOST_USER_SET_VRING_BASE:
		atomic_store(&b.bases[0], (int)m->state.num);
		break;
	case VHOST_USER_SET_VRING_ADDR:
		memcpy(&b.places, &m->addr, sizeof(b.places));
		break;
	case VHOST_USER_SET_VRING_KICK:
		keep(&b.kick, dup(fd));
		break;
	case VHOST_USER_SET_VRING_CALL:
		keep(&b.call, dup(fd));
		break;
	case VHOST_USER_SET_VRING_ENABLE:
		atomic_store(&b.started, 1);
		break;
	}
	return false;
}

/* A message of the device's with the first of its descriptors, or -1. False: it has hung up. */
static bool get_message(int fd, struct vhost_user_message *m, int *attached)
{
	union {
		char bytes[CMSG_SPACE(VHOST_USER_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {m, 12};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c;
	size_t i;

	*attached = -1;
	if (recvmsg(fd, &h, MSG_WAITALL | MSG_CMSG_CLOEXEC) != 12)
		return false;
	c = CMSG_FIRSTHDR(&h);
	for (i = 0; c && i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
		int one;

		memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof(one));
		if (i == 0)
			*attached = one;
		else
			close(one);
	}
	return m->size == 0 || recv(fd, (char *)m + 12, m->size, MSG_WAITALL) == (ssize_t)m->size;
}

static void send_with(int socket, const void *data, size_t size, const int *fds, size_t count)
{
	union {
		char bytes[CMSG_SPACE(GIFTS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {(void *)data, size};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = CMSG_SPACE(count * sizeof(int))};

	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.align), fds, count * sizeof(int));
	sendmsg(socket, &h, MSG_NOSIGNAL);
}

/* A byte with descriptors that nobody has asked for. */
static void send_gifts(int fd)
{
	int i, gifts[GIFTS_MAX];

	for (i = 0; i < GIFTS_MAX; i++)
		gifts[i] = i % 2 ? fd : STDERR_FILENO;
	send_with(fd, "", 1, gifts, GIFTS_MAX);
}

static void reply(int fd, struct vhost_user_message *m, enum fault f)
{
	m->flags = VHOST_USER_VERSION | VHOST_USER_REPLY;
	if (f == OTHER_REQUEST)
		m->request++;
	if (f == GIFTS)
		send_gifts(fd);
	if (f == NO_REPLY_FLAG)
		m->flags = VHOST_USER_VERSION;
	if (f == TOO_LONG)
		m->size = 1 << 20;
	send(fd, m,
	     12 + (f == TOO_LONG    ? 0
		   : f == TOO_SHORT ? m->size / 2
				    : m->size),
	     MSG_NOSIGNAL);
}

static void serve_connection(int fd, enum fault fault, int fault_at)
{
	struct vhost_user_message m;
	int attached, n;

	for (n = 0; get_message(fd, &m, &attached); n++) {
		enum fault f = n == fault_at || fault == SLOW ? fault : NONE;
		bool wants_reply = m.flags & VHOST_USER_NEED_REPLY;
		bool replies = f != LEAVE && obey(&m, attached);

		if (attached >= 0)
			close(attached);
		if (f == LEAVE)
			break;
		atomic_store(&b.messages, n + 1);
		if (!replies && wants_reply) {
			m.size = 8;
			m.value = f == REFUSED;
		}
		if (f == SLOW)
			usleep(SLOW_MS * 1000);
		if ((replies || wants_reply) && f != SILENT)
			reply(fd, &m, f);
		if (f == TOO_SHORT)
			break;
	}
}

static void give_connection(int fd)
{
	struct back_end_answer a = {0};

	send_with(b.channel[1], &a, sizeof(a), &fd, 1);
	close(fd);
}

static void *serve(void *unused)
{
	char word;

	while (recv(b.channel[1], &word, 1, 0) == 1) {
		enum fault f = (enum fault)atomic_exchange(&b.fault, NONE);
		int pair[2];

		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		give_connection(pair[0]);
		atomic_store(&b.started, 0);
		atomic_fetch_add(&b.connections, 1);
		set_current(pair[1]);
		serve_connection(pair[1], f, atomic_load(&b.fault_at));
		set_current(-1);
	}
	return NULL;
}

static void begin_back_end(void)
{
	memset(&b, 0, sizeof(b));
	atomic_store(&b.kick, -1);
	atomic_store(&b.call, -1);
	atomic_store(&b.capacity, SECTORS);
	atomic_store(&b.fault_at, NEVER);
	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, b.channel);
	pthread_create(&b.thread, NULL, serve, NULL);
}

static void end_back_end(void)
{
	close(b.channel[0]);
	pthread_join(b.thread, NULL);
	close(b.channel[1]);
	keep(&b.kick, -1);
	keep(&b.call, -1);
}

static int open_disk(void)
{
	const struct back_end e = {.kind = BACK_END_DISK, .channel = b.channel[0]};
	int ret;

	slot = messages = 0;
	level = false;
	memset(ram, 0, sizeof(ram));
	v = (struct virtio){.memory = {.regions = &region, .count = 1, .shared_bit = SHARED_BIT}};
	pci_bus_init(&disk_bus);
	bus = &disk_bus;
	ret = virtio_user_blk_open(&v, &disk, &e);
	if (ret < 0)
		return ret;
	assert_no_error(virtio_open(&v));
	assert_no_error(virtio_pci_open(&p, &vm, &disk_bus, &v));
	assert_no_error(virtio_run(&v));
	set_bar();
	return 0;
}

static int set_up(void **state)
{
	error_clear();
	begin_back_end();
	return open_disk();
}

static int tear_down(void **state)
{
	virtio_close(&v);
	end_back_end();
	bus = NULL;
	return 0;
}

static void hang_up(void)
{
	pthread_mutex_lock(&current_lock);
	shutdown(current, SHUT_RDWR);
	pthread_mutex_unlock(&current_lock);
}

#endif
