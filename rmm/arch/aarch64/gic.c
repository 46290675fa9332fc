/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual CPU interface during a run. Contract in gic.h and rmm/run/run.h. */
#include <sysreg.h>

#include "rmm/arch/aarch64/gic.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/arch.h"
#include "rmm/run/run.h"

#define LR_STATE(lr)  ((lr) >> 62)
#define LR_PENDING    BIT(62)
#define LR_HW	      BIT(61)
#define LR_EOI	      BIT(41)
#define LR_VINTID(lr) ((uint32_t)(lr))

/* clang-format off */
#define ALL_LRS(X) \
	X(0, S3_4_C12_C12_0)  X(1, S3_4_C12_C12_1)  X(2, S3_4_C12_C12_2)  X(3, S3_4_C12_C12_3)  \
	X(4, S3_4_C12_C12_4)  X(5, S3_4_C12_C12_5)  X(6, S3_4_C12_C12_6)  X(7, S3_4_C12_C12_7)  \
	X(8, S3_4_C12_C13_0)  X(9, S3_4_C12_C13_1)  X(10, S3_4_C12_C13_2) X(11, S3_4_C12_C13_3) \
	X(12, S3_4_C12_C13_4) X(13, S3_4_C12_C13_5) X(14, S3_4_C12_C13_6) X(15, S3_4_C12_C13_7)
/* clang-format on */

#define READ_CASE(n, reg)                                                                          \
	case n:                                                                                    \
		return read_sysreg(reg);
#define WRITE_CASE(n, reg)                                                                         \
	case n:                                                                                    \
		write_sysreg(reg, value);                                                          \
		break;

static uint64_t read_lr(unsigned int n)
{
	switch (n) {
		ALL_LRS(READ_CASE)
	}
	return 0;
}

static void write_lr(unsigned int n, uint64_t value)
{
	switch (n) {
		ALL_LRS(WRITE_CASE)
	}
}

/* ELRSR has a 1 for each list register that holds nothing. */
bool run_gic_valid(void)
{
	uint64_t used = ~read_sysreg(ICH_ELRSR_EL2) & MASK(machine.num_lrs - 1, 0);
	uint32_t vintid[16];
	unsigned int count = 0;

	for (; used; used &= used - 1) {
		uint64_t lr = read_lr((unsigned int)__builtin_ctzl(used));

		if (LR_STATE(lr) == 0)
			continue;
		if (lr & LR_HW)
			return false;
		for (unsigned int i = 0; i < count; i++) {
			if (vintid[i] == LR_VINTID(lr))
				return false;
		}
		vintid[count++] = LR_VINTID(lr);
	}
	return true;
}

static unsigned int timer_of(uint32_t vintid)
{
	switch (vintid) {
	case TIMER_P_INTID:
		return GIC_TIMER_P;
	case TIMER_V_INTID:
		return GIC_TIMER_V;
	default:
		return 0;
	}
}

unsigned int gic_quiet_timers_ended(unsigned int low)
{
	unsigned int timers = 0;
	uint64_t ended, left;

	if (read_sysreg(ICH_MISR_EL2) != ICH_MISR_EOI)
		return 0;
	ended = read_sysreg(ICH_EISR_EL2);
	for (left = ended; left; left &= left - 1) {
		uint64_t lr = read_lr((unsigned int)__builtin_ctzl(left));

		if (!(timer_of(LR_VINTID(lr)) & low))
			return 0;
		timers |= timer_of(LR_VINTID(lr));
	}
	for (left = ended; left; left &= left - 1) {
		unsigned int n = (unsigned int)__builtin_ctzl(left);

		write_lr(n, read_lr(n) & ~LR_EOI);
	}
	isb();
	return timers;
}

/* True if a valid list register of `used` has this vINTID. */
static bool is_in_use(uint64_t used, uint32_t vintid)
{
	for (; used; used &= used - 1) {
		uint64_t lr = read_lr((unsigned int)__builtin_ctzl(used));

		if (LR_STATE(lr) != 0 && LR_VINTID(lr) == vintid)
			return true;
	}
	return false;
}

/*
 * The list registers were checked (run_gic_valid()) when this one held nothing yet: what it comes
 * to hold has to pass the same checks.
 */
bool gic_deliver_timer(unsigned int timer)
{
	uint64_t all = MASK(machine.num_lrs - 1, 0);
	uint64_t empty = read_sysreg(ICH_ELRSR_EL2) & all, left;

	for (left = empty; left; left &= left - 1) {
		unsigned int n = (unsigned int)__builtin_ctzl(left);
		uint64_t lr = read_lr(n);

		if (LR_STATE(lr) != 0 || (lr & LR_HW) || timer_of(LR_VINTID(lr)) != timer)
			continue;
		if (is_in_use(all & ~empty, LR_VINTID(lr)))
			return false;
		write_lr(n, lr | LR_PENDING | LR_EOI);
		return true;
	}
	return false;
}

/* A Realm reaches ICC_SRE_EL1 only with ICC_SRE_EL2.Enable. EL3 does not switch ICC_SRE_EL2. */
uint64_t gic_open(void)
{
	uint64_t sre = read_sysreg(ICC_SRE_EL2);

	if ((sre & (ICC_SRE_SRE | ICC_SRE_ENABLE)) != (ICC_SRE_SRE | ICC_SRE_ENABLE))
		write_sysreg(ICC_SRE_EL2, sre | ICC_SRE_SRE | ICC_SRE_ENABLE);
	return sre;
}

void gic_close(uint64_t sre)
{
	if ((sre & (ICC_SRE_SRE | ICC_SRE_ENABLE)) != (ICC_SRE_SRE | ICC_SRE_ENABLE))
		write_sysreg(ICC_SRE_EL2, sre);
	write_sysreg(ICH_HCR_EL2, read_sysreg(ICH_HCR_EL2) & ~ICH_HCR_EN);
}
