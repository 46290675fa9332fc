/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine that reference values are told for: QEMU's virt with secure=on and virtualization=on,
 * and a GIC of version 3. Written down instead of read from QEMU, because a reference value says
 * what a machine has to be, not what the one at hand is.
 */
#include "monitor/include/platform.h"

const struct machine platform_reference = {
	.nr_dram = 1,
	.dram = {{0x40000000, 0}},
	.nr_coh_dev = 3, /* PCIe: window below 4 GiB, ECAM, window above */
	.coh_dev = {{0x10000000, 0x2eff0000},
		    {0x4010000000, 0x10000000},
		    {0x8000000000, 0x8000000000}},
	.uart = {0x09000000, 0x1000},
	.uart_clk_hz = 24000000,
	.secure_uart = {0x09040000, 0x1000},
	.secure_gpio = {0x090b0000, 0x1000},
	.gicd = {0x08000000, 0x10000},
	.gicr = {0x080a0000, 0xf60000},
	.secure_sram = {0x0e000000, 0x1000000},
	.secure_flash = {0, 0x4000000},
};
