/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_ENTER: docs/spec/rmi-2.0.md section 7. */
#include <string.h>

#include "abi/rmi_ext.h"
#include "rmm/rmi2/handlers.h"
#include "rmm/rsi/rsi.h"
#include "rmm/run/run.h"

#define ENTER_AT(field) offsetof(struct rmi_rec_run, enter.field)
#define EXIT_AT(field)	offsetof(struct rmi_rec_run, exit.field)

/* The host's answers, as far as this REC waits for any. */
struct enter_args {
	uint64_t flags;
	uint64_t gprs[RMI_REC_GPRS];
};

/* Copies what this entry uses: all registers for a host call, one for the value of a read. */
static bool read_enter(uint64_t run, const struct rec *rec, struct enter_args *args)
{
	size_t n = 0;

	if (!arch_ns_read(&args->flags, pa_of(run + ENTER_AT(flags)), sizeof(args->flags)))
		return false;
	if (rec->pending == REC_PENDING_HOST_CALL)
		n = RMI_REC_GPRS;
	else if (rec->pending == REC_PENDING_SYSREG_READ || (args->flags & RMI_ENTER_EMUL_MMIO))
		n = 1;
	return n == 0 ||
	       arch_ns_read(args->gprs, pa_of(run + ENTER_AT(gprs)), n * sizeof(uint64_t));
}

/* Counts the pinned REC as running in its Realm, if that is ACTIVE. */
static bool realm_enter(const struct rec *rec)
{
	struct realm_lock realm;
	bool active;

	realm_lock_pinned(rec->rd, &realm);
	active = realm.rd->state == REALM_ACTIVE;
	realm.rd->recs_running += active;
	realm_unlock(&realm);
	return active;
}

static void realm_leave(const struct rec *rec)
{
	struct realm_lock realm;

	realm_lock_pinned(rec->rd, &realm);
	realm.rd->recs_running--;
	realm_unlock(&realm);
}

/* The checks of the REC itself, after those of the arguments and of the Realm. */
static uint64_t check_enter(const struct rec *rec, uint64_t flags)
{
	if (!__atomic_load_n(&rec->runnable, __ATOMIC_ACQUIRE) ||
	    rec->pending == REC_PENDING_PSCI || !run_gic_valid())
		return RMI_ERROR_REC;
	if ((flags & RMI_ENTER_INJECT_SEA) && !rec->last.unprotected_abort)
		return RMI_ERROR_REC;
	if ((flags & RMI_ENTER_EMUL_MMIO) && !rec->last.emulatable)
		return RMI_ERROR_REC;
	return RMI_SUCCESS;
}

/* Does what the Realm waits for. REC_EXIT: it cannot be done, and the host learns why. */
static enum rec_next complete_pending(struct rec *rec, const struct enter_args *args,
				      struct rec_exit *exit)
{
	enum rec_pending pending = rec->pending;

	if (pending == REC_PENDING_HOST_CALL &&
	    rsi_complete_host_call(rec, args->gprs, exit) == REC_EXIT)
		return REC_EXIT;
	rec->pending = REC_PENDING_NONE;
	if (args->flags & RMI_ENTER_INJECT_SEA)
		run_inject_sea(rec);
	else if (args->flags & RMI_ENTER_EMUL_MMIO)
		run_complete_mmio(rec, args->gprs[0]);
	else if (pending == REC_PENDING_SYSREG_READ)
		run_complete_sysreg_read(rec, args->gprs[0]);
	if (pending == REC_PENDING_RIPAS)
		rsi_complete_ripas(rec, args->flags & RMI_ENTER_RIPAS_REJECT);
	memset(&rec->last, 0, sizeof(rec->last));
	return REC_RESUME;
}

static void run(struct rec *rec, const struct enter_args *args, struct rec_exit *exit)
{
	const struct rec_enter enter = {.flags = args->flags};

	memset(exit, 0, sizeof(*exit));
	if (complete_pending(rec, args, exit) == REC_RESUME)
		run_rec(rec, &enter, exit);
	else
		run_fill_lines(rec, exit);
}

/*
 * Writes every defined field; those the exit reason does not name are 0. The page's padding is
 * left as it is. Fields this RMM never uses (rtt_tree, s2ap, vdev, plane, vsmmu) are 0.
 */
static bool write_exit(uint64_t run, uint64_t flags, const struct rec_exit *exit)
{
	const uint64_t syndrome[4] = {exit->esr, exit->far, exit->hpfar, 0};
	const uint64_t timers[4] = {exit->cntp_ctl, exit->cntp_cval, exit->cntv_ctl,
				    exit->cntv_cval};
	const uint64_t changes[11] = {exit->ripas_base, exit->ripas_top, exit->ripas_value};
	const uint64_t call[2] = {exit->imm, 0};
	const uint64_t pmu[3] = {exit->pmu_ovf_status};

	return arch_ns_write(pa_of(run + EXIT_AT(exit_reason)), &exit->reason, 8) &&
	       arch_ns_write(pa_of(run + EXIT_AT(esr)), syndrome, sizeof(syndrome)) &&
	       arch_ns_write(pa_of(run + EXIT_AT(gprs)), exit->gprs, sizeof(exit->gprs)) &&
	       arch_ns_write(pa_of(run + EXIT_AT(cntp_ctl)), timers, sizeof(timers)) &&
	       arch_ns_write(pa_of(run + EXIT_AT(ripas_base)), changes, sizeof(changes)) &&
	       arch_ns_write(pa_of(run + EXIT_AT(imm)), call, sizeof(call)) &&
	       arch_ns_write(pa_of(run + EXIT_AT(pmu_ovf_status)), pmu, sizeof(pmu)) &&
	       (!(flags & RMI_ENTER_EXT_TIMER_LR) ||
		arch_ns_write(pa_of(run + RMI_EXT_EXIT_TIMERS_OFFSET), &exit->timers_delivered,
			      sizeof(exit->timers_delivered)));
}

/* Enters a pinned REC: first everything that may still fail, then the run. */
static uint64_t enter_pinned(struct rec *rec, uint64_t run_pa)
{
	struct enter_args args;
	struct rec_exit exit;
	uint64_t status;

	if (!read_enter(run_pa, rec, &args))
		return RMI_ERROR_INPUT;
	if (!realm_enter(rec))
		return RMI_ERROR_REALM;
	status = check_enter(rec, args.flags);
	if (status == RMI_SUCCESS) {
		run(rec, &args, &exit);
		if (!write_exit(run_pa, args.flags, &exit))
			status = RMI_ERROR_INPUT;
	}
	realm_leave(rec);
	return status;
}

uint64_t rmi2_rec_enter(const uint64_t *x, uint64_t *out)
{
	struct rec_lock lock;
	struct rec *rec;
	uint64_t status;

	if (!rmi_ns_page(x[2]) || !rec_lock(pa_of(x[1]), &lock))
		return RMI_ERROR_INPUT;
	if (rec_running(&lock)) {
		rec_unlock(&lock);
		return RMI_ERROR_REC;
	}
	rec = rec_pin(&lock);
	status = enter_pinned(rec, x[2]);
	rec_unpin(rec);
	return status;
}
