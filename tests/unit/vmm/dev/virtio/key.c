/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmm/dev/virtio/key.c with input.c and mmio.c: a driver finds the key by its registers, brings it
 * up, and gets the events of a press; one that breaks rules gets none and harms nobody.
 */
#include <errno.h>
#include <linux/input-event-codes.h>
#include <linux/virtio_input.h>
#include <linux/virtio_mmio.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/device.h"
#include "vmm/dev/virtio/virtio.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

#define RAM_SIZE    KIB(64)
#define RING_SIZE   8
#define DESC_AT	    0x0
#define DRIVER_AT   0x1000
#define DEVICE_AT   0x2000
#define DATA_AT	    0x4000
#define EVENT_SIZE  8
#define D_WRITE	    2
#define SHARED_BIT  BIT(32)
#define CONFIG(at)  (VIRTIO_MMIO_CONFIG + (at))
#define VERSION_1   (1ULL << 32)
#define PLATFORM    (1ULL << 33)
#define STATUS_GOOD 0xf

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static struct vm vm = {.ram = ram, .ram_size = RAM_SIZE};
static void *key;
static bool level;

int gic_set_spi(struct vm *v, unsigned int spi, bool new_level)
{
	assert_ptr_equal(v, &vm);
	assert_int_equal(spi, key_device.spi);
	assert_int_not_equal(level, new_level);
	level = new_level;
	return 0;
}

static int open_machine(bool realm)
{
	const struct device_context c = {.vm = &vm};

	error_clear();
	memset(ram, 0, sizeof(ram));
	level = false;
	vm.realm = realm;
	return key_device.open(&key_device, &c, &key) ?: key_device.start(key);
}

static int open_key(void **state)
{
	return open_machine(false);
}

static int open_realms_key(void **state)
{
	return open_machine(true);
}

static int close_key(void **state)
{
	key_device.close(key);
	return 0;
}

static uint32_t get(uint64_t offset)
{
	return (uint32_t)key_device.read(key, 0, offset, 4);
}

static void set(uint64_t offset, uint32_t value)
{
	key_device.write(key, 0, offset, 4, value);
}

static uint8_t get8(uint64_t offset)
{
	return (uint8_t)key_device.read(key, 0, offset, 1);
}

static void set8(uint64_t offset, uint8_t value)
{
	key_device.write(key, 0, offset, 1, value);
}

static void place(uint64_t reg, uint64_t address)
{
	set(reg, (uint32_t)address);
	set(reg + 4, (uint32_t)(address >> 32));
}

static uint32_t accept_features(uint64_t features)
{
	set(VIRTIO_MMIO_STATUS, 0);
	set(VIRTIO_MMIO_STATUS, 3);
	set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	set(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)features);
	set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	set(VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
	set(VIRTIO_MMIO_STATUS, 0xb);
	return get(VIRTIO_MMIO_STATUS);
}

static void start_at(uint64_t base)
{
	set(VIRTIO_MMIO_QUEUE_SEL, 0);
	set(VIRTIO_MMIO_QUEUE_NUM, RING_SIZE);
	place(VIRTIO_MMIO_QUEUE_DESC_LOW, base + DESC_AT);
	place(VIRTIO_MMIO_QUEUE_AVAIL_LOW, base + DRIVER_AT);
	place(VIRTIO_MMIO_QUEUE_USED_LOW, base + DEVICE_AT);
	set(VIRTIO_MMIO_QUEUE_READY, 1);
	set(VIRTIO_MMIO_STATUS, STATUS_GOOD);
}

static void bring_up(void)
{
	assert_int_equal(accept_features(VERSION_1), 0xb);
	start_at(MAP_RAM);
	assert_int_equal(get(VIRTIO_MMIO_QUEUE_READY), 1);
	assert_int_equal(get(VIRTIO_MMIO_STATUS), STATUS_GOOD);
}

/* A buffer for an event, at its place in the row; offered ones count from the start of the ring. */
static void offer(unsigned int i, uint64_t base)
{
	uint64_t address = base + DATA_AT + EVENT_SIZE * i;
	uint8_t *d = ram + DESC_AT + 16 * i;
	uint32_t size = EVENT_SIZE;
	uint16_t flags = D_WRITE, *avail = (uint16_t *)(ram + DRIVER_AT);

	memcpy(d, &address, 8);
	memcpy(d + 8, &size, 4);
	memcpy(d + 12, &flags, 2);
	avail[2 + i] = (uint16_t)i;
	avail[1] = (uint16_t)(i + 1);
}

static void offer_all(uint64_t base)
{
	unsigned int i;

	for (i = 0; i < RING_SIZE; i++)
		offer(i, base);
}

static unsigned int used(void)
{
	return ((uint16_t *)(ram + DEVICE_AT))[1];
}

static void assert_event(unsigned int i, uint16_t type, uint16_t code, uint32_t value)
{
	struct virtio_input_event e;

	memcpy(&e, ram + DATA_AT + EVENT_SIZE * i, sizeof(e));
	assert_int_equal(e.type, type);
	assert_int_equal(e.code, code);
	assert_int_equal(e.value, value);
}

static void assert_press(unsigned int first)
{
	assert_event(first, EV_KEY, KEY_POWER, 1);
	assert_event(first + 1, EV_SYN, SYN_REPORT, 0);
	assert_event(first + 2, EV_KEY, KEY_POWER, 0);
	assert_event(first + 3, EV_SYN, SYN_REPORT, 0);
}

static void it_is_found_by_its_registers(void **state)
{
	assert_int_equal(get(VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	assert_int_equal(get(VIRTIO_MMIO_VERSION), 2);
	assert_int_equal(get(VIRTIO_MMIO_DEVICE_ID), 18);
	assert_int_equal(get(VIRTIO_MMIO_QUEUE_NUM_MAX), 16);
	set(VIRTIO_MMIO_QUEUE_SEL, 2);
	assert_int_equal(get(VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	assert_true(get(VIRTIO_MMIO_DEVICE_FEATURES) & VERSION_1 >> 32);
	set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
	assert_int_equal(get(VIRTIO_MMIO_DEVICE_FEATURES), 0);
	/* No region of memory, and nothing by halves. */
	assert_int_equal(get(0x0b0), 0xffffffff);
	assert_int_equal(get8(VIRTIO_MMIO_MAGIC_VALUE), 0);
}

static void select_config(uint8_t what, uint8_t which)
{
	set8(CONFIG(0), what);
	set8(CONFIG(1), which);
}

static void it_has_a_name_and_one_key(void **state)
{
	unsigned int i, bits = 0;

	select_config(VIRTIO_INPUT_CFG_ID_NAME, 0);
	assert_int_equal(get8(CONFIG(2)), strlen("kvm-cca power key"));
	assert_int_equal(get8(CONFIG(8)), 'k');
	select_config(VIRTIO_INPUT_CFG_EV_BITS, EV_KEY);
	for (i = 0; i < get8(CONFIG(2)) * 8u; i++)
		bits += get8(CONFIG(8) + i / 8) >> i % 8 & 1;
	assert_int_equal(bits, 1);
	assert_true(get8(CONFIG(8) + KEY_POWER / 8) & 1 << KEY_POWER % 8);
	select_config(VIRTIO_INPUT_CFG_EV_BITS, EV_REL);
	assert_int_equal(get8(CONFIG(2)), 0);
	assert_int_equal(get8(CONFIG(8) + KEY_POWER / 8), 0);
	/* The rest is not the driver's to write, and ends. */
	set8(CONFIG(8), 1);
	assert_int_equal(get8(CONFIG(8)), 0);
	assert_int_equal(get8(CONFIG(136)), 0);
}

static void a_press_is_four_events_and_an_interrupt(void **state)
{
	bring_up();
	offer_all(MAP_RAM);
	assert_int_equal(key_device.press(key), 0);
	assert_int_equal(used(), 4);
	assert_press(0);
	assert_true(level);
	assert_int_equal(get(VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_VRING);
	set(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	assert_false(level);
	assert_int_equal(key_device.press(key), 0);
	assert_int_equal(used(), 8);
	assert_press(4);
}

static void nobody_hears_it_before_the_driver_is_there(void **state)
{
	assert_int_equal(key_device.press(key), -ENOTCONN);
	bring_up();
	assert_int_equal(key_device.press(key), -EAGAIN);
	/* Half a press is none. */
	offer(0, MAP_RAM);
	offer(1, MAP_RAM);
	offer(2, MAP_RAM);
	assert_int_equal(key_device.press(key), -EAGAIN);
	assert_int_equal(used(), 0);
	offer(3, MAP_RAM);
	assert_int_equal(key_device.press(key), 0);
	assert_int_equal(used(), 4);
}

static void a_realms_driver_must_share(void **state)
{
	assert_int_equal(accept_features(VERSION_1), 3);
	assert_int_equal(accept_features(VERSION_1 | PLATFORM), 0xb);
	start_at(MAP_RAM | SHARED_BIT);
	offer_all(MAP_RAM | SHARED_BIT);
	assert_int_equal(key_device.press(key), 0);
	assert_press(0);
}

static void hostile_rings_do_no_harm(void **state)
{
	bring_up();
	offer_all(MAP_RAM + RAM_SIZE);
	assert_int_equal(key_device.press(key), -EAGAIN);
	assert_true(get(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET);
	assert_int_equal(get(VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
	assert_int_equal(key_device.press(key), -ENOTCONN);
	memset(ram, 0, sizeof(ram));
	bring_up();
	assert_false(level);
	/* A queue outside of memory, and sizes that are none. */
	accept_features(VERSION_1);
	set(VIRTIO_MMIO_QUEUE_NUM, 0x10008);
	set(VIRTIO_MMIO_QUEUE_NUM, 3);
	start_at(MAP_RAM - 0x1000);
	assert_int_equal(get(VIRTIO_MMIO_QUEUE_READY), 0);
	set(VIRTIO_MMIO_QUEUE_NOTIFY, 0xffffffff);
}

static void a_queue_is_taken_back(void **state)
{
	bring_up();
	offer_all(MAP_RAM);
	set(VIRTIO_MMIO_QUEUE_READY, 0);
	assert_int_equal(get(VIRTIO_MMIO_QUEUE_READY), 0);
	assert_int_equal(key_device.press(key), -EAGAIN);
}

static void a_new_start_finds_it_as_the_first(void **state)
{
	bring_up();
	offer_all(MAP_RAM);
	assert_int_equal(key_device.press(key), 0);
	set(VIRTIO_MMIO_QUEUE_SEL, 1);
	key_device.reset(key);
	assert_false(level);
	assert_int_equal(get(VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(get(VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	assert_int_equal(key_device.press(key), -ENOTCONN);
	memset(ram, 0, sizeof(ram));
	bring_up();
	offer_all(MAP_RAM);
	assert_int_equal(key_device.press(key), 0);
	assert_press(0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_key, close_key)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_found_by_its_registers),
		TEST(it_has_a_name_and_one_key),
		TEST(a_press_is_four_events_and_an_interrupt),
		TEST(nobody_hears_it_before_the_driver_is_there),
		cmocka_unit_test_setup_teardown(a_realms_driver_must_share, open_realms_key,
						close_key),
		TEST(hostile_rings_do_no_harm),
		TEST(a_queue_is_taken_back),
		TEST(a_new_start_finds_it_as_the_first),
	};

	return cmocka_run_group_tests_name("vmm/dev/virtio/key", tests, NULL, NULL);
}
