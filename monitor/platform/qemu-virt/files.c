/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's files, which QEMU hands over by fw_cfg. See monitor/include/platform.h. */
#include "monitor/include/platform.h"
#include "monitor/platform/qemu-virt/fw_cfg.h"

static const struct {
	uint16_t size, data;
} items[] = {
	[PLATFORM_KERNEL] = {FW_CFG_KERNEL_SIZE, FW_CFG_KERNEL_DATA},
	[PLATFORM_INITRD] = {FW_CFG_INITRD_SIZE, FW_CFG_INITRD_DATA},
	[PLATFORM_CMDLINE] = {FW_CFG_CMDLINE_SIZE, FW_CFG_CMDLINE_DATA},
};

int platform_files_init(const struct machine *m, void *scratch)
{
	return fw_cfg_init(m->fw_cfg.base, scratch);
}

int platform_file_size(enum platform_file file, uint32_t *size)
{
	return fw_cfg_u32(items[file].size, size);
}

int platform_file_read(enum platform_file file, void *dst, size_t n)
{
	return fw_cfg_read(items[file].data, dst, n);
}
