// SPDX-License-Identifier: BSD-3-Clause
/*
 * The world switch, see switch.h. The RMM and EL3 leave ICH_* alone (RMI 2.0): the Realm's CPU
 * interface works on what is loaded here, and what it left there is read back. No barriers are
 * needed in between, because the SMC and the return from it are context synchronisation events.
 */
#include <asm/barrier.h>
#include <asm/sysreg.h>

#include "abi/rmi.h"
#include "host/hyp/pmr.h"
#include "host/hyp/switch.h"

/* clang-format off */
#define LR_ALL(X)                                                                                  \
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
/* clang-format on */

static __always_inline void lr_write(u32 n, u64 value)
{
	switch (n) {
#define LR_WRITE(i)                                                                                \
	case i:                                                                                    \
		write_sysreg_s(value, SYS_ICH_LR##i##_EL2);                                        \
		break;
		LR_ALL(LR_WRITE)
	}
}

static __always_inline u64 lr_read(u32 n)
{
	switch (n) {
#define LR_READ(i)                                                                                 \
	case i:                                                                                    \
		return read_sysreg_s(SYS_ICH_LR##i##_EL2);
		LR_ALL(LR_READ)
	}
	return 0;
}

static __always_inline void aprs_load(const struct cca_switch *sw)
{
	if (sw->nr_aprs > 2) {
		write_sysreg_s(sw->ap0r[3], SYS_ICH_AP0R3_EL2);
		write_sysreg_s(sw->ap0r[2], SYS_ICH_AP0R2_EL2);
		write_sysreg_s(sw->ap1r[3], SYS_ICH_AP1R3_EL2);
		write_sysreg_s(sw->ap1r[2], SYS_ICH_AP1R2_EL2);
	}
	if (sw->nr_aprs > 1) {
		write_sysreg_s(sw->ap0r[1], SYS_ICH_AP0R1_EL2);
		write_sysreg_s(sw->ap1r[1], SYS_ICH_AP1R1_EL2);
	}
	write_sysreg_s(sw->ap0r[0], SYS_ICH_AP0R0_EL2);
	write_sysreg_s(sw->ap1r[0], SYS_ICH_AP1R0_EL2);
}

static __always_inline void aprs_save(struct cca_switch *sw)
{
	if (sw->nr_aprs > 2) {
		sw->ap0r[3] = read_sysreg_s(SYS_ICH_AP0R3_EL2);
		sw->ap0r[2] = read_sysreg_s(SYS_ICH_AP0R2_EL2);
		sw->ap1r[3] = read_sysreg_s(SYS_ICH_AP1R3_EL2);
		sw->ap1r[2] = read_sysreg_s(SYS_ICH_AP1R2_EL2);
	}
	if (sw->nr_aprs > 1) {
		sw->ap0r[1] = read_sysreg_s(SYS_ICH_AP0R1_EL2);
		sw->ap1r[1] = read_sysreg_s(SYS_ICH_AP1R1_EL2);
	}
	sw->ap0r[0] = read_sysreg_s(SYS_ICH_AP0R0_EL2);
	sw->ap1r[0] = read_sysreg_s(SYS_ICH_AP1R0_EL2);
}

static __always_inline void gic_load(const struct cca_switch *sw)
{
	u32 i;

	write_sysreg_s(sw->vmcr, SYS_ICH_VMCR_EL2);
	aprs_load(sw);
	for (i = 0; i < sw->used_lrs; i++)
		lr_write(i, sw->lr[i]);
	for (; i < sw->nr_lrs; i++)
		lr_write(i, 0);
	write_sysreg_s(sw->hcr, SYS_ICH_HCR_EL2);
}

/*
 * EISR, ELRSR and MISR are derived from the other registers, so they are read before ICH_HCR is
 * cleared.
 */
static __always_inline void gic_save(struct cca_switch *sw)
{
	u32 i;

	sw->hcr = read_sysreg_s(SYS_ICH_HCR_EL2);
	sw->misr = read_sysreg_s(SYS_ICH_MISR_EL2);
	sw->eisr = read_sysreg_s(SYS_ICH_EISR_EL2);
	sw->elrsr = read_sysreg_s(SYS_ICH_ELRSR_EL2);
	sw->vmcr = read_sysreg_s(SYS_ICH_VMCR_EL2);
	for (i = 0; i < sw->used_lrs; i++) {
		sw->lr[i] = lr_read(i);
		lr_write(i, 0);
	}
	aprs_save(sw);
	write_sysreg_s(0, SYS_ICH_HCR_EL2);
	isb();
}

void cca_switch_enter(struct cca_switch *sw)
{
	u64 daif = read_sysreg(daif);
	u64 pmr;

	asm volatile("msr daifset, #0xf" ::: "memory");
	pmr = pmr_open();
	gic_load(sw);
	sw->status = CONDUIT_CALL("smc", RMI_REC_ENTER | sw->sve_hint, sw->rec, sw->run);
	gic_save(sw);
	pmr_restore(pmr);
	isb();
	write_sysreg(daif, daif);
}
