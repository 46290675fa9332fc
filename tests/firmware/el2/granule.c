/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EL2 payload: granule transitions by the test RMM, on one CPU. After each, accesses from the
 * wrong world must fault with a granule protection fault and those from the right one must not.
 */
#include <sysreg.h>

#include "abi/firme.h"
#include "abi/rmm_el3.h"
#include "tests/firmware/el2/granule.h"
#include "tests/firmware/el2/firmware.h"

#define SECURE_SRAM 0x0e000000
#define FLASH	    0x00000000
#define UART	    0x09000000
#define GICD	    0x08000000

bool granule_is(uint64_t pa, bool realm)
{
	struct probe here = probe_read64(pa);
	struct probe realm_pas = agent_peek(pa, AGENT_PAS_REALM);
	struct probe ns_pas = agent_peek(pa, AGENT_PAS_NS);

	if (realm)
		return is_gpf(here) && here.value == pa && is_gpf(ns_pas) && !realm_pas.esr;
	return !here.esr && !ns_pas.esr && is_gpf(realm_pas);
}

bool range_is(uint64_t pa, uint64_t granules, bool realm)
{
	for (uint64_t i = 0; i < granules; i++) {
		if (is_gpf(probe_read64(pa + i * GRANULE_SIZE)) != realm)
			return false;
	}
	return !granules ||
	       (granule_is(pa, realm) && granule_is(pa + (granules - 1) * GRANULE_SIZE, realm));
}

static void check_gpi_set(uint64_t pa, uint64_t granules, uint64_t gpi, const char *what)
{
	uint64_t done;

	check_eq((uint64_t)agent_gpi_set(pa, granules, gpi, &done), FIRME_SUCCESS, "%s", what);
	check_eq(done, granules, "%s: all granules are processed", what);
	check(range_is(pa, granules, gpi == GPI_REALM), "%s: all of them are %s", what,
	      gpi == GPI_REALM ? "Realm" : "Non-secure");
}

static void check_single(uint64_t pa)
{
	struct probe write;

	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_DELEGATE, pa), RMM_EL3_OK, "GTSI_DELEGATE");
	check(granule_is(pa, true), "GTSI_DELEGATE: the granule is Realm");
	check(granule_is(pa - GRANULE_SIZE, false) && granule_is(pa + GRANULE_SIZE, false),
	      "GTSI_DELEGATE: its neighbours are Non-secure");
	write = probe_write64(pa, 1);
	check(is_gpf(write) && (write.esr & BIT(6)), "a write of the host faults as a write");
	check_eq(ESR_FSC(probe_exec(pa).esr), FSC_GPF, "a fetch of the host faults");
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_DELEGATE, pa), RMM_EL3_BAD_PAS,
		 "GTSI_DELEGATE of a Realm granule is BAD_PAS");
	check(granule_is(pa, true), "it stays Realm");
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_UNDELEGATE, pa), RMM_EL3_OK, "GTSI_UNDELEGATE");
	check(granule_is(pa, false), "GTSI_UNDELEGATE: the granule is Non-secure");
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_UNDELEGATE, pa), RMM_EL3_BAD_PAS,
		 "GTSI_UNDELEGATE of a Non-secure granule is BAD_PAS");
	check_eq(ESR_FSC(agent_call(AGENT_EXEC, pa, 0, 0, 0).x[0]), FSC_GPF,
		 "a fetch of the RMM from Non-secure memory as Realm faults");
}

/* EL3 never zeroes memory (section 7): what was written stays, in either direction. */
static void check_contents(uint64_t pa)
{
	struct smc_regs result;

	for (uint64_t i = 0; i < 8 * GRANULE_SIZE; i += 8)
		*(volatile uint64_t *)(pa + i) = pattern_word(11, pa + i);
	check_eq((uint64_t)agent_gpi_set(pa, 8, GPI_REALM, NULL), 0, "8 granules with contents");
	result = agent_call(AGENT_CHECK, pa, AGENT_PAS_REALM, 11, 8);
	check(!result.x[0] && !result.x[1], "EL3 does not change contents on the way to Realm");
	check_eq(agent_call(AGENT_FILL, pa, AGENT_PAS_REALM, 12, 8).x[0], 0, "the RMM writes them");
	check_eq((uint64_t)agent_gpi_set(pa, 8, GPI_NS, NULL), 0, "and gives them back");
	result = agent_call(AGENT_CHECK, pa, AGENT_PAS_NS, 12, 8);
	check(!result.x[0] && !result.x[1], "the last Realm writes are visible to both worlds");
	check_eq(*(volatile uint64_t *)(pa + 8 * GRANULE_SIZE - 8),
		 pattern_word(12, pa + 8 * GRANULE_SIZE - 8), "and to the host");
}

static void check_refused_gtsi(uint64_t pa, int64_t want, const char *what)
{
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_DELEGATE, pa), (uint64_t)want,
		 "GTSI_DELEGATE of %s", what);
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_UNDELEGATE, pa), (uint64_t)want,
		 "GTSI_UNDELEGATE of %s", what);
}

/* Memory that is neither the host's nor the RMM's is never moved, whatever the exact error. */
static void check_others(uint64_t pa, const char *what)
{
	struct smc_regs set = {{FIRME_GM_GPI_SET, pa, 1, GPI_REALM}};
	int64_t result = agent_gtsi(RMM_EL3_GTSI_DELEGATE, pa);

	check(result == RMM_EL3_BAD_PAS || result == RMM_EL3_BAD_ADDR,
	      "GTSI_DELEGATE of %s fails (%ld)", what, result);
	result = agent_gtsi(RMM_EL3_GTSI_UNDELEGATE, pa);
	check(result == RMM_EL3_BAD_PAS || result == RMM_EL3_BAD_ADDR,
	      "GTSI_UNDELEGATE of %s fails (%ld)", what, result);
	result = agent_el3(&set);
	check((result == FIRME_DENIED || result == FIRME_INVALID) && set.x[1] == 0,
	      "GM_GPI_SET of %s fails (%ld) and moves nothing", what, result);
	set = (struct smc_regs){{FIRME_GM_GPI_SET, pa, 1, GPI_NS}};
	result = agent_el3(&set);
	check((result == FIRME_DENIED || result == FIRME_INVALID) && set.x[1] == 0,
	      "GM_GPI_SET of %s to Non-secure fails (%ld) and moves nothing", what, result);
}

static void check_bad_addresses(uint64_t pa)
{
	static const uint64_t beyond[] = {UINT64_C(1) << 52, UINT64_C(1) << 51, UINT64_C(1) << 63,
					  ~UINT64_C(0) - 4095};

	check_refused_gtsi(pa + 1, RMM_EL3_BAD_ADDR, "address + 1 is BAD_ADDR");
	check_refused_gtsi(pa + 2048, RMM_EL3_BAD_ADDR, "address + 2048 is BAD_ADDR");
	for (unsigned int i = 0; i < ARRAY_SIZE(beyond); i++)
		check_refused_gtsi(beyond[i], RMM_EL3_BAD_ADDR, "an address above PPS is BAD_ADDR");
	check(granule_is(pa, false), "nothing moved");
	check_others(SECURE_SRAM, "Secure SRAM");
	check_others(SECURE_SRAM + 0x10000, "Secure SRAM + 64 KiB");
	check_others(FLASH, "the flash");
	check_others(UART, "the UART");
	check_others(GICD, "the GIC");
	for (uint32_t i = 0; i < fdt.nr_reserved; i++) {
		uint64_t last = fdt.reserved[i].base + fdt.reserved[i].size - GRANULE_SIZE;
		struct probe before = probe_read64(last);

		check_others(last, "the end of reserved memory");
		check_others(fdt.reserved[i].base, "the start of reserved memory");
		check_eq(probe_read64(last).esr, before.esr, "reserved memory at 0x%lx as it was",
			 last);
	}
	check_eq(probe_read32(UART + 0x18).esr, 0, "the UART is still the host's");
}

/* One GM_GPI_SET, no repetition: status and progress. */
static int64_t set_once(uint64_t pa, uint64_t granules, uint64_t gpi, uint64_t *done)
{
	struct smc_regs regs = {{FIRME_GM_GPI_SET, pa, granules, gpi}};

	agent_el3(&regs);
	*done = regs.x[1];
	return (int64_t)regs.x[0];
}

static void check_set_error(uint64_t pa, uint64_t granules, uint64_t gpi, int64_t want,
			    const char *what)
{
	uint64_t done;

	check_eq((uint64_t)set_once(pa, granules, gpi, &done), (uint64_t)want, "GM_GPI_SET: %s",
		 what);
	check_eq(done, 0, "GM_GPI_SET: %s: nothing processed", what);
}

static void check_firme_errors(uint64_t pa)
{
	static const uint64_t gpis[] = {GPI_NO_ACCESS, 0x1, 0x4, 0x5, GPI_SECURE,
					GPI_ROOT,      0xc, 0xd, 0xe, GPI_ANY};

	check_set_error(pa, 0, GPI_REALM, FIRME_INVALID, "no granules is INVALID");
	check_set_error(pa + 1, 1, GPI_REALM, FIRME_INVALID, "an unaligned address is INVALID");
	check_set_error(pa + 4095, 1, GPI_REALM, FIRME_INVALID, "address + 4095 is INVALID");
	check_set_error(UINT64_C(1) << 52, 1, GPI_REALM, FIRME_INVALID, "above PPS is INVALID");
	check_set_error(~UINT64_C(0) - 4095, 1, GPI_REALM, FIRME_INVALID,
			"the last page is INVALID");
	check_set_error(~UINT64_C(0) - 4095, 2, GPI_REALM, FIRME_INVALID, "a range that wraps");
	check_set_error(pa, 1, GPI_NS, FIRME_DENIED, "Non-secure to Non-secure is DENIED");
	for (unsigned int i = 0; i < ARRAY_SIZE(gpis); i++)
		check_set_error(pa, 1, gpis[i], FIRME_DENIED,
				"a target that is not the RMM's to give");
	check(granule_is(pa, false), "GM_GPI_SET errors move nothing");
	check_eq((uint64_t)agent_gpi_set(pa, 1, GPI_REALM, NULL), 0, "one granule to Realm");
	check_set_error(pa, 1, GPI_REALM, FIRME_DENIED, "Realm to Realm is DENIED");
	for (unsigned int i = 0; i < ARRAY_SIZE(gpis); i++)
		check_set_error(pa, 1, gpis[i], FIRME_DENIED, "a Realm granule to such a target");
	check(granule_is(pa, true), "it stays Realm");
	check_eq((uint64_t)agent_gpi_set(pa, 1, GPI_NS, NULL), 0, "and back");
}

/*
 * A range that meets a granule it may not move: whatever the status, the count is true. `start` is
 * Non-secure for `good` granules, then something else follows.
 */
static void check_partial(uint64_t start, uint64_t good, uint64_t granules, const char *what)
{
	uint64_t done = 0;
	int64_t result = agent_gpi_set(start, granules, GPI_REALM, &done);

	check(result == FIRME_DENIED || result == FIRME_INVALID, "%s fails (%ld)", what, result);
	check(done <= good, "%s: no more processed than possible (%lu of %lu)", what, done, good);
	check(range_is(start, done, true), "%s: what is processed is Realm", what);
	check(range_is(start + done * GRANULE_SIZE, good - done, false),
	      "%s: the rest is as it was", what);
	if (done)
		check_eq((uint64_t)agent_gpi_set(start, done, GPI_NS, NULL), 0, "%s: and back",
			 what);
}

static void check_partials(uint64_t pa)
{
	uint64_t done;

	check_eq((uint64_t)agent_gpi_set(pa + 20 * GRANULE_SIZE, 1, GPI_REALM, NULL), 0,
		 "a Realm granule in the way");
	check_partial(pa, 20, 64, "a range with a Realm granule inside");
	check(granule_is(pa + 20 * GRANULE_SIZE, true) && granule_is(pa + 21 * GRANULE_SIZE, false),
	      "the Realm granule and what follows it are as they were");
	check_partial(pa + 20 * GRANULE_SIZE, 0, 4, "a range that starts with a Realm granule");
	check_eq((uint64_t)agent_gpi_set(pa, 64, GPI_NS, &done), (uint64_t)FIRME_DENIED,
		 "a range to Non-secure that starts with a Non-secure granule is DENIED");
	check_eq(done, 0, "it moves nothing");
	check_eq((uint64_t)agent_gpi_set(pa + 20 * GRANULE_SIZE, 2, GPI_NS, &done),
		 (uint64_t)FIRME_DENIED, "a range to Non-secure that meets one is DENIED");
	check_eq(done, 1, "it counts the granule it moved");
	check(granule_is(pa + 20 * GRANULE_SIZE, false), "which is Non-secure now");
}

/* Ranges that run out of free DRAM: into carve-outs and over the end of memory. */
static void check_edges(void)
{
	uint64_t granules = 16;

	for (uint32_t i = 0; i < fdt.nr_reserved; i++) {
		uint64_t start = fdt.reserved[i].base - granules * GRANULE_SIZE;

		if (memory_is_free(start, granules * GRANULE_SIZE))
			check_partial(start, granules, 2 * granules,
				      "a range into reserved memory");
	}
	for (uint32_t i = 0; i < fdt.nr_dram; i++) {
		uint64_t start = fdt.dram[i].base + fdt.dram[i].size - granules * GRANULE_SIZE;

		if (!memory_is_free(start, granules * GRANULE_SIZE))
			continue;
		check_partial(start, granules, UINT64_C(1) << 40, "a range over the end of memory");
		check_partial(start, granules, ~UINT64_C(0), "a range of 2^64 - 1 granules");
		check_partial(start, granules, UINT64_C(1) << 52, "a range of 2^52 granules");
	}
}

/* Whole blocks, their halves, and holes in them: every step of split and fuse. */
static void check_blocks(uint64_t size)
{
	uint64_t granules = size / GRANULE_SIZE;
	uint64_t mib = size >> 20;
	uint64_t pa;

	if (!memory_find(size + 2 * MIB(2), size, &pa)) {
		skip("no free aligned block of %lu MiB", mib);
		return;
	}
	note("block of %lu MiB at 0x%lx", mib, pa);
	check_gpi_set(pa, granules, GPI_REALM, "a whole block to Realm");
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_UNDELEGATE, pa + size / 2), 0,
		 "a hole in a block of %lu MiB", mib);
	check(granule_is(pa + size / 2, false) && granule_is(pa + size / 2 - GRANULE_SIZE, true) &&
		      granule_is(pa + size / 2 + GRANULE_SIZE, true) && granule_is(pa, true) &&
		      granule_is(pa + size - GRANULE_SIZE, true),
	      "only the hole is Non-secure");
	check_eq((uint64_t)agent_gtsi(RMM_EL3_GTSI_DELEGATE, pa + size / 2), 0, "the hole closes");
	check(range_is(pa, granules, true), "the block is whole again");
	check_gpi_set(pa, granules / 2, GPI_NS, "the first half back");
	check(range_is(pa + size / 2, granules / 2, true), "the second half is still Realm");
	check_gpi_set(pa + size / 2, granules / 2, GPI_NS, "the second half back");
	check_gpi_set(pa + GRANULE_SIZE, granules - 2, GPI_REALM, "all but first and last");
	check(granule_is(pa, false) && granule_is(pa + size - GRANULE_SIZE, false),
	      "first and last are Non-secure");
	check_gpi_set(pa + GRANULE_SIZE, granules - 2, GPI_NS, "and back");
	check_gpi_set(pa + GRANULE_SIZE, granules, GPI_REALM, "a block's size across the border");
	check_gpi_set(pa + GRANULE_SIZE, granules, GPI_NS, "back across the border");
	check(range_is(pa, granules + 2, false), "the block and its neighbours are Non-secure");
}

/*
 * Long work is cut: with an interrupt pending for the host a call stops early, says how far it
 * came, and has moved something.
 */
static void check_interrupted(uint64_t pa)
{
	uint64_t granules = MIB(16) / GRANULE_SIZE, done = 0;
	uint64_t end = timer_now() + timer_seconds(5);
	struct smc_regs all;

	timer_wake_after(0);
	while (!(read_sysreg(isr_el1) & BIT(7)) && timer_now() < end)
		cpu_relax();
	check(read_sysreg(isr_el1) & BIT(7), "an interrupt is pending");
	check_eq((uint64_t)set_once(pa, granules, GPI_REALM, &done), (uint64_t)FIRME_INCOMPLETE,
		 "GM_GPI_SET with an interrupt pending is INCOMPLETE");
	check(done > 0 && done < granules, "it moved some of the granules (%lu)", done);
	check(range_is(pa, done, true) &&
		      range_is(pa + done * GRANULE_SIZE, granules - done, false),
	      "as many as it said");
	all = agent_call(AGENT_GPI_SET, pa + done * GRANULE_SIZE, granules - done, GPI_REALM, 0);
	check(all.x[0] == FIRME_SUCCESS && all.x[1] == granules - done && all.x[2] > 1,
	      "repeated, it comes to its end (%lu calls)", all.x[2]);
	check(range_is(pa, granules, true), "all of them are Realm");
	check_eq((uint64_t)agent_gpi_set(pa, granules, GPI_NS, &done), 0, "and back, in steps");
	timer_wake_off();
	check(done == granules && range_is(pa, granules, false), "all of them are Non-secure");
}

#define MODEL_SIZE     MIB(64)
#define MODEL_GRANULES (MODEL_SIZE / GRANULE_SIZE)

/* Moves random ranges. A model says which granules can move, and what each is afterwards. */
static void check_random(uint64_t pa, unsigned int rounds)
{
	static bool model[MODEL_GRANULES];
	uint64_t seed = 0x47504924, wrong = 0;

	note("random ranges in 64 MiB at 0x%lx, seed 0x%lx", pa, seed);
	for (unsigned int round = 0; round < rounds; round++) {
		uint64_t r = random_next(&seed);
		uint64_t first = (r >> 8) % MODEL_GRANULES;
		uint64_t most = MODEL_GRANULES - first;
		uint64_t count = 1 + (r >> 32) % (r & 8 ? most : (most < 600 ? most : 600));
		bool to_realm = r & 1;
		uint64_t possible = 0, done;
		int64_t result;

		if (r & 2)
			first &= ~UINT64_C(511);
		while (possible < count && first + possible < MODEL_GRANULES &&
		       model[first + possible] != to_realm)
			possible++;
		result = agent_gpi_set(pa + first * GRANULE_SIZE, count,
				       to_realm ? GPI_REALM : GPI_NS, &done);
		wrong += done != possible;
		wrong += (result == FIRME_SUCCESS) != (possible == count);
		for (uint64_t i = 0; i < done; i++)
			model[first + i] = to_realm;
	}
	check_eq(wrong, 0, "%u random ranges move what they can and say how much", rounds);
	wrong = 0;
	for (uint64_t i = 0; i < MODEL_GRANULES; i++)
		wrong += is_gpf(probe_read64(pa + i * GRANULE_SIZE)) != model[i];
	check_eq(wrong, 0, "each granule is what the model says");
	for (uint64_t i = 0; i < MODEL_GRANULES; i++) {
		if (model[i])
			agent_gpi_set(pa + i * GRANULE_SIZE, 1, GPI_NS, NULL);
		model[i] = false;
	}
	check(range_is(pa, MODEL_GRANULES, false), "all of it comes back");
}

void suite_granule(void)
{
	uint64_t pa;

	if (!check(agent_present(), "the test RMM answers"))
		return;
	if (!check(memory_find(MODEL_SIZE, MODEL_SIZE, &pa), "memory for granule tests"))
		return;
	check_single(pa + 3 * GRANULE_SIZE);
	check_single(pa + MIB(2) + 511 * GRANULE_SIZE);
	check_contents(pa + MIB(2));
	check_bad_addresses(pa);
	check_firme_errors(pa);
	check_partials(pa);
	check_edges();
	check_blocks(MIB(2));
	check_blocks(MIB(32));
	check_blocks(MIB(512));
	check_interrupted(pa);
	check_random(pa, 400);
}
