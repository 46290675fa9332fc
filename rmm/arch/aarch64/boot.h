/* SPDX-License-Identifier: BSD-3-Clause */
/* What the boot code leaves behind for others. */
#ifndef RMM_AARCH64_BOOT_H
#define RMM_AARCH64_BOOT_H

#include "rmm/core/types.h"

/* One 4K page, shared with EL3; for calls that need a buffer, one at a time. */
extern void *boot_shared_buffer;

/* Address of the panic console's registers, or 0. */
extern uintptr_t boot_console;

/* Gets key and platform token from EL3; false: Realms will get no attestation tokens. */
bool boot_attestation(void);

#endif
