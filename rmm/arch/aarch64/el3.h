/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls to EL3: RMM-EL3 2.0 and FIRME (docs/spec/rmm-el3.md section 4). Boot-time probing fills
 * what the others need; every EL3 of the protocol is served, with FIRME and RESERVE_MEMORY or
 * without.
 */
#ifndef RMM_AARCH64_EL3_H
#define RMM_AARCH64_EL3_H

#include "rmm/core/types.h"

/* X0-X3 of a call, arguments in, results out; X4-X7 are 0. */
struct el3_regs {
	uint64_t x[4];
};

/* world.S */
void el3_call(struct el3_regs *r);

/* One call with up to three arguments; X0. */
int64_t el3_call3(uint32_t fid, uint64_t x1, uint64_t x2, uint64_t x3);

/* Finds out whether EL3 has FIRME's granule management. First CPU, once. */
void el3_probe(void);

/* GPCCR_EL3 fields as FIRME tells them; false without FIRME. */
bool el3_gpt_info(uint8_t *l0gptsz, uint8_t *pps);

/* What EL3 lets the Realm world use. */
struct el3_enabled {
	uint64_t scr; /* enabled bits of SCR_EL3 */
	bool sve, sme;
};

/* What EL3 says of a PE that has sve and sme; all is enabled when it does not say. */
struct el3_enabled el3_enabled(bool sve, bool sme);

/* size bytes aligned to 4K, or 0 when EL3 has none. */
uint64_t el3_reserve(uint64_t size);

/* 64 random bits; false when EL3 has none now, or at all. */
bool el3_random(uint64_t *word);

#endif
