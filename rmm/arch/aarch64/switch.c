/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves registers between hardware, host and REC. See switch.h. */
#include <sysreg.h>

#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/pmu.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/aarch64/switch.h"
#include "rmm/arch/arch.h"
#include "rmm/run/trap.h"

/* Most times the register has the value already, and a write may cost much more than a read. */
#define put_sysreg(reg, value)                                                                     \
	do {                                                                                       \
		uint64_t value_ = (value);                                                         \
                                                                                                   \
		if (read_sysreg(reg) != value_)                                                    \
			write_sysreg(reg, value_);                                                 \
	} while (0)

static void save_extensions(struct rec_sysregs *s)
{
	if (machine.tcr2)
		s->tcr2_el1 = read_sysreg(TCR2_EL12);
	if (machine.sctlr2)
		s->sctlr2_el1 = read_sysreg(SCTLR2_EL12);
	if (machine.s1pie) {
		s->pir_el1 = read_sysreg(PIR_EL12);
		s->pire0_el1 = read_sysreg(PIRE0_EL12);
	}
	if (machine.s1poe) {
		s->por_el1 = read_sysreg(POR_EL12);
		s->por_el0 = read_sysreg(POR_EL0);
	}
	if (machine.s2poe)
		s->s2por_el1 = read_sysreg(S2POR_EL1);
}

static void load_extensions(const struct rec_sysregs *s)
{
	if (machine.tcr2)
		write_sysreg(TCR2_EL12, s->tcr2_el1);
	if (machine.sctlr2)
		write_sysreg(SCTLR2_EL12, s->sctlr2_el1);
	if (machine.s1pie) {
		write_sysreg(PIR_EL12, s->pir_el1);
		write_sysreg(PIRE0_EL12, s->pire0_el1);
	}
	if (machine.s1poe) {
		write_sysreg(POR_EL12, s->por_el1);
		write_sysreg(POR_EL0, s->por_el0);
	}
	if (machine.s2poe)
		write_sysreg(S2POR_EL1, s->s2por_el1);
}

/*
 * The host's SP_EL0 and VDISR_EL2 (which a Realm calls DISR_EL1) are not here, because EL3 switches
 * them. ACTLR_EL1 and MDCCINT_EL1 trap, so the host's values stay in them.
 */
static void save_el1(struct rec_sysregs *s)
{
	s->sp_el1 = read_sysreg(sp_el1);
	s->elr_el1 = read_sysreg(elr_el12);
	s->spsr_el1 = read_sysreg(spsr_el12);
	s->tpidr_el0 = read_sysreg(tpidr_el0);
	s->tpidrro_el0 = read_sysreg(tpidrro_el0);
	s->tpidr_el1 = read_sysreg(tpidr_el1);
	s->csselr_el1 = read_sysreg(csselr_el1);
	s->sctlr_el1 = read_sysreg(sctlr_el12);
	s->cpacr_el1 = read_sysreg(cpacr_el12);
	s->tcr_el1 = read_sysreg(tcr_el12);
	s->ttbr0_el1 = read_sysreg(ttbr0_el12);
	s->ttbr1_el1 = read_sysreg(ttbr1_el12);
	s->mair_el1 = read_sysreg(mair_el12);
	s->amair_el1 = read_sysreg(amair_el12);
	s->vbar_el1 = read_sysreg(vbar_el12);
	s->esr_el1 = read_sysreg(esr_el12);
	s->far_el1 = read_sysreg(far_el12);
	s->afsr0_el1 = read_sysreg(afsr0_el12);
	s->afsr1_el1 = read_sysreg(afsr1_el12);
	s->contextidr_el1 = read_sysreg(contextidr_el12);
	s->par_el1 = read_sysreg(par_el1);
	s->cntkctl_el1 = read_sysreg(cntkctl_el12);
	s->mdscr_el1 = read_sysreg(mdscr_el1);
	s->cntp_ctl = read_sysreg(cntp_ctl_el02);
	s->cntp_cval = read_sysreg(cntp_cval_el02);
	s->cntv_ctl = read_sysreg(cntv_ctl_el02);
	s->cntv_cval = read_sysreg(cntv_cval_el02);
	/* Of SME, which Realms do not have, these two do not trap. */
	if (machine.sme)
		s->smpri_el1 = read_sysreg(SMPRI_EL1);
	if (machine.tpidr2)
		s->tpidr2_el0 = read_sysreg(TPIDR2_EL0);
	if (machine.el1_extensions)
		save_extensions(s);
}

/* No access to memory lies between these, because each may throw away cached translations. */
static void load_translation(const struct rec_sysregs *s)
{
	uint64_t sctlr = s->sctlr_el1, tcr = s->tcr_el1;
	uint64_t ttbr0 = s->ttbr0_el1, ttbr1 = s->ttbr1_el1;

	write_sysreg(sctlr_el12, sctlr);
	write_sysreg(tcr_el12, tcr);
	write_sysreg(ttbr0_el12, ttbr0);
	write_sysreg(ttbr1_el12, ttbr1);
}

/* The comparator before the control, so that no old deadline fires. */
static void load_timers(const struct rec_sysregs *s)
{
	put_sysreg(cntp_cval_el02, s->cntp_cval);
	put_sysreg(cntp_ctl_el02, s->cntp_ctl);
	write_sysreg(cntv_cval_el02, s->cntv_cval);
	put_sysreg(cntv_ctl_el02, s->cntv_ctl);
}

static void load_el1(const struct rec_sysregs *s)
{
	write_sysreg(sp_el1, s->sp_el1);
	write_sysreg(elr_el12, s->elr_el1);
	write_sysreg(spsr_el12, s->spsr_el1);
	write_sysreg(tpidr_el0, s->tpidr_el0);
	put_sysreg(tpidrro_el0, s->tpidrro_el0);
	write_sysreg(tpidr_el1, s->tpidr_el1);
	put_sysreg(csselr_el1, s->csselr_el1);
	put_sysreg(cpacr_el12, s->cpacr_el1);
	put_sysreg(mair_el12, s->mair_el1);
	put_sysreg(amair_el12, s->amair_el1);
	write_sysreg(vbar_el12, s->vbar_el1);
	write_sysreg(esr_el12, s->esr_el1);
	write_sysreg(far_el12, s->far_el1);
	put_sysreg(afsr0_el12, s->afsr0_el1);
	put_sysreg(afsr1_el12, s->afsr1_el1);
	put_sysreg(contextidr_el12, s->contextidr_el1);
	put_sysreg(par_el1, s->par_el1);
	put_sysreg(cntkctl_el12, s->cntkctl_el1);
	put_sysreg(mdscr_el1, s->mdscr_el1);
	load_timers(s);
	if (machine.sme)
		put_sysreg(SMPRI_EL1, s->smpri_el1);
	if (machine.tpidr2)
		write_sysreg(TPIDR2_EL0, s->tpidr2_el0);
	if (machine.el1_extensions)
		load_extensions(s);
	load_translation(s);
}

static void save_pauth(struct rec_pauth *p)
{
	p->apia[0] = read_sysreg(apiakeylo_el1);
	p->apia[1] = read_sysreg(apiakeyhi_el1);
	p->apib[0] = read_sysreg(apibkeylo_el1);
	p->apib[1] = read_sysreg(apibkeyhi_el1);
	p->apda[0] = read_sysreg(apdakeylo_el1);
	p->apda[1] = read_sysreg(apdakeyhi_el1);
	p->apdb[0] = read_sysreg(apdbkeylo_el1);
	p->apdb[1] = read_sysreg(apdbkeyhi_el1);
	p->apga[0] = read_sysreg(apgakeylo_el1);
	p->apga[1] = read_sysreg(apgakeyhi_el1);
}

/* If this REC ran here last, its keys are still in the registers. */
static void load_pauth(const struct rec_pauth *p)
{
	put_sysreg(apiakeylo_el1, p->apia[0]);
	put_sysreg(apiakeyhi_el1, p->apia[1]);
	put_sysreg(apibkeylo_el1, p->apib[0]);
	put_sysreg(apibkeyhi_el1, p->apib[1]);
	put_sysreg(apdakeylo_el1, p->apda[0]);
	put_sysreg(apdakeyhi_el1, p->apda[1]);
	put_sysreg(apdbkeylo_el1, p->apdb[0]);
	put_sysreg(apdbkeyhi_el1, p->apdb[1]);
	put_sysreg(apgakeylo_el1, p->apga[0]);
	put_sysreg(apgakeyhi_el1, p->apga[1]);
}

/* The host's keys are EL3's business (it switches them when the RMM uses its own). */
void switch_enable_pauth(struct rec *rec)
{
	rec->arch_flags |= REC_USES_PAUTH;
	write_sysreg(hcr_el2, read_sysreg(hcr_el2) | HCR_API | HCR_APK);
	load_pauth(&rec->regs.pauth);
}

/* True if the trapped access was of a register of S1PIE or S1POE that the Realm is shown. */
static bool is_permission_register(uint64_t esr)
{
	switch (ESR_SYSREG(esr)) {
	case ISS_SYSREG(3, 0, 10, 2, 2): /* PIRE0_EL1 */
	case ISS_SYSREG(3, 0, 10, 2, 3): /* PIR_EL1 */
		return machine.s1pie;
	case ISS_SYSREG(3, 0, 10, 2, 4): /* POR_EL1 */
	case ISS_SYSREG(3, 3, 10, 2, 4): /* POR_EL0 */
		return machine.s1poe;
	default:
		return false;
	}
}

/*
 * Some EL3 leave fine-grained traps on for the registers of S1PIE and S1POE. They are taken off
 * when the first of them is met: a look at the trap registers in advance would make an EL3 that
 * switches them lazily do so ever after.
 */
bool switch_untrap(struct cpu *cpu, uint64_t esr)
{
	uint64_t bits = (machine.s1pie ? HFG_NPIRE0_EL1 | HFG_NPIR_EL1 : 0) |
			(machine.s1poe ? HFG_NPOR_EL0 | HFG_NPOR_EL1 : 0);

	if (cpu->untrapped || !is_permission_register(esr))
		return false;
	write_sysreg(HFGRTR_EL2, read_sysreg(HFGRTR_EL2) | bits);
	write_sysreg(HFGWTR_EL2, read_sysreg(HFGWTR_EL2) | bits);
	isb();
	cpu->untrapped = true;
	return true;
}

#define DEBUG_ALL(do_one)                                                                          \
	do_one(0) do_one(1) do_one(2) do_one(3) do_one(4) do_one(5) do_one(6) do_one(7) do_one(8)  \
		do_one(9) do_one(10) do_one(11) do_one(12) do_one(13) do_one(14) do_one(15)

#define SAVE_ONE(n)                                                                                \
	if (n <= machine.num_bps) {                                                                \
		d->bvr[n] = read_sysreg(dbgbvr##n##_el1);                                          \
		d->bcr[n] = read_sysreg(dbgbcr##n##_el1);                                          \
	}                                                                                          \
	if (n <= machine.num_wps) {                                                                \
		d->wvr[n] = read_sysreg(dbgwvr##n##_el1);                                          \
		d->wcr[n] = read_sysreg(dbgwcr##n##_el1);                                          \
	}
#define LOAD_ONE(n)                                                                                \
	if (n <= machine.num_bps) {                                                                \
		write_sysreg(dbgbvr##n##_el1, d->bvr[n]);                                          \
		write_sysreg(dbgbcr##n##_el1, d->bcr[n]);                                          \
	}                                                                                          \
	if (n <= machine.num_wps) {                                                                \
		write_sysreg(dbgwvr##n##_el1, d->wvr[n]);                                          \
		write_sysreg(dbgwcr##n##_el1, d->wcr[n]);                                          \
	}

static void save_debug(struct rec_debug *d)
{
	DEBUG_ALL(SAVE_ONE)
}

/* Registers that a Realm does not have are 0 in its REC, which means off. */
static void load_debug(const struct rec_debug *d)
{
	DEBUG_ALL(LOAD_ONE)
}

#define OSLSR_OSLK BIT(1)

static void debug_to_rec(struct cpu *cpu, const struct rec *rec)
{
	if (!cpu->debug_switched) {
		save_debug(&cpu->host_debug);
		/* A locked OS lock would keep breakpoints of the Realm from firing. */
		cpu->host_oslock = read_sysreg(oslsr_el1) & OSLSR_OSLK;
		write_sysreg(oslar_el1, 0);
		cpu->debug_switched = true;
	}
	load_debug(&rec->regs.debug);
}

static void debug_to_host(struct cpu *cpu)
{
	load_debug(&cpu->host_debug);
	write_sysreg(oslar_el1, cpu->host_oslock);
	cpu->debug_switched = false;
}

/*
 * Breakpoints and watchpoints are in hardware only while the Realm has debug exceptions on, and
 * then all of them are its own. Without, those of the host cannot fire either: MDE is the Realm's.
 */
void switch_update_debug(struct cpu *cpu, struct rec *rec)
{
	write_sysreg(mdscr_el1, rec->regs.sys.mdscr_el1);
	if (run_debug_active(rec))
		debug_to_rec(cpu, rec);
	else if (cpu->debug_switched)
		debug_to_host(cpu);
	isb();
}

void switch_save_rec(struct rec *rec)
{
	struct rec_sysregs *s = &rec->regs.sys;

	save_el1(s);
	s->sp_el0 = read_sysreg(sp_el0);
	s->disr_el1 = read_sysreg(VDISR_EL2);
	if (rec->arch_flags & REC_USES_PAUTH)
		save_pauth(&rec->regs.pauth);
}

void switch_load_rec(const struct rec *rec)
{
	const struct rec_sysregs *s = &rec->regs.sys;

	load_el1(s);
	write_sysreg(sp_el0, s->sp_el0);
	write_sysreg(VDISR_EL2, s->disr_el1);
	if (rec->arch_flags & REC_USES_PAUTH)
		load_pauth(&rec->regs.pauth);
}

static uint64_t rec_hcr(const struct rec *rec)
{
	uint64_t hcr = HCR_REALM;

	if (rec->arch_flags & REC_USES_PAUTH)
		hcr |= HCR_API | HCR_APK;
	if (rec->arch_flags & REC_SERROR_PENDING)
		hcr |= HCR_VSE;
	return hcr;
}

/*
 * HCRX_EL2 is written once per CPU, and only when a Realm runs: from the first access on, EL3 has
 * to switch it.
 */
static void load_controls(struct cpu *cpu, struct rec *rec)
{
	struct rec_sysregs *sys = &rec->regs.sys;

	write_sysreg(hcr_el2, rec_hcr(rec));
	if (!sys->vtcr_el2) {
		sys->vtcr_el2 = s2_vtcr(&rec->config.s2);
		sys->vttbr_el2 = s2_vttbr(&rec->config.s2);
	}
	write_sysreg(vtcr_el2, sys->vtcr_el2);
	write_sysreg(vttbr_el2, sys->vttbr_el2);
	write_sysreg(vmpidr_el2, sys->vmpidr_el2);
	if (machine.hcrx && !cpu->hcrx_set) {
		write_sysreg(HCRX_EL2, machine.hcrx);
		cpu->hcrx_set = true;
	}
	if (rec->arch_flags & REC_SERROR_PENDING)
		write_sysreg(VSESR_EL2, sys->vsesr_el2);
	/* RECs of one Realm share a VMID, but each is a PE of its own to the Realm. */
	if (cpu->last_rec != rec->pa.v) {
		isb();
		tlbi(vmalle1);
		dsb(nsh);
		cpu->last_rec = rec->pa.v;
	}
}

void switch_to_rec(struct cpu *cpu, struct rec *rec)
{
	save_el1(&cpu->host);
	load_controls(cpu, rec);
	switch_load_rec(rec);
	if (run_debug_active(rec))
		debug_to_rec(cpu, rec);
	if (rec->config.pmu)
		pmu_to_rec(cpu, rec);
	isb();
}

void switch_to_host(struct cpu *cpu, struct rec *rec)
{
	fp_take_from_rec();
	switch_save_rec(rec);
	if ((rec->arch_flags & REC_SERROR_PENDING) && !(read_sysreg(hcr_el2) & HCR_VSE))
		rec->arch_flags &= ~REC_SERROR_PENDING;
	if (rec->config.pmu)
		pmu_to_host(cpu, rec);
	if (cpu->debug_switched)
		debug_to_host(cpu);
	load_el1(&cpu->host);
	write_sysreg(hcr_el2, HCR_RMM);
}
