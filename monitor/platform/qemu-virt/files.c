/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's files, which QEMU hands over by fw_cfg. See monitor/include/platform.h. */
#include <errno.h>
#include <libfdt.h>

#include "monitor/boot/dt.h"
#include "monitor/include/platform.h"
#include "monitor/platform/qemu-virt/fw_cfg.h"

const char platform_how_to_rme[] = "start QEMU with -cpu max,x-rme=on";
const char platform_how_to_kernel[] = "start QEMU with -kernel";

static const struct {
	uint16_t size, data;
} items[] = {
	[PLATFORM_KERNEL] = {FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA},
	[PLATFORM_INITRD] = {FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA},
	[PLATFORM_CMDLINE] = {FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE_DATA},
};

int platform_files_init(const void *fdt, void *scratch)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "qemu,fw-cfg-mmio");
	struct region registers;

	if (node < 0 || dt_world(fdt, node) != DT_NONSECURE || dt_reg(fdt, node, 0, &registers))
		return -ENODEV;
	return fw_cfg_init(registers.base, scratch);
}

int platform_file_size(enum platform_file file, uint32_t *size)
{
	return fw_cfg_u32(items[file].size, size);
}

int platform_file_read(enum platform_file file, void *dst, size_t n)
{
	return fw_cfg_read(items[file].data, dst, n);
}
