/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: hostile drivers of each virtio device (make fuzz-vmm). The input is what a
 * driver does: accesses of configuration space and BAR, writes to memory, kicks. So that it gets
 * far, it can also do in one step what a good driver does at its start. The device's thread is
 * played here, so that equal inputs do equal things.
 */
#define _GNU_SOURCE
#include <linux/pci_regs.h>
#include <linux/virtio_mmio.h>
#include <linux/virtio_pci.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <stdio.h>
#include <unistd.h>
#include <util.h>

#include "vmm/dev/pci/bus.h"
#include "vmm/dev/virtio/blk.h"
#include "vmm/dev/virtio/input.h"
#include "vmm/dev/virtio/mmio.h"
#include "vmm/dev/virtio/net.h"
#include "vmm/dev/virtio/pci.h"
#include "vmm/dev/virtio/rng.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

#define RAM_SIZE  KIB(64)
#define DISK_SIZE KIB(32)
#define BAR_AT	  0x10000000u
#define RING_SIZE 8
#define DEVICES	  4
#define STEPS_MAX 256
#define AREA	  0x4000u /* of each queue: descriptors, then the driver's and the device's part */
#define PART	  0x1000u

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static const struct guest_region region = {.base = MAP_RAM, .size = RAM_SIZE, .host = ram};
static struct vm vm = {.ram = ram, .ram_size = RAM_SIZE};
static struct pci_bus bus;
static struct virtio v;
static struct virtio_pci p;
static struct virtio_mmio m;
static bool on_mmio; /* the device is, instead of on the bus */
static int disk = -1, net_end = -1;

/* What is left of the input; zeros follow it. */
static const uint8_t *input;
static size_t left;

int gic_set_spi(struct vm *unused, unsigned int spi, bool level)
{
	return 0;
}

int gic_signal_msi(struct vm *unused, uint32_t device, uint64_t address, uint32_t data)
{
	return 0;
}

bool vm_end(struct vm *unused, enum vm_end why)
{
	abort();
}

static void take(void *to, size_t size)
{
	size_t part = size < left ? size : left;

	memset(to, 0, size);
	memcpy(to, input, part);
	input += part;
	left -= part;
}

static uint8_t take8(void)
{
	uint8_t value;

	take(&value, 1);
	return value;
}

static uint32_t take32(void)
{
	uint32_t value;

	take(&value, 4);
	return value;
}

static uint64_t bar_read(uint32_t at, unsigned int size)
{
	return pci_bus_read(&bus, 1, BAR_AT - PCI_WINDOW_BASE + at, size);
}

static void bar_write(uint32_t at, unsigned int size, uint64_t value)
{
	pci_bus_write(&bus, 1, BAR_AT - PCI_WINDOW_BASE + at, size, value);
}

static void open_device(unsigned int which)
{
	static const struct net_config net = {.mac = {2}};
	struct disk_config blk = {0};
	int ends[2];

	switch (which) {
	case 0:
		snprintf(blk.path, sizeof(blk.path), "/proc/self/fd/%d", disk);
		if (ftruncate(disk, DISK_SIZE) || virtio_blk_open(&v, &blk))
			abort();
		break;
	case 1:
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends))
			abort();
		net_end = ends[1];
		if (virtio_net_open_fd(&v, &net, ends[0]))
			abort();
		break;
	case 2:
		virtio_rng_open(&v);
		break;
	default:
		virtio_input_open(&v);
	}
}

static void plug(void)
{
	if (virtio_open(&v))
		abort();
	if (on_mmio)
		virtio_mmio_open(&m, &vm, 0, &v);
	else if (virtio_pci_open(&p, &vm, &bus, &v))
		abort();
}

static void place(unsigned int reg, uint64_t at)
{
	bar_write(reg, 4, (uint32_t)(MAP_RAM + at));
	bar_write(reg + 4, 4, 0);
}

static void place_mmio(unsigned int reg, uint64_t at)
{
	virtio_mmio_write(&m, reg, 4, MAP_RAM + at);
	virtio_mmio_write(&m, reg + 4, 4, 0);
}

static void bring_up_mmio(uint64_t features)
{
	unsigned int i;

	virtio_mmio_write(&m, VIRTIO_MMIO_STATUS, 4, 0);
	virtio_mmio_write(&m, VIRTIO_MMIO_STATUS, 4, 3);
	for (i = 0; i < 2; i++) {
		virtio_mmio_write(&m, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 4, i);
		virtio_mmio_write(&m, VIRTIO_MMIO_DRIVER_FEATURES, 4, features >> 32 * i);
	}
	virtio_mmio_write(&m, VIRTIO_MMIO_STATUS, 4, 0xb);
	for (i = 0; i < v.type->queues; i++) {
		virtio_mmio_write(&m, VIRTIO_MMIO_QUEUE_SEL, 4, i);
		virtio_mmio_write(&m, VIRTIO_MMIO_QUEUE_NUM, 4, RING_SIZE);
		place_mmio(VIRTIO_MMIO_QUEUE_DESC_LOW, AREA * i);
		place_mmio(VIRTIO_MMIO_QUEUE_AVAIL_LOW, AREA * i + PART);
		place_mmio(VIRTIO_MMIO_QUEUE_USED_LOW, AREA * i + 2 * PART);
		virtio_mmio_write(&m, VIRTIO_MMIO_QUEUE_READY, 4, 1);
	}
	virtio_mmio_write(&m, VIRTIO_MMIO_STATUS, 4, 0xf);
}

static void bring_up_pci(uint64_t features)
{
	unsigned int i;

	pci_bus_write(&bus, 0, PCI_BASE_ADDRESS_0, 4, BAR_AT);
	pci_bus_write(&bus, 0, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	bar_write(VIRTIO_PCI_COMMON_STATUS, 1, 0);
	bar_write(VIRTIO_PCI_COMMON_STATUS, 1, 3);
	for (i = 0; i < 2; i++) {
		bar_write(VIRTIO_PCI_COMMON_GFSELECT, 4, i);
		bar_write(VIRTIO_PCI_COMMON_GF, 4, features >> 32 * i);
	}
	bar_write(VIRTIO_PCI_COMMON_STATUS, 1, 0xb);
	for (i = 0; i < v.type->queues; i++) {
		bar_write(VIRTIO_PCI_COMMON_Q_SELECT, 2, i);
		bar_write(VIRTIO_PCI_COMMON_Q_SIZE, 2, RING_SIZE);
		place(VIRTIO_PCI_COMMON_Q_DESCLO, AREA * i);
		place(VIRTIO_PCI_COMMON_Q_AVAILLO, AREA * i + PART);
		place(VIRTIO_PCI_COMMON_Q_USEDLO, AREA * i + 2 * PART);
		bar_write(VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
	}
	bar_write(VIRTIO_PCI_COMMON_STATUS, 1, 0xf);
}

/* As a good driver starts; the features are what the input wants of those that are offered. */
static void bring_up(void)
{
	uint64_t features = take32() | (uint64_t)take8() << 32;

	features = (features & v.offered) | VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | v.required;
	if (on_mmio)
		bring_up_mmio(features);
	else
		bring_up_pci(features);
}

/* A descriptor whose address is in memory or near its ends, of a size that is likely to fit. */
static void write_desc(void)
{
	uint8_t queue = take8() & 1, i = take8() % (4 * RING_SIZE), shape = take8();
	uint64_t address = MAP_RAM + (take32() % (RAM_SIZE + 64));
	uint32_t size = shape & 1 ? take8() : shape & 2 ? take8() * 16u : take32();
	uint8_t *at = ram + AREA * queue + 16 * i;
	uint32_t flags = take32();

	memcpy(at, &address, 8);
	memcpy(at + 8, &size, 4);
	memcpy(at + 12, &flags, 4);
}

/* Counts the split ring's index up by some. */
static void offer(void)
{
	uint8_t queue = take8() & 1;
	uint16_t *avail = (uint16_t *)(ram + AREA * queue + PART);

	avail[2 + avail[1] % RING_SIZE] = take8() % (RING_SIZE + 1);
	avail[1] = (uint16_t)(avail[1] + (take8() & 1) + 1);
}

static void write_memory(void)
{
	uint32_t at = take32() % (RAM_SIZE - 16);

	take(ram + at, 16);
}

static void run_thread(void)
{
	size_t i;

	for (i = 0; i < v.loop.count; i++) {
		struct loop_source *s = v.loop.sources[i];
		struct pollfd f = {.fd = s->fd, .events = s->events};

		if (!s->paused && poll(&f, 1, 0) == 1)
			s->ready(s->owner);
	}
}

static void send_frame(void)
{
	static uint8_t frame[KIB(32)];
	uint32_t size = take32() % sizeof(frame);

	if (net_end >= 0)
		(void)!send(net_end, frame, size, MSG_DONTWAIT);
	while (net_end >= 0 && recv(net_end, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		;
}

static void access_mmio(bool is_read, uint64_t at, unsigned int size)
{
	at %= VIRTIO_MMIO_SIZE + 1 - size;
	if (is_read)
		virtio_mmio_read(&m, at, size);
	else
		virtio_mmio_write(&m, at, size, take32() | (uint64_t)take32() << 32);
}

static void access_bus(void)
{
	uint8_t kind = take8();
	unsigned int size = 1u << (kind >> 4 & 3), region = kind & 1;
	uint64_t at = take32() & (region ? VIRTIO_BAR_SIZE - 1 : 0xfff);

	if (on_mmio) {
		access_mmio(kind & 2, at, size);
		return;
	}
	if (region)
		at += BAR_AT - PCI_WINDOW_BASE;
	if (kind & 2)
		pci_bus_read(&bus, region, at, size);
	else
		pci_bus_write(&bus, region, at, size, take32() | (uint64_t)take32() << 32);
}

static void kick(unsigned int queue)
{
	if (on_mmio)
		virtio_mmio_write(&m, VIRTIO_MMIO_QUEUE_NOTIFY, 4, queue);
	else
		bar_write(VIRTIO_BAR_NOTIFY + VIRTIO_NOTIFY_STEP * queue, 2, 0);
}

static void step(void)
{
	switch (take8() % 8) {
	case 0:
		access_bus();
		break;
	case 1:
		bring_up();
		break;
	case 2:
	case 3:
		write_desc();
		break;
	case 4:
		offer();
		break;
	case 5:
		write_memory();
		break;
	case 6:
		if (on_mmio)
			virtio_input_press(&v);
		else
			send_frame();
		break;
	default:
		kick(take8() & 1);
		run_thread();
	}
}

/* Whether what is there can work again: nobody holds a lock, and a reset helps. */
static void check_reset(void)
{
	left = 0;
	bring_up();
	if ((on_mmio ? virtio_mmio_read(&m, VIRTIO_MMIO_STATUS, 4)
		     : bar_read(VIRTIO_PCI_COMMON_STATUS, 1)) != 0xf)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int i;
	uint8_t head;

	if (disk < 0)
		disk = memfd_create("disk", MFD_CLOEXEC);
	input = data;
	left = size;
	head = take8();
	memset(ram, 0, sizeof(ram));
	v = (struct virtio){.memory = {.regions = &region, .count = 1, .shared_bit = BIT(32)}};
	pci_bus_init(&bus);
	on_mmio = head % DEVICES == DEVICES - 1;
	open_device(head % DEVICES);
	plug();
	if (head & 0x80)
		bring_up();
	for (i = 0; i < STEPS_MAX && left; i++)
		step();
	check_reset();
	virtio_close(&v);
	if (net_end >= 0)
		close(net_end);
	net_end = -1;
	return 0;
}
