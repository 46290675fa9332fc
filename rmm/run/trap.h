/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the run loop asks the portable code about an exception of a Realm. docs/spec/rsi.md
 * section 4.
 *
 * While a REC runs, its EL1 and EL0 registers are in the hardware; rec->regs has general
 * registers, pc, pstate and the debug registers, which trap. So an exception for the Realm is only
 * named here (enum run_next); the run loop makes it with run_inject() when the registers are in
 * memory.
 */
#ifndef RMM_RUN_TRAP_H
#define RMM_RUN_TRAP_H

#include "rmm/run/run.h"

/* EL2's syndrome registers, as they are when the Realm is left. */
struct run_trap {
	uint64_t esr;
	uint64_t far;
	uint64_t hpfar;
};

enum run_next {
	RUN_RESUME,
	RUN_EXIT,
	RUN_INJECT_UNDEF, /* then resume */
	RUN_INJECT_SEA,	  /* then resume; rec->last has ESR and FAR */
	RUN_EXIT_SEA,	  /* both: the host hears of it, the Realm too */
};

#define ESR_EC(esr)	       FIELD(esr, 31, 26)
#define ESR_EC_WFX	       0x01
#define ESR_EC_FP	       0x07
#define ESR_EC_PAUTH	       0x09
#define ESR_EC_HVC64	       0x16
#define ESR_EC_SMC64	       0x17
#define ESR_EC_SYSREG	       0x18
#define ESR_EC_SVE	       0x19
#define ESR_EC_IABT_LOWER      0x20
#define ESR_EC_IABT_SAME       0x21
#define ESR_EC_DABT_LOWER      0x24
#define ESR_EC_DABT_SAME       0x25
#define ESR_EC_SHIFT	       26
#define ESR_IL		       BIT(25)
/* Aborts: the fault was on a walk of stage 1. */
#define ESR_S1PTW	       BIT(7)
#define ESR_IS_PERMISSION(esr) (FIELD(esr, 5, 2) == 3)

/*
 * A system register's encoding in ESR_ELx.ISS, without direction and Rt. ESR_SYSREG() takes it out
 * of a syndrome.
 */
#define ISS_SYSREG(op0, op1, crn, crm, op2)                                                        \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ESR_SYSREG(esr) ((esr)&ISS_SYSREG(3, 7, 15, 15, 7))

/* A synchronous exception but SMC and those about FP, SVE and pointer authentication. */
enum run_next run_sync(struct rec *rec, const struct run_trap *trap, struct rec_exit *exit);

/* run_sync() for its parts. */
enum run_next run_abort(struct rec *rec, const struct run_trap *trap, struct rec_exit *exit);
enum run_next run_sysreg(struct rec *rec, uint64_t esr, struct rec_exit *exit);

/* SError from the Realm: fills the exit. True: a virtual one is to be given to the Realm too. */
bool run_serror(uint64_t esr, struct rec_exit *exit);

/*
 * Has the Realm take an undefined-instruction exception at EL1, at its pc. The Realm's registers
 * are in memory. run_inject_sea() does the same for an external abort.
 */
void run_inject_undef(struct rec *rec);

/* True when the Realm's breakpoints or watchpoints may fire: then they have to be in hardware. */
bool run_debug_active(const struct rec *rec);

/*
 * ID registers as the PE has them and EL3 allows them, op0 3, op1 0, CRn 0, CRm 4-7 by op2. The
 * machine fills them at boot.
 */
extern uint64_t run_id_regs[4][8];

enum run_id {
	RUN_ID_PFR0 = 0,
	RUN_ID_PFR1 = 1,
	RUN_ID_PFR2 = 2,
	RUN_ID_ZFR0 = 4,
	RUN_ID_DFR0 = 8,
	RUN_ID_DFR1 = 9,
	RUN_ID_DFR2 = 10,
	RUN_ID_ISAR0 = 16,
	RUN_ID_ISAR1 = 17,
	RUN_ID_ISAR2 = 18,
	RUN_ID_MMFR0 = 24,
	RUN_ID_MMFR1 = 25,
	RUN_ID_MMFR2 = 26,
	RUN_ID_MMFR3 = 27,
	RUN_ID_MMFR4 = 28,
};

static inline uint64_t *run_id_reg(enum run_id reg)
{
	return &run_id_regs[reg / 8][reg % 8];
}

/* What a Realm of this configuration reads there; 0 for registers it does not have. */
uint64_t run_id_value(const struct realm_config *config, unsigned int reg);

#endif
