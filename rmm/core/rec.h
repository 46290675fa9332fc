/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm execution contexts. A REC is one granule, and REC_AUX granules that the host donates for
 * what has no room in it: the state of a token, the registers of SVE.
 *
 * There are two ways to hold a REC. It is locked (struct rec_lock) for the short time of a command
 * of the host. It is pinned (struct rec *, reference count 1) for as long as it runs, and belongs
 * to the CPU that runs it: others may read the fields marked "constant" and set `runnable`.
 */
#ifndef RMM_CORE_REC_H
#define RMM_CORE_REC_H

#include "rmm/core/realm.h"
#include "rmm/core/rec_regs.h"

/*
 * Which donated granule is for what: the token's state, the computation that signs it
 * (rmm/attest/attest.h), and in a Realm with SVE the 32 Z registers, which fill one granule at 128
 * bytes each and two at 256.
 */
#define REC_AUX_TOKEN	  0
#define REC_AUX_SIGNER	  1
#define REC_AUX_SVE_FIRST 2
#define REC_AUX_MAX	  4

/* What a REC waits for from the host between two runs. */
enum rec_pending {
	REC_PENDING_NONE,
	REC_PENDING_PSCI,	 /* whether the CPU at psci_target may start: psci_complete() */
	REC_PENDING_HOST_CALL,	 /* registers for the structure at host_call_ipa */
	REC_PENDING_RIPAS,	 /* the change that `ripas` asks for, then a yes or no */
	REC_PENDING_SYSREG_READ, /* the value for register last.rt */
};

/*
 * The last exit by an exception, as far as the host's answer depends on it. The next run forgets
 * it.
 */
struct rec_last_exit {
	bool unprotected_abort; /* data abort at an unprotected IPA: the host may inject an abort */
	bool emulatable;	/* and it may carry out the access itself */
	uint8_t rt;		/* general register of a trapped register read: 31 is XZR */
	uint64_t esr;		/* ESR_EL2 with all its bits, of which the host sees some */
	uint64_t far;
};

/* A change of RIPAS that the Realm asks for and the host carries out table by table. */
struct rec_ripas_request {
	ipa_t base; /* as the Realm asked */
	ipa_t next; /* how far the host has come */
	ipa_t top;
	enum ripas value;
	bool change_destroyed; /* the Realm agrees that DESTROYED pages become RAM */
};

struct rec {
	struct rec_regs regs;

	/* Constant. */
	pa_t pa;
	pa_t rd;
	struct realm_config config;
	uint32_t index;
	uint64_t mpidr; /* MPIDR_EL1 form: Aff3 [39:32], without bit 31 */
	uint8_t num_aux;
	pa_t aux[REC_AUX_MAX];

	uint32_t runnable; /* atomic: the answer to another REC's CPU_ON may set it */

	enum rec_pending pending;
	struct rec_last_exit last;
	uint64_t psci_target;  /* CPU_ON: index of the REC to start */
	uint64_t psci_entry;   /* CPU_ON: its PC */
	uint64_t psci_context; /* CPU_ON: its X0 */
	ipa_t host_call_ipa;
	struct rec_ripas_request ripas;

	/* CTL of the timers at the last exit to the host, which hears of outputs that changed. */
	uint64_t cntp_ctl_reported, cntv_ctl_reported;

	/* Flags of the machine layer. */
	uint64_t arch_flags;
};

_Static_assert(sizeof(struct rec) <= GRANULE_SIZE, "a REC is one granule");

/* Proof that a REC's lock is held, and its memory. */
struct rec_lock {
	struct granule_lock granule;
	struct rec *rec;
};

/* False: pa is not a REC. */
bool rec_lock(pa_t pa, struct rec_lock *lock);
void rec_unlock(struct rec_lock *lock);
bool rec_running(const struct rec_lock *lock);

/*
 * Locks a REC that does not run, and before it its Realm, as the lock order wants.
 * REC_LOCK_RUNNING and REC_LOCK_NONE leave nothing locked.
 */
enum rec_lock_result {
	REC_LOCK_TAKEN,
	REC_LOCK_NONE, /* pa is not a REC */
	REC_LOCK_RUNNING,
};
enum rec_lock_result rec_lock_with_realm(pa_t pa, struct realm_lock *realm, struct rec_lock *lock);

/*
 * rec_pin() takes the REC for a run: it is pinned and not locked any more. rec_unpin() ends that,
 * and any CPU may lock the REC for a change again.
 */
struct rec *rec_pin(struct rec_lock *lock);
void rec_unpin(struct rec *rec);

/* Memory of donated granule i of a pinned REC. */
void *rec_aux(const struct rec *rec, unsigned int i);

/* What a new REC is made of. The granules are PARTIAL and the caller's. */
struct rec_new {
	pa_t pa;
	uint64_t mpidr; /* as in struct rec */
	uint64_t flags; /* as they are measured */
	bool runnable;
	uint64_t pc;
	uint64_t gprs[8]; /* X0 to X7 */
	unsigned int num_aux;
	const pa_t *aux;
};

/* Makes the next REC of a new Realm, and measures it if it is runnable. Cannot fail. */
void rec_make(struct realm_lock *realm, const struct rec_new *new);

/*
 * Ends a REC that does not run: it leaves its Realm, its lock is given up, and its granule and the
 * donated ones, whose number is returned, are PARTIAL and the caller's. The Realm stays locked.
 */
unsigned int rec_unmake(struct realm_lock *realm, struct rec_lock *lock, pa_t aux[REC_AUX_MAX]);

/*
 * Both set the registers of a REC that starts, except PC and X0 to X7. rec_init_regs() is for a new
 * REC, whose registers are all 0; rec_reset_regs() for any, and leaves 0 in PC and X0 to X7.
 */
void rec_init_regs(struct rec *rec);
void rec_reset_regs(struct rec *rec);

/*
 * Index of the REC with this MPIDR_EL1 in its Realm: Aff0 counts to 16, the other fields to 256.
 * Bits outside of that are not looked at.
 */
static inline uint64_t rec_index_of(uint64_t mpidr)
{
	return FIELD(mpidr, 3, 0) | FIELD(mpidr, 15, 8) << 4 | FIELD(mpidr, 23, 16) << 12 |
	       FIELD(mpidr, 39, 32) << 20;
}

/* How many granules a REC of such a Realm needs besides its own; 0..REC_AUX_MAX. */
unsigned int rec_aux_count(const struct realm_config *config);

/* Moves pc behind the instruction that trapped, which uses up PSTATE.BTYPE and PSTATE.SS. */
static inline void rec_skip_instruction(struct rec *rec)
{
	rec->regs.pc += 4;
	rec->regs.pstate &= ~(MASK(11, 10) | BIT(21));
}

#endif
