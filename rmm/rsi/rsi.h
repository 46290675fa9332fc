/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls of a Realm by SMC: RSI 1.0 and 1.1, PSCI 1.1, SMCCC_VERSION. Portable over struct rec.
 * docs/spec/rsi.md sections 1-3 and 5.
 */
#ifndef RMM_RSI_RSI_H
#define RMM_RSI_RSI_H

#include "rmm/core/rec.h"

/*
 * Handles the SMC at rec->regs.pc (the address of the SMC itself, as a trapped SMC leaves it);
 * arguments and results are in rec->regs.gprs. Moves pc behind the SMC when the call is complete;
 * when a page has to be mapped first it leaves pc and gprs, so that the SMC runs again. The REC is
 * pinned, no lock is held. Called by the run loop.
 */
enum rec_next rsi_smc(struct rec *rec, struct rec_exit *exit);

/*
 * Second half of HOST_CALL and IPA_STATE_SET, at the next REC_ENTER. gprs: enter.gprs, 31 values.
 * rsi_complete_host_call returns REC_EXIT, with *exit filled, when the page is not mapped any more.
 */
enum rec_next rsi_complete_host_call(struct rec *rec, const uint64_t *gprs, struct rec_exit *exit);
void rsi_complete_ripas(struct rec *rec, bool rejected);

#endif
