/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/dev/virtio/queue.c, split.c, packed.c: rings of a good driver and of hostile ones. */
#include <errno.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/dev/virtio/queue.h"

#define BASE   0x40000000ULL
#define SHARED (1ULL << 32)
#define SIZE   8

/* Where the test's driver has its areas, tables and buffers, from BASE on. */
#define DESC   0x0
#define DRIVER 0x1000
#define DEVICE 0x2000
#define TABLE  0x3000
#define DATA   0x4000
#define END    0x8000

#define S_NEXT	   1
#define S_WRITE	   2
#define S_INDIRECT 4
#define P_AVAIL	   (1 << 7)
#define P_USED	   (1 << 15)

/*
 * A descriptor of either form of ring. third and fourth are flags and next in a split ring, id and
 * flags in a packed one.
 */
struct desc {
	uint64_t address;
	uint32_t size;
	uint16_t third, fourth;
};

static uint8_t memory[END] __attribute__((aligned(4096)));
static const struct guest_region region = {.base = BASE, .size = END, .host = memory};
static const struct guest_memory guest = {.regions = &region, .count = 1, .shared_bit = SHARED};
static struct virtio_queue q;
static struct virtio_chain c;

static uint16_t *u16_at(unsigned int at)
{
	return (uint16_t *)(memory + at);
}

static void put(unsigned int at, uint64_t address, uint32_t size, uint16_t third, uint16_t fourth)
{
	memcpy(memory + at, &(struct desc){address, size, third, fourth}, sizeof(struct desc));
}

static void put_desc(unsigned int i, uint64_t address, uint32_t size, uint16_t third,
		     uint16_t fourth)
{
	put(DESC + 16 * i, address, size, third, fourth);
}

static void enable(bool packed)
{
	memset(memory, 0, sizeof(memory));
	q = (struct virtio_queue){.memory = &guest, .size_max = SIZE};
	virtio_queue_reset(&q);
	q.packed = packed;
	q.indirect = q.event_idx = true;
	q.desc = BASE + DESC;
	q.driver = BASE + DRIVER;
	q.device = BASE + DEVICE;
	assert_int_equal(virtio_queue_enable(&q), 0);
}

static int use_split(void **state)
{
	enable(false);
	return 0;
}

static int use_packed(void **state)
{
	enable(true);
	return 0;
}

/* The driver makes the chain with this head available. */
static void offer(uint16_t head)
{
	uint16_t *idx = u16_at(DRIVER + 2);

	*u16_at(DRIVER + 4 + 2 * (*idx % SIZE)) = head;
	++*idx;
}

static void assert_buffer(size_t i, unsigned int at, size_t size)
{
	assert_ptr_equal(c.iov[i].iov_base, memory + at);
	assert_int_equal(c.iov[i].iov_len, size);
}

static void assert_broken(void)
{
	assert_int_equal(virtio_queue_pop(&q, &c), -EPROTO);
	assert_true(q.broken);
	assert_int_equal(virtio_queue_pop(&q, &c), -EPROTO);
}

static void areas_must_be_aligned_and_in_memory(void **state)
{
	static const struct {
		uint64_t desc, driver, device;
	} wrong[] = {
		{BASE + 8, BASE + DRIVER, BASE + DEVICE},
		{BASE, BASE + DRIVER + 1, BASE + DEVICE},
		{BASE, BASE + DRIVER, BASE + DEVICE + 2},
		{BASE - 16, BASE + DRIVER, BASE + DEVICE},
		{BASE + END - 16 * (SIZE - 1), BASE + DRIVER, BASE + DEVICE},
		{BASE, BASE + END, BASE + DEVICE},
		{BASE, BASE + DRIVER, UINT64_MAX - 3},
		{0, 0, 0},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		virtio_queue_reset(&q);
		q.desc = wrong[i].desc;
		q.driver = wrong[i].driver;
		q.device = wrong[i].device;
		assert_int_equal(virtio_queue_enable(&q), -EINVAL);
		assert_false(q.enabled);
		assert_int_equal(virtio_queue_pop(&q, &c), 0);
	}
}

static void split_rings_have_powers_of_two(void **state)
{
	assert_true(virtio_queue_takes_size(&q, false, 8));
	assert_true(virtio_queue_takes_size(&q, false, 1));
	assert_false(virtio_queue_takes_size(&q, false, 7));
	assert_true(virtio_queue_takes_size(&q, true, 7));
	assert_false(virtio_queue_takes_size(&q, true, 0));
	assert_false(virtio_queue_takes_size(&q, true, SIZE + 1));
}

static void a_chain_has_what_is_read_and_then_what_is_written(void **state)
{
	put_desc(3, BASE + DATA, 16, S_NEXT, 1);
	put_desc(1, (BASE + DATA + 0x100) | SHARED, 512, S_NEXT | S_WRITE, 5);
	put_desc(5, BASE + DATA + 0x400, 1, S_WRITE, 77);
	assert_int_equal(virtio_queue_pop(&q, &c), 0);
	offer(3);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	assert_int_equal(c.out_count, 1);
	assert_int_equal(c.in_count, 2);
	assert_buffer(0, DATA, 16);
	assert_buffer(1, DATA + 0x100, 512);
	assert_buffer(2, DATA + 0x400, 1);
	assert_int_equal(virtio_queue_pop(&q, &c), 0);
}

static void used_chains_appear_when_they_are_published(void **state)
{
	unsigned int i;

	put_desc(2, BASE + DATA, 16, S_WRITE, 0);
	for (i = 0; i < 3 * SIZE; i++) {
		offer(2);
		assert_int_equal(virtio_queue_pop(&q, &c), 1);
		virtio_queue_push(&q, &c, 100 + i);
		assert_int_equal(*u16_at(DEVICE + 2), i);
		virtio_queue_publish(&q);
		assert_int_equal(*u16_at(DEVICE + 2), i + 1);
		assert_int_equal(*u16_at(DEVICE + 4 + 8 * (i % SIZE)), 2);
		assert_int_equal(*u16_at(DEVICE + 8 + 8 * (i % SIZE)), 100 + i);
	}
}

static void chains_come_again_after_a_rewind(void **state)
{
	struct virtio_queue mark = q;

	put_desc(2, BASE + DATA, 16, S_WRITE, 0);
	put_desc(4, BASE + DATA, 16, S_WRITE, 0);
	offer(2);
	offer(4);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	virtio_queue_rewind(&q, &mark);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	assert_int_equal(c.id, 2);
}

static void a_table_may_end_a_chain(void **state)
{
	put_desc(0, BASE + DATA, 16, S_NEXT, 1);
	put_desc(1, BASE + TABLE, 32, S_INDIRECT, 0);
	put(TABLE, BASE + DATA + 16, 16, S_NEXT, 1);
	put(TABLE + 16, BASE + DATA + 32, 16, S_WRITE, 0);
	offer(0);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	assert_int_equal(c.out_count, 2);
	assert_int_equal(c.in_count, 1);
	assert_buffer(2, DATA + 32, 16);
}

static void split_event_index_says_when_to_interrupt(void **state)
{
	unsigned int i, interrupts = 0;

	put_desc(0, BASE + DATA, 16, S_WRITE, 0);
	*u16_at(DRIVER + 4 + 2 * SIZE) = 2; /* the third */
	for (i = 0; i < 5; i++) {
		assert_false(virtio_queue_wants_interrupt(&q));
		offer(0);
		assert_int_equal(virtio_queue_pop(&q, &c), 1);
		virtio_queue_push(&q, &c, 0);
		virtio_queue_publish(&q);
		if (virtio_queue_wants_interrupt(&q)) {
			assert_int_equal(i, 2);
			interrupts++;
		}
	}
	assert_int_equal(interrupts, 1);
	/* The driver is told when to kick. */
	assert_false(virtio_queue_start_kicks(&q));
	assert_int_equal(*u16_at(DEVICE + 4 + 8 * SIZE), 5);
	offer(0);
	assert_true(virtio_queue_start_kicks(&q));
}

static void split_flags_do_it_without_event_index(void **state)
{
	q.event_idx = false;
	put_desc(0, BASE + DATA, 16, S_WRITE, 0);
	*u16_at(DRIVER) = 1;
	virtio_queue_stop_kicks(&q);
	assert_int_equal(*u16_at(DEVICE), 1);
	assert_false(virtio_queue_start_kicks(&q));
	assert_int_equal(*u16_at(DEVICE), 0);
	offer(0);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	virtio_queue_push(&q, &c, 0);
	assert_false(virtio_queue_wants_interrupt(&q));
	*u16_at(DRIVER) = 0;
	virtio_queue_push(&q, &c, 0);
	assert_true(virtio_queue_wants_interrupt(&q));
}

static void split_breaks_by_an_index_too_far(void **state)
{
	*u16_at(DRIVER + 2) = SIZE + 1;
	assert_broken();
}

static void split_breaks_by_a_head_outside(void **state)
{
	offer(SIZE);
	assert_broken();
}

static void split_breaks_by_descriptors(void **state)
{
	static const struct desc wrong[] = {
		{BASE + DATA, 16, S_NEXT, 0},	   /* a loop */
		{BASE + DATA, 16, S_NEXT, SIZE},   /* next is outside */
		{BASE + END - 8, 16, 0, 0},	   /* memory ends */
		{BASE - 8, 16, 0, 0},		   /* memory begins */
		{UINT64_MAX - 8, 16, 0, 0},	   /* addresses end */
		{BASE, UINT32_MAX, 0, 0},	   /* too long */
		{BASE + TABLE, 15, S_INDIRECT, 0}, /* no whole entry */
		{BASE + TABLE, 0, S_INDIRECT, 0},  /* no entry */
		{BASE + TABLE, 16 * (SIZE + 1), S_INDIRECT, 0},
		{BASE + END - 16, 32, S_INDIRECT, 0},
		{BASE + TABLE, 16, S_INDIRECT | S_NEXT, 0},
		{BASE + TABLE + 16, 32, S_INDIRECT, 0}, /* a loop there */
		{BASE + TABLE + 48, 16, S_INDIRECT, 0}, /* a table in a table */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		enable(false);
		memcpy(memory, &wrong[i], sizeof(wrong[i]));
		put(TABLE, BASE + DATA, 16, 0, 0);
		put(TABLE + 16, BASE + DATA, 16, S_NEXT, 1);
		put(TABLE + 32, BASE + DATA, 16, S_NEXT, 0);
		put(TABLE + 48, BASE + TABLE, 16, S_INDIRECT, 0);
		offer(0);
		assert_broken();
	}
	enable(false);
	q.indirect = false;
	put_desc(0, BASE + TABLE, 16, S_INDIRECT, 0);
	put(TABLE, BASE + DATA, 16, 0, 0);
	offer(0);
	assert_broken();
	/* What the device reads stands before what it writes. */
	enable(false);
	put_desc(0, BASE + DATA, 16, S_WRITE | S_NEXT, 1);
	put_desc(1, BASE + DATA, 16, 0, 0);
	offer(0);
	assert_broken();
}

/* The driver's position in a packed ring. */
static unsigned int position;
static bool wrap;

static uint16_t avail_flags(uint16_t flags)
{
	return (uint16_t)(flags | (wrap ? P_AVAIL : P_USED));
}

static void offer_packed(uint64_t address, uint32_t size, uint16_t id, uint16_t flags)
{
	put_desc(position, address, size, id, avail_flags(flags));
	if (++position == SIZE) {
		position = 0;
		wrap = !wrap;
	}
}

static int use_packed_from_the_start(void **state)
{
	position = 0;
	wrap = true;
	return use_packed(state);
}

static void packed_chains_follow_the_ring(void **state)
{
	unsigned int i;
	bool used_wrap = true;

	assert_int_equal(virtio_queue_pop(&q, &c), 0);
	for (i = 0; i < 3 * SIZE; i++) {
		unsigned int used = 3 * i % SIZE;
		uint16_t want = used_wrap ? P_AVAIL | P_USED | S_WRITE : S_WRITE;

		offer_packed(BASE + DATA, 16, 100, S_NEXT);
		offer_packed((BASE + DATA + 32) | SHARED, 8, 100, S_NEXT | S_WRITE);
		offer_packed(BASE + DATA + 64, 4, (uint16_t)i, S_WRITE);
		assert_int_equal(virtio_queue_pop(&q, &c), 1);
		assert_int_equal(c.id, i);
		assert_int_equal(c.slots, 3);
		assert_int_equal(c.out_count, 1);
		assert_int_equal(c.in_count, 2);
		assert_buffer(1, DATA + 32, 8);
		virtio_queue_push(&q, &c, 7);
		assert_int_not_equal(*u16_at(16 * used + 14), want);
		virtio_queue_publish(&q);
		assert_int_equal(*u16_at(16 * used + 14), want);
		assert_int_equal(*u16_at(16 * used + 12), i);
		assert_int_equal(*u16_at(16 * used + 8), 7);
		assert_int_equal(virtio_queue_pop(&q, &c), 0);
		used_wrap ^= used + 3 >= SIZE;
	}
}

static void packed_tables_have_all_their_entries(void **state)
{
	offer_packed(BASE + TABLE, 48, 9, S_INDIRECT);
	put(TABLE, BASE + DATA, 16, 0, S_NEXT);
	put(TABLE + 16, BASE + DATA + 16, 16, 0, 0);
	put(TABLE + 32, BASE + DATA + 32, 16, 0, S_WRITE);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	assert_int_equal(c.slots, 1);
	assert_int_equal(c.out_count, 2);
	assert_int_equal(c.in_count, 1);
}

static void use_one_packed(void)
{
	offer_packed(BASE + DATA, 16, 0, S_WRITE);
	assert_int_equal(virtio_queue_pop(&q, &c), 1);
	virtio_queue_push(&q, &c, 1);
	virtio_queue_publish(&q);
}

static void packed_event_index_says_when_to_interrupt(void **state)
{
	unsigned int i, interrupts = 0;

	for (i = 0; i < 4 * SIZE; i++) {
		/* The third of the second turn, whose wrap bit is 0. */
		*u16_at(DRIVER) = 2;
		*u16_at(DRIVER + 2) = 2;
		use_one_packed();
		if (virtio_queue_wants_interrupt(&q)) {
			interrupts++;
			assert_int_equal(i % (2 * SIZE), SIZE + 2);
		}
	}
	assert_int_equal(interrupts, 2);
	*u16_at(DRIVER + 2) = 1;
	use_one_packed();
	assert_false(virtio_queue_wants_interrupt(&q));
	*u16_at(DRIVER + 2) = 0;
	use_one_packed();
	assert_true(virtio_queue_wants_interrupt(&q));
	virtio_queue_stop_kicks(&q);
	assert_int_equal(*u16_at(DEVICE + 2), 1);
	assert_false(virtio_queue_start_kicks(&q));
	assert_int_equal(*u16_at(DEVICE), 2 | 1 << 15);
	assert_int_equal(*u16_at(DEVICE + 2), 2);
	offer_packed(BASE + DATA, 16, 0, 0);
	assert_true(virtio_queue_start_kicks(&q));
}

static void packed_breaks_by_descriptors(void **state)
{
	static const struct desc wrong[] = {
		{BASE + END - 8, 16, 0, 0},
		{UINT64_MAX - 8, 16, 0, 0},
		{BASE + TABLE, 15, 0, S_INDIRECT},
		{BASE + TABLE, 16 * (SIZE + 1), 0, S_INDIRECT},
		{BASE + END - 16, 32, 0, S_INDIRECT},
		{BASE + TABLE, 16, 0, S_INDIRECT | S_NEXT},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		use_packed_from_the_start(state);
		offer_packed(wrong[i].address, wrong[i].size, 0, wrong[i].fourth);
		assert_broken();
	}
	use_packed_from_the_start(state);
	for (i = 0; i < SIZE; i++)
		offer_packed(BASE + DATA, 16, 0, S_NEXT); /* without an end */
	assert_broken();
	use_packed_from_the_start(state);
	offer_packed(BASE + DATA, 16, 0, S_NEXT);
	offer_packed(BASE + TABLE, 16, 0, S_INDIRECT);
	assert_broken();
}

#define SPLIT(test)  cmocka_unit_test_setup(test, use_split)
#define PACKED(test) cmocka_unit_test_setup(test, use_packed_from_the_start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPLIT(areas_must_be_aligned_and_in_memory),
		SPLIT(split_rings_have_powers_of_two),
		SPLIT(a_chain_has_what_is_read_and_then_what_is_written),
		SPLIT(used_chains_appear_when_they_are_published),
		SPLIT(chains_come_again_after_a_rewind),
		SPLIT(a_table_may_end_a_chain),
		SPLIT(split_event_index_says_when_to_interrupt),
		SPLIT(split_flags_do_it_without_event_index),
		SPLIT(split_breaks_by_an_index_too_far),
		SPLIT(split_breaks_by_a_head_outside),
		SPLIT(split_breaks_by_descriptors),
		PACKED(packed_chains_follow_the_ring),
		PACKED(packed_tables_have_all_their_entries),
		PACKED(packed_event_index_says_when_to_interrupt),
		PACKED(packed_breaks_by_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
