/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/net.c over a vhost-net that is played here: its ioctl(). */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <linux/virtio_net.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"
#include "vmm/dev/virtio/net.h"

#define QUEUES	  2
#define MERGED	  VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF)
#define CHECKSUM  VIRTIO_FEATURE(VIRTIO_NET_F_GUEST_CSUM)
#define OWN_HEADS VIRTIO_FEATURE(VHOST_NET_F_VIRTIO_NET_HDR)
#define PACKED	  VIRTIO_FEATURE(34)

static struct pci_bus net_bus;
static struct virtio v;
static struct virtio_pci p;
static const struct guest_region region = {.base = MAP_RAM, .size = RAM_SIZE, .host = ram};
static int tap;

/* What the kernel was told. */
static struct {
	uint64_t features;
	bool has_ring[QUEUES];
	int backends[QUEUES], kicks[QUEUES], calls[QUEUES];
	unsigned long refuse; /* this call fails */
} kernel;

static int set_backend(const struct vhost_vring_file *file)
{
	assert_true(file->index < QUEUES);
	/* As the kernel does: whatever it is told of a queue without a ring, it refuses. */
	if (!kernel.has_ring[file->index])
		return EFAULT;
	kernel.backends[file->index] = file->fd;
	return 0;
}

static int answer(unsigned long request, void *arg)
{
	const struct vhost_vring_file *file = arg;

	switch (request) {
	case VHOST_GET_FEATURES:
		*(uint64_t *)arg = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | MERGED | OWN_HEADS;
		return 0;
	case VHOST_SET_FEATURES:
		kernel.features = *(uint64_t *)arg;
		return 0;
	case VHOST_SET_VRING_ADDR:
		kernel.has_ring[((const struct vhost_vring_addr *)arg)->index] = true;
		return 0;
	case VHOST_SET_VRING_KICK:
		assert_int_equal(kernel.backends[file->index], -1);
		kernel.kicks[file->index] = file->fd;
		return 0;
	case VHOST_SET_VRING_CALL:
		kernel.calls[file->index] = file->fd;
		return 0;
	case VHOST_NET_SET_BACKEND:
		return set_backend(file);
	default:
		return 0;
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *arg;

	va_start(list, request);
	arg = va_arg(list, void *);
	va_end(list);
	errno = request == kernel.refuse ? EBUSY : answer(request, arg);
	return errno ? -1 : 0;
}

static void forget(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.backends[0] = kernel.backends[1] = -1;
}

static int open_net(void **state)
{
	static const struct net_config c = {.mac = {2, 1, 2, 3, 4, 5}};

	error_clear();
	slot = messages = 0;
	level = false;
	forget();
	v = (struct virtio){.memory = {.regions = &region, .count = 1}};
	pci_bus_init(&net_bus);
	bus = &net_bus;
	tap = open("/dev/null", O_RDWR);
	assert_no_error(virtio_net_open_vhost(&v, &c, tap, open("/dev/null", O_RDWR)));
	assert_no_error(virtio_open(&v));
	assert_no_error(virtio_pci_open(&p, &vm, &net_bus, &v));
	assert_no_error(virtio_run(&v));
	set_bar();
	return 0;
}

static int close_net(void **state)
{
	virtio_close(&v);
	bus = NULL;
	return 0;
}

static void it_is_a_network_interface(void **state)
{
	assert_int_equal(config_read(PCI_DEVICE_ID, 2), 0x1040 + 1);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE, 4), 0x03020102);
}

/* The tap has the heads, so vhost-net is not to make any. */
static void the_tap_keeps_the_heads(void **state)
{
	assert_int_equal(offered() & (MERGED | CHECKSUM), MERGED | CHECKSUM);
	assert_int_equal(offered() & (OWN_HEADS | PACKED), 0);
	bring_up(MERGED | CHECKSUM, QUEUES);
	assert_int_equal(kernel.features, VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | MERGED);
}

static void the_kernel_serves_both_queues_from_the_tap(void **state)
{
	unsigned int i;
	uint64_t count;

	assert_int_equal(kernel.backends[0], -1);
	bring_up(MERGED, QUEUES);
	for (i = 0; i < QUEUES; i++) {
		assert_int_equal(kernel.backends[i], tap);
		/* Nobody but the kernel takes a kick; one is there from the start. */
		kick(i);
		usleep(20000);
		assert_int_equal(eventfd_read(kernel.kicks[i], &count), 0);
		assert_int_equal(count, 2);
	}
}

static void a_reset_takes_both_queues_back(void **state)
{
	bring_up(MERGED, QUEUES);
	set_status(0);
	assert_int_equal(kernel.backends[0], -1);
	assert_int_equal(kernel.backends[1], -1);
	bring_up(MERGED, QUEUES);
	assert_int_equal(kernel.backends[1], tap);
}

/* The first queue has no ring: the second has to be taken back all the same. */
static void one_queue_without_a_ring_does_not_keep_the_other(void **state)
{
	kernel.has_ring[1] = true;
	kernel.backends[1] = tap;
	reset_device();
	assert_int_equal(kernel.backends[1], -1);
}

/* The tap's descriptor then has an error for ever; the other end of a pipe that is closed is alike.
 */
static void an_interface_that_is_removed_is_a_link_that_is_down(void **state)
{
	int ends[2];

	bring_up(MERGED, QUEUES);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 6, 2), VIRTIO_NET_S_LINK_UP);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	/* One end of it takes the tap's place, and the thread looks anew. */
	assert_int_equal(dup2(ends[1], tap), tap);
	close(ends[1]);
	eventfd_write(kernel.calls[0], 1);
	while (bar_read(VIRTIO_BAR_DEVICE + 6, 2) != 0)
		usleep(1000);
	assert_int_equal(error_text()[0], 0);
}

static void what_the_kernel_refuses_needs_a_reset(void **state)
{
	kernel.refuse = VHOST_NET_SET_BACKEND;
	assert_true(accept_features(VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	set_queue(0);
	set_queue(1);
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
}

static void a_driver_that_does_not_open_is_said(void **state)
{
	static const struct net_config c;

	forget();
	kernel.refuse = VHOST_SET_OWNER;
	assert_error(
		virtio_net_open_vhost(&v, &c, open("/dev/null", O_RDWR), open("/dev/null", O_RDWR)),
		-EBUSY, "--net: vhost:");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_net, close_net)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_a_network_interface),
		TEST(the_tap_keeps_the_heads),
		TEST(the_kernel_serves_both_queues_from_the_tap),
		TEST(a_reset_takes_both_queues_back),
		TEST(one_queue_without_a_ring_does_not_keep_the_other),
		TEST(an_interface_that_is_removed_is_a_link_that_is_down),
		TEST(what_the_kernel_refuses_needs_a_reset),
		cmocka_unit_test_setup(a_driver_that_does_not_open_is_said, clear_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
