/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: the input is a sequence of decisions of one hostile host, with checks of the
 * invariants in between. Each input starts with all memory the host's.
 */
#include <stdlib.h>
#include <string.h>

#include "hostile.h"
#include "pool.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/sro.h"
#include "rmm/rmi2/rmi.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct rmi_regs activate = {{RMI_RMM_ACTIVATE}};

	machine_init();
	rmi2_handle(&activate);
	hostile_init();
	return 0;
}

/* As after boot: granules are the host's again, no operation is under way, no VMID in use. */
static void reset(void)
{
	struct sro *sro;

	for (uint64_t handle = 0; handle < SRO_MAX; handle++)
		if (sro_take(handle, &sro) == SRO_OK)
			sro_free(sro);
	for (unsigned int v = 0; v < 64; v++)
		vmid_free((uint16_t)v);
	machine_reset(BLOCK_BASE, MIB(12));
	life_give_back(life_granules());
	life_start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile h = {.data = data, .size = size, .scratch = SCRATCH_BASE, .cpu = 1};

	for (unsigned int n = 1; hostile_step(&h); n++)
		if (n % 16 == 0)
			hostile_check();
	hostile_check();
	if (!hostile_take_back(&h))
		abort();
	reset();
	return 0;
}
