/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/platform/qemu-virt/machine.c and monitor/boot/dt.c: what the monitor learns from a device
 * tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <libfdt.h>
#include "monitor/boot/dt.h"
#include "monitor/include/platform.h"
#include "tests/unit/monitor/boot/capture.h"
#include "tests/unit/monitor/boot/tree.h"

static struct machine m;

static void assert_region(struct region r, uint64_t base, uint64_t size)
{
	assert_int_equal(r.base, base);
	assert_int_equal(r.size, size);
}

static void assert_reads(const void *fdt)
{
	capture_clear();
	if (machine_from_fdt(fdt, &m))
		fail_msg("refused: %s", captured());
	assert_string_equal(captured(), "");
}

static void assert_refused(const void *fdt, int error, const char *text)
{
	capture_clear();
	assert_int_equal(machine_from_fdt(fdt, &m), error);
	assert_printed(text);
}

static void reads_the_virt_machine(void **state)
{
	memset(&m, 0xaa, sizeof(m));
	assert_reads(tree_load());
	assert_int_equal(m.nr_cpus, 2);
	assert_int_equal(m.mpidr[0], 0);
	assert_int_equal(m.mpidr[1], 1);
	assert_int_equal(m.nr_dram, 1);
	assert_region(m.dram[0], 0x40000000, 0xc0000000);
	assert_region(m.uart, 0x09000000, 0x1000);
	assert_int_equal(m.uart_clk_hz, 24000000);
	assert_region(m.secure_uart, 0x09040000, 0x1000);
	assert_region(m.secure_gpio, 0x090b0000, 0x1000);
	assert_region(m.gicd, 0x08000000, 0x10000);
	assert_region(m.gicr, 0x080a0000, 0xf60000);
	assert_region(m.secure_sram, 0x0e000000, 0x1000000);
	assert_region(m.secure_flash, 0, 0x4000000);
	assert_int_equal(m.nr_coh_dev, 3);
	assert_region(m.coh_dev[0], 0x10000000, 0x2eff0000);
	assert_region(m.coh_dev[1], 0x4010000000, 0x10000000);
	assert_region(m.coh_dev[2], 0x8000000000, 0x8000000000);
	assert_int_equal(m.top, 0x10000000000);
}

static void a_missing_part_is_named(void **state)
{
	static const struct {
		const char *path;
		const char *text;
	} parts[] = {
		{"/cpus", "no CPUs"},
		{"/ram", "no memory"},
		{"/interrupts", "no GICv3"},
		{"/secure-ram", "no secure memory"},
		{"/rom-of-the-monitor", "no secure flash"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		void *fdt = tree_load();

		tree_delete(fdt, parts[i].path);
		assert_refused(fdt, -ENODEV, parts[i].text);
	}
}

static void no_console_at_all_is_an_error(void **state)
{
	void *fdt = tree_load();

	tree_delete(fdt, "/console-of-the-host");
	assert_reads(fdt);
	assert_region(m.uart, 0x09050000, 0x1000);
	tree_delete(fdt, "/other-console");
	assert_refused(fdt, -ENODEV, "no PL011");
}

static void secure_uart_and_gpio_are_optional(void **state)
{
	void *fdt = tree_load();

	tree_delete(fdt, "/console-of-the-monitor");
	tree_delete(fdt, "/gpio-of-the-monitor");
	tree_delete(fdt, "/power-off");
	tree_delete(fdt, "/reset");
	assert_reads(fdt);
	assert_int_equal(m.secure_uart.size, 0);
	assert_int_equal(m.secure_gpio.size, 0);
}

static void a_device_disabled_for_both_worlds_is_not_there(void **state)
{
	void *fdt = tree_load();

	tree_set_string(fdt, "/secure-ram", "secure-status", "disabled");
	assert_refused(fdt, -ENODEV, "no secure memory");
	fdt = tree_load();
	tree_delete_property(fdt, "/rom-of-the-monitor", "secure-status");
	assert_refused(fdt, -ENODEV, "no secure flash");
	fdt = tree_load();
	tree_set_string(fdt, "/ram", "status", "reserved");
	assert_refused(fdt, -ENODEV, "no memory");
}

static void stdout_path_chooses_the_console(void **state)
{
	void *fdt = tree_load();

	tree_set_string(fdt, "/chosen", "stdout-path", "/other-console:115200n8");
	assert_reads(fdt);
	assert_region(m.uart, 0x09050000, 0x1000);
	tree_set_string(fdt, "/chosen", "stdout-path", "serial0:115200n8");
	assert_reads(fdt);
	assert_region(m.uart, 0x09000000, 0x1000);
	tree_set_string(fdt, "/chosen", "stdout-path", "/nowhere");
	assert_reads(fdt);
	assert_region(m.uart, 0x09050000, 0x1000);
	/* A path without its terminating NUL is no path. */
	assert_int_equal(
		fdt_setprop(fdt, tree_node(fdt, "/chosen"), "stdout-path", "/console-of", 11), 0);
	assert_reads(fdt);
	assert_region(m.uart, 0x09050000, 0x1000);
}

static void a_console_without_its_clock_is_refused(void **state)
{
	void *fdt = tree_load();

	tree_delete_property(fdt, "/clock", "clock-frequency");
	assert_refused(fdt, -EINVAL, "other-console: its clock has no clock-frequency");
	fdt = tree_load();
	tree_delete_property(fdt, "/other-console", "clocks");
	assert_refused(fdt, -EINVAL, "other-console: no clocks");
	fdt = tree_load();
	tree_set_cells(fdt, "/other-console", "clocks", CELLS(0x7777));
	assert_refused(fdt, -EINVAL, "clock-frequency");
}

static void banks_are_sorted_and_adjacent_ones_joined(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/ram", "reg",
		       CELLS(0x1, 0, 0, 0x40000000, 0, 0x80000000, 0, 0x40000000));
	tree_add(fdt, "/", "more");
	tree_set_string(fdt, "/more", "device_type", "memory");
	tree_set_cells(fdt, "/more", "reg", CELLS(0, 0x40000000, 0, 0x40000000));
	assert_reads(fdt);
	assert_int_equal(m.nr_dram, 2);
	assert_region(m.dram[0], 0x40000000, 0x80000000);
	assert_region(m.dram[1], 0x100000000, 0x40000000);
}

static void banks_shrink_to_whole_granules(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(
		fdt, "/ram", "reg",
		CELLS(0, 0x40000800, 0, 0x3000, 0, 0x50000010, 0, 0x100, 0, 0x60000000, 0, 0x1000));
	assert_reads(fdt);
	assert_int_equal(m.nr_dram, 2);
	assert_region(m.dram[0], 0x40001000, 0x2000);
	assert_region(m.dram[1], 0x60000000, 0x1000);
}

static void overlapping_banks_are_refused(void **state)
{
	static const uint32_t second[] = {0x3ffff000, 0x40000000, 0x7ffff000};

	for (size_t i = 0; i < 3; i++) {
		void *fdt = tree_load();

		tree_set_cells(fdt, "/ram", "reg",
			       CELLS(0, 0x40000000, 0, 0x40000000, 0, second[i], 0, 0x2000));
		assert_refused(fdt, -EINVAL, "ram: overlaps another region");
	}
}

static void too_many_banks_are_refused(void **state)
{
	void *fdt = tree_load();

	for (uint32_t i = 0; i < MAX_DRAM_BANKS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "/m%u", i);
		tree_add(fdt, "/", name + 1);
		tree_set_string(fdt, name, "device_type", "memory");
		tree_set_cells(fdt, name, "reg", CELLS(1, i << 28, 0, 0x1000));
	}
	assert_refused(fdt, -ENOSPC, "more regions of this kind");
}

static void malformed_regs_are_refused(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/ram", "reg", CELLS(0, 0x40000000, 0));
	assert_refused(fdt, -EINVAL, "ram: malformed reg");
	tree_set_cells(fdt, "/ram", "reg", CELLS(0xffffffff, 0xfffff000, 0, 0x2000));
	assert_refused(fdt, -EINVAL, "ram: malformed reg");
	fdt = tree_load();
	tree_set_cells(fdt, "/secure-ram", "reg", CELLS(0, 0x0e000000, 0, 0));
	assert_refused(fdt, -EINVAL, "secure-ram: no usable reg");
	fdt = tree_load();
	tree_delete_property(fdt, "/interrupts", "reg");
	assert_refused(fdt, -EINVAL, "interrupts: no usable reg");
	fdt = tree_load();
	tree_set_cells(fdt, "/pci-host", "ranges", CELLS(0x02000000, 0, 0, 0));
	assert_refused(fdt, -EINVAL, "pci-host: malformed ranges");
}

static void affinities_may_take_two_cells(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/cpus", "#address-cells", CELLS(2));
	tree_set_cells(fdt, "/cpus/cpu@0", "reg", CELLS(0x12, 0x00345678));
	tree_set_cells(fdt, "/cpus/cpu@1", "reg", CELLS(0, 0x100));
	assert_reads(fdt);
	assert_int_equal(m.mpidr[0], 0x1200345678);
	assert_int_equal(m.mpidr[1], 0x100);
}

static void bad_cpus_are_refused(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/cpus/cpu@1", "reg", CELLS(0));
	assert_refused(fdt, -EINVAL, "cpu@1: two CPUs with this affinity");
	/* Bit 31 is RES1 in MPIDR_EL1 and no affinity. */
	tree_set_cells(fdt, "/cpus/cpu@1", "reg", CELLS(0x80000001));
	assert_refused(fdt, -EINVAL, "cpu@1: reg is not an affinity");
	tree_set_cells(fdt, "/cpus/cpu@1", "reg", CELLS(0, 1));
	assert_refused(fdt, -EINVAL, "cpu@1: malformed reg");
}

static void a_disabled_cpu_is_not_counted(void **state)
{
	void *fdt = tree_load();

	tree_set_string(fdt, "/cpus/cpu@1", "status", "disabled");
	assert_reads(fdt);
	assert_int_equal(m.nr_cpus, 1);
}

static void cpus_up_to_the_limit(void **state)
{
	void *fdt = tree_load();

	for (uint32_t i = 2; i <= MAX_CPUS; i++) {
		char path[24];

		snprintf(path, sizeof(path), "/cpus/cpu@%x", i);
		if (i == MAX_CPUS)
			assert_reads(fdt);
		tree_add(fdt, "/cpus", path + 6);
		tree_set_string(fdt, path, "device_type", "cpu");
		tree_set_cells(fdt, path, "reg", CELLS(i));
	}
	assert_refused(fdt, -ENOSPC, "more CPUs than the monitor can hold");
}

static void only_the_known_gic_is_taken(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/interrupts", "#redistributor-regions", CELLS(2));
	assert_refused(fdt, -ENOTSUP, "more than one redistributor region");
	tree_delete_property(fdt, "/interrupts", "#redistributor-regions");
	assert_reads(fdt);
	tree_set_cells(fdt, "/interrupts", "redistributor-stride", CELLS(0, 0x40000));
	assert_refused(fdt, -ENOTSUP, "redistributor-stride");
	fdt = tree_load();
	tree_set_cells(fdt, "/interrupts", "reg", CELLS(0, 0x08000000, 0, 0x10000));
	assert_refused(fdt, -EINVAL, "no redistributors");
}

static void gpio_lines_are_checked(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/power-off", "gpios", CELLS(1, 3, 0));
	assert_refused(fdt, -ENOTSUP, "power-off: not on the GPIO line");
	fdt = tree_load();
	tree_set_cells(fdt, "/reset", "gpios", CELLS(1));
	assert_refused(fdt, -ENOTSUP, "reset: not on the GPIO line");
}

static void coherency_is_inherited_and_needed(void **state)
{
	void *fdt = tree_load();

	tree_delete_property(fdt, "/", "dma-coherent");
	assert_reads(fdt);
	assert_int_equal(m.nr_coh_dev, 0);
	assert_int_equal(m.top, 0x10000000000);
	tree_set_cells(fdt, "/pci-host", "dma-coherent", 0, NULL);
	assert_reads(fdt);
	assert_int_equal(m.nr_coh_dev, 3);
}

static void overlapping_device_windows_are_refused(void **state)
{
	void *fdt = tree_load();

	tree_set_cells(fdt, "/pci-host", "reg", CELLS(0, 0x10000000, 0, 0x10000000));
	assert_refused(fdt, -EINVAL, "pci-host: overlaps another region");
}

static void addresses_are_translated_through_buses(void **state)
{
	void *fdt = tree_load();

	tree_delete(fdt, "/secure-ram");
	tree_add(fdt, "/bus", "sram");
	tree_set_string(fdt, "/bus/sram", "device_type", "memory");
	tree_set_string(fdt, "/bus/sram", "status", "disabled");
	tree_set_string(fdt, "/bus/sram", "secure-status", "okay");
	tree_set_cells(fdt, "/bus/sram", "reg", CELLS(0x1000, 0x10000));
	assert_reads(fdt);
	assert_region(m.secure_sram, 0x0c001000, 0x10000);
	/* Up to the window's last byte and not beyond. */
	tree_set_cells(fdt, "/bus/sram", "reg", CELLS(0x01ff0000, 0x10000));
	assert_reads(fdt);
	tree_set_cells(fdt, "/bus/sram", "reg", CELLS(0x01ff0000, 0x10001));
	assert_refused(fdt, -EINVAL, "sram: no usable reg");
	tree_set_cells(fdt, "/bus/sram", "reg", CELLS(0x03000000, 0x10000));
	assert_refused(fdt, -EINVAL, "sram: no usable reg");
	tree_set_cells(fdt, "/bus/sram", "reg", CELLS(0x1000, 0x10000));
	tree_delete_property(fdt, "/bus", "ranges");
	assert_refused(fdt, -EINVAL, "sram: no usable reg");
	/* An empty ranges is the identity. */
	tree_set_cells(fdt, "/bus", "ranges", 0, NULL);
	assert_reads(fdt);
	assert_region(m.secure_sram, 0x1000, 0x10000);
}

static void nested_windows_are_translated_up_to_the_cpus(void **state)
{
	void *fdt = tree_load();
	struct dt_window w;

	tree_add(fdt, "/bus", "inner");
	tree_set_cells(fdt, "/bus/inner", "#address-cells", CELLS(1));
	tree_set_cells(fdt, "/bus/inner", "#size-cells", CELLS(1));
	tree_set_cells(fdt, "/bus/inner", "ranges", CELLS(0x500, 0x2000, 0x100));
	assert_int_equal(dt_window(fdt, tree_node(fdt, "/bus/inner"), 0, &w), 0);
	assert_int_equal(w.child, 0x500);
	assert_region(w.cpu, 0x0c002000, 0x100);
	assert_int_equal(dt_window(fdt, tree_node(fdt, "/bus/inner"), 1, &w), -ENOENT);
	assert_int_equal(dt_window(fdt, tree_node(fdt, "/"), 0, &w), -ENXIO);
}

static void top_covers_nodes_the_monitor_does_not_use(void **state)
{
	void *fdt = tree_load();

	tree_add(fdt, "/", "something");
	tree_set_cells(fdt, "/something", "reg", CELLS(0x2000, 0x1000, 0, 0x800));
	assert_reads(fdt);
	assert_int_equal(m.top, 0x200000001800);
}

static void broken_trees_are_refused(void **state)
{
	void *fdt = tree_load();
	fdt32_t *last;

	fdt_set_magic(fdt, 0x12345678);
	assert_refused(fdt, -EINVAL, "bad header");
	fdt = tree_load();
	/* An unknown tag where the structure block should end. */
	last = (fdt32_t *)((char *)fdt + fdt_off_dt_struct(fdt) + fdt_size_dt_struct(fdt)) - 1;
	assert_int_equal(fdt32_ld(last), FDT_END);
	fdt32_st(last, 7);
	assert_refused(fdt, -EINVAL, "broken structure");
	/* The structure block ends in the middle. */
	fdt = tree_load();
	fdt_set_size_dt_struct(fdt, fdt_size_dt_struct(fdt) / 2 & ~3u);
	assert_refused(fdt, -EINVAL, "device tree: ");
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* The sanitizers are the judge: any tree is read or refused, within its bytes. */
static void damaged_trees_do_no_harm(void **state)
{
	uint32_t seed = 1, read = 0, refused = 0;

	for (int round = 0; round < 3000; round++) {
		void *fdt = tree_load(), *copy;
		size_t size;

		assert_int_equal(fdt_pack(fdt), 0);
		size = fdt_totalsize(fdt);
		copy = malloc(size);
		memcpy(copy, fdt, size);
		for (uint32_t n = 1 + next_random(&seed) % 4; n; n--)
			((uint8_t *)copy)[56 + next_random(&seed) % (size - 56)] ^=
				1u << next_random(&seed) % 8;
		capture_clear();
		if (machine_from_fdt(copy, &m))
			refused++;
		else
			read++;
		free(copy);
	}
	capture_clear();
	assert_true(read > 0 && refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_virt_machine),
		cmocka_unit_test(a_missing_part_is_named),
		cmocka_unit_test(no_console_at_all_is_an_error),
		cmocka_unit_test(secure_uart_and_gpio_are_optional),
		cmocka_unit_test(a_device_disabled_for_both_worlds_is_not_there),
		cmocka_unit_test(stdout_path_chooses_the_console),
		cmocka_unit_test(a_console_without_its_clock_is_refused),
		cmocka_unit_test(banks_are_sorted_and_adjacent_ones_joined),
		cmocka_unit_test(banks_shrink_to_whole_granules),
		cmocka_unit_test(overlapping_banks_are_refused),
		cmocka_unit_test(too_many_banks_are_refused),
		cmocka_unit_test(malformed_regs_are_refused),
		cmocka_unit_test(affinities_may_take_two_cells),
		cmocka_unit_test(bad_cpus_are_refused),
		cmocka_unit_test(a_disabled_cpu_is_not_counted),
		cmocka_unit_test(cpus_up_to_the_limit),
		cmocka_unit_test(only_the_known_gic_is_taken),
		cmocka_unit_test(gpio_lines_are_checked),
		cmocka_unit_test(coherency_is_inherited_and_needed),
		cmocka_unit_test(overlapping_device_windows_are_refused),
		cmocka_unit_test(addresses_are_translated_through_buses),
		cmocka_unit_test(nested_windows_are_translated_up_to_the_cpus),
		cmocka_unit_test(top_covers_nodes_the_monitor_does_not_use),
		cmocka_unit_test(broken_trees_are_refused),
		cmocka_unit_test(damaged_trees_do_no_harm),
	};

	return cmocka_run_group_tests_name("monitor/platform/machine", tests, NULL, NULL);
}
