/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Key and platform token from EL3, at the first CPU's boot (docs/spec/rmm-el3.md section 4).
 * Without either the RMM works, and Realms get no tokens.
 */
#include <string.h>

#include "abi/rmm_el3.h"
#include "rmm/arch/aarch64/boot.h"
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/arch.h"
#include "rmm/attest/attest.h"

#define AGAIN_MAX 1000

/* A call that may answer "not yet". */
static int64_t call_again(struct el3_regs *r)
{
	const struct el3_regs in = *r;

	for (unsigned int i = 0; i < AGAIN_MAX; i++) {
		*r = in;
		el3_call(r);
		if ((int64_t)r->x[0] != RMM_EL3_AGAIN)
			break;
	}
	return (int64_t)r->x[0];
}

static bool get_key(void)
{
	struct el3_regs r = {{RMM_EL3_ATTEST_GET_REALM_KEY, (uint64_t)boot_shared_buffer,
			      RMM_EL3_SHARED_SIZE, RMM_EL3_CURVE_P384}};
	bool ok = call_again(&r) == RMM_EL3_OK && r.x[1] == P384_SCALAR_SIZE;

	if (ok) {
		arch_simd_begin();
		ok = attest_init(boot_shared_buffer) == 0;
		arch_simd_end();
	}
	memset(boot_shared_buffer, 0, RMM_EL3_SHARED_SIZE);
	return ok;
}

/* The first call brings the challenge, the others ask for what is left. */
static bool get_token(void)
{
	size_t challenge_size = ATTEST_PLATFORM_CHALLENGE_SIZE;
	struct el3_regs r;

	arch_simd_begin();
	attest_platform_challenge(boot_shared_buffer);
	arch_simd_end();
	do {
		r = (struct el3_regs){{RMM_EL3_ATTEST_GET_PLAT_TOKEN, (uint64_t)boot_shared_buffer,
				       RMM_EL3_SHARED_SIZE, challenge_size}};
		if (call_again(&r) != RMM_EL3_OK || r.x[1] > RMM_EL3_SHARED_SIZE ||
		    (r.x[2] && !r.x[1]) || attest_platform_token_add(boot_shared_buffer, r.x[1]))
			return false;
		challenge_size = 0;
	} while (r.x[2]);
	return true;
}

bool boot_attestation(void)
{
	return get_key() && get_token();
}
