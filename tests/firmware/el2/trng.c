/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: True Random Number Generator service 1.0 (DEN0098). */
#include "abi/smccc.h"
#include "abi/trng.h"
#include "tests/firmware/el2/firmware.h"

#define SAMPLES 64
#define TRIES	1000

/* Asks until there is entropy; X0-X3 in regs. Other registers are marked. */
static void rnd(uint64_t fid, uint64_t bits, struct smc_regs *regs)
{
	for (unsigned int try = 0; try < TRIES; try++) {
		for (unsigned int i = 2; i < ARRAY_SIZE(regs->x); i++)
			regs->x[i] = UINT64_C(0x54524e4700000000) + i;
		regs->x[0] = fid;
		regs->x[1] = bits;
		smc_call(regs);
		if ((int64_t)regs->x[0] != TRNG_NO_ENTROPY)
			return;
	}
}

/* What register X1 + i may hold when `bits` are asked for in registers of `width` bits. */
static uint64_t expected_mask(uint64_t bits, uint64_t width, unsigned int i)
{
	uint64_t below = (2 - i) * width; /* bits in the registers behind this one */
	uint64_t here;

	if (bits <= below)
		return 0;
	here = bits - below;
	return here >= width ? ~UINT64_C(0) >> (64 - width) : BIT(here) - 1;
}

static void check_bits(uint64_t fid, uint64_t bits, uint64_t width)
{
	uint64_t any[3] = {0}, all[3] = {~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)};
	bool success = true, preserved = true, masked = true, varied = true;

	for (unsigned int n = 0; n < SAMPLES; n++) {
		struct smc_regs regs;

		rnd(fid, bits, &regs);
		success = success && regs.x[0] == TRNG_SUCCESS;
		for (unsigned int i = 0; i < 3; i++) {
			any[i] |= regs.x[1 + i];
			all[i] &= regs.x[1 + i];
		}
		for (unsigned int i = 4; i < ARRAY_SIZE(regs.x); i++)
			preserved = preserved && regs.x[i] == UINT64_C(0x54524e4700000000) + i;
	}
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t mask = expected_mask(bits, width, i);

		masked = masked && !(any[i] & ~mask);
		varied = varied && any[i] == mask && !all[i];
	}
	check(success, "RND%lu of %lu bits: SUCCESS", width, bits);
	check(masked, "RND%lu of %lu bits: no more than that", width, bits);
	check(varied, "RND%lu of %lu bits: each of them takes both values", width, bits);
	check(preserved, "RND%lu of %lu bits: X4-X17 as they were", width, bits);
}

static void check_bounds(uint64_t fid, uint64_t width)
{
	static const uint64_t bad[] = {0, 1, 64, 65536, ~UINT64_C(0) >> 33};
	struct smc_regs regs;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		uint64_t bits = bad[i] ? 3 * width + bad[i] : 0;

		rnd(fid, bits, &regs);
		check_eq(regs.x[0], TRNG_INVALID_PARAMS, "RND%lu of %lu bits is INVALID", width,
			 bits);
	}
}

void suite_trng(void)
{
	static const uint64_t calls[] = {TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32,
					 TRNG_RND64};
	static const uint64_t bits32[] = {1, 7, 31, 32, 33, 64, 65, 95, 96};
	static const uint64_t bits64[] = {1, 8, 63, 64, 65, 127, 128, 129, 191, 192};
	struct smc_regs uuid = {{TRNG_GET_UUID}}, again = {{TRNG_GET_UUID}};

	check_eq(smc(TRNG_VERSION, 0, 0, 0), TRNG_VERSION_1_0, "TRNG_VERSION is 1.0");
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		check_eq(smc(TRNG_FEATURES, calls[i], 0, 0), TRNG_SUCCESS,
			 "TRNG_FEATURES: 0x%lx is there", calls[i]);
	check_eq(smc(TRNG_FEATURES, 0x84000054, 0, 0), TRNG_NOT_SUPPORTED,
		 "TRNG_FEATURES: 0x84000054 is not there");
	check_eq(smc(TRNG_FEATURES, 0x84000000, 0, 0), TRNG_NOT_SUPPORTED,
		 "TRNG_FEATURES: PSCI_VERSION is not one of its calls");
	smc_call(&uuid);
	smc_call(&again);
	check(uuid.x[0] != UINT64_C(0xffffffffffffffff) && uuid.x[0] != 0xffffffff,
	      "TRNG_GET_UUID: an identity");
	check(!((uuid.x[0] | uuid.x[1] | uuid.x[2] | uuid.x[3]) >> 32),
	      "TRNG_GET_UUID: four 32-bit words");
	check(uuid.x[0] == again.x[0] && uuid.x[3] == again.x[3], "TRNG_GET_UUID: always the same");
	for (unsigned int i = 0; i < ARRAY_SIZE(bits32); i++)
		check_bits(TRNG_RND32, bits32[i], 32);
	for (unsigned int i = 0; i < ARRAY_SIZE(bits64); i++)
		check_bits(TRNG_RND64, bits64[i], 64);
	check_bounds(TRNG_RND32, 32);
	check_bounds(TRNG_RND64, 64);
	check_eq(smc(TRNG_RND64, ~UINT64_C(0), 0, 0), TRNG_INVALID_PARAMS,
		 "RND64 of 2^64 - 1 bits is INVALID");
	check_eq(smc(TRNG_RND64, BIT(32) + 64, 0, 0), TRNG_INVALID_PARAMS,
		 "RND64 looks at all 64 bits of its argument");
}
