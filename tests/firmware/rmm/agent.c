/* SPDX-License-Identifier: BSD-3-Clause */
/* Test RMM: the remote agent (agent.h). Called by entry.S with the registers of an RMI call. */
#include <string.h>
#include <sysreg.h>

#include "abi/firme.h"
#include "tests/firmware/common/storm.h"
#include "tests/firmware/rmm/rmm.h"

struct frame {
	uint64_t x[31]; /* in: X0-X30 at entry; out: X0-X7 for the caller */
};

void agent_dispatch(struct frame *frame);

static uint64_t window(uint64_t pa, uint64_t pas)
{
	return pa + (pas == AGENT_PAS_NS ? MMU_NS_WINDOW : 0);
}

static void *ns_buffer(uint64_t pa)
{
	return (void *)window(pa, AGENT_PAS_NS);
}

/* Works on a copy, because the host's buffer could change during the call. */
static uint64_t el3call(uint64_t pa)
{
	struct smc_regs regs;

	memcpy(&regs, ns_buffer(pa), sizeof(regs));
	smc_call(&regs);
	memcpy(ns_buffer(pa), &regs, sizeof(regs));
	return 0;
}

static uint64_t fill(uint64_t va, uint64_t pa, uint64_t seed, uint64_t granules)
{
	for (uint64_t at = 0; at < granules * GRANULE_SIZE; at += 8) {
		struct probe probe = probe_write64(va + at, pattern_word(seed, pa + at));

		if (probe.esr)
			return probe.esr;
	}
	return 0;
}

static struct probe contents(uint64_t va, uint64_t pa, uint64_t seed, uint64_t granules)
{
	struct probe result = {0, 0};

	for (uint64_t at = 0; at < granules * GRANULE_SIZE; at += 8) {
		struct probe probe = probe_read64(va + at);

		if (probe.esr)
			return probe;
		if (probe.value != pattern_word(seed, pa + at))
			result.value++;
	}
	return result;
}

static bool selected(const struct agent_regs *regs, unsigned int reg)
{
	return regs->select[reg / 64] & BIT(reg % 64);
}

static void regs_batch(struct agent_regs *regs, uint64_t operation)
{
	for (unsigned int reg = 0; reg < NR_REGS; reg++) {
		if (!selected(regs, reg))
			continue;
		if (operation == AGENT_REGS_READ) {
			struct probe probe = reg_read(reg);

			regs->esr[reg] = probe.esr;
			regs->value[reg] = probe.value;
		} else {
			regs->esr[reg] = reg_write(reg, regs->value[reg]);
		}
	}
	isb();
}

static void storm(uint64_t pa)
{
	struct storm storm;

	memcpy(&storm, ns_buffer(pa), sizeof(storm));
	storm.from_realm = 1;
	storm_run(&storm);
	memcpy(ns_buffer(pa), &storm, sizeof(storm));
}

static uint64_t get_record(uint64_t pa, uint64_t index)
{
	const struct record *record = record_get(index);

	if (!record)
		return ~UINT64_C(0);
	memcpy(ns_buffer(pa), record, sizeof(*record));
	return 0;
}

/* GM_GPI_SET until all is done: the monitor takes bounded steps and says how far it came. */
static void gpi_set(uint64_t *x, uint64_t pa, uint64_t granules, uint64_t gpi)
{
	uint64_t done = 0, calls = 0;
	struct smc_regs regs;

	do {
		regs.x[0] = FIRME_GM_GPI_SET;
		regs.x[1] = pa + done * GRANULE_SIZE;
		regs.x[2] = granules - done;
		regs.x[3] = gpi;
		smc_call(&regs);
		done += regs.x[1];
		calls++;
	} while ((int64_t)regs.x[0] == FIRME_INCOMPLETE || (int64_t)regs.x[0] == FIRME_BUSY);
	x[0] = regs.x[0];
	x[1] = done;
	x[2] = calls;
}

static void put_probe(uint64_t *x, struct probe probe)
{
	x[0] = probe.esr;
	x[1] = probe.value;
}

static void echo(uint64_t *x)
{
	for (unsigned int i = 1; i < 8; i++)
		x[i] = ~x[i];
}

static void cpu_info(uint64_t *x)
{
	const struct percpu *cpu = this_cpu();

	x[0] = cpu->index;
	x[1] = cpu->boots;
	x[2] = cpu->token_given;
	x[3] = cpu->entry_faults;
}

static uint64_t fp(uint64_t pa, uint64_t load)
{
	if (load)
		fp_load(ns_buffer(pa));
	else
		fp_store(ns_buffer(pa));
	return 0;
}

static uint64_t wait_for(uint64_t pa)
{
	uint64_t *words = ns_buffer(pa);

	__atomic_store_n(&words[0], 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&words[1], __ATOMIC_ACQUIRE)) {
	}
	return 0;
}

void agent_dispatch(struct frame *frame)
{
	uint64_t *x = frame->x;

	switch (x[0]) {
	case AGENT_EL3CALL:
		x[0] = el3call(x[1]);
		break;
	case AGENT_PEEK:
		put_probe(x, probe_read64(window(x[1], x[2])));
		break;
	case AGENT_POKE:
		put_probe(x, probe_write64(window(x[1], x[2]), x[3]));
		break;
	case AGENT_EXEC:
		put_probe(x, probe_exec(x[1]));
		break;
	case AGENT_FILL:
		x[0] = fill(window(x[1], x[2]), x[1], x[3], x[4]);
		break;
	case AGENT_CHECK:
		put_probe(x, contents(window(x[1], x[2]), x[1], x[3], x[4]));
		break;
	case AGENT_ENTRY_GPRS:
		memcpy(ns_buffer(x[1]), x, sizeof(frame->x));
		break;
	case AGENT_REGS:
		regs_batch(ns_buffer(x[1]), x[2]);
		x[0] = 0;
		break;
	case AGENT_STORM:
		storm(x[1]);
		x[0] = 0;
		break;
	case AGENT_RECORD:
		x[0] = get_record(x[1], x[2]);
		break;
	case AGENT_GPI_SET:
		gpi_set(x, x[1], x[2], x[3]);
		break;
	case AGENT_CPU_INFO:
		cpu_info(x);
		break;
	case AGENT_FAIL_BOOT:
		main_fail_next_boot = true;
		x[0] = 0;
		break;
	case AGENT_FP:
		x[0] = fp(x[1], x[2]);
		break;
	case AGENT_WAIT:
		x[0] = wait_for(x[1]);
		break;
	default:
		echo(x);
	}
}
