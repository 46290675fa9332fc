/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/vsock.c and vhost.c, over a vhost-vsock that is played here: its ioctl(). */
#include <dirent.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_vsock.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"
#include "vmm/dev/virtio/vsock.h"

#define CID	      77
#define FILTER_SIGNAL (1ULL << (SIGSYS - 1))
#define QUEUES	      3
#define SHARED_BIT    (1ULL << 40)
#define PACKED	      VIRTIO_FEATURE(34)
#define EVENT_IDX     VIRTIO_FEATURE(29)
#define ACCESS	      VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)
#define SEQPACKET     VIRTIO_FEATURE(VIRTIO_VSOCK_F_SEQPACKET)

static struct pci_bus vsock_bus;
static struct virtio v;
static struct virtio_pci p;
static const struct guest_region region = {.base = MAP_RAM, .size = RAM_SIZE, .host = ram};

/* What the kernel was told. */
static struct {
	bool owned;
	int running;
	uint64_t cid, features;
	struct vhost_memory_region regions[2];
	unsigned int region_count;
	struct vhost_vring_addr places[2];
	unsigned int sizes[2];
	int kicks[2], calls[2], broken;
	unsigned long refuse; /* this call fails */
	int err;
} kernel;

static void set_ring(unsigned long request, const void *arg)
{
	const struct vhost_vring_file *file = arg;
	const struct vhost_vring_state *state = arg;

	assert_true(file->index < 2 && !kernel.running);
	if (request == VHOST_SET_VRING_NUM)
		kernel.sizes[state->index] = state->num;
	else if (request == VHOST_SET_VRING_ADDR)
		kernel.places[state->index] = *(const struct vhost_vring_addr *)arg;
	else if (request == VHOST_SET_VRING_KICK)
		kernel.kicks[file->index] = file->fd;
	else if (request == VHOST_SET_VRING_CALL)
		kernel.calls[file->index] = file->fd;
	else if (request == VHOST_SET_VRING_ERR)
		kernel.broken = file->fd;
	else
		assert_int_equal(request, VHOST_SET_VRING_BASE);
}

static void set_memory(const struct vhost_memory *m)
{
	assert_true(m->nregions <= 2);
	kernel.region_count = m->nregions;
	memcpy(kernel.regions, m->regions, m->nregions * sizeof(m->regions[0]));
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *arg;

	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	if (request == kernel.refuse) {
		errno = kernel.err;
		return -1;
	}
	switch (request) {
	case VHOST_SET_OWNER:
		kernel.owned = true;
		break;
	case VHOST_GET_FEATURES:
		*(uint64_t *)arg = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | EVENT_IDX | ACCESS |
				   SEQPACKET | VIRTIO_FEATURE(26) /* log */;
		break;
	case VHOST_SET_FEATURES:
		kernel.features = *(uint64_t *)arg;
		break;
	case VHOST_SET_MEM_TABLE:
		set_memory(arg);
		break;
	case VHOST_VSOCK_SET_GUEST_CID:
		kernel.cid = *(uint64_t *)arg;
		break;
	case VHOST_VSOCK_SET_RUNNING:
		kernel.running = *(int *)arg;
		break;
	default:
		set_ring(request, arg);
	}
	return 0;
}

static int open_vsock(void **state)
{
	error_clear();
	slot = messages = 0;
	level = false;
	memset(&kernel, 0, sizeof(kernel));
	v = (struct virtio){.memory = {.regions = &region, .count = 1, .shared_bit = SHARED_BIT}};
	pci_bus_init(&vsock_bus);
	bus = &vsock_bus;
	assert_no_error(virtio_vsock_open_fd(&v, CID, open("/dev/null", O_RDWR)));
	assert_no_error(virtio_open(&v));
	assert_no_error(virtio_pci_open(&p, &vm, &vsock_bus, &v));
	assert_no_error(virtio_run(&v));
	set_bar();
	return 0;
}

static int close_vsock(void **state)
{
	virtio_close(&v);
	bus = NULL;
	return 0;
}

static void the_number_is_in_the_configuration(void **state)
{
	assert_int_equal(kernel.cid, CID);
	assert_true(kernel.owned);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE, 4), CID);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 4, 4), 0);
	assert_int_equal(config_read(PCI_DEVICE_ID, 2), 0x1040 + 19);
}

/* Not packed rings, and no translation of addresses by the VMM. */
static void what_the_kernel_cannot_do_is_not_offered(void **state)
{
	assert_int_equal(offered() & PACKED, 0);
	assert_int_equal(offered() & (EVENT_IDX | ACCESS | SEQPACKET),
			 EVENT_IDX | ACCESS | SEQPACKET);
	assert_int_equal(offered() & VIRTIO_FEATURE(26), 0);
	bring_up(ACCESS | SEQPACKET, QUEUES);
	assert_int_equal(kernel.features, VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | SEQPACKET);
}

static void memory_is_at_both_addresses(void **state)
{
	assert_int_equal(kernel.region_count, 2);
	assert_int_equal(kernel.regions[0].guest_phys_addr, MAP_RAM);
	assert_int_equal(kernel.regions[1].guest_phys_addr, MAP_RAM | SHARED_BIT);
	assert_int_equal(kernel.regions[1].memory_size, RAM_SIZE);
	assert_ptr_equal(kernel.regions[1].userspace_addr, ram);
}

static void the_kernel_serves_two_queues(void **state)
{
	unsigned int i;
	uint64_t count;

	assert_false(kernel.running);
	bring_up(0, QUEUES);
	assert_true(kernel.running);
	for (i = 0; i < 2; i++) {
		assert_int_equal(kernel.sizes[i], RING_SIZE);
		assert_ptr_equal(kernel.places[i].desc_user_addr, ram + AREA(i) + DESC_AT);
		assert_ptr_equal(kernel.places[i].avail_user_addr, ram + AREA(i) + DRIVER_AT);
		assert_ptr_equal(kernel.places[i].used_user_addr, ram + AREA(i) + DEVICE_AT);
		/* Nobody but the kernel takes a kick; one is there from the start. */
		kick(i);
		usleep(20000);
		assert_int_equal(eventfd_read(kernel.kicks[i], &count), 0);
		assert_int_equal(count, 2);
	}
	/* One of the third queue is taken, and nothing comes of it. */
	offer(2, 0);
	kick(2);
	eventfd_write(kernel.calls[1], 1);
	wait_for_interrupt();
	assert_int_equal(bar_read(VIRTIO_BAR_ISR, 1), 1);
	assert_int_equal(used_count(2), 0);
}

static void a_reset_takes_the_rings_back(void **state)
{
	bring_up(0, QUEUES);
	set_status(0);
	assert_false(kernel.running);
	eventfd_write(kernel.calls[0], 1);
	bring_up(0, QUEUES);
	assert_true(kernel.running);
	assert_int_equal(get_status(), 0xf);
}

static void a_ring_that_is_broken_needs_a_reset(void **state)
{
	bring_up(0, QUEUES);
	eventfd_write(kernel.broken, 1);
	wait_for_interrupt();
	assert_int_equal(get_status(), 0xf | VIRTIO_CONFIG_S_NEEDS_RESET);
	bring_up(0, QUEUES);
}

static void queues_that_are_not_there_are_not_served(void **state)
{
	assert_true(accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	set_queue(0);
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
	assert_false(kernel.running);
	kernel.refuse = VHOST_VSOCK_SET_RUNNING;
	kernel.err = EFAULT;
	assert_true(accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	set_queue(0);
	set_queue(1);
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
}

/* The signals that a thread of this process has blocked, as the kernel numbers them: bit 0 is
 * signal 1. */
static uint64_t blocked_by(const char *thread)
{
	char path[64], line[128];
	unsigned long long mask = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/status", thread);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) && sscanf(line, "SigBlk: %llx", &mask) != 1)
		;
	fclose(f);
	return mask;
}

/* What ends a confined VMM says so from whichever thread it comes. */
static void the_thread_blocks_all_signals_but_that_of_the_filter(void **state)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *t;
	unsigned int others = 0, tries;
	uint64_t others_mask = 0;

	assert_non_null(threads);
	while ((t = readdir(threads))) {
		if (t->d_name[0] == '.' || atoi(t->d_name) == getpid())
			continue;
		others++;
		/* The C library blocks all of them until the thread has begun. */
		for (tries = 0; tries < 5000 && blocked_by(t->d_name) & FILTER_SIGNAL; tries++)
			usleep(1000);
		others_mask = blocked_by(t->d_name);
	}
	closedir(threads);
	assert_int_equal(others, 1);
	assert_true(others_mask & 1ULL << (SIGTERM - 1));
	assert_false(others_mask & FILTER_SIGNAL);
}

static void what_the_kernel_refuses_is_said(void **state)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.refuse = VHOST_VSOCK_SET_GUEST_CID;
	kernel.err = EADDRINUSE;
	assert_error(virtio_vsock_open_fd(&v, CID, open("/dev/null", O_RDWR)), -EADDRINUSE,
		     "--vsock 77: another guest has this number");
	kernel.refuse = VHOST_SET_OWNER;
	kernel.err = EBUSY;
	assert_error(virtio_vsock_open_fd(&v, CID, open("/dev/null", O_RDWR)), -EBUSY,
		     "--vsock: vhost:");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_vsock, close_vsock)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_number_is_in_the_configuration),
		TEST(what_the_kernel_cannot_do_is_not_offered),
		TEST(memory_is_at_both_addresses),
		TEST(the_kernel_serves_two_queues),
		TEST(a_reset_takes_the_rings_back),
		TEST(a_ring_that_is_broken_needs_a_reset),
		TEST(queues_that_are_not_there_are_not_served),
		TEST(the_thread_blocks_all_signals_but_that_of_the_filter),
		cmocka_unit_test_setup(what_the_kernel_refuses_is_said, clear_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
