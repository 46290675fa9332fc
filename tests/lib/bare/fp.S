/* SPDX-License-Identifier: BSD-3-Clause */
/* V0-V31 from and to a 512-byte buffer: fp_store(buffer), fp_load(buffer). */
#include <regs.h>
#include "tests/lib/bare/asm.h"

	.arch	armv8.5-a

func fp_store
	store_q	0, 31, x0
	ret

func fp_load
	load_q	0, 31, x0
	ret
