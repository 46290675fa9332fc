/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of the RSI: one function per call. Arguments in rec->regs.gprs; a handler either answers
 * (rsi_return) or leaves the SMC in place with an exit for the host.
 */
#ifndef RMM_RSI_INTERNAL_H
#define RMM_RSI_INTERNAL_H

#include "abi/rmi.h"
#include "abi/rsi.h"
#include "rmm/arch/arch.h"
#include "rmm/rsi/rsi.h"

typedef enum rec_next (*rsi_handler)(struct rec *rec, struct rec_exit *exit);

enum rec_next rsi_measurement_read(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_measurement_extend(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_realm_config(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_ipa_state_set(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_ipa_state_get(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_host_call(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_token_init(struct rec *rec, struct rec_exit *exit);
enum rec_next rsi_token_continue(struct rec *rec, struct rec_exit *exit);

/* psci.c: false if fid is no PSCI call this RMM has. */
bool rsi_psci(struct rec *rec, uint32_t fid, struct rec_exit *exit, enum rec_next *next);

/* The call is complete: X0 to X3, pc behind the SMC. */
static inline enum rec_next rsi_return(struct rec *rec, uint64_t x0, uint64_t x1, uint64_t x2)
{
	uint64_t *x = rec->regs.gprs;

	x[0] = x0;
	x[1] = x1;
	x[2] = x2;
	x[3] = 0;
	rec_skip_instruction(rec);
	return REC_RESUME;
}

static inline enum rec_next rsi_fail(struct rec *rec, uint64_t error)
{
	return rsi_return(rec, error, 0, 0);
}

/* A page argument: 4K-aligned, in the protected half. */
static inline bool rsi_page_valid(const struct rec *rec, uint64_t ipa)
{
	return granule_aligned(ipa) && s2_ipa_protected(&rec->config.s2, ipa_of(ipa));
}

/*
 * The Realm's page at ipa (checked), for one handler: true, with the walk held and *mem set. False:
 * *next is what the handler returns: an INPUT error (RIPAS EMPTY), or the exit for the host.
 */
bool rsi_page_get(struct rec *rec, uint64_t ipa, struct rtt_walk *walk, void **mem,
		  struct rec_exit *exit, enum rec_next *next);

#endif
