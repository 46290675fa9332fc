/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures what was loaded and signs the platform token. Boot stage only, one caller at a time. */
#ifndef MONITOR_BOOT_ATTEST_H
#define MONITOR_BOOT_ATTEST_H

#include <stdint.h>
#include "monitor/boot/boot.h"
#include "monitor/include/handoff.h"

/*
 * Measures the monitor (all of it, as in flash), the RMM (size 0: none) and what was read from the
 * device tree, as evidence.h says. The identity stays where it is, in flash, and is used when the
 * token is signed. Does not return if flash has none.
 */
void attest_measure(const struct platform_identity *identity, const struct machine *machine,
		    struct region monitor, struct region rmm);

/* handoff.sign_token: 0, or -1 with the reason printed. */
int attest_sign_token(struct token_request *request);

#endif
