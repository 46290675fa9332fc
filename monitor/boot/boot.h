/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the boot stage share. The boot stage runs on one CPU, in flash, once. */
#ifndef MONITOR_BOOT_BOOT_H
#define MONITOR_BOOT_BOOT_H

#include <stdint.h>

/*
 * The page behind the monitor in flash (boot/identity): by what the platform names itself, and the
 * key it signs with. It is no part of what is measured. On this machine flash stands for the fuses,
 * or the security processor, of a real one.
 */
#define PLATFORM_IDENTITY_MAGIC 0x31444941434b31

struct platform_identity {
	uint64_t magic;
	uint64_t lifecycle;	       /* claim 2395, 16 bits */
	uint8_t implementation_id[32]; /* claim 2396 */
	uint8_t key[48];	       /* P-384 private scalar */
};

/* Header page in front of the RMM image, behind the identity's page in flash (boot/pack-flash). */
#define RMM_PACKAGE_MAGIC 0x004d4d5241434b31

struct rmm_package {
	uint64_t magic;
	uint64_t size; /* bytes of the image, which starts on the next page */
};

/* Prints the reason on the secure UART and stops the CPU: the machine cannot be booted. */
void boot_panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
