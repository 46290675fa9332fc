/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures what was loaded and signs the platform token. Boot stage only, one caller at a time. */
#ifndef MONITOR_BOOT_ATTEST_H
#define MONITOR_BOOT_ATTEST_H

#include <stdint.h>
#include "monitor/include/handoff.h"

/* Takes the SHA-256 of the monitor (all of it, as in flash) and of the RMM (size 0: none). */
void attest_measure(struct region monitor, struct region rmm);

/* handoff.sign_token: 0, or -1 with the reason printed. */
int attest_sign_token(struct token_request *request);

#endif
