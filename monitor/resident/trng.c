/* SPDX-License-Identifier: BSD-3-Clause */
/* True Random Number Generator service (DEN0098 1.0) for the host, from FEAT_RNG's RNDRRS. */
#include <sysreg.h>
#include <util.h>

#include "abi/trng.h"
#include "monitor/resident/monitor.h"

#define RNDRRS S3_3_C2_C4_1

#define RNG_TRIES 16

/* Identifies this entropy source: a random (version 4) UUID of the project. */
static const uint32_t trng_uuid[4] = {0x6b8f2c51, 0x4ed04f7a, 0x9a3e7b12, 0x5c0d68e3};

static bool has_rng(void)
{
	return FIELD(read_sysreg(id_aa64isar0_el1), 63, 60) != 0;
}

/* The instruction reports with the Z flag that it had no entropy this time. */
static bool rndrrs(uint64_t *value)
{
	for (unsigned int i = 0; i < RNG_TRIES; i++) {
		uint32_t ok;

		__asm__ volatile("mrs %0, " SYSREG_STR(RNDRRS) "\n"
							       "cset %w1, ne"
				 : "=r"(*value), "=r"(ok)::"cc", "memory");
		if (ok)
			return true;
	}
	return false;
}

bool trng_implemented(uint32_t fid)
{
	return has_rng() && (fid == TRNG_VERSION || fid == TRNG_FEATURES || fid == TRNG_GET_UUID ||
			     fid == TRNG_RND32 || fid == TRNG_RND64);
}

/*
 * Bits are returned from bit 0 of the last register upwards: X3 first, then X2, then X1; the
 * rest is zero. `width` is the size of a register.
 */
static void random_bits(uint64_t *x, uint64_t bits, uint32_t width)
{
	uint64_t out[3] = {0};

	if (bits == 0 || bits > 3 * width) {
		x[0] = (uint64_t)TRNG_INVALID_PARAMS;
		return;
	}
	for (unsigned int i = 0; bits; i++) {
		uint64_t take = bits < width ? bits : width;
		uint64_t value;

		if (!rndrrs(&value)) {
			x[0] = (uint64_t)TRNG_NO_ENTROPY;
			return;
		}
		out[i] = value & (~UINT64_C(0) >> (64 - take));
		bits -= take;
	}
	x[0] = TRNG_SUCCESS;
	x[1] = out[2];
	x[2] = out[1];
	x[3] = out[0];
}

bool trng_call(uint64_t *x)
{
	uint32_t fid = (uint32_t)x[0];

	if (!trng_implemented(fid))
		return false;
	switch (fid) {
	case TRNG_VERSION:
		x[0] = TRNG_VERSION_1_0;
		break;
	case TRNG_FEATURES:
		x[0] = trng_implemented((uint32_t)x[1]) ? TRNG_SUCCESS
							: (uint64_t)TRNG_NOT_SUPPORTED;
		break;
	case TRNG_GET_UUID:
		for (unsigned int i = 0; i < 4; i++)
			x[i] = trng_uuid[i];
		break;
	case TRNG_RND32:
		random_bits(x, (uint32_t)x[1], 32);
		break;
	case TRNG_RND64:
		random_bits(x, x[1], 64);
		break;
	}
	return true;
}
