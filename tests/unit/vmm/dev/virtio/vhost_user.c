/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/dev/virtio/vhost_user.c, inflight.c and vmm/dev/vhost_user: a disk whose back end is played
 * here by a thread. It answers by the rules, or leaves after any number of messages, or breaks a
 * rule in any of its replies. The process that connects is played, too: at once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"
#include "vmm/dev/vhost_user/link.h"
#include "vmm/dev/vhost_user/message.h"
#include "vmm/dev/virtio/inflight.h"
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
static struct guest_region region = {.base = MAP_RAM, .size = RAM_SIZE, .host = ram};
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

/* A byte with descriptors that nobody has asked for, more than are ever received. */
static void send_gifts(int fd)
{
	union {
		char bytes[CMSG_SPACE(20 * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {"", 1};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	int i, gifts[20];

	for (i = 0; i < 20; i++)
		gifts[i] = i % 2 ? fd : STDERR_FILENO;
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(gifts));
	memcpy(CMSG_DATA(&control.align), gifts, sizeof(gifts));
	sendmsg(fd, &h, MSG_NOSIGNAL);
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
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct back_end_answer a = {0};
	struct iovec iov = {&a, sizeof(a)};
	struct msghdr h = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};

	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	sendmsg(b.channel[1], &h, MSG_NOSIGNAL);
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

/* Waits until a number of the back end's is what it should be. */
static void wait_for(atomic_int *what, int value)
{
	int n;

	for (n = 0; n < WAIT_SECONDS * 1000 && atomic_load(what) != value; n++)
		usleep(1000);
	assert_int_equal(atomic_load(what), value);
}

static void what_the_back_end_says_is_offered(void **state)
{
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE, 4), SECTORS);
	assert_true(offered() & VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH));
	assert_int_equal(offered() & (PACKED | VIRTIO_FEATURE(26) | VIRTIO_FEATURE(28)), 0);
	assert_true(offered() & ACCESS);
	bring_up(ACCESS, 1);
	wait_for(&b.started, 1);
	assert_int_equal(atomic_load(&b.features), VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | F_PROTOCOL);
}

static void memory_is_at_both_addresses(void **state)
{
	bring_up(0, 1);
	wait_for(&b.started, 1);
	assert_int_equal(b.memory.count, 2);
	assert_int_equal(b.memory.regions[0].base, MAP_RAM);
	assert_int_equal(b.memory.regions[1].base, MAP_RAM | SHARED_BIT);
	assert_int_equal(b.memory.regions[1].size, RAM_SIZE);
	assert_int_equal(b.memory.regions[1].user, (uintptr_t)ram);
	assert_int_equal(b.places.desc, (uintptr_t)ram + AREA(0) + DESC_AT);
	assert_int_equal(b.places.avail, (uintptr_t)ram + AREA(0) + DRIVER_AT);
	assert_int_equal(b.places.used, (uintptr_t)ram + AREA(0) + DEVICE_AT);
	assert_int_equal(atomic_load(&b.size), RING_SIZE);
}

static void kicks_and_interrupts_go_through(void **state)
{
	uint64_t count;

	bring_up(0, 1);
	wait_for(&b.started, 1);
	kick(0);
	assert_int_equal(eventfd_read(atomic_load(&b.kick), &count), 0);
	eventfd_write(atomic_load(&b.call), 1);
	wait_for_interrupt();
	reset_device();
	assert_int_equal(atomic_load(&b.started), 0);
	bring_up(0, 1);
	wait_for(&b.started, 1);
}

static void faults_at_the_start_are_told(void **state)
{
	static const struct {
		enum fault fault;
		const char *text;
	} faults[] = {
		{LEAVE, "the back end has gone"},    {OTHER_REQUEST, "breaks the rules"},
		{NO_REPLY_FLAG, "breaks the rules"}, {TOO_LONG, "breaks the rules"},
		{SILENT, "does not answer"},
	};
	size_t i;
	int at;

	vhost_user_deadline = 50;
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		/* Features, those of the protocol, and the configuration have replies. */
		for (at = 0; at < 5; at += at == 1 ? 3 : 1) {
			error_clear();
			begin_back_end();
			atomic_store(&b.fault_at, at);
			atomic_store(&b.fault, faults[i].fault);
			assert_true(open_disk() < 0);
			assert_non_null(strstr(error_text(), "--disk /sock: "));
			assert_non_null(strstr(error_text(), faults[i].text));
			end_back_end();
		}
	}
	/* Each answer comes in time, and all of them do not. */
	error_clear();
	vhost_user_deadline = 2 * SLOW_MS;
	begin_back_end();
	atomic_store(&b.fault, SLOW);
	assert_true(open_disk() < 0);
	assert_non_null(strstr(error_text(), "does not answer"));
	end_back_end();
	vhost_user_deadline = 10000;
}

static void hang_up(void)
{
	pthread_mutex_lock(&current_lock);
	shutdown(current, SHUT_RDWR);
	pthread_mutex_unlock(&current_lock);
}

/* The connection that works ends, and the next one has a fault; then there is one that works. */
static void lose_connection(enum fault f, int at)
{
	int n, before = atomic_load(&b.connections);

	atomic_store(&b.fault_at, at);
	atomic_store(&b.fault, f);
	hang_up();
	for (n = 0; n < WAIT_SECONDS * 1000; n++) {
		if (atomic_load(&b.connections) > before && atomic_load(&b.messages) == MESSAGES &&
		    atomic_load(&b.started))
			return;
		usleep(1000);
	}
	fail_msg("no connection after fault %d at message %d", f, at);
}

/* However many messages it has taken: the guest's driver goes on, and a kick waits for it. */
static void a_back_end_that_leaves_is_followed_by_another(void **state)
{
	static const enum fault faults[] = {LEAVE,    OTHER_REQUEST, NO_REPLY_FLAG,
					    TOO_LONG, TOO_SHORT,     REFUSED};
	uint64_t count;
	size_t i;
	int at;

	bring_up(0, 1);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		for (at = 0; at < MESSAGES; at++)
			lose_connection(faults[i], at);
	}
	lose_connection(NONE, NEVER);
	assert_int_equal(get_status(), 0xf);
	assert_int_equal(eventfd_read(atomic_load(&b.kick), &count), 0);
	wait_for_interrupt();
}

/* A guest must not find another disk behind the one that it knows. */
static void another_disk_is_refused(void **state)
{
	int before;

	bring_up(0, 1);
	atomic_store(&b.capacity, 2 * SECTORS);
	before = atomic_load(&b.connections);
	hang_up();
	wait_for(&b.connections, before + 5);
	assert_int_equal(atomic_load(&b.started), 0);
	atomic_store(&b.capacity, SECTORS);
	wait_for(&b.started, 1);
}

/* Nor one that can do less than it was promised. */
static void a_back_end_with_less_is_refused(void **state)
{
	int before = atomic_load(&b.connections);

	bring_up(VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH), 1);
	atomic_store(&b.lacks, VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH));
	hang_up();
	wait_for(&b.connections, before + 3);
	assert_int_equal(atomic_load(&b.started), 0);
	atomic_store(&b.lacks, 0);
	wait_for(&b.started, 1);
}

/* Each attempt is worth a line for the user, and another program may be started for it. */
static void attempts_that_fail_become_rare(void **state)
{
	int before;

	bring_up(0, 1);
	atomic_store(&b.capacity, 2 * SECTORS);
	before = atomic_load(&b.connections);
	hang_up();
	usleep(400000);
	assert_in_range(atomic_load(&b.connections) - before, 5, 30);
	atomic_store(&b.capacity, SECTORS);
	wait_for(&b.started, 1);
}

/* The driver is ready, but has left the queue out: no back end is given what is not there. */
static void a_queue_that_is_not_enabled_is_not_given(void **state)
{
	int before = atomic_load(&b.connections);

	bring_up(0, 0);
	wait_for(&b.messages, MESSAGES - 6);
	hang_up();
	wait_for(&b.connections, before + 1);
	wait_for(&b.messages, MESSAGES - 6);
	assert_int_equal(atomic_load(&b.started), 0);
	assert_int_equal(get_status(), 0xf);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* A device with a back end that falls silent at this message. */
static void open_silent(int at)
{
	error_clear();
	begin_back_end();
	atomic_store(&b.fault_at, at);
	atomic_store(&b.fault, SILENT);
	assert_no_error(open_disk());
}

/* What a vCPU does with the device takes it no time, whatever the back end is waited for. */
static void assert_quick(long long since)
{
	bar_read(VIRTIO_BAR_COMMON + VIRTIO_PCI_COMMON_NUMQ, 2);
	bar_read(VIRTIO_BAR_DEVICE, 4);
	kick(0);
	if (now_ms() - since > vhost_user_deadline / 2)
		fail_msg("a vCPU was held for %lld ms", now_ms() - since);
}

static void no_vcpu_waits_for_a_back_end(void **state)
{
	long long since;
	int at;

	vhost_user_deadline = 1000;
	for (at = OPENING; at < MESSAGES; at += 3) {
		open_silent(at);
		since = now_ms();
		bring_up(0, 1);
		usleep(50000);
		assert_quick(since);
		set_status(0);
		assert_quick(since);
		tear_down(NULL);
	}
	/* The reset has its end when the back end has let go, or is given up. */
	open_silent(MESSAGES);
	bring_up(0, 1);
	wait_for(&b.started, 1);
	since = now_ms();
	set_status(0);
	assert_quick(since);
	assert_int_not_equal(get_status(), 0);
	set_status(VIRTIO_CONFIG_S_ACKNOWLEDGE);
	assert_int_equal(get_status() & VIRTIO_CONFIG_S_ACKNOWLEDGE, 0);
	reset_device();
	assert_in_range(now_ms() - since, 900, 5000);
	bring_up(0, 1);
	wait_for(&b.started, 1);
	tear_down(NULL);
	vhost_user_deadline = 10000;
}

static void *kick_once(void *unused)
{
	kick(0);
	return NULL;
}

/*
 * The event is of both sides: a back end can make it one that blocks, and fill it. Then it leaves,
 * or stays.
 */
static void a_full_event_holds_nobody_up(void **state)
{
	struct timespec until;
	int stays;

	for (stays = 0; stays < 2; stays++) {
		int before = atomic_load(&b.connections);
		pthread_t t;

		bring_up(0, 1);
		wait_for(&b.started, 1);
		eventfd_read(atomic_load(&b.kick), &(uint64_t){0});
		assert_int_equal(fcntl(atomic_load(&b.kick), F_SETFL, 0), 0);
		assert_int_equal(eventfd_write(atomic_load(&b.kick), UINT64_MAX - 1), 0);
		if (!stays)
			hang_up();
		pthread_create(&t, NULL, kick_once, NULL);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += WAIT_SECONDS;
		assert_int_equal(pthread_timedjoin_np(t, NULL, &until), 0);
		wait_for(&b.connections, before + 1);
		wait_for(&b.started, 1);
	}
}

static int count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void connections_leave_no_descriptors(void **state)
{
	int i, before;

	bring_up(0, 1);
	lose_connection(NONE, NEVER);
	before = count_descriptors();
	for (i = 0; i < 20; i++)
		lose_connection(i % 2 ? GIFTS : NONE, i % MESSAGES);
	lose_connection(NONE, NEVER);
	assert_int_equal(count_descriptors(), before);
}

/* What waits for the driver while no back end is there is not lost, and a reset does not wait. */
static void a_reset_without_a_back_end(void **state)
{
	bring_up(0, 1);
	atomic_store(&b.capacity, 2 * SECTORS);
	hang_up();
	set_status(0);
	bring_up(0, 1);
	atomic_store(&b.capacity, SECTORS);
	wait_for(&b.started, 1);
}

static struct virtio_queue ring(uint16_t size)
{
	memset(ram, 0, 0x4000);
	return (struct virtio_queue){.size = size,
				     .desc_at = ram + DESC_AT,
				     .driver_at = ram + DRIVER_AT,
				     .device_at = ram + DEVICE_AT};
}

static void make_available(const struct virtio_queue *q, uint16_t head)
{
	uint16_t *at = (uint16_t *)q->driver_at;

	at[2 + at[1] % q->size] = head;
	at[1]++;
}

static void make_used(const struct virtio_queue *q, uint16_t head)
{
	uint16_t *at = (uint16_t *)q->device_at;

	at[2 + 4 * (at[1] % q->size)] = head;
	at[1]++;
}

/* Answered out of their order: what is left is found, and comes at the end. */
static void requests_without_an_answer_come_again(void **state)
{
	struct virtio_queue q = ring(8);
	const uint16_t *at = (uint16_t *)q.driver_at;
	int i;

	assert_int_equal(virtio_inflight_recover(&q), 0);
	for (i = 0; i < 5; i++)
		make_available(&q, (uint16_t)i);
	make_used(&q, 3);
	make_used(&q, 1);
	assert_int_equal(virtio_inflight_recover(&q), 2);
	assert_int_equal(at[2 + 2], 0);
	assert_int_equal(at[2 + 3], 2);
	assert_int_equal(at[2 + 4], 4);

	/* Around the ring and the end of the counter. */
	q = ring(8);
	((uint16_t *)q.driver_at)[1] = ((uint16_t *)q.device_at)[1] = 65532;
	for (i = 0; i < 8; i++) {
		make_available(&q, (uint16_t)i);
		make_used(&q, (uint16_t)i);
	}
	make_available(&q, 5);
	make_available(&q, 6);
	make_available(&q, 7);
	make_used(&q, 7);
	assert_int_equal(virtio_inflight_recover(&q), 5);
	assert_int_equal(at[2 + 5], 5);
	assert_int_equal(at[2 + 6], 6);

	/* A driver that breaks the rules: nothing but its ring is touched, and it ends. */
	q = ring(8);
	for (i = 0; i < 20; i++)
		make_available(&q, 0xffff);
	assert_int_equal(virtio_inflight_recover(&q), 0);
	make_used(&q, 9);
	for (i = 0; i < 12; i++)
		make_used(&q, 2);
	assert_int_equal(virtio_inflight_recover(&q), 13);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_back_end_says_is_offered),
		TEST(memory_is_at_both_addresses),
		TEST(kicks_and_interrupts_go_through),
		TEST(a_back_end_that_leaves_is_followed_by_another),
		TEST(another_disk_is_refused),
		TEST(a_back_end_with_less_is_refused),
		TEST(attempts_that_fail_become_rare),
		TEST(a_queue_that_is_not_enabled_is_not_given),
		TEST(a_reset_without_a_back_end),
		TEST(a_full_event_holds_nobody_up),
		TEST(connections_leave_no_descriptors),
		cmocka_unit_test_setup(no_vcpu_waits_for_a_back_end, clear_errors),
		cmocka_unit_test_setup(faults_at_the_start_are_told, clear_errors),
		cmocka_unit_test_setup(requests_without_an_answer_come_again, clear_errors),
	};

	vhost_user_retry_ms = 1;
	region.fd = memfd_create("ram", MFD_CLOEXEC);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
