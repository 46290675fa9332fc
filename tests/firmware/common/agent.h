/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The remote agent: what the test RMM payload does for the EL2 payload. The function numbers lie
 * in the RMI ranges the monitor forwards; any other number there is answered as AGENT_ECHO.
 * Arguments from X1, results from X0. Buffers are physical addresses of Non-secure granules.
 */
#ifndef FIRMWARE_AGENT_H
#define FIRMWARE_AGENT_H

#define AGENT_NOP	 0xc4000180 /* an empty handler: X0 = 0; also FNUM 0x200 and 0x280 */
#define AGENT_ECHO	 0xc4000151 /* X0 as received, X1-X7 = ~X1-X7 */
#define AGENT_EL3CALL	 0xc4000152 /* X1 struct smc_regs */
#define AGENT_PEEK	 0xc4000153 /* X1 PA, X2 PAS -> X0 ESR, X1 value or FAR */
#define AGENT_POKE	 0xc4000154 /* X1 PA, X2 PAS, X3 value -> X0 ESR, X1 FAR */
#define AGENT_EXEC	 0xc4000155 /* X1 PA (Realm) -> X0 ESR, X1 FAR */
#define AGENT_FILL	 0xc4000156 /* X1 PA, X2 PAS, X3 seed, X4 granules -> X0 ESR */
#define AGENT_CHECK	 0xc4000157 /* X1 PA, X2 PAS, X3 seed, X4 granules -> X0 ESR, X1 bad words */
#define AGENT_ENTRY_GPRS 0xc4000158 /* X1 buffer for X0-X30 at entry */
#define AGENT_REGS	 0xc4000159 /* X1 struct agent_regs, X2 operation */
#define AGENT_STORM	 0xc400015a /* X1 struct storm */
#define AGENT_RECORD	 0xc400015b /* X1 struct record, X2 index -> X0 0, or -1 past the last */
#define AGENT_GPI_SET	 0xc400015c /* X1 PA, X2 granules, X3 GPI -> X0 status, X1 done, X2 calls */
#define AGENT_CPU_INFO	 0xc400015d /* -> X0 index, X1 boots, X2 token given at entry, X3 enum */
#define AGENT_FAIL_BOOT	 0xc400015e /* the next warm boot of any CPU ends with an error */
#define AGENT_FP	 0xc400015f /* X1 buffer: X2 = 0 stores V0-V31 there, 1 loads them */
#define AGENT_WAIT	 0xc4000160 /* X1 PA of two words: sets the first, waits for the second */

#define AGENT_PAS_REALM 0
#define AGENT_PAS_NS	1

/* Operations of AGENT_REGS. */
#define AGENT_REGS_READ	 0
#define AGENT_REGS_WRITE 1

/* What was wrong at this CPU's last warm or cold entry (AGENT_CPU_INFO, X3). */
#define AGENT_ENTRY_NOT_EL2H	  (1 << 0)
#define AGENT_ENTRY_UNMASKED	  (1 << 1)
#define AGENT_ENTRY_MMU_ON	  (1 << 2)
#define AGENT_ENTRY_SCTLR_RES1	  (1 << 3)
#define AGENT_ENTRY_ARGUMENTS	  (1 << 4)
#define AGENT_ENTRY_TOKEN	  (1 << 5)
#define AGENT_ENTRY_RESERVE_LOCAL (1 << 6)

#ifndef __ASSEMBLER__

#include <stdint.h>
#include "tests/lib/bare/regs.h"

/* Selected registers in one go, without an exception or another SMC in between. */
struct agent_regs {
	uint64_t select[(NR_REGS + 63) / 64];
	uint64_t value[NR_REGS];
	uint64_t esr[NR_REGS];
};

/* One test point of the cold boot. */
struct record {
	char text[112];
	uint64_t ok;
	uint64_t diagnostic; /* not a test point */
};

_Static_assert(sizeof(struct agent_regs) <= 4096, "the register buffer is one granule");

#endif
#endif
