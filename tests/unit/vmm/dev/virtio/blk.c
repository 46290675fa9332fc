/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/blk.c, and on the way to it the bus, the transport and MSI-X. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"

#define SECTORS	    64
#define HEAD_AT	    DATA_AT
#define BODY_AT	    (DATA_AT + 0x1000)
#define STATUS_AT   (DATA_AT + 0x800)
#define NOT_WRITTEN 0x77

#define NO_LIMIT SIZE_MAX

static char path[32];

/* The host's file system, which can become full, or lose what it was given. */
static struct {
	atomic_size_t room; /* how many bytes can be written */
	atomic_bool is_broken;
} host = {.room = NO_LIMIT};

/* Whether so much can be written; what is written is taken off. */
static bool take_room(size_t size)
{
	size_t room = atomic_load(&host.room);

	if (room == NO_LIMIT)
		return true;
	if (room < size) {
		errno = ENOSPC;
		return false;
	}
	atomic_fetch_sub(&host.room, size);
	return true;
}

/* As the kernel: what has room is written, and only the next call fails. */
ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t at)
{
	ssize_t done = 0;
	int i;

	for (i = 0; i < count && take_room(iov[i].iov_len); i++)
		done += syscall(SYS_pwrite64, fd, iov[i].iov_base, iov[i].iov_len, at + done);
	return done ? done : -1;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	return pwritev(fd, &(struct iovec){(void *)data, size}, 1, at);
}

int fallocate(int fd, int mode, off_t at, off_t size)
{
	if (!(mode & FALLOC_FL_PUNCH_HOLE) && !take_room((size_t)size))
		return -1;
	return (int)syscall(SYS_fallocate, fd, mode, at, size);
}

int fdatasync(int fd)
{
	errno = EIO;
	return atomic_load(&host.is_broken) ? -1 : 0;
}

static void make_disk(off_t size)
{
	make_file(path, NULL, 0);
	assert_int_equal(truncate(path, size), 0);
	memset(&config, 0, sizeof(config));
	config.disk_count = 1;
	strcpy(config.disks[0].path, path);
	memcpy(config.disks[0].serial, "serial", 6);
}

static int open_disk(void **state)
{
	error_clear();
	make_disk(SECTORS * 512);
	vm.realm = false;
	assert_no_error(open_machine(0));
	return 0;
}

static int close_disk(void **state)
{
	close_machine();
	unlink(path);
	return 0;
}

/* One request; its status. The body is what the device reads or writes. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t size, bool device_writes)
{
	struct virtio_blk_outhdr head = {.type = type, .sector = sector};
	uint16_t count = used_count(0);

	memcpy(ram + HEAD_AT, &head, sizeof(head));
	ram[STATUS_AT] = NOT_WRITTEN;
	put_desc(0, 0, HEAD_AT, sizeof(head), D_NEXT, size ? 1 : 2);
	put_desc(0, 1, BODY_AT, size, D_NEXT | (device_writes ? D_WRITE : 0), 2);
	put_desc(0, 2, STATUS_AT, 1, D_WRITE, 0);
	offer(0, 0);
	kick(0);
	wait_for_used(0, (uint16_t)(count + 1));
	return ram[STATUS_AT];
}

#define LONG_COUNT 200 /* buffers of a long request, which all lie at the same place */
#define LONG_SIZE  0xb0000u
#define LONG_RING  256

/* A ring full of requests of more than 100 MiB each, of a disk that has nothing but a hole. */
static void offer_long_requests(uint16_t count)
{
	struct virtio_blk_outhdr head = {.type = VIRTIO_BLK_T_IN};
	uint16_t i;

	assert_true(accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	set_places(0, LONG_RING);
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	memcpy(ram + HEAD_AT, &head, sizeof(head));
	put_desc(0, 0, HEAD_AT, sizeof(head), D_NEXT, 1);
	for (i = 1; i <= LONG_COUNT; i++)
		put_desc(0, i, BODY_AT, LONG_SIZE, D_NEXT | D_WRITE, (uint16_t)(i + 1));
	put_desc(0, i, STATUS_AT, 1, D_WRITE, 0);
	ram[STATUS_AT] = NOT_WRITTEN;
	for (i = 0; i < count; i++)
		*ring16(0, DRIVER_AT + 4 + 2 * i) = 0;
	__atomic_store_n(ring16(0, DRIVER_AT + 2), count, __ATOMIC_RELEASE);
	kick(0);
}

static int open_large_disk(void **state)
{
	int ret = open_disk(state);

	close_machine();
	assert_int_equal(truncate(path, GIB(1)), 0);
	assert_no_error(open_machine(0));
	return ret;
}

/* Each is moved in parts. */
static void long_requests_are_served(void **state)
{
	int fd = open(path, O_WRONLY);
	uint64_t size = (uint64_t)LONG_COUNT * LONG_SIZE;

	assert_int_equal(pwrite(fd, "last", 4, (off_t)(size - 4)), 4);
	close(fd);
	offer_long_requests(1);
	wait_for_used(0, 1);
	assert_int_equal(ram[STATUS_AT], VIRTIO_BLK_S_OK);
	assert_int_equal(last_written(0), size + 1);
	assert_memory_equal(ram + BODY_AT + LONG_SIZE - 4, "last", 4);
}

/* What a hostile driver has asked for would take its device many seconds. */
static void a_vm_ends_while_requests_are_served(void **state)
{
	struct timespec before, after;
	uint16_t served;

	offer_long_requests(LONG_RING);
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC, &before);
	atomic_store(&vm.end, VM_END_CONSOLE);
	close_machine();
	clock_gettime(CLOCK_MONOTONIC, &after);
	atomic_store(&vm.end, VM_END_NONE);
	served = used_count(0);
	assert_no_error(open_machine(0));
	assert_in_range(after.tv_sec - before.tv_sec, 0, 2);
	assert_true(served < LONG_RING);
}

static uint8_t change(uint32_t type, uint64_t sector, uint32_t sectors, uint32_t flags)
{
	struct virtio_blk_discard_write_zeroes range = {
		.sector = sector, .num_sectors = sectors, .flags = flags};

	memcpy(ram + BODY_AT, &range, sizeof(range));
	return request(type, 0, sizeof(range), false);
}

static void the_function_says_what_it_is(void **state)
{
	assert_int_equal(config_read(PCI_VENDOR_ID, 4), 0x10421af4);
	assert_int_equal(config_read(PCI_CLASS_REVISION, 4), 0x01800001);
	assert_true(config_read(PCI_STATUS, 2) & PCI_STATUS_CAP_LIST);
	slot = 1; /* entropy */
	assert_int_equal(config_read(PCI_VENDOR_ID, 4), 0x10441af4);
	slot = 2;
	assert_int_equal(config_read(PCI_VENDOR_ID, 4), 0xffffffff);
	slot = 0;
	assert_int_equal(bus_read(0, 1 << 12, 4), 0xffffffff);
	assert_int_equal(config_read(0x100, 4), 0);
}

static void the_bar_has_a_size_and_moves(void **state)
{
	config_write(PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	assert_int_equal(config_read(PCI_BASE_ADDRESS_0, 4), ~(VIRTIO_BAR_SIZE - 1));
	config_write(PCI_BASE_ADDRESS_1, 4, 0xffffffff);
	assert_int_equal(config_read(PCI_BASE_ADDRESS_1, 4), 0);
	assert_int_equal(bar_read(VIRTIO_PCI_COMMON_NUMQ, 2), 0xffff);
	config_write(PCI_BASE_ADDRESS_0, 4, WINDOW_BAR + 0x10000);
	assert_int_equal(bar_read(0x10000 + VIRTIO_PCI_COMMON_NUMQ, 2), 1);
	config_write(PCI_COMMAND, 2, 0);
	assert_int_equal(bar_read(0x10000 + VIRTIO_PCI_COMMON_NUMQ, 2), 0xffff);
}

/* The capability that reaches the BAR through the configuration space. */
static void registers_are_reached_without_the_bar(void **state)
{
	unsigned int at = config_read(PCI_CAPABILITY_LIST, 1);

	while (config_read(at, 1) != PCI_CAP_ID_VNDR ||
	       config_read(at + 3, 1) != VIRTIO_PCI_CAP_PCI_CFG)
		at = config_read(at + 1, 1);
	config_write(PCI_COMMAND, 2, 0);
	config_write(at + 8, 4, VIRTIO_PCI_COMMON_NUMQ);
	config_write(at + 12, 4, 2);
	assert_int_equal(config_read(at + 16, 2), 1);
	config_write(at + 8, 4, VIRTIO_PCI_COMMON_STATUS);
	config_write(at + 12, 4, 1);
	config_write(at + 16, 1, 3);
	assert_int_equal(config_read(at + 16, 1), 3);
	config_write(at + 8, 4, VIRTIO_BAR_SIZE);
	config_write(at + 16, 4, 0);
	config_write(at + 8, 4, VIRTIO_PCI_COMMON_STATUS);
	assert_int_equal(config_read(at + 16, 1), 3);
}

static void what_is_written_is_read(void **state)
{
	uint8_t data[1024];
	int fd;

	bring_up(VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH), 1);
	memset(ram + BODY_AT, 0xab, 1024);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 3, 1024, false), VIRTIO_BLK_S_OK);
	assert_int_equal(last_written(0), 1);
	memset(ram + BODY_AT, 0, 1024);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 3, 1024, true), VIRTIO_BLK_S_OK);
	assert_int_equal(last_written(0), 1025);
	memset(data, 0xab, sizeof(data));
	assert_memory_equal(ram + BODY_AT, data, sizeof(data));
	assert_int_equal(request(VIRTIO_BLK_T_FLUSH, 0, 0, false), VIRTIO_BLK_S_OK);
	fd = open(path, O_RDONLY);
	assert_int_equal(pread(fd, ram, 1024, 3 * 512), 1024);
	assert_memory_equal(ram, data, sizeof(data));
	close(fd);
}

static void the_serial_number_is_20_bytes(void **state)
{
	static const char serial[20] = "serial";

	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, 20, true), VIRTIO_BLK_S_OK);
	assert_memory_equal(ram + BODY_AT, serial, 20);
	assert_int_equal(request(VIRTIO_BLK_T_GET_ID, 0, 19, true), VIRTIO_BLK_S_IOERR);
}

static void ranges_become_zeros(void **state)
{
	static const uint8_t zeros[512];

	bring_up(0, 1);
	memset(ram + BODY_AT, 0xab, 2048);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 2048, false), VIRTIO_BLK_S_OK);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 1, 1, 0), VIRTIO_BLK_S_OK);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 2, 1, 1), VIRTIO_BLK_S_OK);
	assert_int_equal(change(VIRTIO_BLK_T_DISCARD, 8, 8, 0), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 2048, true), VIRTIO_BLK_S_OK);
	assert_int_equal(ram[BODY_AT + 511], 0xab);
	assert_memory_equal(ram + BODY_AT + 512, zeros, 512);
	assert_memory_equal(ram + BODY_AT + 1024, zeros, 512);
	assert_int_equal(ram[BODY_AT + 1536], 0xab);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, SECTORS, 1, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, UINT64_MAX, 2, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_DISCARD, 0, UINT32_MAX, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_DISCARD, 0, 1, 1), VIRTIO_BLK_S_UNSUPP);
}

static void requests_off_the_disk_fail(void **state)
{
	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_IN, SECTORS, 512, true), VIRTIO_BLK_S_IOERR);
	assert_int_equal(last_written(0), 1);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, SECTORS - 1, 1024, false), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, UINT64_MAX, 512, true), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, UINT64_MAX / 512 + 1, 512, true),
			 VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 511, true), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(99, 0, 512, true), VIRTIO_BLK_S_UNSUPP);
}

/* What was there stays readable, and the space that comes back is used. */
static void a_full_file_system_fails_what_is_written(void **state)
{
	bring_up(0, 1);
	memset(ram + BODY_AT, 0xab, 1024);
	atomic_store(&host.room, 1024);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 1024, false), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 8, 512, false), VIRTIO_BLK_S_IOERR);
	assert_int_equal(last_written(0), 1);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 16, 8, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_DISCARD, 16, 8, 0), VIRTIO_BLK_S_OK);
	memset(ram + BODY_AT, 0, 1024);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 1024, true), VIRTIO_BLK_S_OK);
	assert_int_equal(ram[BODY_AT + 1023], 0xab);
	atomic_store(&host.room, NO_LIMIT);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 8, 512, false), VIRTIO_BLK_S_OK);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 16, 8, 0), VIRTIO_BLK_S_OK);
}

/* A request is written in parts: one that fails in the middle has failed. */
static void a_file_system_becomes_full_in_a_request(void **state)
{
	struct virtio_blk_outhdr head = {.type = VIRTIO_BLK_T_OUT};

	bring_up(0, 1);
	memcpy(ram + HEAD_AT, &head, sizeof(head));
	put_desc(0, 0, HEAD_AT, sizeof(head), D_NEXT, 1);
	put_desc(0, 1, BODY_AT, 512, D_NEXT, 2);
	put_desc(0, 2, BODY_AT, 1024, D_NEXT, 3);
	put_desc(0, 3, STATUS_AT, 1, D_WRITE, 0);
	atomic_store(&host.room, 1024);
	offer(0, 0);
	kick(0);
	wait_for_used(0, 1);
	atomic_store(&host.room, NO_LIMIT);
	assert_int_equal(ram[STATUS_AT], VIRTIO_BLK_S_IOERR);
}

/* With a driver that flushes, and with one that believes that each write is on the disk. */
static void a_flush_that_fails_is_told(void **state)
{
	bring_up(VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH), 1);
	atomic_store(&host.is_broken, true);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 512, false), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_FLUSH, 0, 0, false), VIRTIO_BLK_S_IOERR);
	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 512, false), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 0, 8, 0), VIRTIO_BLK_S_IOERR);
	atomic_store(&host.is_broken, false);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 512, false), VIRTIO_BLK_S_OK);
}

/* Somebody makes the file shorter: what is behind its end is gone, until it is written again. */
static void a_file_that_is_cut_off_fails_what_is_read(void **state)
{
	bring_up(0, 1);
	assert_int_equal(truncate(path, 512), 0);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 1024, true), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_OK);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 2, 512, false), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 1536, true), VIRTIO_BLK_S_OK);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 3, 512, true), VIRTIO_BLK_S_IOERR);
}

static void a_broken_ring_needs_a_reset(void **state)
{
	bring_up(0, 1);
	offer(0, RING_SIZE);
	kick(0);
	wait_for_interrupt();
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
	assert_int_equal(bar_read(VIRTIO_BAR_ISR, 1), VIRTIO_PCI_ISR_CONFIG);
	set_status(0);
	assert_int_equal(get_status(), 0);
	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_OK);
	/* A queue that lies in no memory sets NEEDS_RESET too. */
	accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	place_area(VIRTIO_PCI_COMMON_Q_DESCLO, RAM_SIZE);
	bar_write(VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
}

static void features_must_be_offered_and_modern(void **state)
{
	uint64_t all = offered();

	assert_true(all & VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
	assert_true(all & VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM));
	assert_true(accept_features(all));
	assert_false(accept_features(0));
	assert_false(accept_features(all | VIRTIO_FEATURE(50)));
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_false(get_status() & VIRTIO_CONFIG_S_DRIVER_OK);
}

/* The pin is up from an interrupt until the driver has read why; the driver may turn it off. */
static void the_pin_follows_the_interrupt_status(void **state)
{
	bring_up(0, 1);
	request(VIRTIO_BLK_T_IN, 0, 512, true);
	assert_false(level);
	config_write(PCI_COMMAND, 2,
		     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE);
	offer(0, 0);
	kick(0);
	while (!(config_read(PCI_STATUS, 2) & PCI_STATUS_INTERRUPT))
		;
	assert_false(level);
	set_bar();
	assert_true(level);
	assert_int_equal(bar_read(VIRTIO_BAR_ISR, 1), 1);
	assert_false(level);
}

static void messages_wait_while_they_are_masked(void **state)
{
	unsigned int at = config_read(PCI_CAPABILITY_LIST, 1);

	while (config_read(at, 1) != PCI_CAP_ID_MSIX)
		at = config_read(at + 1, 1);
	assert_int_equal(config_read(at + 2, 2), 1);
	bring_up(0, 1);
	bar_write(VIRTIO_PCI_COMMON_Q_MSIX, 2, 2);
	assert_int_equal(bar_read(VIRTIO_PCI_COMMON_Q_MSIX, 2), 0xffff);
	bar_write(VIRTIO_PCI_COMMON_Q_MSIX, 2, 1);
	bar_write(VIRTIO_BAR_MSIX + 16, 8, 0x8080000);
	bar_write(VIRTIO_BAR_MSIX + 24, 4, 42);
	config_write(at + 2, 2, PCI_MSIX_FLAGS_ENABLE);
	put_desc(0, 2, STATUS_AT, 1, D_WRITE, 0);
	offer(0, 2);
	kick(0);
	while (bar_read(VIRTIO_BAR_PENDING, 8) != 2)
		;
	assert_int_equal(messages, 0);
	config_write(at + 2, 2, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	bar_write(VIRTIO_BAR_MSIX + 28, 4, 0);
	assert_int_equal(messages, 0);
	config_write(at + 2, 2, PCI_MSIX_FLAGS_ENABLE);
	assert_int_equal(messages, 1);
	assert_int_equal(last_message, 42);
	assert_int_equal(last_device, 0);
	assert_int_equal(bar_read(VIRTIO_BAR_PENDING, 8), 0);
	assert_false(level);
}

/* As `realm` starts it: a guest that starts anew finds nothing of the one before. */
static void a_new_start_finds_it_as_the_first(void **state)
{
	unsigned int at = config_read(PCI_CAPABILITY_LIST, 1);

	while (config_read(at, 1) != PCI_CAP_ID_MSIX)
		at = config_read(at + 1, 1);
	bring_up(0, 1);
	bar_write(VIRTIO_BAR_MSIX, 8, 0x8080000);
	config_write(at + 2, 2, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	pci_device.reset(machine);
	assert_int_equal(config_read(PCI_VENDOR_ID, 4), 0x10421af4);
	assert_int_equal(config_read(PCI_BASE_ADDRESS_0, 4), 0);
	assert_int_equal(config_read(PCI_COMMAND, 2), 0);
	assert_int_equal(config_read(at + 2, 2), 1);
	set_bar();
	assert_int_equal(get_status(), 0);
	assert_int_equal(bar_read(VIRTIO_BAR_MSIX, 8), 0);
	bar_write(VIRTIO_PCI_COMMON_Q_SELECT, 2, 0);
	assert_int_equal(bar_read(VIRTIO_PCI_COMMON_Q_ENABLE, 2), 0);
	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_OK);
}

static void a_realms_driver_must_know_what_it_shares(void **state)
{
	close_machine();
	vm.realm = true;
	assert_no_error(open_machine(0));
	assert_false(accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	bring_up(VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM), 1);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_OK);
}

static void a_disk_that_is_only_read_is_not_written(void **state)
{
	close_machine();
	config.disks[0].read_only = true;
	assert_no_error(open_machine(0));
	assert_true(offered() & VIRTIO_FEATURE(VIRTIO_BLK_F_RO));
	bring_up(0, 1);
	assert_int_equal(request(VIRTIO_BLK_T_OUT, 0, 512, false), VIRTIO_BLK_S_IOERR);
	assert_int_equal(change(VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request(VIRTIO_BLK_T_IN, 0, 512, true), VIRTIO_BLK_S_OK);
}

/* Two in one VM, for simplicity: the lock is that of the descriptor. */
static void a_disk_has_one_writer_or_many_readers(void **state)
{
	close_machine();
	config.disk_count = 2;
	config.disks[1] = config.disks[0];
	assert_error(open_machine(0), -EBUSY, "another process has it open");
	config.disks[1].read_only = true;
	assert_error(open_machine(0), -EBUSY, "another process has it open for writing");
	config.disks[0].read_only = true;
	assert_no_error(open_machine(0));
}

static void what_is_no_disk_is_refused(void **state)
{
	close_machine();
	strcpy(config.disks[0].path, "/nowhere");
	assert_error(open_machine(0), -ENOENT, "--disk /nowhere: No such file");
	strcpy(config.disks[0].path, "/tmp");
	config.disks[0].read_only = true;
	assert_error(open_machine(0), -EINVAL, "neither a file nor a block device");
	strcpy(config.disks[0].path, path);
	assert_int_equal(truncate(path, 1000), 0);
	assert_error(open_machine(0), -EINVAL, "its size is 1000 bytes");
	assert_int_equal(truncate(path, 0), 0);
	assert_error(open_machine(0), -EINVAL, "its size is 0 bytes");
	assert_int_equal(truncate(path, 512), 0);
	assert_no_error(open_machine(0));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_disk, close_disk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_function_says_what_it_is),
		TEST(the_bar_has_a_size_and_moves),
		TEST(registers_are_reached_without_the_bar),
		TEST(what_is_written_is_read),
		TEST(the_serial_number_is_20_bytes),
		TEST(ranges_become_zeros),
		TEST(requests_off_the_disk_fail),
		TEST(a_full_file_system_fails_what_is_written),
		TEST(a_file_system_becomes_full_in_a_request),
		TEST(a_flush_that_fails_is_told),
		TEST(a_file_that_is_cut_off_fails_what_is_read),
		TEST(a_broken_ring_needs_a_reset),
		TEST(features_must_be_offered_and_modern),
		TEST(the_pin_follows_the_interrupt_status),
		TEST(messages_wait_while_they_are_masked),
		TEST(a_new_start_finds_it_as_the_first),
		TEST(a_realms_driver_must_know_what_it_shares),
		TEST(a_disk_that_is_only_read_is_not_written),
		cmocka_unit_test_setup_teardown(long_requests_are_served, open_large_disk,
						close_disk),
		cmocka_unit_test_setup_teardown(a_vm_ends_while_requests_are_served,
						open_large_disk, close_disk),
		TEST(a_disk_has_one_writer_or_many_readers),
		TEST(what_is_no_disk_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
