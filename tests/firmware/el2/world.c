/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: memory of the other worlds. Whatever the host does to it faults in the host (a
 * granule protection fault), leaves it unchanged and leaves the monitor alive.
 */
#include <sysreg.h>

#include "abi/psci.h"
#include "tests/firmware/el2/firmware.h"

#define SECURE_SRAM 0x0e000000
#define SECURE_ONLY 0x0e800000 /* above what the monitor uses */
#define SECURE_UART 0x09040000
#define SECURE_GPIO 0x090b0000
#define FLASH	    0x00000000

static uint64_t read_at_el1(uint64_t pa)
{
	return probe_read64(pa).esr;
}

static void check_protected(uint64_t pa, const char *what)
{
	struct probe read = probe_read64(pa);
	struct probe write = probe_write64(pa, 0x6861636b6564);
	uint64_t el1 = el1_run(read_at_el1, pa, 0, 16);

	check(is_gpf(read) && read.value == pa, "%s (0x%lx): a read faults (esr 0x%lx)", what, pa,
	      read.esr);
	check(is_gpf(write) && (write.esr & BIT(6)), "%s (0x%lx): a write faults (esr 0x%lx)", what,
	      pa, write.esr);
	check(ESR_EC(el1) == EC_DABT_SAME && ESR_FSC(el1) == FSC_GPF,
	      "%s (0x%lx): a read at EL1 faults there (esr 0x%lx)", what, pa, el1);
	check_eq(smc(PSCI_VERSION, 0, 0, 0), PSCI_VERSION_1_1, "%s: the monitor is alive", what);
}

/* What the RMM wrote to its granule is still there after the host's attempts. */
static void check_realm_unharmed(void)
{
	struct smc_regs result;
	uint64_t pa;

	if (!check(memory_find(MIB(2), MIB(2), &pa), "memory for a Realm granule"))
		return;
	agent_gpi_set(pa, 2, 0xb, NULL);
	agent_call(AGENT_FILL, pa, AGENT_PAS_REALM, 99, 2);
	check_protected(pa, "a Realm granule");
	check_protected(pa + GRANULE_SIZE + 8, "a Realm granule");
	result = agent_call(AGENT_CHECK, pa, AGENT_PAS_REALM, 99, 2);
	check(!result.x[0] && !result.x[1], "a Realm granule keeps its contents");
	agent_gpi_set(pa, 2, 0x9, NULL);
}

/* Root and Secure memory are closed to the RMM too, in both spaces it can name. */
static void check_rmm_refused(uint64_t pa, const char *what)
{
	check(is_gpf(agent_peek(pa, AGENT_PAS_REALM)), "%s: closed to the RMM as Realm", what);
	check(is_gpf(agent_peek(pa, AGENT_PAS_NS)), "%s: closed to the RMM as Non-secure", what);
	check(is_gpf(agent_poke(pa, AGENT_PAS_REALM, 1)), "%s: no writes by the RMM", what);
}

void suite_world(void)
{
	bool agent = agent_present();

	check_protected(SECURE_SRAM, "Secure SRAM");
	check_protected(SECURE_SRAM + 0xfff8, "Secure SRAM");
	check_protected(SECURE_ONLY, "Secure SRAM the monitor does not use");
	check_protected(SECURE_UART, "the monitor's console");
	check_protected(SECURE_GPIO, "the monitor's power switch");
	check_protected(FLASH, "flash");
	check(fdt.nr_reserved > 0 && fdt.nr_no_map == fdt.nr_reserved,
	      "device tree: reserved memory, no-map");
	for (uint32_t i = 0; i < fdt.nr_reserved; i++) {
		check_protected(fdt.reserved[i].base, "reserved memory, start");
		check_protected(fdt.reserved[i].base + fdt.reserved[i].size - 8,
				"reserved memory, end");
	}
	if (!check(agent, "the test RMM answers"))
		return;
	check_realm_unharmed();
	check_rmm_refused(SECURE_SRAM, "Secure SRAM");
	check_rmm_refused(SECURE_ONLY, "Secure SRAM the monitor does not use");
	check_rmm_refused(SECURE_UART, "the monitor's console");
	check_rmm_refused(FLASH, "flash");
}
