/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/net.c, over a pair of sockets instead of a tap interface; and the entropy device.
 */
#include <fcntl.h>
#include <linux/virtio_net.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/vmm/dev/virtio/driver.h"
#include "vmm/dev/virtio/net.h"

#define RX   0
#define TX   1
#define HEAD sizeof(struct virtio_net_hdr_v1)

static struct pci_bus net_bus;
static struct virtio v;
static struct virtio_pci p;
static const struct guest_region region = {.base = MAP_RAM, .size = RAM_SIZE, .host = ram};
static int near_end, far_end; /* the device's, and the other one */
static uint8_t frame[70000];

static int open_net(void **state)
{
	static const struct net_config c = {.mac = {2, 1, 2, 3, 4, 5}};
	int ends[2];

	error_clear();
	slot = messages = 0;
	level = false;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	near_end = ends[0];
	far_end = ends[1];
	v = (struct virtio){.memory = {.regions = &region, .count = 1}};
	pci_bus_init(&net_bus);
	bus = &net_bus;
	assert_no_error(virtio_net_open_fd(&v, &c, ends[0]));
	assert_no_error(virtio_open(&v));
	assert_no_error(virtio_pci_open(&p, &vm, &net_bus, &v));
	assert_no_error(virtio_run(&v));
	set_bar();
	return 0;
}

static int close_net(void **state)
{
	virtio_close(&v);
	close(far_end);
	bus = NULL;
	return 0;
}

/* A frame from the host with numbers in it, behind an empty head. */
static void send_numbers(size_t size)
{
	size_t i;

	memset(frame, 0, HEAD);
	for (i = HEAD; i < size; i++)
		frame[i] = (uint8_t)(i * 7);
	assert_int_equal(send(far_end, frame, size, 0), size);
}

static void assert_numbers(unsigned int at, size_t from, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		assert_int_equal(ram[at + i], (uint8_t)((from + i) * 7));
}

static void the_address_is_in_the_configuration(void **state)
{
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE, 4), 0x03020102);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 4, 2), 0x0504);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 6, 2), VIRTIO_NET_S_LINK_UP);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 8, 4), 0);
}

static void frames_go_out_with_their_head(void **state)
{
	bring_up(0, 2);
	memset(ram + DATA_AT, 0x11, 200);
	put_desc(TX, 0, DATA_AT, 4, D_NEXT, 1);
	put_desc(TX, 1, DATA_AT + 4, 96, 0, 0);
	offer(TX, 0);
	kick(TX);
	wait_for_used(TX, 1);
	assert_int_equal(recv(far_end, frame, sizeof(frame), 0), 100);
	assert_memory_equal(frame, ram + DATA_AT, 100);
	assert_int_equal(last_written(TX), 0);
	/* A head alone is no frame. */
	put_desc(TX, 0, DATA_AT, HEAD, 0, 0);
	offer(TX, 0);
	kick(TX);
	wait_for_used(TX, 2);
	assert_int_equal(recv(far_end, frame, sizeof(frame), 0), -1);
}

static void a_frame_comes_in_one_chain(void **state)
{
	bring_up(0, 2);
	send_numbers(600);
	put_desc(RX, 0, DATA_AT, 2000, D_WRITE, 0);
	offer(RX, 0);
	kick(RX);
	wait_for_used(RX, 1);
	assert_int_equal(last_written(RX), 600);
	assert_int_equal(ram[DATA_AT + 10], 1);
	assert_numbers(DATA_AT + HEAD, HEAD, 600 - HEAD);
	/* The next one waits for room. */
	send_numbers(700);
	offer(RX, 0);
	kick(RX);
	wait_for_used(RX, 2);
	assert_int_equal(last_written(RX), 700);
}

static void a_frame_may_take_several_chains(void **state)
{
	unsigned int i;

	bring_up(VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF), 2);
	for (i = 0; i < 3; i++)
		put_desc(RX, i, DATA_AT + 1000 * i, 1000, D_WRITE, 0);
	offer(RX, 0);
	offer(RX, 1);
	kick(RX);
	send_numbers(2500);
	usleep(20000);
	assert_int_equal(used_count(RX), 0);
	offer(RX, 2);
	kick(RX);
	wait_for_used(RX, 3);
	assert_int_equal(ram[DATA_AT + 10], 3);
	assert_numbers(DATA_AT + HEAD, HEAD, 2500 - HEAD);
	assert_int_equal(last_written(RX), 500);
}

static void hostile_rings_do_no_harm(void **state)
{
	bring_up(VIRTIO_FEATURE(VIRTIO_NET_F_MRG_RXBUF), 2);
	put_desc(RX, 0, DATA_AT, 1, D_WRITE, 0); /* the head does not fit */
	put_desc(RX, 1, RAM_SIZE, 1, D_WRITE, 0);
	offer(RX, 0);
	offer(RX, 1);
	kick(RX);
	send_numbers(100);
	wait_for_interrupt();
	assert_true(get_status() & VIRTIO_CONFIG_S_NEEDS_RESET);
	/* What the host sends to a device that does not work does not spin. */
	send_numbers(100);
	bring_up(0, 2);
	put_desc(TX, 0, DATA_AT, 100, 0, 0);
	offer(TX, 0);
	kick(TX);
	wait_for_used(TX, 1);
}

/* How much time the device's thread has computed. */
static long long thread_ms(void)
{
	struct timespec t;
	clockid_t clock;

	assert_int_equal(pthread_getcpuclockid(v.thread, &clock), 0);
	clock_gettime(clock, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* A tap whose interface is no more is ready for ever, and each read fails: so does a folder. */
static void an_interface_that_is_removed_is_a_cable_pulled_out(void **state)
{
	unsigned int generation = (unsigned int)bar_read(VIRTIO_PCI_COMMON_CFGGENERATION, 1);
	int folder = open("/", O_RDONLY);
	long long before;

	bring_up(0, 2);
	put_desc(RX, 0, DATA_AT, 2000, D_WRITE, 0);
	offer(RX, 0);
	assert_int_equal(dup2(folder, near_end), near_end);
	close(folder);
	kick(RX);
	wait_for_interrupt();
	assert_int_equal(bar_read(VIRTIO_BAR_ISR, 1), VIRTIO_PCI_ISR_CONFIG);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 6, 2), 0);
	assert_int_not_equal(bar_read(VIRTIO_PCI_COMMON_CFGGENERATION, 1), generation);
	assert_int_equal(get_status(), 0xf);
	assert_int_equal(used_count(RX), 0);
	before = thread_ms();
	usleep(200000);
	assert_in_range(thread_ms() - before, 0, 20);
	/* What is sent is lost, and a driver that starts anew finds the same. */
	bring_up(0, 2);
	put_desc(TX, 0, DATA_AT, 100, 0, 0);
	offer(TX, 0);
	kick(TX);
	wait_for_used(TX, 1);
	assert_int_equal(bar_read(VIRTIO_BAR_DEVICE + 6, 2), 0);
}

/* The entropy device is behind everything else, and brings a bus only together with others. */
static void entropy_differs(void **state)
{
	static const uint8_t zeros[64];

	bus = NULL;
	config = (struct device_config){0};
	assert_false(pci_device.is_wanted(&config));
	assert_no_error(open_machine(0));
	bring_up(0, 1);
	put_desc(0, 0, DATA_AT, 64, D_WRITE, 0);
	offer(0, 0);
	kick(0);
	wait_for_used(0, 1);
	assert_int_equal(last_written(0), 64);
	assert_memory_not_equal(ram + DATA_AT, zeros, 64);
	close_machine();
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_net, close_net)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_address_is_in_the_configuration),
		TEST(frames_go_out_with_their_head),
		TEST(a_frame_comes_in_one_chain),
		TEST(a_frame_may_take_several_chains),
		TEST(hostile_rings_do_no_harm),
		TEST(an_interface_that_is_removed_is_a_cable_pulled_out),
		cmocka_unit_test(entropy_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
