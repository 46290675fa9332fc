/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bare-metal test of lib/ hashes, signatures and COSE and of the RMM's coroutines, at EL2 on the
 * CPU's own instructions. Counts are instructions when QEMU runs with -icount shift=0.
 */
#include "payload.h"

void payload_main(void)
{
	hash_tests();
	sign_tests();
	coroutine_tests();
	finish();
}
