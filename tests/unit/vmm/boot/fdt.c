/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/boot/fdt.c: what the guest is told of its machine. */
#include <errno.h>
#include <libfdt.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/boot/fdt.h"
#include "vmm/dev/device.h"
#include "vmm/dev/pci/bus.h"
#include "vmm/lib/tree.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"

#define ITS_PATH "/interrupt-controller@8000000/msi-controller@8080000"

static uint8_t tree[0x10000];
static struct fdt_config config;

static int set_config(void **state)
{
	error_clear();
	config = (struct fdt_config){
		.ram_size = MIB(256),
		.cpus = 2,
		.initrd = 0x48000000,
		.initrd_size = 0x123456,
		.bootargs = "console=ttyS0",
		.realm = true,
	};
	return 0;
}

static void build(void)
{
	int size = fdt_build(tree, sizeof(tree), &config);

	assert_no_error(size);
	assert_int_equal(fdt_check_full(tree, (size_t)size), 0);
}

static const void *get(const char *path, const char *name, int *len)
{
	int node = fdt_path_offset(tree, path);
	const void *value;

	assert_true(node >= 0);
	value = fdt_getprop(tree, node, name, len);
	if (!value)
		fail_msg("%s has no %s", path, name);
	return value;
}

static void assert_text(const char *path, const char *name, const char *want)
{
	int len;

	assert_string_equal(get(path, name, &len), want);
}

static void assert_cells(const char *path, const char *name, const uint32_t *want, size_t count)
{
	int len;
	const fdt32_t *cells = get(path, name, &len);
	size_t i;

	assert_int_equal(len, count * sizeof(*cells));
	for (i = 0; i < count; i++)
		assert_int_equal(fdt32_to_cpu(cells[i]), want[i]);
}

#define ASSERT_CELLS(path, name, ...)                                                              \
	assert_cells(path, name, (const uint32_t[]){__VA_ARGS__},                                  \
		     ARRAY_SIZE(((const uint32_t[]){__VA_ARGS__})))

static void memory_is_all_of_it(void **state)
{
	build();
	assert_text("/memory@40000000", "device_type", "memory");
	ASSERT_CELLS("/memory@40000000", "reg", 0, 0x40000000, 0, 0x10000000);
	config.ram_size = GIB(6);
	build();
	ASSERT_CELLS("/memory@40000000", "reg", 0, 0x40000000, 1, 0x80000000);
}

static void the_kernel_is_told_its_line_and_initrd(void **state)
{
	build();
	assert_text("/chosen", "bootargs", "console=ttyS0");
	assert_text("/chosen", "stdout-path", "/serial@9000000");
	ASSERT_CELLS("/chosen", "linux,initrd-start", 0, 0x48000000);
	ASSERT_CELLS("/chosen", "linux,initrd-end", 0, 0x48123456);
}

static void nothing_says_initrd_without_one(void **state)
{
	config.initrd = 0;
	build();
	assert_null(
		fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-start", NULL));
}

static void nothing_random_is_in_it(void **state)
{
	static uint8_t first[sizeof(tree)];
	int chosen;

	build();
	memcpy(first, tree, sizeof(tree));
	memset(tree, 0xff, sizeof(tree));
	build();
	assert_memory_equal(first, tree, fdt_totalsize(tree));
	chosen = fdt_path_offset(tree, "/chosen");
	assert_null(fdt_getprop(tree, chosen, "rng-seed", NULL));
	assert_null(fdt_getprop(tree, chosen, "kaslr-seed", NULL));
}

static void every_cpu_is_there_by_its_affinity(void **state)
{
	config.cpus = 18;
	build();
	ASSERT_CELLS("/cpus/cpu@0", "reg", 0);
	ASSERT_CELLS("/cpus/cpu@f", "reg", 0xf);
	ASSERT_CELLS("/cpus/cpu@100", "reg", 0x100);
	ASSERT_CELLS("/cpus/cpu@101", "reg", 0x101);
	assert_text("/cpus/cpu@101", "enable-method", "psci");
	assert_true(fdt_path_offset(tree, "/cpus/cpu@102") < 0);
	/* Aff2 0x12, Aff1 0x34, Aff0 5. */
	assert_int_equal(fdt_mpidr(0x12345), 0x123405);
}

static void psci_is_by_smc_in_a_realm(void **state)
{
	build();
	assert_text("/psci", "method", "smc");
	assert_text("/psci", "compatible", "arm,psci-1.0");
	config.realm = false;
	build();
	assert_text("/psci", "method", "hvc");
}

static void the_gic_has_a_redistributor_per_cpu(void **state)
{
	build();
	assert_text("/interrupt-controller@8000000", "compatible", "arm,gic-v3");
	ASSERT_CELLS("/interrupt-controller@8000000", "reg", 0, 0x08000000, 0, 0x10000, 0,
		     0x080a0000, 0, 0x40000);
}

static void write_bus(const struct device *d, struct tree *t)
{
	pci_bus_node(t);
}

/* By the number of the function that sends them. Pins lead to the GIC, each slot's to its own. */
static void messages_of_a_bus_lead_to_the_its(void **state)
{
	static const struct device bus = {.name = "pcie", .node = write_bus};
	static const struct device *const list[] = {&bus};
	const fdt32_t *map;
	int len;

	build();
	assert_true(fdt_path_offset(tree, ITS_PATH) < 0);
	config.its = true;
	config.devices = list;
	config.device_count = ARRAY_SIZE(list);
	build();
	assert_text(ITS_PATH, "compatible", "arm,gic-v3-its");
	ASSERT_CELLS(ITS_PATH, "reg", 0, 0x08080000, 0, 0x20000);
	ASSERT_CELLS(ITS_PATH, "#msi-cells", 1);
	ASSERT_CELLS(ITS_PATH, "phandle", GIC_ITS_PHANDLE);
	ASSERT_CELLS("/pcie@30000000", "msi-map", 0, GIC_ITS_PHANDLE, 0, 0x10000);
	ASSERT_CELLS("/interrupt-controller@8000000", "#address-cells", 2);
	map = get("/pcie@30000000", "interrupt-map", &len);
	assert_int_equal(len, PCI_SLOTS * 10 * sizeof(*map));
	assert_int_equal(fdt32_to_cpu(map[10]), 1 << 11);
	assert_int_equal(fdt32_to_cpu(map[14]), GIC_PHANDLE);
	assert_int_equal(fdt32_to_cpu(map[18]), PCI_SPI_FIRST + 1);
}

static void write_node(const struct device *d, struct tree *t)
{
	tree_begin_at(t, d->name, d->regions[0].base);
	tree_end(t);
}

static void devices_write_nodes_of_their_own(void **state)
{
	static const struct device first = {
		.name = "first", .regions = {{0x9001000, 0x1000}}, .node = write_node};
	static const struct device hidden = {.name = "hidden"};
	static const struct device *const list[] = {&first, &hidden};

	build();
	assert_true(fdt_path_offset(tree, "/first@9001000") < 0);
	config.devices = list;
	config.device_count = ARRAY_SIZE(list);
	build();
	assert_true(fdt_path_offset(tree, "/first@9001000") > fdt_path_offset(tree, "/timer"));
}

static void timers_are_the_architectures_ppis(void **state)
{
	build();
	ASSERT_CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
}

static void a_pmu_has_the_ppi_that_kvm_is_told_of(void **state)
{
	build();
	assert_true(fdt_path_offset(tree, "/pmu") < 0);
	config.pmu = true;
	build();
	assert_text("/pmu", "compatible", "arm,armv8-pmuv3");
	ASSERT_CELLS("/pmu", "interrupts", 1, MAP_PPI_PMU - 16, 4);
}

static void a_full_house_fits(void **state)
{
	static char line[2048];

	memset(line, 'x', sizeof(line) - 1);
	config.bootargs = line;
	config.cpus = MAP_CPUS_MAX;
	build();
}

static void too_small_a_buffer_is_an_error(void **state)
{
	assert_error(fdt_build(tree, 512, &config), -ENOSPC, "does not fit in 512 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(memory_is_all_of_it, set_config),
		cmocka_unit_test_setup(the_kernel_is_told_its_line_and_initrd, set_config),
		cmocka_unit_test_setup(nothing_says_initrd_without_one, set_config),
		cmocka_unit_test_setup(nothing_random_is_in_it, set_config),
		cmocka_unit_test_setup(every_cpu_is_there_by_its_affinity, set_config),
		cmocka_unit_test_setup(psci_is_by_smc_in_a_realm, set_config),
		cmocka_unit_test_setup(the_gic_has_a_redistributor_per_cpu, set_config),
		cmocka_unit_test_setup(messages_of_a_bus_lead_to_the_its, set_config),
		cmocka_unit_test_setup(devices_write_nodes_of_their_own, set_config),
		cmocka_unit_test_setup(timers_are_the_architectures_ppis, set_config),
		cmocka_unit_test_setup(a_pmu_has_the_ppi_that_kvm_is_told_of, set_config),
		cmocka_unit_test_setup(a_full_house_fits, set_config),
		cmocka_unit_test_setup(too_small_a_buffer_is_an_error, set_config),
	};

	return cmocka_run_group_tests_name("vmm/boot/fdt", tests, NULL, NULL);
}
