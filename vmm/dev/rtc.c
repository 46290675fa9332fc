/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's clock, a PL031 (Arm DDI 0224) without its alarm: the host's time in seconds, and what
 * the guest has added to it by setting it. A Realm must not believe it: the host says what time it
 * is (docs/vmm.md section 4).
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <util.h>

#include "vmm/dev/device.h"
#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"

#define RTC_BASE 0x09010000ULL
#define RTC_SIZE 0x1000ULL

#define REG_TIME    0x000
#define REG_MATCH   0x004
#define REG_LOAD    0x008
#define REG_CONTROL 0x00c
#define REG_MASK    0x010
#define REG_ID	    0xfe0

/* The binding of such devices wants a clock that drives their bus. */
#define CLOCK_PHANDLE 3
#define CLOCK_HZ      24000000

struct rtc {
	pthread_mutex_t lock;
	uint32_t added; /* to the host's time, modulo 2^32 */
	uint32_t match, load, mask;
};

static uint32_t host_time(void)
{
	return (uint32_t)time(NULL);
}

/* What says that this is a PL031, a byte in each register. */
static uint32_t read_id(uint64_t offset)
{
	static const uint8_t id[] = {0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

	return id[(offset - REG_ID) / sizeof(uint32_t)];
}

static uint32_t read_locked(const struct rtc *r, uint64_t offset)
{
	switch (offset) {
	case REG_TIME:
		return host_time() + r->added;
	case REG_MATCH:
		return r->match;
	case REG_LOAD:
		return r->load;
	case REG_CONTROL:
		return 1; /* it runs, and cannot be stopped */
	case REG_MASK:
		return r->mask;
	default:
		return 0;
	}
}

static uint64_t read_register(void *state, unsigned int region, uint64_t offset, unsigned int size)
{
	struct rtc *r = state;
	uint32_t value;

	if (offset % sizeof(uint32_t))
		return 0;
	if (offset >= REG_ID)
		return read_id(offset);
	pthread_mutex_lock(&r->lock);
	value = read_locked(r, offset);
	pthread_mutex_unlock(&r->lock);
	return value;
}

static void write_register(void *state, unsigned int region, uint64_t offset, unsigned int size,
			   uint64_t value)
{
	struct rtc *r = state;

	pthread_mutex_lock(&r->lock);
	switch (offset) {
	case REG_MATCH:
		r->match = (uint32_t)value;
		break;
	case REG_LOAD:
		r->load = (uint32_t)value;
		r->added = r->load - host_time();
		break;
	case REG_MASK:
		r->mask = value & 1;
		break;
	}
	pthread_mutex_unlock(&r->lock);
}

static int open_rtc(const struct device *d, const struct device_context *c, void **state)
{
	struct rtc *r = calloc(1, sizeof(*r));

	if (!r)
		return error_set(-ENOMEM, "out of memory");
	pthread_mutex_init(&r->lock, NULL);
	*state = r;
	return 0;
}

static void reset_rtc(void *state)
{
	struct rtc *r = state;

	r->added = r->match = r->load = r->mask = 0;
}

static void write_clock(struct tree *t)
{
	tree_begin(t, "apb-pclk");
	tree_string(t, "compatible", "fixed-clock");
	tree_u32(t, "#clock-cells", 0);
	tree_u32(t, "clock-frequency", CLOCK_HZ);
	tree_u32(t, "phandle", CLOCK_PHANDLE);
	tree_end(t);
}

static void write_node(const struct device *d, struct tree *t)
{
	static const char compatible[] = "arm,pl031\0arm,primecell";

	write_clock(t);
	tree_begin_at(t, d->name, RTC_BASE);
	tree_strings(t, "compatible", compatible, sizeof(compatible));
	tree_reg(t, (const uint64_t[]){RTC_BASE, RTC_SIZE}, 2);
	tree_u32(t, "clocks", CLOCK_PHANDLE);
	tree_string(t, "clock-names", "apb_pclk");
	device_end_node(d, t);
}

const struct device rtc_device = {
	.name = "rtc",
	.regions = {{RTC_BASE, RTC_SIZE}},
	.spi = DEVICE_NO_SPI,
	.node = write_node,
	.open = open_rtc,
	.reset = reset_rtc,
	.close = free,
	.read = read_register,
	.write = write_register,
};
