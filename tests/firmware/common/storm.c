/* SPDX-License-Identifier: BSD-3-Clause */
/* Random calls to EL3 that mean nothing to their caller: each is refused, and changes no register.
 */
#include <string.h>
#include "abi/firme.h"
#include "abi/psci.h"
#include "abi/rmm_el3.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "tests/firmware/common/storm.h"

/* Calls that have a meaning for some caller, without the SVE hint. */
static const uint32_t meaningful[] = {
	SMCCC_VERSION,
	SMCCC_ARCH_FEATURES,
	SMCCC_ARCH_FEATURE_AVAILABILITY,
	PSCI_VERSION,
	PSCI_CPU_SUSPEND32,
	PSCI_CPU_SUSPEND64,
	PSCI_CPU_OFF,
	PSCI_CPU_ON32,
	PSCI_CPU_ON64,
	PSCI_AFFINITY_INFO32,
	PSCI_AFFINITY_INFO64,
	PSCI_MIGRATE_INFO_TYPE,
	PSCI_SYSTEM_OFF,
	PSCI_SYSTEM_RESET,
	PSCI_FEATURES,
	PSCI_SYSTEM_RESET2_32,
	PSCI_SYSTEM_RESET2_64,
	TRNG_VERSION,
	TRNG_FEATURES,
	TRNG_GET_UUID,
	TRNG_RND32,
	TRNG_RND64,
};

static bool in_range(uint32_t fid, uint32_t first, uint32_t last)
{
	return fid >= SMCCC_STD64_BASE + first && fid <= SMCCC_STD64_BASE + last;
}

static bool has_meaning(uint32_t fid, bool from_realm)
{
	fid &= ~(uint32_t)SMCCC_SVE_HINT;
	for (size_t i = 0; i < ARRAY_SIZE(meaningful); i++) {
		if (fid == meaningful[i])
			return true;
	}
	if (fid >= FIRME_FID_FIRST && fid <= FIRME_FID_LAST)
		return true;
	if (from_realm)
		return in_range(fid, RMM_EL3_FNUM_FIRST, RMM_EL3_FNUM_LAST) ||
		       fid == RMM_EL3_RMI_REQ_COMPLETE;
	return in_range(fid, RMI_FNUM_FIRST, RMI_FNUM_LAST) ||
	       in_range(fid, RMI_FNUM2_FIRST, RMI_FNUM2_LAST);
}

/*
 * One of four kinds: any number; one of the standard service's; a meaningful call with one bit
 * wrong; a number near those of RMI.
 */
static uint32_t random_fid(uint64_t *state)
{
	uint64_t r = random_next(state);
	uint32_t fid = (uint32_t)(r >> 32);

	switch (r & 3) {
	case 0:
		return fid;
	case 1:
		return (fid & 0x4000ffff) | SMCCC_FAST | SMCCC_OWNER_STD;
	case 2:
		return meaningful[fid % ARRAY_SIZE(meaningful)] ^ (1u << ((r >> 2) & 31));
	default:
		return (fid & 0x40fe03ff) | SMCCC_FAST | SMCCC_OWNER_STD;
	}
}

static uint32_t random_unknown_fid(uint64_t *state, bool from_realm)
{
	uint32_t fid;

	do {
		fid = random_fid(state);
	} while (has_meaning(fid, from_realm));
	return fid;
}

static void note(struct storm *storm, const struct smc_all *in, uint64_t reg, uint64_t value)
{
	if (storm->bad++)
		return;
	storm->bad_register = reg;
	storm->bad_value = value;
	memcpy(&storm->bad_call, in->x, sizeof(storm->bad_call));
}

static void compare(struct storm *storm, const struct smc_all *in, const struct smc_all *out,
		    uint64_t daif)
{
	if (out->x[0] != (uint64_t)SMCCC_NOT_SUPPORTED) {
		note(storm, in, 0, out->x[0]);
		return;
	}
	for (unsigned int i = 1; i < 31; i++) {
		if (out->x[i] != in->x[i]) {
			note(storm, in, i, out->x[i]);
			return;
		}
	}
	if (out->sp_after != out->sp_before)
		note(storm, in, 31, out->sp_after);
	else if (out->nzcv != in->nzcv)
		note(storm, in, 32, out->nzcv);
	else if (out->daif != daif)
		note(storm, in, 33, out->daif);
}

void storm_run(struct storm *storm)
{
	uint64_t state = storm->seed | 1;
	uint64_t daif;

	__asm__ volatile("mrs %0, daif" : "=r"(daif));
	for (uint64_t n = 0; n < storm->count; n++) {
		struct smc_all in, out;

		for (unsigned int i = 0; i < 31; i++)
			in.x[i] = random_next(&state);
		in.nzcv = random_next(&state) & 0xf0000000;
		in.x[0] = (in.x[0] & ~UINT64_C(0xffffffff)) |
			  random_unknown_fid(&state, storm->from_realm);
		out = in;
		smc_all(&out);
		compare(storm, &in, &out, daif);
	}
}
