/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage-2 and external aborts of a Realm: who hears of them and what the host may see of them.
 * docs/spec/rsi.md section 4.
 */
#include "rmm/run/trap.h"

#define PSTATE_M32 BIT(4)

#define ESR_ISV	       BIT(24)
#define ESR_SAS(esr)   FIELD(esr, 23, 22)
#define ESR_SSE	       BIT(21)
#define ESR_SRT(esr)   FIELD(esr, 20, 16)
#define ESR_SF	       BIT(15)
#define ESR_SET(esr)   FIELD(esr, 12, 11)
#define ESR_SET_UER    0
#define ESR_WNR	       BIT(6)
#define ESR_FSC(esr)   FIELD(esr, 5, 0)
#define ESR_EC_MASK    MASK(31, 26)
/* SET, FnV, EA, FSC: what the host sees of every abort. */
#define ESR_ABORT_MASK (ESR_EC_MASK | MASK(12, 9) | MASK(5, 0))
/* ISV, SAS, SF, WnR: what it sees besides of an access that it can emulate. */
#define ESR_EMUL_MASK  (ESR_ISV | MASK(23, 22) | ESR_SF | ESR_WNR)

#define FSC_TYPE(fsc)	     ((fsc)&0x3c)
#define FSC_ADDRESS_SIZE     0x00
#define FSC_ADDRESS_SIZE_M1  0x29 /* level -1 */
#define FSC_TRANSLATION	     0x04
#define FSC_TRANSLATION_M1   0x2b
#define FSC_ACCESS	     0x08
#define FSC_PERMISSION	     0x0c
#define FSC_EXTERNAL	     0x10
#define FSC_EXTERNAL_WALK    0x14
#define FSC_EXTERNAL_WALK_M1 0x13

#define HPFAR_FIPA(hpfar) FIELD(hpfar, 47, 4)
#define FAR_PAGE_OFFSET	  MASK(11, 0)

static bool is_external(unsigned int fsc)
{
	return fsc == FSC_EXTERNAL || FSC_TYPE(fsc) == FSC_EXTERNAL_WALK ||
	       fsc == FSC_EXTERNAL_WALK_M1;
}

/* Faults that HPFAR_EL2 has the IPA of and that a change of the stage 2 can cure. */
static bool is_stage2(unsigned int fsc)
{
	return FSC_TYPE(fsc) == FSC_TRANSLATION || fsc == FSC_TRANSLATION_M1 ||
	       FSC_TYPE(fsc) == FSC_ACCESS || FSC_TYPE(fsc) == FSC_PERMISSION ||
	       FSC_TYPE(fsc) == FSC_ADDRESS_SIZE || fsc == FSC_ADDRESS_SIZE_M1;
}

static void fill_exit(struct rec_exit *exit, uint64_t esr, const struct run_trap *trap)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = esr;
	exit->hpfar = trap->hpfar;
}

/* Bits of an access: 8, 16, 32 or 64. */
static uint64_t access_mask(uint64_t esr)
{
	return ~UINT64_C(0) >> (64 - (8u << ESR_SAS(esr)));
}

static uint64_t stored_value(const struct rec *rec, uint64_t esr)
{
	unsigned int rt = ESR_SRT(esr);

	return rt == 31 ? 0 : rec->regs.gprs[rt] & access_mask(esr);
}

/* RIPAS decides: EMPTY is the Realm's own fault, anything else the host can map. */
static enum run_next protected_abort(struct rec *rec, ipa_t ipa, const struct run_trap *trap,
				     struct rec_exit *exit)
{
	struct rtt_walk walk;
	void *mem;
	int level;

	switch (rtt_page_get(&rec->config.s2, ipa, &walk, &mem, &level)) {
	case RTT_PAGE_RAM:
		rtt_walk_end(&walk);
		/* The page has been mapped or replaced since: the access may go well now. */
		return FSC_TYPE(ESR_FSC(trap->esr)) == FSC_PERMISSION ? RUN_INJECT_SEA : RUN_RESUME;
	case RTT_PAGE_EMPTY:
		return RUN_INJECT_SEA;
	default:
		fill_exit(exit, trap->esr & ESR_ABORT_MASK, trap);
		return RUN_EXIT;
	}
}

static enum run_next unprotected_abort(struct rec *rec, const struct run_trap *trap,
				       struct rec_exit *exit)
{
	uint64_t esr = trap->esr;

	rec->last.unprotected_abort = true;
	if (rec->regs.pstate & PSTATE_M32) {
		fill_exit(exit, esr & ESR_ABORT_MASK, trap);
		return RUN_EXIT;
	}
	if (!(esr & ESR_ISV)) {
		fill_exit(exit, esr & (ESR_ABORT_MASK | ESR_IL), trap);
		return RUN_EXIT;
	}
	rec->last.emulatable = true;
	fill_exit(exit, esr & (ESR_ABORT_MASK | ESR_IL | ESR_EMUL_MASK), trap);
	exit->far = trap->far & FAR_PAGE_OFFSET;
	if (esr & ESR_WNR)
		exit->gprs[0] = stored_value(rec, esr);
	return RUN_EXIT;
}

static enum run_next stage2_abort(struct rec *rec, const struct run_trap *trap,
				  struct rec_exit *exit)
{
	ipa_t ipa = ipa_of(HPFAR_FIPA(trap->hpfar) << GRANULE_SHIFT);
	bool instruction = ESR_EC(trap->esr) == ESR_EC_IABT_LOWER;
	const struct s2 *s2 = &rec->config.s2;

	/* The code is in memory that the host shares. HPFAR_EL2 is UNKNOWN, and not needed. */
	if (instruction && ESR_IS_PERMISSION(trap->esr) && !(trap->esr & ESR_S1PTW))
		return RUN_INJECT_SEA;
	if (ipa.v >= s2_ipa_size(s2))
		return RUN_INJECT_SEA;
	if (s2_ipa_protected(s2, ipa))
		return protected_abort(rec, ipa, trap, exit);
	return instruction ? RUN_INJECT_SEA : unprotected_abort(rec, trap, exit);
}

/* No stage-2 fault, but memory failed. The Realm hears of recoverable errors (UER), too. */
static enum run_next external_abort(const struct run_trap *trap, struct rec_exit *exit)
{
	fill_exit(exit, trap->esr & ESR_ABORT_MASK, trap);
	exit->hpfar = 0;
	return ESR_SET(trap->esr) == ESR_SET_UER ? RUN_EXIT_SEA : RUN_EXIT;
}

enum run_next run_abort(struct rec *rec, const struct run_trap *trap, struct rec_exit *exit)
{
	unsigned int fsc = ESR_FSC(trap->esr);

	rec->last.esr = trap->esr;
	rec->last.far = trap->far;
	if (is_external(fsc))
		return external_abort(trap, exit);
	return is_stage2(fsc) ? stage2_abort(rec, trap, exit) : RUN_INJECT_SEA;
}

/* The loaded value as the instruction would have it in Rt. */
static uint64_t loaded_value(uint64_t esr, uint64_t data)
{
	uint64_t mask = access_mask(esr);

	data &= mask;
	if ((esr & ESR_SSE) && (data & ~(mask >> 1)))
		data |= ~mask;
	return esr & ESR_SF ? data : (uint32_t)data;
}

void run_complete_mmio(struct rec *rec, uint64_t data)
{
	uint64_t esr = rec->last.esr;

	if (!(esr & ESR_WNR) && ESR_SRT(esr) != 31)
		rec->regs.gprs[ESR_SRT(esr)] = loaded_value(esr, data);
	rec_skip_instruction(rec);
}

#define SERROR_MASK    (ESR_EC_MASK | BIT(24) | MASK(12, 9) | MASK(5, 0)) /* IDS, AET, EA, DFSC */
#define SERROR_AET(e)  FIELD(e, 12, 10)
#define SERROR_AET_UEU 1
#define SERROR_AET_UER 3

bool run_serror(uint64_t esr, struct rec_exit *exit)
{
	exit->reason = RMI_EXIT_SERROR;
	exit->esr = esr & SERROR_MASK;
	return !(esr & BIT(24)) &&
	       (SERROR_AET(esr) == SERROR_AET_UEU || SERROR_AET(esr) == SERROR_AET_UER);
}
