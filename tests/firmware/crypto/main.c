/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bare-metal test of lib/ hashes, signatures and COSE and of the RMM's coroutines, at EL2 on the
 * CPU's own instructions. Counts are instructions when QEMU runs with -icount shift=0.
 */
#include "payload.h"

/* On a CPU without the SHA-512 instructions: that hashes and signatures fall back to plain C. */
void payload_main(void)
{
	hash_tests();
	sign_tests();
	if (sha2_instructions() == 2) {
		coroutine_tests();
		attest_tests();
	}
	finish();
}
