/* SPDX-License-Identifier: BSD-3-Clause */
/* Test RMM: cold and warm boot of a CPU, called by entry.S with the MMU off. */
#include <sysreg.h>

#include "tests/firmware/rmm/rmm.h"

#define SCTLR_EL2_RES1 0x30c50830
#define DAIF_ALL       0x3c0
#define TOKEN_MAGIC    UINT64_C(0x746f6b656e000000)

struct boot_result {
	int64_t code;
	uint64_t token;
};

struct boot_result boot_main(const struct entry_state *entry, uint32_t warm);

bool main_fail_next_boot;
uint64_t main_shared_buffer;

static struct mmu_map map;

static uint64_t entry_faults(const struct entry_state *entry)
{
	uint64_t faults = 0;

	if (entry->current_el != 8 || entry->spsel != 1)
		faults |= AGENT_ENTRY_NOT_EL2H;
	if ((entry->daif & DAIF_ALL) != DAIF_ALL)
		faults |= AGENT_ENTRY_UNMASKED;
	if (entry->sctlr & 0x1005)
		faults |= AGENT_ENTRY_MMU_ON;
	if ((entry->sctlr & SCTLR_EL2_RES1) != SCTLR_EL2_RES1)
		faults |= AGENT_ENTRY_SCTLR_RES1;
	return faults;
}

static uint64_t warm_faults(const struct entry_state *entry, const struct percpu *cpu)
{
	uint64_t faults = entry_faults(entry);
	struct smc_regs reserve = {
		{RMM_EL3_RESERVE_MEMORY, GRANULE_SIZE,
		 (UINT64_C(12) << RMM_EL3_RESERVE_ALIGN_SHIFT) | RMM_EL3_RESERVE_LOCAL_CPU}};

	if (entry->x[2] || entry->x[3])
		faults |= AGENT_ENTRY_ARGUMENTS;
	if (entry->x[1] != cpu->token_set)
		faults |= AGENT_ENTRY_TOKEN;
	if (cpu->boots)
		return faults;
	smc_call(&reserve);
	if (reserve.x[0] || !reserve.x[1] || !is_aligned(reserve.x[1], GRANULE_SIZE))
		faults |= AGENT_ENTRY_RESERVE_LOCAL;
	return faults;
}

static void cold_boot(const struct entry_state *entry)
{
	mmu_build_el2(&map, 1);
	mmu_enable_el2(&map);
	main_shared_buffer = entry->x[3];
	cold_check_entry(entry);
	cold_check_manifest(main_shared_buffer);
	cold_check_calls(main_shared_buffer, entry->x[2]);
}

/* RMM_BOOT_CODE is not 0 in the image that tests a failing RMM. */
struct boot_result boot_main(const struct entry_state *entry, uint32_t warm)
{
	struct percpu *cpu = this_cpu();
	struct boot_result result = {RMM_BOOT_CODE, TOKEN_MAGIC};

	if (warm) {
		mmu_enable_el2(&map);
		cpu->token_given = entry->x[1];
		cpu->entry_faults = warm_faults(entry, cpu);
	} else {
		cold_boot(entry);
		cpu->token_given = entry->x[4];
		cpu->entry_faults = entry_faults(entry);
	}
	cpu->index = entry->x[0];
	cpu->boots++;
	result.token |= (cpu->index << 12) | cpu->boots;
	cpu->token_set = result.token;
	if (main_fail_next_boot)
		result.code = RMM_BOOT_UNKNOWN;
	return result;
}
