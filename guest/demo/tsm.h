/* SPDX-License-Identifier: BSD-3-Clause */
/* Attestation reports by the kernel's configfs (Linux Documentation/ABI/testing/configfs-tsm). */
#ifndef GUEST_DEMO_TSM_H
#define GUEST_DEMO_TSM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Asks for a report over a challenge of up to 64 bytes. Returns its length in buf, or a negative
 * errno: -ENODEV when the kernel has no provider of reports (no Realm, or no module).
 */
int tsm_report(const uint8_t *challenge, size_t challenge_len, uint8_t *buf, size_t size);

#endif
