/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses of QEMU's virt machine with secure=on that the monitor needs before it has read the
 * device tree, and those that its images are linked for. For C, assembler and linker scripts.
 */
#ifndef PLATFORM_MEMORY_H
#define PLATFORM_MEMORY_H

/* Secure flash, from which the boot stage runs. */
#define PLATFORM_FLASH_SIZE 0x04000000

/* Devices, up to the secure SRAM. */
#define PLATFORM_DEVICES      0x08000000
#define PLATFORM_DEVICES_SIZE 0x06000000
#define PLATFORM_SECURE_UART  0x09040000

/* Secure SRAM: 2 MiB of it belong to the monitor (monitor/include/handoff.h). */
#define PLATFORM_SRAM 0x0e000000

/* QEMU puts the device tree at the start of DRAM; nothing else lies below the kernel's place. */
#define PLATFORM_FDT	  0x40000000
#define PLATFORM_FDT_SIZE 0x00200000

#endif
