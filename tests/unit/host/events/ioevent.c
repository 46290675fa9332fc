/* SPDX-License-Identifier: BSD-3-Clause */
/* host/events/ioevent.c: which write signals which eventfd. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/events/ioevent.h"

#define DATAMATCH KVM_IOEVENTFD_FLAG_DATAMATCH
#define PIO	  KVM_IOEVENTFD_FLAG_PIO

static struct cca_ioevent table[64];
static unsigned int nr;

static struct cca_ioevent event(u64 address, u32 len, u32 flags, u64 match, long fd)
{
	struct kvm_ioeventfd args = {
		.datamatch = match, .addr = address, .len = len, .flags = flags};
	struct cca_ioevent e = cca_ioevent_of(&args);

	e.eventfd = (void *)fd;
	return e;
}

/* False: it collides. */
static bool add(u64 address, u32 len, u32 flags, u64 match, long fd)
{
	struct cca_ioevent e = event(address, len, flags, match, fd), longer[64];
	unsigned int i;

	if (cca_ioevent_collides(table, nr, &e))
		return false;
	cca_ioevent_insert(longer, table, nr++, &e);
	for (i = 0; i < nr; i++)
		table[i] = longer[i];
	return true;
}

static int find(u64 address, u32 len, u32 flags, u64 match, long fd)
{
	struct cca_ioevent e = event(address, len, flags, match, fd);

	return cca_ioevent_find(table, nr, &e);
}

/* The eventfd, or 0. */
static long write_to(u64 address, unsigned int len, u64 data)
{
	const struct cca_ioevent *e = cca_ioevent_match(table, nr, address, len, data);

	return e ? (long)e->eventfd : 0;
}

static int reset(void **state)
{
	nr = 0;
	return 0;
}

static int check(u64 address, u32 len, u32 flags)
{
	struct kvm_ioeventfd args = {.addr = address, .len = len, .flags = flags};

	return cca_ioevent_check(&args);
}

static void arguments_are_checked(void **state)
{
	u32 len;

	for (len = 0; len < 20; len++)
		assert_int_equal(
			check(0, len, 0),
			len == 0 || len == 1 || len == 2 || len == 4 || len == 8 ? 0 : -EINVAL);
	assert_int_equal(check(0, 0x80000000, 0), -EINVAL);
	assert_int_equal(check(~0ULL, 4, 0), -EINVAL);
	assert_int_equal(check(~0ULL - 3, 4, 0), -EINVAL);
	assert_int_equal(check(~0ULL - 4, 4, 0), 0);
	assert_int_equal(check(0, 4, 0x1f & ~KVM_IOEVENTFD_FLAG_DEASSIGN), 0);
	assert_int_equal(check(0, 4, 0x20), -EINVAL);
	assert_int_equal(check(0, 0, DATAMATCH), -EINVAL);
	assert_int_equal(check(0, 0, PIO), 0);
}

static void length_and_data_select(void **state)
{
	assert_true(add(0x1000, 4, DATAMATCH, 7, 1));
	assert_true(add(0x1000, 4, DATAMATCH, 8, 2));
	assert_true(add(0x1000, 2, 0, 0, 3));
	assert_true(add(0x2000, 0, 0, 0, 4));
	assert_int_equal(write_to(0x1000, 4, 7), 1);
	assert_int_equal(write_to(0x1000, 4, 8), 2);
	assert_int_equal(write_to(0x1000, 4, 9), 0);
	assert_int_equal(write_to(0x1000, 2, 7), 3);
	assert_int_equal(write_to(0x1000, 8, 7), 0);
	assert_int_equal(write_to(0x1004, 4, 7), 0);
	assert_int_equal(write_to(0xfff, 4, 7), 0);
	assert_int_equal(write_to(0x2000, 1, 7), 4);
	assert_int_equal(write_to(0x2000, 8, ~0ULL), 4);
	assert_int_equal(write_to(0x2001, 1, 7), 0);
}

static void what_overlaps_collides(void **state)
{
	assert_true(add(0x1000, 4, DATAMATCH, 7, 1));
	assert_false(add(0x1000, 4, DATAMATCH, 7, 2));
	assert_false(add(0x1000, 4, 0, 0, 2));
	assert_false(add(0x1000, 0, 0, 0, 2));
	assert_true(add(0x1000, 8, DATAMATCH, 7, 2));
	assert_true(add(0x1000, 2, 0, 0, 2));
	assert_false(add(0x1000, 2, DATAMATCH, 9, 2));
	assert_true(add(0x2000, 0, 0, 0, 4));
	assert_false(add(0x2000, 1, DATAMATCH, 1, 4));
	/* Another bus is another place, and nothing is written there. */
	assert_true(add(0x1000, 4, PIO, 0, 5));
	assert_true(add(0x3000, 4, PIO, 0, 6));
	assert_int_equal(write_to(0x3000, 4, 0), 0);
	assert_true(add(0x1000, 4, KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY, 0, 5));
}

static void only_the_same_is_found(void **state)
{
	add(0x1000, 4, DATAMATCH, 7, 1);
	add(0x1000, 2, 0, 0, 1);
	add(0x800, 0, 0, 0, 1);
	assert_true(find(0x1000, 4, DATAMATCH, 7, 1) >= 0);
	assert_int_equal(find(0x1000, 4, DATAMATCH, 8, 1), -ENOENT);
	assert_int_equal(find(0x1000, 4, 0, 7, 1), -ENOENT);
	assert_int_equal(find(0x1000, 4, DATAMATCH, 7, 2), -ENOENT);
	assert_int_equal(find(0x1000, 4, DATAMATCH | PIO, 7, 1), -ENOENT);
	assert_true(find(0x1000, 2, 0, 99, 1) >= 0); /* what is not matched does not count */
	assert_int_equal(find(0x800, 0, 0, 0, 1), 0);
	assert_int_equal(find(0x801, 0, 0, 0, 1), -ENOENT);
}

static void many_are_found_in_any_order(void **state)
{
	unsigned int i;

	for (i = 0; i < 60; i++)
		assert_true(add(i * 37 % 60 * 0x10, 4, 0, 0, 1 + i * 37 % 60));
	for (i = 0; i < 60; i++)
		assert_int_equal(write_to(i * 0x10, 4, 0), 1 + i);
	assert_int_equal(write_to(60 * 0x10, 4, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(arguments_are_checked, reset),
		cmocka_unit_test_setup(length_and_data_select, reset),
		cmocka_unit_test_setup(what_overlaps_collides, reset),
		cmocka_unit_test_setup(only_the_same_is_found, reset),
		cmocka_unit_test_setup(many_are_found_in_any_order, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
