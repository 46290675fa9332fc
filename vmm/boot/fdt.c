/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes the device tree, see fdt.h. Bindings: Linux Documentation/devicetree/bindings (arm,gic-v3,
 * arm,arch_timer, psci, 8250). libfdt keeps no error, so the first one is kept here.
 */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot/fdt.h"
#include "vmm/lib/error.h"
#include "vmm/vm/map.h"

#define PHANDLE_GIC 1

#define IRQ_SPI	       0
#define IRQ_PPI	       1
#define IRQ_LEVEL_HIGH 4

#define UART_CLOCK 1843200
#define UART_SPEED 115200

#define COMPATIBLE "kvm-cca,realm"

struct writer {
	void *buf;
	int err; /* 0 or the first error of libfdt */
};

static void note(struct writer *w, int err)
{
	if (!w->err)
		w->err = err;
}

static void begin(struct writer *w, const char *name)
{
	note(w, fdt_begin_node(w->buf, name));
}

static void begin_at(struct writer *w, const char *name, uint64_t address)
{
	char full[64];

	snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)address);
	begin(w, full);
}

static void end(struct writer *w)
{
	note(w, fdt_end_node(w->buf));
}

static void prop_u32(struct writer *w, const char *name, uint32_t value)
{
	note(w, fdt_property_u32(w->buf, name, value));
}

static void prop_u64(struct writer *w, const char *name, uint64_t value)
{
	note(w, fdt_property_u64(w->buf, name, value));
}

static void prop_string(struct writer *w, const char *name, const char *value)
{
	note(w, fdt_property_string(w->buf, name, value));
}

static void prop_empty(struct writer *w, const char *name)
{
	note(w, fdt_property(w->buf, name, NULL, 0));
}

#define prop_strings(w, name, list) note(w, fdt_property((w)->buf, name, list, sizeof(list)))

static void prop_cells(struct writer *w, const char *name, const uint32_t *cells, size_t count)
{
	fdt32_t be[16];
	size_t i;

	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt32(cells[i]);
	note(w, fdt_property(w->buf, name, be, (int)(count * sizeof(be[0]))));
}

/* Pairs of address and size, two cells each. */
static void prop_reg(struct writer *w, const uint64_t *values, size_t count)
{
	fdt64_t be[4];
	size_t i;

	for (i = 0; i < count; i++)
		be[i] = cpu_to_fdt64(values[i]);
	note(w, fdt_property(w->buf, "reg", be, (int)(count * sizeof(be[0]))));
}

uint64_t fdt_mpidr(unsigned int cpu)
{
	return (cpu & 0xf) | (uint64_t)(cpu >> 4 & 0xff) << 8 | (uint64_t)(cpu >> 12 & 0xff) << 16;
}

static void write_chosen(struct writer *w, const struct fdt_config *c)
{
	char path[32];

	snprintf(path, sizeof(path), "/serial@%llx", MAP_UART);
	begin(w, "chosen");
	prop_string(w, "bootargs", c->bootargs);
	prop_string(w, "stdout-path", path);
	if (c->initrd) {
		prop_u64(w, "linux,initrd-start", c->initrd);
		prop_u64(w, "linux,initrd-end", c->initrd + c->initrd_size);
	}
	end(w);
}

static void write_memory(struct writer *w, const struct fdt_config *c)
{
	begin_at(w, "memory", MAP_RAM);
	prop_string(w, "device_type", "memory");
	prop_reg(w, (const uint64_t[]){MAP_RAM, c->ram_size}, 2);
	end(w);
}

static void write_cpus(struct writer *w, const struct fdt_config *c)
{
	unsigned int i;

	begin(w, "cpus");
	prop_u32(w, "#address-cells", 1);
	prop_u32(w, "#size-cells", 0);
	for (i = 0; i < c->cpus; i++) {
		begin_at(w, "cpu", fdt_mpidr(i));
		prop_string(w, "device_type", "cpu");
		prop_string(w, "compatible", "arm,armv8");
		prop_string(w, "enable-method", "psci");
		prop_u32(w, "reg", (uint32_t)fdt_mpidr(i));
		end(w);
	}
	end(w);
}

static void write_psci(struct writer *w, const struct fdt_config *c)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2";

	begin(w, "psci");
	prop_strings(w, "compatible", compatible);
	prop_string(w, "method", c->realm ? "smc" : "hvc");
	end(w);
}

static void write_gic(struct writer *w, const struct fdt_config *c)
{
	const uint64_t frames[] = {MAP_GICD, MAP_GICD_SIZE, MAP_GICR, c->cpus * MAP_GICR_SIZE};

	begin_at(w, "interrupt-controller", MAP_GICD);
	prop_string(w, "compatible", "arm,gic-v3");
	prop_empty(w, "interrupt-controller");
	prop_u32(w, "#interrupt-cells", 3);
	prop_reg(w, frames, 4);
	prop_u32(w, "phandle", PHANDLE_GIC);
	end(w);
}

/* Secure and non-secure EL1 physical, virtual, hypervisor: the order of the binding. */
static void write_timer(struct writer *w)
{
	static const uint32_t irqs[] = {
		IRQ_PPI, 13, IRQ_LEVEL_HIGH, IRQ_PPI, 14, IRQ_LEVEL_HIGH,
		IRQ_PPI, 11, IRQ_LEVEL_HIGH, IRQ_PPI, 10, IRQ_LEVEL_HIGH,
	};

	begin(w, "timer");
	prop_string(w, "compatible", "arm,armv8-timer");
	prop_cells(w, "interrupts", irqs, 12);
	prop_empty(w, "always-on");
	end(w);
}

static void write_uart(struct writer *w)
{
	static const uint32_t irq[] = {IRQ_SPI, MAP_UART_SPI, IRQ_LEVEL_HIGH};

	begin_at(w, "serial", MAP_UART);
	prop_string(w, "compatible", "ns16550a");
	prop_reg(w, (const uint64_t[]){MAP_UART, MAP_UART_SIZE}, 2);
	prop_u32(w, "clock-frequency", UART_CLOCK);
	prop_u32(w, "current-speed", UART_SPEED);
	prop_cells(w, "interrupts", irq, 3);
	end(w);
}

static void write_tree(struct writer *w, const struct fdt_config *c)
{
	begin(w, "");
	prop_string(w, "compatible", COMPATIBLE);
	prop_string(w, "model", COMPATIBLE);
	prop_u32(w, "#address-cells", 2);
	prop_u32(w, "#size-cells", 2);
	prop_u32(w, "interrupt-parent", PHANDLE_GIC);
	write_chosen(w, c);
	write_memory(w, c);
	write_cpus(w, c);
	write_psci(w, c);
	write_gic(w, c);
	write_timer(w);
	write_uart(w);
	end(w);
}

int fdt_build(void *buf, size_t size, const struct fdt_config *config)
{
	struct writer w = {.buf = buf};

	note(&w, fdt_create(buf, (int)size));
	note(&w, fdt_finish_reservemap(buf));
	write_tree(&w, config);
	note(&w, fdt_finish(buf));
	if (w.err)
		return error_set(-ENOSPC, "the device tree does not fit in %zu bytes (%s)", size,
				 fdt_strerror(w.err));
	return (int)fdt_totalsize(buf);
}
