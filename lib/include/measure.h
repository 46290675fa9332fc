/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Realm's measurements: RIM and REMs (docs/spec/rmi-2.0.md section 12). Plain data and plain
 * arguments, so the RMM's handlers, the tests and the tool that predicts a RIM share it.
 *
 * Locks: the caller owns `m`, that is holds the Realm's lock. In the RMM every function
 * below but measure_read() uses the V registers (lib/include/hash.h): bracket the call with
 * arch_simd_begin() and arch_simd_end().
 */
#ifndef LIB_MEASURE_H
#define LIB_MEASURE_H

#include <hash.h>

#define MEASURE_SIZE  64 /* a slot; bytes beyond the hash's length are zero */
#define MEASURE_REMS  4
#define MEASURE_SLOTS (1 + MEASURE_REMS)
#define MEASURE_RIM   0 /* slot of the RIM; 1 to 4 are REM0 to REM3 */

struct measurements {
	enum hash_alg alg;
	uint8_t slot[MEASURE_SLOTS][MEASURE_SIZE] __attribute__((aligned(8)));
};

/* The fields of rmi_realm_params that are measured, widths as there. The hash algorithm is too. */
struct measure_realm {
	uint64_t flags0;
	uint32_t s2sz;
	uint32_t sve_vl;
	uint32_t num_bps;
	uint32_t num_wps;
	uint32_t pmu_num_ctrs;
};

/* RTT_DATA_MAP_INIT: the only flag, "measure the content". */
#define MEASURE_DATA_CONTENT 1

/* REALM_CREATE: sets the algorithm, the initial RIM, and the REMs to zero. */
void measure_realm_create(struct measurements *m, enum hash_alg alg,
			  const struct measure_realm *realm);

/*
 * DATA_MAP_INIT: extends the RIM by the page at ipa. flags is 0 or MEASURE_DATA_CONTENT, checked by
 * the caller; page points to the 4096 bytes as the Realm will see them (the copy, not the host's
 * page) and is only read with MEASURE_DATA_CONTENT.
 */
void measure_data(struct measurements *m, uint64_t ipa, uint64_t flags, const void *page);

/* REC_CREATE of a runnable REC: extends the RIM. The caller leaves out RECs that are not. */
void measure_rec(struct measurements *m, uint64_t flags, uint64_t pc, const uint64_t gprs[8]);

/*
 * INIT_RIPAS of RMI 1.0: extends the RIM by [base, top). RMI 2.0 as served today does not measure
 * RIPAS (docs/spec/rmi-2.0.md section 8), so no 2.0 handler calls this.
 */
void measure_ripas(struct measurements *m, uint64_t base, uint64_t top);

/*
 * RSI_MEASUREMENT_EXTEND: REM `slot` (1 to 4) = H(REM || value). False, nothing changed, if slot or
 * size (0 to 64) is out of range.
 */
bool measure_extend(struct measurements *m, uint64_t slot, const void *value, uint64_t size);

/* RSI_MEASUREMENT_READ: the slot as eight little-endian words; false if there is no such slot. */
bool measure_read(const struct measurements *m, uint64_t slot, uint64_t words[8]);

/*
 * Who predicts measurements has to know by which rules they are made, because versions of the RMM
 * specification differ (docs/spec/attestation.md section 5). lib/measure/rules.c; not for the RMM.
 */
enum measure_rules {
	MEASURE_2_0,	  /* those above: TF-RMM's main branch, and our RMM */
	MEASURE_2_0_BETA, /* a text of RMM 2.0: parameters are not measured, REMs otherwise */
};

/* measure_realm_create() and measure_extend() by these rules; everything else is the same. */
void measure_start(struct measurements *m, enum measure_rules rules, enum hash_alg alg,
		   const struct measure_realm *realm);
bool measure_extend_by(struct measurements *m, enum measure_rules rules, uint64_t slot,
		       const void *value, uint64_t size);

#endif
