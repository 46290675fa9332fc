/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: runs a function at NS-EL1 under the flat EL1 map. CPU 0 only. */
#include <sysreg.h>

#include "tests/firmware/el2/firmware.h"

uint64_t el1_call(void *function, uint64_t argument, void *stack_top);

static struct mmu_map map;
static uint8_t stack[8192] __attribute__((aligned(16)));

uint64_t el1_run(void *function, uint64_t argument, uint64_t ttbr1, unsigned int t1sz)
{
	if (!map.l0[0])
		mmu_build_el1(&map);
	mmu_enable_el1(&map, ttbr1, t1sz);
	return el1_call(function, argument, stack + sizeof(stack));
}
