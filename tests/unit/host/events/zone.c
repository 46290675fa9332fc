/* SPDX-License-Identifier: BSD-3-Clause */
/* host/events/zone.c: zones of coalesced MMIO, and a ring that user space may spoil. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <asm/page.h>
#include <cmocka.h>
#include <linux/nospec.h>

#include "host/events/zone.h"

#define MAX ((u32)KVM_COALESCED_MMIO_MAX)

struct shim_clamp shim_clamp;

static union {
	struct kvm_coalesced_mmio_ring ring;
	u8 page[PAGE_SIZE];
} mapped;

static bool has(u64 address, u32 size, u64 at, u32 len)
{
	struct cca_zone zone = {.address = address, .size = size};
	struct cca_zone bytes = {.address = at, .size = len};

	return cca_zone_has(&zone, &bytes);
}

static void a_zone_has_what_lies_in_it(void **state)
{
	assert_true(has(0x1000, 8, 0x1000, 8));
	assert_true(has(0x1000, 8, 0x1007, 1));
	assert_false(has(0x1000, 8, 0x1008, 1));
	assert_false(has(0x1000, 8, 0x1004, 8));
	assert_false(has(0x1000, 8, 0xfff, 1));
	assert_false(has(0x1000, 0, 0x1000, 1));
	assert_true(has(-8ULL, 8, -8ULL, 8));
	assert_false(has(-8ULL, 4, -4ULL, 4));
	assert_false(has(0, ~0U, 0x100000000ULL, 1));
}

static void buses_are_apart(void **state)
{
	struct kvm_coalesced_mmio_zone args = {.addr = 0x1000, .size = 8, .pio = 1};
	struct cca_zone zone = cca_zone_of(&args), bytes = {.address = 0x1000, .size = 4};

	assert_false(cca_zone_has(&zone, &bytes));
	args.pio = 0;
	zone = cca_zone_of(&args);
	assert_true(cca_zone_has(&zone, &bytes));
}

static void all_that_have_the_bytes_are_removed(void **state)
{
	struct cca_zone zones[] = {{0x1000, 8, false}, {0x2000, 8, false}, {0xff0, 0x40, false}};
	struct cca_zone bytes = {0x1000, 4, false};

	assert_int_equal(cca_zone_remove(zones, 3, &bytes), 1);
	assert_int_equal(zones[0].address, 0x2000);
	assert_int_equal(cca_zone_remove(zones, 1, &bytes), 1);
	assert_int_equal(cca_zone_remove(zones, 0, &bytes), 0);
}

static int empty_ring(void **state)
{
	memset(&mapped, 0, sizeof(mapped));
	return 0;
}

static void a_write_is_put_into_the_ring(void **state)
{
	const struct kvm_coalesced_mmio *entry = mapped.ring.coalesced_mmio;

	assert_true(cca_ring_put(&mapped.ring, 0x1004, 2, 0xabcd));
	assert_int_equal(mapped.ring.last, 1);
	assert_int_equal(entry->phys_addr, 0x1004);
	assert_int_equal(entry->len, 2);
	assert_int_equal(entry->pio, 0);
	assert_int_equal(entry->data[0], 0xcd);
	assert_int_equal(entry->data[1], 0xab);
	assert_int_equal(entry->data[2], 0);
	assert_int_equal(shim_clamp.size, MAX);
}

static void a_full_ring_takes_no_more(void **state)
{
	u32 i, n = 0;

	for (i = 0; i < 2 * MAX; i++)
		n += cca_ring_put(&mapped.ring, 0x1000, 4, i);
	assert_int_equal(n, MAX - 1);
	mapped.ring.first = 10;
	for (i = 0; i < 2 * MAX; i++)
		n += cca_ring_put(&mapped.ring, 0x1000, 4, i);
	assert_int_equal(n, MAX - 1 + 10);
	assert_int_equal(mapped.ring.last, 9);
}

/* The page has nothing behind the ring that the sanitizers would not see. */
static void a_spoilt_ring_takes_nothing(void **state)
{
	struct kvm_coalesced_mmio_ring *ring = malloc(PAGE_SIZE);
	u32 i;

	assert_non_null(ring);
	for (i = 0; i < 1000; i++) {
		ring->first = rand();
		ring->last = rand() % 2 ? MAX + i : rand();
		cca_ring_put(ring, i, 8, i);
		assert_true(ring->last >= MAX || ring->last == 0);
	}
	ring->last = ~0U;
	assert_false(cca_ring_put(ring, 0, 8, 0));
	ring->last = MAX;
	assert_false(cca_ring_put(ring, 0, 8, 0));
	ring->last = MAX - 1;
	ring->first = 5;
	assert_true(cca_ring_put(ring, 0, 8, 0));
	assert_int_equal(ring->last, 0);
	free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_has_what_lies_in_it),
		cmocka_unit_test(buses_are_apart),
		cmocka_unit_test(all_that_have_the_bytes_are_removed),
		cmocka_unit_test_setup(a_write_is_put_into_the_ring, empty_ring),
		cmocka_unit_test_setup(a_full_ring_takes_no_more, empty_ring),
		cmocka_unit_test(a_spoilt_ring_takes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
