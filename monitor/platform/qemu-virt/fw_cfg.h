/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QEMU's fw_cfg device (QEMU docs/specs/fw_cfg), memory-mapped, through its DMA interface. Used by
 * the boot stage alone, by one CPU.
 *
 * The device masters the bus in Non-secure state: the scratch block and every destination must be
 * Non-secure DRAM, mapped flat (virtual = physical) as Non-secure memory. QEMU's DMA is coherent
 * with the CPUs' caches (dma-coherent in the tree), so no cache maintenance is done.
 */
#ifndef MONITOR_FW_CFG_H
#define MONITOR_FW_CFG_H

#include <stddef.h>
#include <stdint.h>

/* Items. Sizes are little-endian u32; an item that is absent has size 0. */
#define FW_CFG_KERNEL_SIZE  0x08
#define FW_CFG_INITRD_SIZE  0x0b
#define FW_CFG_KERNEL_DATA  0x11
#define FW_CFG_INITRD_DATA  0x12
#define FW_CFG_CMDLINE_SIZE 0x14 /* counts the terminating NUL */
#define FW_CFG_CMDLINE_DATA 0x15
#define FW_CFG_SETUP_SIZE   0x17 /* arm64 has none: belongs in front of the kernel data */
#define FW_CFG_SETUP_DATA   0x18

#define FW_CFG_SCRATCH_SIZE 64

/*
 * base: the mapped registers; scratch: FW_CFG_SCRATCH_SIZE bytes, 8-byte aligned, kept until the
 * last call. 0, -ENODEV (nothing there that answers as fw_cfg), -ENOTSUP (no DMA), -EINVAL (scratch
 * not aligned), or as fw_cfg_read().
 */
int fw_cfg_init(uintptr_t base, void *scratch);

/*
 * The first n bytes of an item. Bytes behind its end, and all of an absent item, read as 0.
 * 0, -ENODEV (no fw_cfg_init()), -EINVAL (n beyond 4 GiB), -EIO (the device reports an error),
 * -ETIMEDOUT (it does not answer).
 */
int fw_cfg_read(uint16_t key, void *dst, size_t n);

/* A u32 item in CPU byte order. Results as fw_cfg_read(). */
int fw_cfg_u32(uint16_t key, uint32_t *value);

#endif
