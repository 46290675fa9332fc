/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers of a Realm that trap: interrupt controller registers go to the host, debug
 * registers are kept in the REC, features the Realm does not have are UNDEFINED, what is left reads
 * as zero and ignores writes. docs/spec/rsi.md section 4. ID registers: id.c.
 */
#include "rmm/run/trap.h"

#define SYSREG	       ISS_SYSREG
#define SYSREG_NO_OP2  SYSREG(3, 7, 15, 15, 0)
#define SYSREG_OP0_OP1 SYSREG(3, 7, 0, 0, 0)
#define SYSREG_NO_CRM  SYSREG(3, 7, 15, 0, 0)
#define ISS_READ       1
#define ISS_RT(esr)    FIELD(esr, 9, 5)
#define ISS_RT_MASK    MASK(9, 5)
#define ISS_CRM(esr)   FIELD(esr, 4, 1)
#define ISS_OP2(esr)   FIELD(esr, 19, 17)

#define ICC_PMR_EL1    SYSREG(3, 0, 4, 6, 0)
#define ICC_GROUP      SYSREG(3, 0, 12, 0, 0) /* CRm 8 to 15 */
#define ICC_CRM_FIRST  8
#define ID_GROUP       SYSREG(3, 0, 0, 0, 0)
#define MPAM_LOW       SYSREG(3, 0, 10, 4, 0)
#define MPAM_HIGH      SYSREG(3, 0, 10, 5, 0)
#define S2POR_EL1      SYSREG(3, 0, 10, 2, 5)
#define BRBE_GROUP     SYSREG(2, 1, 0, 0, 0)
#define DEBUG_GROUP    SYSREG(2, 0, 0, 0, 0) /* CRn 0: breakpoints, watchpoints, MDSCR */
#define MDSCR_EL1      SYSREG(2, 0, 0, 2, 2)
#define OSLSR_EL1      SYSREG(2, 0, 1, 1, 4)
#define OSLSR_UNLOCKED BIT(3) /* there is an OS lock, and it is open */
#define DEBUG_OP2_BVR  4
#define DEBUG_OP2_BCR  5
#define DEBUG_OP2_WVR  6
#define DEBUG_OP2_WCR  7

#define MDSCR_MDE	BIT(15)
/* SS, TDCC, KDE, MDE; the rest belongs to an external debugger. */
#define MDSCR_WRITABLE	(BIT(0) | BIT(12) | BIT(13) | MDSCR_MDE)
#define BCR_WRITABLE	(MASK(23, 13) | MASK(8, 5) | MASK(2, 0)) /* BT, LBN, SSC, HMC, BAS, PMC, E */
#define WCR_WRITABLE	(MASK(28, 24) | MASK(20, 0)) /* MASK, WT, LBN, SSC, HMC, BAS, LSC, PAC, E */
/* Contexts of other exception levels (BT 9 and above) are not the Realm's. */
#define BCR_EL2_CONTEXT BIT(23)

static uint64_t read_rt(const struct rec *rec, uint64_t esr)
{
	unsigned int rt = ISS_RT(esr);

	return rt == 31 ? 0 : rec->regs.gprs[rt];
}

static void write_rt(struct rec *rec, uint64_t esr, uint64_t value)
{
	unsigned int rt = ISS_RT(esr);

	if (rt != 31)
		rec->regs.gprs[rt] = value;
}

/* The host emulates it: it gets the value of a write, and answers a read at the next enter. */
static enum run_next host_emulates(struct rec *rec, uint64_t esr, struct rec_exit *exit)
{
	exit->reason = RMI_EXIT_SYNC;
	exit->esr = esr & ~ISS_RT_MASK;
	if (esr & ISS_READ) {
		rec->pending = REC_PENDING_SYSREG_READ;
		rec->last.rt = (uint8_t)ISS_RT(esr);
	} else {
		exit->gprs[0] = read_rt(rec, esr);
	}
	rec_skip_instruction(rec);
	return RUN_EXIT;
}

void run_complete_sysreg_read(struct rec *rec, uint64_t data)
{
	if (rec->last.rt != 31)
		rec->regs.gprs[rec->last.rt] = data;
}

/* Where a debug register is kept; NULL: this Realm has no such register. */
static uint64_t *debug_slot(struct rec *rec, uint64_t esr, uint64_t *writable)
{
	unsigned int n = ISS_CRM(esr);

	*writable = ~UINT64_C(0);
	switch (ISS_OP2(esr)) {
	case DEBUG_OP2_BVR:
		return n <= rec->config.num_bps ? &rec->regs.debug.bvr[n] : NULL;
	case DEBUG_OP2_BCR:
		*writable = BCR_WRITABLE & ~BCR_EL2_CONTEXT;
		return n <= rec->config.num_bps ? &rec->regs.debug.bcr[n] : NULL;
	case DEBUG_OP2_WVR:
		return n <= rec->config.num_wps ? &rec->regs.debug.wvr[n] : NULL;
	default:
		*writable = WCR_WRITABLE;
		return n <= rec->config.num_wps ? &rec->regs.debug.wcr[n] : NULL;
	}
}

static enum run_next access_slot(struct rec *rec, uint64_t esr, uint64_t *slot, uint64_t writable)
{
	if (!slot)
		return RUN_INJECT_UNDEF;
	if (esr & ISS_READ)
		write_rt(rec, esr, *slot);
	else
		*slot = read_rt(rec, esr) & writable;
	rec_skip_instruction(rec);
	return RUN_RESUME;
}

static enum run_next breakpoint(struct rec *rec, uint64_t esr)
{
	uint64_t writable, *slot = debug_slot(rec, esr, &writable);

	return access_slot(rec, esr, slot, writable);
}

bool run_debug_active(const struct rec *rec)
{
	return rec->regs.sys.mdscr_el1 & MDSCR_MDE;
}

static enum run_next constant(struct rec *rec, uint64_t esr, uint64_t value)
{
	if (esr & ISS_READ)
		write_rt(rec, esr, value);
	rec_skip_instruction(rec);
	return RUN_RESUME;
}

static enum run_next id_register(struct rec *rec, uint64_t esr)
{
	unsigned int crm = ISS_CRM(esr);
	uint64_t value = 0;

	/* CRm 1 to 3: AArch32 views, which are 0. */
	if (crm >= 4 && crm < 8)
		value = run_id_value(&rec->config, (crm - 4) * 8 + ISS_OP2(esr));
	return esr & ISS_READ ? constant(rec, esr, value) : RUN_INJECT_UNDEF;
}

enum run_next run_sysreg(struct rec *rec, uint64_t esr, struct rec_exit *exit)
{
	uint64_t reg = ESR_SYSREG(esr);

	if ((reg & SYSREG_NO_CRM) == ID_GROUP)
		return id_register(rec, esr);
	if (reg == ICC_PMR_EL1 ||
	    ((reg & SYSREG_NO_CRM) == ICC_GROUP && ISS_CRM(esr) >= ICC_CRM_FIRST))
		return host_emulates(rec, esr, exit);
	if (reg == MDSCR_EL1)
		return access_slot(rec, esr, &rec->regs.sys.mdscr_el1, MDSCR_WRITABLE);
	if ((reg & SYSREG_NO_CRM) == DEBUG_GROUP && ISS_OP2(esr) >= DEBUG_OP2_BVR)
		return breakpoint(rec, esr);
	if (reg == OSLSR_EL1)
		return constant(rec, esr, OSLSR_UNLOCKED);
	if ((reg & SYSREG_OP0_OP1) == BRBE_GROUP || (reg & SYSREG_NO_OP2) == MPAM_LOW ||
	    (reg & SYSREG_NO_OP2) == MPAM_HIGH || reg == S2POR_EL1)
		return RUN_INJECT_UNDEF;
	return constant(rec, esr, 0);
}
