/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small driver of virtio devices on PCI, for tests of the devices: it finds a function, brings it
 * up by its registers with one split queue or more, and gives it chains. Each test is a program of
 * its own, so that it has one machine, and the GIC is played here.
 */
#ifndef TESTS_UNIT_VMM_DEV_VIRTIO_DRIVER_H
#define TESTS_UNIT_VMM_DEV_VIRTIO_DRIVER_H

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/virtio_pci.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/device.h"
#include "vmm/dev/pci/bus.h"
#include "vmm/dev/virtio/pci.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

#define RAM_SIZE   MIB(1)
#define WINDOW_BAR 0x10000000u /* where the driver puts the only BAR */
#define RING_SIZE  8

/* Places in guest memory. */
#define AREA(queue)  (0x10000u * (queue))
#define DESC_AT	     0x0u
#define DRIVER_AT    0x1000u
#define DEVICE_AT    0x2000u
#define DATA_AT	     0x40000u
#define WAIT_SECONDS 20
#define D_NEXT	     1
#define D_WRITE	     2

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct vm vm = {.ram = ram, .ram_size = RAM_SIZE};
static struct device_config config;
static void *machine;
static struct pci_bus *bus; /* NULL: that of the machine */
static unsigned int slot;

/* What has come of interrupts. */
static pthread_mutex_t gic_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gic_changed = PTHREAD_COND_INITIALIZER;
static unsigned int messages;
static uint32_t last_message, last_device;
static bool level;

int gic_set_spi(struct vm *v, unsigned int spi, bool new_level)
{
	assert_int_equal(spi, PCI_SPI_FIRST + slot);
	pthread_mutex_lock(&gic_lock);
	level = new_level;
	pthread_cond_broadcast(&gic_changed);
	pthread_mutex_unlock(&gic_lock);
	return 0;
}

int gic_signal_msi(struct vm *v, uint32_t device, uint64_t address, uint32_t data)
{
	pthread_mutex_lock(&gic_lock);
	messages++;
	last_message = data;
	last_device = device;
	pthread_cond_broadcast(&gic_changed);
	pthread_mutex_unlock(&gic_lock);
	return 0;
}

/* Waits until the pin is up or a message has come, and says so to the device: once for each. */
static inline void wait_for_interrupt(void)
{
	struct timespec until;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&gic_lock);
	while (!level && !messages && !err)
		err = pthread_cond_timedwait(&gic_changed, &gic_lock, &until);
	if (messages)
		messages--;
	pthread_mutex_unlock(&gic_lock);
	assert_int_equal(err, 0);
}

static inline uint64_t bus_read(unsigned int region, uint64_t offset, unsigned int size)
{
	uint64_t value = bus ? pci_bus_read(bus, region, offset, size)
			     : pci_device.read(machine, region, offset, size);

	return size == 8 ? value : value & (BIT(8 * size) - 1);
}

static inline void bus_write(unsigned int region, uint64_t offset, unsigned int size,
			     uint64_t value)
{
	if (bus)
		pci_bus_write(bus, region, offset, size, value);
	else
		pci_device.write(machine, region, offset, size, value);
}

static inline uint32_t config_read(unsigned int offset, unsigned int size)
{
	return (uint32_t)bus_read(0, slot << 15 | offset, size);
}

static inline void config_write(unsigned int offset, unsigned int size, uint32_t value)
{
	bus_write(0, slot << 15 | offset, size, value);
}

static inline uint64_t bar_read(uint32_t offset, unsigned int size)
{
	return bus_read(1, WINDOW_BAR - PCI_WINDOW_BASE + offset, size);
}

static inline void bar_write(uint32_t offset, unsigned int size, uint64_t value)
{
	bus_write(1, WINDOW_BAR - PCI_WINDOW_BASE + offset, size, value);
}

static inline void set_bar(void)
{
	config_write(PCI_BASE_ADDRESS_0, 4, WINDOW_BAR);
	config_write(PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Opens the machine with what `config` asks for; the driver takes the function in this slot. */
static inline int open_machine(unsigned int wanted)
{
	struct device_context context = {.vm = &vm, .config = &config};
	int ret;

	slot = wanted;
	messages = 0;
	level = false;
	memset(ram, 0, sizeof(ram));
	ret = pci_device.open(&pci_device, &context, &machine);
	if (ret == 0)
		ret = pci_device.start(machine);
	if (ret == 0)
		set_bar();
	return ret;
}

static inline void close_machine(void)
{
	pci_device.close(machine);
}

static inline void set_status(uint8_t status)
{
	bar_write(VIRTIO_PCI_COMMON_STATUS, 1, status);
}

static inline uint8_t get_status(void)
{
	return (uint8_t)bar_read(VIRTIO_PCI_COMMON_STATUS, 1);
}

/* As a driver has to, waits for the reset's end: 0 can take a while to come. */
static inline void reset_device(void)
{
	int n;

	set_status(0);
	for (n = 0; n < WAIT_SECONDS * 1000 && get_status(); n++)
		usleep(1000);
	assert_int_equal(get_status(), 0);
}

static inline uint64_t offered(void)
{
	uint64_t low;

	bar_write(VIRTIO_PCI_COMMON_DFSELECT, 4, 0);
	low = bar_read(VIRTIO_PCI_COMMON_DF, 4);
	bar_write(VIRTIO_PCI_COMMON_DFSELECT, 4, 1);
	return low | bar_read(VIRTIO_PCI_COMMON_DF, 4) << 32;
}

/* Resets the device and accepts features; true if the device agrees. */
static inline bool accept_features(uint64_t features)
{
	reset_device();
	set_status(VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
	bar_write(VIRTIO_PCI_COMMON_GFSELECT, 4, 0);
	bar_write(VIRTIO_PCI_COMMON_GF, 4, (uint32_t)features);
	bar_write(VIRTIO_PCI_COMMON_GFSELECT, 4, 1);
	bar_write(VIRTIO_PCI_COMMON_GF, 4, features >> 32);
	set_status(get_status() | VIRTIO_CONFIG_S_FEATURES_OK);
	return get_status() & VIRTIO_CONFIG_S_FEATURES_OK;
}

static inline void place_area(unsigned int reg, uint64_t at)
{
	bar_write(reg, 4, (uint32_t)(MAP_RAM + at));
	bar_write(reg + 4, 4, (MAP_RAM + at) >> 32);
}

static inline void set_places(unsigned int queue, uint16_t size)
{
	bar_write(VIRTIO_PCI_COMMON_Q_SELECT, 2, queue);
	bar_write(VIRTIO_PCI_COMMON_Q_SIZE, 2, size);
	place_area(VIRTIO_PCI_COMMON_Q_DESCLO, AREA(queue) + DESC_AT);
	place_area(VIRTIO_PCI_COMMON_Q_AVAILLO, AREA(queue) + DRIVER_AT);
	place_area(VIRTIO_PCI_COMMON_Q_USEDLO, AREA(queue) + DEVICE_AT);
	bar_write(VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
}

static inline void set_queue(unsigned int queue)
{
	set_places(queue, RING_SIZE);
}

/* All that a driver does before it uses split queues without event index. */
static inline void bring_up(uint64_t features, unsigned int queues)
{
	unsigned int i;

	memset(ram, 0, AREA(queues));
	assert_true(accept_features(features | VIRTIO_FEATURE(VIRTIO_F_VERSION_1)));
	for (i = 0; i < queues; i++)
		set_queue(i);
	set_status(get_status() | VIRTIO_CONFIG_S_DRIVER_OK);
	assert_int_equal(get_status(), 0xf);
}

static inline void put_desc(unsigned int queue, unsigned int i, uint64_t at, uint32_t size,
			    uint16_t flags, uint16_t next)
{
	uint8_t *d = ram + AREA(queue) + DESC_AT + 16 * i;
	uint64_t address = MAP_RAM + at;

	memcpy(d, &address, 8);
	memcpy(d + 8, &size, 4);
	memcpy(d + 12, &flags, 2);
	memcpy(d + 14, &next, 2);
}

static inline uint16_t *ring16(unsigned int queue, unsigned int at)
{
	return (uint16_t *)(ram + AREA(queue) + at);
}

/* Makes a chain available. */
static inline void offer(unsigned int queue, uint16_t head)
{
	uint16_t idx = __atomic_load_n(ring16(queue, DRIVER_AT + 2), __ATOMIC_RELAXED);

	*ring16(queue, DRIVER_AT + 4 + 2 * (idx % RING_SIZE)) = head;
	__atomic_store_n(ring16(queue, DRIVER_AT + 2), (uint16_t)(idx + 1), __ATOMIC_RELEASE);
}

static inline void kick(unsigned int queue)
{
	bar_write(VIRTIO_BAR_NOTIFY + VIRTIO_NOTIFY_STEP * queue, 2, queue);
}

static inline uint16_t used_count(unsigned int queue)
{
	return __atomic_load_n(ring16(queue, DEVICE_AT + 2), __ATOMIC_ACQUIRE);
}

/* How many bytes the device says to have written into the last chain. */
static inline uint32_t last_written(unsigned int queue)
{
	uint32_t written;
	uint16_t last = (uint16_t)(used_count(queue) - 1) % RING_SIZE;

	memcpy(&written, ring16(queue, DEVICE_AT + 8 + 8 * last), 4);
	return written;
}

/* Waits, by the pin, until this many chains have come back. */
static inline void wait_for_used(unsigned int queue, uint16_t count)
{
	while (used_count(queue) != count) {
		wait_for_interrupt();
		bar_read(VIRTIO_BAR_ISR, 1);
	}
}

#endif
