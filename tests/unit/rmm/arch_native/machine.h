/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A simulated machine under the portable RMM: DRAM whose granules belong to a physical address
 * space each, mapped twice. The RMM's Realm window is inaccessible where a granule is not in the
 * Realm PAS, so a wrong access ends the test; Non-secure copies look at the PAS as the GPT would.
 */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include "rmm/arch/arch.h"
#include "rmm/run/run.h"

/*
 * Three banks, the first with an odd start, the second large enough for a 1 GiB block, the third
 * where granule numbers need more than 32 bits: 16 TiB above the end of the second.
 */
#define BANK0_BASE 0x40001000
#define BANK0_SIZE (MIB(64) - GRANULE_SIZE)
#define BANK1_BASE 0x80000000
#define BANK1_SIZE (GIB(1) + MIB(64))
#define BANK2_BASE (MACHINE_HIGH + BANK1_BASE + GIB(1))
#define BANK2_SIZE MIB(64)

enum machine_pas { PAS_NS, PAS_REALM, PAS_SECURE };

/* Before each test program's first call: memory, features, core_init(). */
void machine_init(void);

/* Forgets every granule's state; all of [pa, pa + size), where they were used, is the host's. */
void machine_reset(uint64_t pa, uint64_t size);

/*
 * The granule table anew, every granule the host's: with a bank from 2^48 on behind the others, of
 * which only the addresses are there; or without.
 */
#define HIGH_BANK_BASE BIT(48)
#define HIGH_BANK_SIZE MIB(4)
void machine_high_bank(bool there);

/* The features machine_init() sets; tests change arch_features and put it back with this. */
void machine_default_features(void);

/* EL3 gives a granule to another world behind the RMM's back. */
void machine_set_pas(uint64_t pa, enum machine_pas pas);
enum machine_pas machine_pas(uint64_t pa);

/* The host's view of Non-secure memory; stops the test when the granule is another's. */
void *host_ptr(uint64_t pa);
bool host_can_read(uint64_t pa);

/* What arch_tlbi_* was asked for since machine_tlbi_reset(). */
struct machine_tlbi {
	unsigned int ranges, all;
	uint16_t vmid;
	uint64_t base, size;
	bool leaf_only;
};
extern struct machine_tlbi machine_tlbi;

/* What the instruction caches were asked for; machine_code_gone is called in arch_forget_code(). */
struct machine_code {
	unsigned int cleaned; /* granules */
	unsigned int forgotten;
	const void *last; /* cleaned last */
};
extern struct machine_code machine_code;
extern void (*machine_code_gone)(void);

/* The next Non-secure accesses behind this many fail; ~0: none does. */
extern uint32_t machine_ns_budget;
extern bool machine_no_entropy;
extern bool machine_gic_bad;
extern unsigned int machine_simd_depth;

/*
 * What the hardware's walk finds at ipa: independent of the RMM's own decoding. Permissions as in
 * the descriptor: bit 0 read, bit 1 write.
 */
struct machine_walk {
	bool valid;
	uint64_t pa;
	int level;
	bool ns;
	bool xn;
	unsigned int memattr;
	unsigned int s2ap;
};
struct machine_walk machine_walk(const struct s2 *s2, uint64_t ipa);

/* What run_rec() does: a script of the test. NULL: exits with IRQ. */
extern void (*machine_run)(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit);

/* How often run_inject_sea() and its kin were called, and with what. */
extern unsigned int machine_seas, machine_mmios, machine_sysregs;
extern uint64_t machine_data;

#endif
