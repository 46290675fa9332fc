/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Services Interface 1.0 and 1.1 (DEN0137): the calls of a Realm's EL1 to the RMM. Function
 * identifiers, results, structures in Realm memory. The RMM answers, guest payloads call.
 */
#ifndef ABI_RSI_H
#define ABI_RSI_H

#define RSI_VERSION_1_0 0x10000
#define RSI_VERSION_1_1 0x10001

#define RSI_FID(fnum)  (0xc4000000 + (fnum))
#define RSI_FNUM_FIRST 0x190
#define RSI_FNUM_LAST  0x1af

#define RSI_VERSION		       RSI_FID(0x190)
#define RSI_FEATURES		       RSI_FID(0x191)
#define RSI_MEASUREMENT_READ	       RSI_FID(0x192)
#define RSI_MEASUREMENT_EXTEND	       RSI_FID(0x193)
#define RSI_ATTESTATION_TOKEN_INIT     RSI_FID(0x194)
#define RSI_ATTESTATION_TOKEN_CONTINUE RSI_FID(0x195)
#define RSI_REALM_CONFIG	       RSI_FID(0x196)
#define RSI_IPA_STATE_SET	       RSI_FID(0x197)
#define RSI_IPA_STATE_GET	       RSI_FID(0x198)
#define RSI_HOST_CALL		       RSI_FID(0x199)

/* Results, X0. */
#define RSI_SUCCESS	  0
#define RSI_ERROR_INPUT	  1
#define RSI_ERROR_STATE	  2
#define RSI_INCOMPLETE	  3
#define RSI_ERROR_UNKNOWN 4
#define RSI_ERROR_DEVICE  5

#define RSI_RIPAS_EMPTY	    0
#define RSI_RIPAS_RAM	    1
#define RSI_RIPAS_DESTROYED 2
#define RSI_RIPAS_DEV	    3

/* IPA_STATE_SET X4 and result X2. */
#define RSI_CHANGE_DESTROYED 1
#define RSI_ACCEPT	     0
#define RSI_REJECT	     1

#define RSI_HASH_SHA_256 0
#define RSI_HASH_SHA_512 1
#define RSI_HASH_SHA_384 2

#define RSI_NUM_MEASUREMENTS   5 /* RIM and four REMs */
#define RSI_MEASUREMENT_SIZE   64
#define RSI_CHALLENGE_SIZE     64
#define RSI_RPV_SIZE	       64
#define RSI_HOST_CALL_GPRS     31
#define RSI_HOST_CALL_ALIGN    0x100
#define RSI_HOST_CALL_IMM_OFF  0x0
#define RSI_HOST_CALL_GPRS_OFF 0x8

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* REALM_CONFIG: one 4K page. */
struct rsi_realm_config {
	uint64_t ipa_width;
	uint8_t algorithm;
	uint8_t pad09[7];
	uint64_t num_aux_planes;
	uint32_t gicv3_vtr;
	uint32_t pad1c;
	uint64_t ats_plane;
	uint8_t pad28[0x200 - 0x28];
	uint8_t rpv[RSI_RPV_SIZE];
	uint8_t pad240[0x1000 - 0x240];
};

/* HOST_CALL: aligned to 0x100. */
struct rsi_host_call {
	uint16_t imm;
	uint8_t pad02[6];
	uint64_t gprs[RSI_HOST_CALL_GPRS];
};

_Static_assert(offsetof(struct rsi_realm_config, ipa_width) == 0x0, "ipa_width");
_Static_assert(offsetof(struct rsi_realm_config, algorithm) == 0x8, "algorithm");
_Static_assert(offsetof(struct rsi_realm_config, num_aux_planes) == 0x10, "num_aux_planes");
_Static_assert(offsetof(struct rsi_realm_config, gicv3_vtr) == 0x18, "gicv3_vtr");
_Static_assert(offsetof(struct rsi_realm_config, ats_plane) == 0x20, "ats_plane");
_Static_assert(offsetof(struct rsi_realm_config, rpv) == 0x200, "rpv");
_Static_assert(sizeof(struct rsi_realm_config) == 0x1000, "rsi_realm_config");
_Static_assert(offsetof(struct rsi_host_call, imm) == RSI_HOST_CALL_IMM_OFF, "imm");
_Static_assert(offsetof(struct rsi_host_call, gprs) == RSI_HOST_CALL_GPRS_OFF, "gprs");
_Static_assert(sizeof(struct rsi_host_call) == 0x100, "rsi_host_call");

#endif /* __ASSEMBLER__ */
#endif
