/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: calls of the test RMM's agent (common/agent.h), usable on every CPU. */
#include <string.h>
#include "abi/firme.h"
#include "tests/firmware/el2/firmware.h"

static uint8_t buffers[PAYLOAD_MAX_CPUS][GRANULE_SIZE] __attribute__((aligned(4096)));

void *agent_buffer(void)
{
	return buffers[this_cpu()->index];
}

struct smc_regs agent_call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
	struct smc_regs regs = {{fid, x1, x2, x3, x4}};

	smc_call(&regs);
	return regs;
}

bool agent_present(void)
{
	return agent_call(AGENT_NOP, 0, 0, 0, 0).x[0] == 0;
}

int64_t agent_el3(struct smc_regs *regs)
{
	memcpy(agent_buffer(), regs, sizeof(*regs));
	agent_call(AGENT_EL3CALL, (uint64_t)agent_buffer(), 0, 0, 0);
	memcpy(regs, agent_buffer(), sizeof(*regs));
	return (int64_t)regs->x[0];
}

int64_t agent_gtsi(uint64_t fid, uint64_t pa)
{
	struct smc_regs regs = {{fid, pa}};

	return agent_el3(&regs);
}

struct probe agent_peek(uint64_t pa, uint64_t pas)
{
	struct smc_regs regs = agent_call(AGENT_PEEK, pa, pas, 0, 0);

	return (struct probe){regs.x[0], regs.x[1]};
}

struct probe agent_poke(uint64_t pa, uint64_t pas, uint64_t value)
{
	struct smc_regs regs = agent_call(AGENT_POKE, pa, pas, value, 0);

	return (struct probe){regs.x[0], regs.x[1]};
}

int64_t agent_gpi_set(uint64_t pa, uint64_t granules, uint64_t gpi, uint64_t *done)
{
	struct smc_regs regs = agent_call(AGENT_GPI_SET, pa, granules, gpi, 0);

	if (done)
		*done = regs.x[1];
	return (int64_t)regs.x[0];
}

bool is_gpf(struct probe probe)
{
	return ESR_EC(probe.esr) == EC_DABT_SAME && ESR_FSC(probe.esr) == FSC_GPF;
}
