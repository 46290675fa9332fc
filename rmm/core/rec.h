/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm execution contexts. A REC is one granule plus REC_AUX granules the host donates when the
 * Realm needs more (SVE, token state).
 *
 * Two ways to hold a REC: locked (struct rec_lock, short, for the host's commands), or pinned
 * (struct rec *, for as long as it runs: reference count 1). A pinned REC belongs to the CPU that
 * entered it; others may read the fields marked "constant" and use the atomics `runnable`.
 */
#ifndef RMM_CORE_REC_H
#define RMM_CORE_REC_H

#include "rmm/core/realm.h"
#include "rmm/core/rec_regs.h"

/*
 * Donated granules: token state and the computation that signs (rmm/attest/attest.h), then, for an
 * SVE Realm, Z registers: one granule up to 128 bytes each, two up to 256.
 */
#define REC_AUX_TOKEN	  0
#define REC_AUX_SIGNER	  1
#define REC_AUX_SVE_FIRST 2
#define REC_AUX_MAX	  4

/* What a REC waits for from the host between two runs. */
enum rec_pending {
	REC_PENDING_NONE,
	REC_PENDING_PSCI,	 /* PSCI_COMPLETE for pending_call */
	REC_PENDING_HOST_CALL,	 /* enter.gprs go to host_call_ipa */
	REC_PENDING_RIPAS,	 /* RTT_SET_RIPAS, then the answer of the next enter */
	REC_PENDING_SYSREG_READ, /* enter.gprs[0] goes to last.rt */
};

/* Facts of the last SYNC exit, for the enter that answers it. Forgotten at each enter. */
struct rec_last_exit {
	bool unprotected_abort; /* data abort at an unprotected IPA: INJECT_SEA is legal */
	bool emulatable;	/* and EMUL_MMIO is */
	uint8_t rt;		/* sysreg read: 31 is XZR */
	uint64_t esr;		/* real ESR_EL2 */
	uint64_t far;
};

struct rec_ripas_request {
	ipa_t base; /* as asked */
	ipa_t next; /* how far the host got */
	ipa_t top;
	enum ripas value;
	bool change_destroyed;
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

	uint32_t runnable; /* __atomic: may be set by the PSCI_COMPLETE of another REC's CPU_ON */

	enum rec_pending pending;
	struct rec_last_exit last;
	uint64_t psci_target;  /* CPU_ON: index of the REC to start */
	uint64_t psci_entry;   /* CPU_ON: its PC */
	uint64_t psci_context; /* CPU_ON: its X0 */
	ipa_t host_call_ipa;
	struct rec_ripas_request ripas;

	/* Timers: CTL values at the last exit to the host (level changes since then exit). */
	uint64_t cntp_ctl_reported, cntv_ctl_reported;

	/* Machine layer's own per-REC flags. */
	uint64_t arch_flags;
};

_Static_assert(sizeof(struct rec) <= GRANULE_SIZE, "a REC is one granule");

struct rec_lock {
	struct granule_lock granule;
	struct rec *rec;
};

/* False: pa is not a REC. */
bool rec_lock(pa_t pa, struct rec_lock *lock);
void rec_unlock(struct rec_lock *lock);
bool rec_running(const struct rec_lock *lock);

/*
 * Locks a REC that does not run together with its Realm, in lock order. REC_LOCK_RUNNING and
 * REC_LOCK_NONE leave nothing locked.
 */
enum rec_lock_result {
	REC_LOCK_TAKEN,
	REC_LOCK_NONE, /* pa is not a REC */
	REC_LOCK_RUNNING,
};
enum rec_lock_result rec_lock_with_realm(pa_t pa, struct realm_lock *realm, struct rec_lock *lock);

/*
 * Takes the REC for a run: unlocks it and leaves it pinned. rec_unpin gives it back; any CPU may
 * lock it again afterwards.
 */
struct rec *rec_pin(struct rec_lock *lock);
void rec_unpin(struct rec *rec);

/* Memory of donated granule i of a pinned REC. */
void *rec_aux(const struct rec *rec, unsigned int i);

/* What REC_CREATE decided. The granules are PARTIAL and the caller's. */
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

/* The next REC of a new Realm; measured if it is runnable. Cannot fail. */
void rec_make(struct realm_lock *realm, const struct rec_new *new);

/*
 * Ends a REC that does not run: it leaves its Realm, its lock is given up, and its granule and the
 * donated ones, whose number is returned, are PARTIAL and the caller's. The Realm stays locked.
 */
unsigned int rec_unmake(struct realm_lock *realm, struct rec_lock *lock, pa_t aux[REC_AUX_MAX]);

/*
 * Registers of a REC that starts, except PC and X0 to X7: of a new one, whose registers are all 0,
 * or of any, whose PC and X0 to X7 are then 0.
 */
void rec_init_regs(struct rec *rec);
void rec_reset_regs(struct rec *rec);

/* How many granules a REC of such a Realm needs besides its own; 0..REC_AUX_MAX. */
unsigned int rec_aux_count(const struct realm_config *config);

/* Moves pc behind the instruction that trapped: BTYPE and SS are used up. */
static inline void rec_skip_instruction(struct rec *rec)
{
	rec->regs.pc += 4;
	rec->regs.pstate &= ~(MASK(11, 10) | BIT(21));
}

/* The other direction of host and RMM talk, in no particular RMI version's layout. */
struct rec_enter {
	uint64_t flags; /* RMI_ENTER_* */
};

struct rec_exit {
	uint64_t reason; /* RMI_EXIT_* */
	uint64_t esr, far, hpfar;
	uint64_t gprs[REC_GPRS];
	uint64_t cntp_ctl, cntp_cval, cntv_ctl, cntv_cval;
	uint64_t ripas_base, ripas_top, ripas_value;
	uint64_t pmu_ovf_status;
	uint64_t timers_delivered; /* of RMI_FEATURE_EXT_TIMER_LR */
	uint32_t imm;
};

/* What to do after an exit from the Realm has been looked at. */
enum rec_next {
	REC_RESUME, /* enter the Realm again */
	REC_EXIT,   /* return to the host; struct rec_exit says why */
};

#endif
