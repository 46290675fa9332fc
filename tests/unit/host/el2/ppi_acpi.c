/* SPDX-License-Identifier: BSD-3-Clause */
/* host/el2/ppi_acpi.c: tables written byte by byte, at the places ACPI 6.5 gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/el2/ppi_acpi.h"

#define GTDT_SIZE    104
#define GTDT_EL1     56 /* GSIV, then flags; the virtual and the EL2 timer follow */
#define MADT_ENTRIES 44
#define GICC_SIZE    80
#define GICC_FLAGS   12
#define GICC_PMU     20
#define GICC_MAINT   56
#define TYPE_GICC    11
#define TYPE_GICD    12
#define GICD_SIZE    24

static _Alignas(8) uint8_t table[512];

static void put32(unsigned int at, uint32_t value)
{
	memcpy(table + at, &value, sizeof(value));
}

static void begin(uint32_t length)
{
	memset(table, 0, sizeof(table));
	put32(4, length);
}

static struct ppi_gsi timer(enum cca_ppi_timer which)
{
	return ppi_acpi_timer((const void *)table, which);
}

static struct ppi_gsi maintenance(void)
{
	return ppi_acpi_maintenance((const void *)table);
}

static struct ppi_gsi pmu(void)
{
	return ppi_acpi_pmu((const void *)table);
}

static void timers_are_found_with_their_triggers(void **state)
{
	begin(GTDT_SIZE);
	put32(GTDT_EL1, 30);
	put32(GTDT_EL1 + 4, 2);
	put32(GTDT_EL1 + 8, 27);
	put32(GTDT_EL1 + 12, 1);
	put32(GTDT_EL1 + 16, 26);
	assert_int_equal(timer(PPI_TIMER_PHYSICAL).gsi, 30);
	assert_true(timer(PPI_TIMER_PHYSICAL).low);
	assert_false(timer(PPI_TIMER_PHYSICAL).edge);
	assert_int_equal(timer(PPI_TIMER_VIRTUAL).gsi, 27);
	assert_true(timer(PPI_TIMER_VIRTUAL).edge);
	assert_int_equal(timer(PPI_TIMER_EL2).gsi, 26);
	assert_false(timer(PPI_TIMER_EL2).low || timer(PPI_TIMER_EL2).edge);
}

static void a_table_that_is_too_short_has_no_timers(void **state)
{
	begin(72);
	put32(GTDT_EL1, 30);
	assert_int_equal(timer(PPI_TIMER_PHYSICAL).gsi, 0);
}

static unsigned int add_entry(unsigned int at, uint8_t type, uint8_t size)
{
	table[at] = type;
	table[at + 1] = size;
	return at + size;
}

static void the_maintenance_interrupt_is_the_first_cpus_that_has_one(void **state)
{
	unsigned int first = MADT_ENTRIES + GICD_SIZE, second = first + GICC_SIZE;

	begin(second + GICC_SIZE);
	add_entry(MADT_ENTRIES, TYPE_GICD, GICD_SIZE);
	add_entry(first, TYPE_GICC, GICC_SIZE);
	add_entry(second, TYPE_GICC, GICC_SIZE);
	assert_int_equal(maintenance().gsi, 0);
	put32(second + GICC_MAINT, 25);
	assert_int_equal(maintenance().gsi, 25);
	assert_false(maintenance().edge);
	put32(second + GICC_FLAGS, 4);
	assert_true(maintenance().edge);
}

static void the_pmu_has_its_own_interrupt_and_trigger(void **state)
{
	begin(MADT_ENTRIES + GICC_SIZE);
	add_entry(MADT_ENTRIES, TYPE_GICC, GICC_SIZE);
	put32(MADT_ENTRIES + GICC_MAINT, 25);
	put32(MADT_ENTRIES + GICC_FLAGS, 4);
	assert_int_equal(pmu().gsi, 0);
	put32(MADT_ENTRIES + GICC_PMU, 23);
	assert_int_equal(pmu().gsi, 23);
	assert_false(pmu().edge);
	put32(MADT_ENTRIES + GICC_FLAGS, 2);
	assert_true(pmu().edge);
	assert_int_equal(maintenance().gsi, 25);
	assert_false(maintenance().edge);
}

static void entries_beyond_the_table_and_without_a_length_end_the_search(void **state)
{
	begin(MADT_ENTRIES + GICC_SIZE - 4);
	add_entry(MADT_ENTRIES, TYPE_GICC, GICC_SIZE);
	put32(MADT_ENTRIES + GICC_MAINT, 25);
	assert_int_equal(maintenance().gsi, 0);

	begin(MADT_ENTRIES + 2 * GICC_SIZE);
	add_entry(MADT_ENTRIES, TYPE_GICD, 0);
	assert_int_equal(maintenance().gsi, 0);

	begin(MADT_ENTRIES + 1);
	add_entry(MADT_ENTRIES, TYPE_GICC, GICC_SIZE);
	assert_int_equal(maintenance().gsi, 0);
}

static void a_short_entry_of_a_cpu_has_none(void **state)
{
	begin(MADT_ENTRIES + 40 + GICC_SIZE);
	add_entry(MADT_ENTRIES, TYPE_GICC, 40);
	add_entry(MADT_ENTRIES + 40, TYPE_GICC, GICC_SIZE);
	put32(MADT_ENTRIES + GICC_MAINT, 99); /* of the next entry */
	put32(MADT_ENTRIES + 40 + GICC_MAINT, 25);
	assert_int_equal(maintenance().gsi, 25);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_are_found_with_their_triggers),
		cmocka_unit_test(a_table_that_is_too_short_has_no_timers),
		cmocka_unit_test(the_maintenance_interrupt_is_the_first_cpus_that_has_one),
		cmocka_unit_test(the_pmu_has_its_own_interrupt_and_trigger),
		cmocka_unit_test(entries_beyond_the_table_and_without_a_length_end_the_search),
		cmocka_unit_test(a_short_entry_of_a_cpu_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
