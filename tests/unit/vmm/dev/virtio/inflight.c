/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/inflight.c */
#include "tests/unit/vmm/unit.h"
#include "vmm/dev/virtio/inflight.h"

#define DESC_AT	  0x0u
#define DRIVER_AT 0x1000u
#define DEVICE_AT 0x2000u

static uint8_t ram[0x3000] __attribute__((aligned(4096)));

static struct virtio_queue ring(uint16_t size)
{
	memset(ram, 0, sizeof(ram));
	return (struct virtio_queue){.size = size,
				     .desc_at = ram + DESC_AT,
				     .driver_at = ram + DRIVER_AT,
				     .device_at = ram + DEVICE_AT};
}

static void make_available(const struct virtio_queue *q, uint16_t head)
{
	uint16_t *at = (uint16_t *)q->driver_at;

	at[2 + at[1] % q->size] = head;
	at[1]++;
}

static void make_used(const struct virtio_queue *q, uint16_t head)
{
	uint16_t *at = (uint16_t *)q->device_at;

	at[2 + 4 * (at[1] % q->size)] = head;
	at[1]++;
}

/* Answered out of their order: what is left is found, and comes at the end. */
static void requests_without_an_answer_come_again(void **state)
{
	struct virtio_queue q = ring(8);
	const uint16_t *at = (uint16_t *)q.driver_at;
	int i;

	assert_int_equal(virtio_inflight_recover(&q), 0);
	for (i = 0; i < 5; i++)
		make_available(&q, (uint16_t)i);
	make_used(&q, 3);
	make_used(&q, 1);
	assert_int_equal(virtio_inflight_recover(&q), 2);
	assert_int_equal(at[2 + 2], 0);
	assert_int_equal(at[2 + 3], 2);
	assert_int_equal(at[2 + 4], 4);
}

static void they_are_found_around_the_ring_and_the_counters_end(void **state)
{
	struct virtio_queue q = ring(8);
	const uint16_t *at = (uint16_t *)q.driver_at;
	int i;

	((uint16_t *)q.driver_at)[1] = ((uint16_t *)q.device_at)[1] = 65532;
	for (i = 0; i < 8; i++) {
		make_available(&q, (uint16_t)i);
		make_used(&q, (uint16_t)i);
	}
	make_available(&q, 5);
	make_available(&q, 6);
	make_available(&q, 7);
	make_used(&q, 7);
	assert_int_equal(virtio_inflight_recover(&q), 5);
	assert_int_equal(at[2 + 5], 5);
	assert_int_equal(at[2 + 6], 6);
}

/* Nothing but the ring is touched, and it ends. */
static void rings_that_break_the_rules_do_no_harm(void **state)
{
	struct virtio_queue q = ring(8);
	int i;

	for (i = 0; i < 20; i++)
		make_available(&q, 0xffff);
	assert_int_equal(virtio_inflight_recover(&q), 0);
	make_used(&q, 9);
	for (i = 0; i < 12; i++)
		make_used(&q, 2);
	assert_int_equal(virtio_inflight_recover(&q), 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_without_an_answer_come_again),
		cmocka_unit_test(they_are_found_around_the_ring_and_the_counters_end),
		cmocka_unit_test(rings_that_break_the_rules_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
