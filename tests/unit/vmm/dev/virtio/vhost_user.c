/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/vhost_user.c and vmm/dev/vhost_user, with the back end of back_end.h. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "tests/unit/vmm/dev/virtio/back_end.h"

#define LONG_MS 120000 /* nobody waits so long, or the test fails */

/* Waits until a number of the back end's is what it should be. */
static void wait_for(atomic_int *what, int value)
{
	int n;

	for (n = 0; n < WAIT_SECONDS * 1000 && atomic_load(what) != value; n++)
		usleep(1000);
	assert_int_equal(atomic_load(what), value);
}

/* Waits until there have been this many, at least. */
static void wait_for_connections(int least)
{
	int n;

	for (n = 0; n < WAIT_SECONDS * 1000 && atomic_load(&b.connections) < least; n++)
		usleep(1000);
	assert_true(atomic_load(&b.connections) >= least);
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
	wait_for_connections(before + 5);
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
	wait_for_connections(before + 3);
	assert_int_equal(atomic_load(&b.started), 0);
	atomic_store(&b.lacks, 0);
	wait_for(&b.started, 1);
}

/* The driver is ready, but has left the queue out: no back end is given what is not there. */
static void a_queue_that_is_not_enabled_is_not_given(void **state)
{
	int before = atomic_load(&b.connections);

	bring_up(0, 0);
	wait_for(&b.messages, MESSAGES - 6);
	hang_up();
	wait_for_connections(before + 1);
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

/* Each attempt is worth a line for the user, and another program may be started for it. */
static void attempts_that_fail_become_rare(void **state)
{
	long long since;
	int before;

	bring_up(0, 1);
	atomic_store(&b.capacity, 2 * SECTORS);
	before = atomic_load(&b.connections);
	since = now_ms();
	hang_up();
	/* With pauses of 2, 4, 8, 16 and from then on 32 ms. */
	wait_for_connections(before + 12);
	assert_true(now_ms() - since >= 250);
	atomic_store(&b.capacity, SECTORS);
	wait_for(&b.started, 1);
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
	if (now_ms() - since > LONG_MS / 2)
		fail_msg("a vCPU was held for %lld ms", now_ms() - since);
}

static void no_vcpu_waits_for_a_back_end(void **state)
{
	long long since;
	int at;

	vhost_user_deadline = LONG_MS;
	for (at = OPENING; at < MESSAGES; at += 3) {
		open_silent(at);
		since = now_ms();
		bring_up(0, 1);
		wait_for(&b.messages, at + 1);
		assert_quick(since);
		set_status(0);
		assert_quick(since);
		tear_down(NULL);
	}
}

/* Which is when it has let go, or is given up. */
static void a_driver_waits_for_the_end_of_its_reset(void **state)
{
	vhost_user_deadline = LONG_MS;
	open_silent(MESSAGES);
	bring_up(0, 1);
	wait_for(&b.started, 1);
	set_status(0);
	wait_for(&b.messages, MESSAGES + 1);
	assert_int_not_equal(get_status(), 0);
	set_status(VIRTIO_CONFIG_S_ACKNOWLEDGE);
	assert_int_equal(get_status() & VIRTIO_CONFIG_S_ACKNOWLEDGE, 0);
	hang_up();
	reset_device();
	bring_up(0, 1);
	wait_for(&b.started, 1);
	tear_down(NULL);

	vhost_user_deadline = 100;
	open_silent(MESSAGES);
	bring_up(0, 1);
	wait_for(&b.started, 1);
	reset_device();
	vhost_user_deadline = 10000;
	wait_for_connections(2);
	bring_up(0, 1);
	wait_for(&b.started, 1);
	tear_down(NULL);
}

/* However long it could still be waited for. */
static void the_end_does_not_wait_for_a_back_end(void **state)
{
	int at;

	vhost_user_deadline = LONG_MS;
	for (at = OPENING; at <= MESSAGES; at += 4) {
		long long since;

		open_silent(at);
		bring_up(0, 1);
		wait_for(&b.messages, at == MESSAGES ? at : at + 1);
		set_status(0);
		wait_for(&b.messages, at + 1);
		since = now_ms();
		tear_down(NULL);
		if (now_ms() - since > LONG_MS / 2)
			fail_msg("silent at message %d: %lld ms", at, now_ms() - since);
	}
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
		wait_for_connections(before + 1);
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
		cmocka_unit_test_setup(a_driver_waits_for_the_end_of_its_reset, clear_errors),
		cmocka_unit_test_setup(the_end_does_not_wait_for_a_back_end, clear_errors),
		cmocka_unit_test_setup(faults_at_the_start_are_told, clear_errors),
	};

	vhost_user_retry_ms = 1;
	region.fd = memfd_create("ram", MFD_CLOEXEC);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
