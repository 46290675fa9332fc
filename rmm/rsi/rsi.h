/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls of a Realm by SMC: RSI 1.0 and 1.1, PSCI 1.1, SMCCC_VERSION. Portable over struct rec.
 * docs/spec/rsi.md sections 1-3 and 5.
 */
#ifndef RMM_RSI_RSI_H
#define RMM_RSI_RSI_H

#include "rmm/run/run.h"

/*
 * Handles the SMC at rec->regs.pc, which is where a trapped SMC leaves it; arguments and results
 * are in rec->regs.gprs. When the call is complete, pc is behind the SMC. When the host has to map
 * a page first, pc and gprs stay, so that the Realm makes the same call again. The REC is pinned,
 * no lock is held. Called by the run loop.
 */
enum rec_next rsi_smc(struct rec *rec, struct rec_exit *exit);

/*
 * Second half of HOST_CALL and IPA_STATE_SET, when the host enters the REC again. gprs are the 31
 * registers that the host gives back. rsi_complete_host_call() returns REC_EXIT, with *exit filled,
 * when the page that they go to is not mapped any more.
 */
enum rec_next rsi_complete_host_call(struct rec *rec, const uint64_t *gprs, struct rec_exit *exit);
void rsi_complete_ripas(struct rec *rec, bool rejected);

#endif
