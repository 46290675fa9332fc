/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the boot stage share. The boot stage runs on one CPU, in flash, once. */
#ifndef MONITOR_BOOT_BOOT_H
#define MONITOR_BOOT_BOOT_H

#include <stdint.h>

/* Header page in front of the RMM image, behind the monitor in flash (boot/pack-flash). */
#define RMM_PACKAGE_MAGIC 0x004d4d5241434b31

struct rmm_package {
	uint64_t magic;
	uint64_t size; /* bytes of the image, which starts on the next page */
};

/* Prints the reason on the secure UART and stops the CPU: the machine cannot be booted. */
void boot_panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
