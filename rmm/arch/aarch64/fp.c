/* SPDX-License-Identifier: BSD-3-Clause */
/* Lazy switching of FP, SVE and streaming SVE registers. See fp.h. */
#include <sysreg.h>

#include "abi/smccc.h"
#include "rmm/arch/aarch64/cpu.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/arch.h"
#include "rmm/core/rec.h"

#define CPTR_OPEN   (CPTR_CLOSED | CPTR_FPEN | CPTR_ZEN | CPTR_SMEN)
#define SVCR_SM	    BIT(0)
#define SMCR_FA64   BIT(31)
#define Z_HALF	    16 /* registers */
#define ZCR_LONGEST 0xf

void fp_q_save(void *q);
void fp_q_load(const void *q);
void fp_z_save(void *z0, void *z16, void *p_ffr, bool ffr);
void fp_z_load(const void *z0, const void *z16, const void *p_ffr, bool ffr);
void fp_p_clear(void);

static void set_cptr(uint64_t value)
{
	write_sysreg(cptr_el2, value);
	isb();
}

/* Closing needs no barrier: exception returns and SMCs are the only ways to where it matters. */
static void close_cptr(uint64_t value)
{
	write_sysreg(cptr_el2, value);
}

/* FFR exists outside streaming mode, and inside it if all A64 instructions work there. */
static bool has_ffr(uint64_t svcr)
{
	return !(svcr & SVCR_SM) || (read_sysreg(SMCR_EL2) & SMCR_FA64);
}

static bool has_z(const struct cpu_fp *fp)
{
	return (arch_features.sve && !fp->q_only) || (fp->svcr & SVCR_SM);
}

static void move_host_z(struct cpu_fp *fp, void (*move)(void *z0, void *z16, void *p_ffr, bool ffr))
{
	move(fp->z, fp->z + Z_HALF * fp_vl(), fp->p_ffr, has_ffr(fp->svcr));
}

static void load_z(void *z0, void *z16, void *p_ffr, bool ffr)
{
	fp_z_load(z0, z16, p_ffr, ffr);
}

/*
 * A vector length only hides what the registers have beyond it: it may be seen again when the
 * length grows. So the host's values are moved at the longest length there is, whatever it has set,
 * and nothing of a Realm stays behind them.
 */
static void use_longest(void)
{
	if (!arch_features.sve)
		return;
	write_sysreg(ZCR_EL2, ZCR_LONGEST);
	isb();
}

/*
 * Saves what the host has in the registers, and leaves streaming mode, in which the RMM's own
 * instructions would not work and whose end clears all of the registers. CPTR_EL2 is open.
 */
static void save_host(struct cpu *cpu)
{
	struct cpu_fp *fp = &cpu->fp;

	fp->q_only = cpu->rmi_fid & SMCCC_SVE_HINT;
	fp->svcr = machine.sme ? read_sysreg(SVCR) : 0;
	fp->fpcr = read_sysreg(FPCR);
	fp->fpsr = read_sysreg(FPSR);
	if (arch_features.sve) {
		fp->zcr_el2 = read_sysreg(ZCR_EL2);
		fp->zcr_el1 = read_sysreg(ZCR_EL12);
	}
	use_longest();
	if (has_z(fp))
		move_host_z(fp, fp_z_save);
	else
		fp_q_save(fp->z);
	if (fp->svcr & SVCR_SM)
		write_sysreg(SVCR, fp->svcr & ~SVCR_SM);
	fp->owner = FP_NONE;
}

/* With the hint, P and FFR need not survive, but nothing of a Realm may be left there. */
static void load_host(struct cpu_fp *fp)
{
	use_longest();
	if (arch_features.sve)
		fp_p_clear();
	if (fp->svcr & SVCR_SM)
		write_sysreg(SVCR, fp->svcr);
	if (has_z(fp))
		move_host_z(fp, load_z);
	else
		fp_q_load(fp->z);
	write_sysreg(FPCR, fp->fpcr);
	write_sysreg(FPSR, fp->fpsr);
	if (arch_features.sve) {
		write_sysreg(ZCR_EL2, fp->zcr_el2);
		write_sysreg(ZCR_EL12, fp->zcr_el1);
	}
	fp->owner = FP_HOST;
}

void fp_restore_host(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->fp.owner == FP_HOST)
		return;
	set_cptr(CPTR_OPEN);
	load_host(&cpu->fp);
	close_cptr(CPTR_CLOSED);
}

/* The two halves of a REC's Z registers: in one granule as long as they fit. */
static void *rec_z(const struct rec *rec, unsigned int half)
{
	size_t bytes = Z_HALF * 16 * ((size_t)rec->config.sve_vl + 1);

	if (half == 0 || 2 * bytes <= GRANULE_SIZE)
		return (uint8_t *)rec_aux(rec, REC_AUX_SVE_FIRST) + half * bytes;
	return rec_aux(rec, REC_AUX_SVE_FIRST + 1);
}

static uint64_t rec_cptr(const struct rec *rec)
{
	return CPTR_CLOSED | CPTR_FPEN | (rec->config.sve ? CPTR_ZEN : 0);
}

static void load_rec(struct rec *rec)
{
	struct rec_fp *fp = &rec->regs.fp;

	if (rec->config.sve) {
		write_sysreg(ZCR_EL2, rec->config.sve_vl);
		write_sysreg(ZCR_EL12, fp->zcr_el1);
		isb();
		fp_z_load(rec_z(rec, 0), rec_z(rec, 1), fp->p_ffr, true);
	} else {
		fp_q_load(fp->q);
	}
	write_sysreg(FPCR, fp->fpcr);
	write_sysreg(FPSR, fp->fpsr);
}

static void save_rec(struct rec *rec)
{
	struct rec_fp *fp = &rec->regs.fp;

	fp->fpcr = read_sysreg(FPCR);
	fp->fpsr = read_sysreg(FPSR);
	if (rec->config.sve) {
		fp->zcr_el1 = read_sysreg(ZCR_EL12);
		fp_z_save(rec_z(rec, 0), rec_z(rec, 1), fp->p_ffr, true);
	} else {
		fp_q_save(fp->q);
	}
}

void fp_give_to_rec(struct rec *rec)
{
	struct cpu *cpu = this_cpu();

	set_cptr(CPTR_OPEN);
	if (cpu->fp.owner == FP_HOST)
		save_host(cpu);
	load_rec(rec);
	cpu->fp.owner = FP_REC;
	cpu->fp.rec = rec;
	set_cptr(rec_cptr(rec));
}

void fp_take_from_rec(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->fp.owner != FP_REC)
		return;
	save_rec(cpu->fp.rec);
	cpu->fp.owner = FP_NONE;
	close_cptr(CPTR_CLOSED);
}

/*
 * A Realm that had its values in the registers gets them back when it touches one next. SVE stays
 * closed: where it is open, a write of a 128-bit register clears the rest of a longer one, which
 * takes an emulator longer than a step of SHA-256.
 */
void arch_simd_begin(void)
{
	struct cpu *cpu = this_cpu();

	fp_take_from_rec();
	if (cpu->fp.owner == FP_HOST) {
		set_cptr(CPTR_OPEN);
		save_host(cpu);
	}
	close_cptr(CPTR_CLOSED | CPTR_FPEN);
}

void arch_simd_end(void)
{
	close_cptr(CPTR_CLOSED);
}
