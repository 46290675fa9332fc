/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes the device tree, see fdt.h. Bindings: Linux Documentation/devicetree/bindings (arm,gic-v3,
 * arm,arch_timer, psci, arm/pmu); those of devices are in their files.
 */
#include <stdio.h>

#include "vmm/boot/fdt.h"
#include "vmm/dev/device.h"
#include "vmm/dev/uart/address.h"
#include "vmm/lib/tree.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"

#define COMPATIBLE "kvm-cca,realm"

uint64_t fdt_mpidr(unsigned int cpu)
{
	return (cpu & 0xf) | (uint64_t)(cpu >> 4 & 0xff) << 8 | (uint64_t)(cpu >> 12 & 0xff) << 16;
}

static void write_chosen(struct tree *t, const struct fdt_config *c)
{
	char path[32];

	snprintf(path, sizeof(path), "/serial@%llx", UART_BASE);
	tree_begin(t, "chosen");
	tree_string(t, "bootargs", c->bootargs);
	tree_string(t, "stdout-path", path);
	if (c->initrd) {
		tree_u64(t, "linux,initrd-start", c->initrd);
		tree_u64(t, "linux,initrd-end", c->initrd + c->initrd_size);
	}
	tree_end(t);
}

static void write_memory(struct tree *t, const struct fdt_config *c)
{
	tree_begin_at(t, "memory", MAP_RAM);
	tree_string(t, "device_type", "memory");
	tree_reg(t, (const uint64_t[]){MAP_RAM, c->ram_size}, 2);
	tree_end(t);
}

static void write_cpus(struct tree *t, const struct fdt_config *c)
{
	unsigned int i;

	tree_begin(t, "cpus");
	tree_u32(t, "#address-cells", 1);
	tree_u32(t, "#size-cells", 0);
	for (i = 0; i < c->cpus; i++) {
		tree_begin_at(t, "cpu", fdt_mpidr(i));
		tree_string(t, "device_type", "cpu");
		tree_string(t, "compatible", "arm,armv8");
		tree_string(t, "enable-method", "psci");
		tree_u32(t, "reg", (uint32_t)fdt_mpidr(i));
		tree_end(t);
	}
	tree_end(t);
}

static void write_psci(struct tree *t, const struct fdt_config *c)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	tree_begin(t, "psci");
	tree_strings(t, "compatible", compatible, sizeof(compatible));
	tree_string(t, "method", c->realm ? "smc" : "hvc");
	tree_end(t);
}

static void write_its(struct tree *t)
{
	tree_u32(t, "#address-cells", 2);
	tree_u32(t, "#size-cells", 2);
	tree_empty(t, "ranges");
	tree_begin_at(t, "msi-controller", MAP_ITS);
	tree_string(t, "compatible", "arm,gic-v3-its");
	tree_empty(t, "msi-controller");
	tree_u32(t, "#msi-cells", 1);
	tree_reg(t, (const uint64_t[]){MAP_ITS, MAP_ITS_SIZE}, 2);
	tree_u32(t, "phandle", GIC_ITS_PHANDLE);
	tree_end(t);
}

static void write_gic(struct tree *t, const struct fdt_config *c)
{
	const uint64_t frames[] = {MAP_GICD, MAP_GICD_SIZE, MAP_GICR, c->cpus * MAP_GICR_SIZE};

	tree_begin_at(t, "interrupt-controller", MAP_GICD);
	tree_string(t, "compatible", "arm,gic-v3");
	tree_empty(t, "interrupt-controller");
	tree_u32(t, "#interrupt-cells", 3);
	tree_reg(t, frames, 4);
	tree_u32(t, "phandle", GIC_PHANDLE);
	if (c->its)
		write_its(t);
	tree_end(t);
}

/*
 * The binding wants the timers in this order: secure EL1 physical, non-secure EL1 physical, EL1
 * virtual, EL2 physical.
 */
static void write_timer(struct tree *t)
{
	static const uint32_t irqs[] = {
		TREE_PPI, 13, TREE_LEVEL_HIGH, TREE_PPI, 14, TREE_LEVEL_HIGH,
		TREE_PPI, 11, TREE_LEVEL_HIGH, TREE_PPI, 10, TREE_LEVEL_HIGH,
	};

	tree_begin(t, "timer");
	tree_string(t, "compatible", "arm,armv8-timer");
	tree_cells(t, "interrupts", irqs, 12);
	tree_empty(t, "always-on");
	tree_end(t);
}

static void write_pmu(struct tree *t)
{
	static const uint32_t irq[] = {TREE_PPI, MAP_PPI_PMU - MAP_PPI_FIRST, TREE_LEVEL_HIGH};

	tree_begin(t, "pmu");
	tree_string(t, "compatible", "arm,armv8-pmuv3");
	tree_cells(t, "interrupts", irq, 3);
	tree_end(t);
}

static void write_devices(struct tree *t, const struct fdt_config *c)
{
	size_t i;

	for (i = 0; i < c->device_count; i++) {
		if (c->devices[i]->node)
			c->devices[i]->node(c->devices[i], t);
	}
}

static void write_tree(struct tree *t, const struct fdt_config *c)
{
	tree_begin(t, "");
	tree_string(t, "compatible", COMPATIBLE);
	tree_string(t, "model", COMPATIBLE);
	tree_u32(t, "#address-cells", 2);
	tree_u32(t, "#size-cells", 2);
	tree_u32(t, "interrupt-parent", GIC_PHANDLE);
	write_chosen(t, c);
	write_memory(t, c);
	write_cpus(t, c);
	write_psci(t, c);
	write_gic(t, c);
	write_timer(t);
	if (c->pmu)
		write_pmu(t);
	write_devices(t, c);
	tree_end(t);
}

int fdt_build(void *buf, size_t size, const struct fdt_config *config)
{
	struct tree t;

	tree_start(&t, buf, size);
	write_tree(&t, config);
	return tree_finish(&t);
}
