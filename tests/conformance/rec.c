/* SPDX-License-Identifier: BSD-3-Clause */
/* Running RECs and talking to the Realm agent in them. On any CPU; a REC on one at a time. */
#include <string.h>
#include "tests/conformance/conformance.h"

#define RUN_SECONDS 20

uint64_t rec_enter(struct rec *rec)
{
	gic_enable_virtual();
	rec->status = RMI_STATUS_OF(RMI_REC_ENTER, rec->pa, (uint64_t)rec->run);
	return rec->status;
}

/* Flags that answer an exit hold for one enter. After an IRQ exit there is nothing to answer. */
static void forget_answers(struct rec *rec)
{
	rec->run->enter.flags &= RMI_ENTER_TRAP_WFI | RMI_ENTER_TRAP_WFE;
}

bool rec_run(struct rec *rec)
{
	uint64_t end = timer_now() + timer_seconds(RUN_SECONDS);

	do {
		rec_enter(rec);
		forget_answers(rec);
	} while (rec_exited(rec, RMI_EXIT_IRQ) && timer_now() < end);
	return rec->status == RMI_SUCCESS;
}

bool rec_exited(const struct rec *rec, uint64_t reason)
{
	return rec->status == RMI_SUCCESS && rec->run->exit.exit_reason == reason;
}

bool rec_reported(const struct rec *rec)
{
	return rec_exited(rec, RMI_EXIT_HOST_CALL) && rec->run->exit.imm == GUEST_IMM;
}

bool guest_command(struct rec *rec, const uint64_t gprs[RMI_REC_GPRS])
{
	if (!rec_reported(rec))
		return false;
	memcpy(rec->run->enter.gprs, gprs, sizeof(rec->run->enter.gprs));
	return rec_run(rec);
}

const uint64_t *guest_finish(struct rec *rec, bool started)
{
	static uint64_t nothing[RMI_REC_GPRS];
	const struct rmi_rec_exit *exit = &rec->run->exit;

	if (started && rec_reported(rec))
		return exit->gprs;
	if (rec_exited(rec, RMI_EXIT_HOST_CALL) && exit->imm == GUEST_IMM_DIED)
		note("the agent died: vector %lu esr 0x%lx elr 0x%lx far 0x%lx", exit->gprs[0],
		     exit->gprs[1], exit->gprs[2], exit->gprs[3]);
	else
		note("the agent did not report: REC_ENTER 0x%lx, exit %lu esr 0x%lx hpfar 0x%lx",
		     rec->status, exit->exit_reason, exit->esr, exit->hpfar);
	/* A result that no rule asks for, so that the caller's check fails. */
	for (unsigned int i = 0; i < RMI_REC_GPRS; i++)
		nothing[i] = UINT64_C(0xdeadbeefdeadbeef);
	return nothing;
}

bool guest_exec_start_words(struct rec *rec, uint64_t x1, uint64_t x2, const uint32_t *words,
			    size_t count)
{
	uint64_t gprs[RMI_REC_GPRS] = {GUEST_EXEC, x1, x2, 0, 0, count};

	for (size_t i = 0; i < count; i++)
		gprs[6 + i] = words[i];
	return guest_command(rec, gprs);
}

struct guest_result guest_exec_result(const struct rec *rec)
{
	const uint64_t *gprs = rec->run->exit.gprs;
	struct guest_result result = {.done = rec_reported(rec)};

	if (result.done) {
		result.esr = gprs[0];
		result.far = gprs[1];
		memcpy(result.x, &gprs[2], sizeof(result.x));
	}
	return result;
}

struct guest_result guest_exec_words(struct rec *rec, uint64_t x1, uint64_t x2,
				     const uint32_t *words, size_t count)
{
	guest_finish(rec, guest_exec_start_words(rec, x1, x2, words, count));
	return guest_exec_result(rec);
}

uint64_t guest_info(struct rec *rec, enum guest_info what)
{
	return guest_call(rec, GUEST_INFO)[what];
}

uint64_t guest_read_reg(struct rec *rec, uint32_t mrs_x1)
{
	return guest_exec(rec, 0, 0, mrs_x1).x[0];
}
