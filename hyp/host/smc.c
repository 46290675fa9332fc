/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of SMCs. See smc.h. */
#include <stddef.h>
#include <util.h>

#include "abi/hyp.h"
#include "abi/psci.h"
#include "abi/rmi.h"
#include "abi/rmi_ext.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "hyp/host/smc.h"

/*
 * Numbers from first to last, those that are called most come first. Bit 30 (64 bits) counts; the
 * SVE hint is cleared.
 */
static const struct {
	uint32_t first, last;
	enum smc_way way;
} table[] = {
	/* RMI: the commands that move no device. */
	{RMI_VERSION, RMI_VERSION, SMC_RMI},
	{RMI_RTT_DATA_MAP_INIT, RMI_RTT_DATA_MAP_INIT, SMC_RMI},
	{RMI_REALM_ACTIVATE, RMI_REC_DESTROY, SMC_RMI},
	{RMI_REC_ENTER, RMI_REC_ENTER, SMC_REC_ENTER},
	{RMI_RTT_CREATE, RMI_RTT_DESTROY, SMC_RMI},
	{RMI_RTT_READ_ENTRY, RMI_RTT_READ_ENTRY, SMC_RMI},
	{RMI_PSCI_COMPLETE, RMI_RTT_FOLD, SMC_RMI},
	{RMI_RTT_INIT_RIPAS, RMI_RTT_SET_RIPAS, SMC_RMI},
	{RMI_RMM_CONFIG_SET, RMI_RMM_CONFIG_SET, SMC_RMI},
	{RMI_GRANULE_TRACKING_GET, RMI_GRANULE_TRACKING_GET, SMC_RMI},
	{RMI_RMM_CONFIG_GET, RMI_RMM_CONFIG_GET, SMC_RMI},
	{RMI_GRANULE_RANGE_DELEGATE, RMI_GPT_L1_CREATE, SMC_RMI},
	{RMI_RTT_DATA_MAP, RMI_RTT_DATA_UNMAP, SMC_RMI},
	{RMI_RTT_UNPROT_MAP, RMI_RTT_UNPROT_UNMAP, SMC_RMI},
	{RMI_REALM_TERMINATE, RMI_OP_CONTINUE, SMC_RMI},
	{RMI_OP_MEM_DONATE, RMI_OP_CANCEL, SMC_RMI},
	{RMI_EXT_DATA_MAP_INIT_RANGE, RMI_EXT_DATA_MAP_INIT_RANGE, SMC_RMI},
	/* Of the Arm architecture: registers only. */
	{SMCCC_VERSION, 0x80000003, SMC_PASS},
	{0x80003fff, 0x80007fff, SMC_PASS}, /* workarounds */
	{0xc0000002, SMCCC_ARCH_FEATURE_AVAILABILITY, SMC_PASS},
	{PSCI_VERSION, 0x8400001f, SMC_PSCI},
	{0xc4000000, 0xc400001f, SMC_PSCI},
	{TRNG_VERSION, TRNG_RND32, SMC_PASS},
	{TRNG_RND64, TRNG_RND64, SMC_PASS},
	{HYP_CALL_UID, HYP_CALL_UID, SMC_UID},
	{HYP_CALL_INFO, HYP_CALL_INFO, SMC_INFO},
	{HYP_CALL_ABORTS, HYP_CALL_ABORTS, SMC_ABORTS},
};

static enum smc_way find_way(uint32_t fid)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (fid >= table[i].first && fid <= table[i].last)
			return table[i].way;
	}
	return SMC_REFUSE;
}

/*
 * No call of SMC32 in the table has more arguments. X4 to X7 stay as they are, because the host
 * relies on finding them again.
 */
#define ARGS_32 3

enum smc_way smc_take(uint64_t *x, uint16_t immediate)
{
	uint32_t fid = (uint32_t)x[0] & ~(uint32_t)SMCCC_SVE_HINT;
	enum smc_way way = immediate ? SMC_REFUSE : find_way(fid);

	x[0] = way == SMC_RMI ? (uint32_t)x[0] : fid;
	if (!(fid & SMCCC_64)) {
		for (unsigned int i = 1; i <= ARGS_32; i++)
			x[i] = (uint32_t)x[i];
	}
	return way;
}
