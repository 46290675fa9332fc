/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/host/smc.c: which SMCs of the host go on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <util.h>

#include "abi/hyp.h"
#include "abi/psci.h"
#include "abi/rmi.h"
#include "abi/rmi_ext.h"
#include "abi/smccc.h"
#include "abi/trng.h"
#include "hyp/host/smc.h"

#define FFA_ERROR     0x84000060
#define FFA_MEM_SHARE 0xc4000073
#define SDEI_VERSION  0xc4000020
#define RMM_EL3_FIRST 0xc40001b0
#define RMM_EL3_LAST  0xc40001cf
#define RSI_VERSION   0xc4000190
#define RSI_LAST      0xc40001af
#define UPPER	      0xabcdef0100000000

static uint64_t x[SMC_REGS];

/* A call with arguments of 64 bits. */
static enum smc_way take(uint64_t x0, uint16_t immediate)
{
	x[0] = x0;
	for (uint64_t i = 1; i < SMC_REGS; i++)
		x[i] = UPPER | i;
	return smc_take(x, immediate);
}

static enum smc_way way(uint64_t x0)
{
	return take(x0, 0);
}

static void default_is_no(void **state)
{
	static const uint32_t refused[] = {
		0,
		FFA_ERROR,
		FFA_MEM_SHARE,
		SDEI_VERSION,
		0xc2000000, /* SiP */
		0xc3000000, /* OEM */
		0xb2000000, /* trusted applications */
		0xbf00ff01, /* trusted OS */
		0xc6000012, /* other calls of a vendor's hypervisor */
		RMI_RTT_DEV_MAP,
		RMI_PDEV_FIRST,
		RMI_RTT_SET_S2AP,
		RMI_GRANULE_TRACKING_SET,
		0xffffffff,
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(way(refused[i]), SMC_REFUSE);
	for (uint32_t fid = RMM_EL3_FIRST; fid <= RMM_EL3_LAST; fid++)
		assert_int_equal(way(fid), SMC_REFUSE);
	for (uint32_t fid = RSI_VERSION; fid <= RSI_LAST; fid++)
		assert_int_equal(way(fid), SMC_REFUSE);
}

static void calls_of_the_table_have_their_ways(void **state)
{
	static const struct {
		uint32_t fid;
		enum smc_way way;
	} calls[] = {
		{SMCCC_VERSION, SMC_PASS},
		{PSCI_CPU_ON64, SMC_PSCI},
		{PSCI_CPU_ON32, SMC_PSCI},
		{TRNG_RND64, SMC_PASS},
		{RMI_VERSION, SMC_RMI},
		{RMI_REC_ENTER, SMC_REC_ENTER},
		{RMI_EXT_DATA_MAP_INIT_RANGE, SMC_RMI},
		{HYP_CALL_UID, SMC_UID},
		{HYP_CALL_INFO, SMC_INFO},
		{HYP_CALL_ABORTS, SMC_ABORTS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(way(calls[i].fid), calls[i].way);
}

/* RMI is called by SMC64 alone: its numbers with bit 30 clear are other calls. */
static void rmi_by_smc32_is_refused(void **state)
{
	for (uint32_t fid = RMI_VERSION; fid <= RMI_OP_CANCEL; fid++)
		assert_int_equal(way(fid & ~(uint32_t)SMCCC_64), SMC_REFUSE);
}

/* The hint is no other call, so it opens no way that the number without it has not. */
static void sve_hint_changes_nothing(void **state)
{
	for (uint32_t fnum = 0; fnum <= SMCCC_FNUM_MASK; fnum++) {
		uint32_t fid = SMCCC_STD64_BASE | fnum;

		assert_int_equal(way(fid | SMCCC_SVE_HINT), way(fid));
	}
}

/* RMI alone reads it, so what else goes on is the number that the table has. */
static void sve_hint_is_for_rmi(void **state)
{
	way(RMI_VERSION | SMCCC_SVE_HINT);
	assert_int_equal(x[0], RMI_VERSION | SMCCC_SVE_HINT);
	way(PSCI_CPU_ON64 | SMCCC_SVE_HINT);
	assert_int_equal(x[0], PSCI_CPU_ON64);
	way(SMCCC_VERSION | SMCCC_SVE_HINT);
	assert_int_equal(x[0], SMCCC_VERSION);
}

static void upper_half_of_the_function_does_not_count(void **state)
{
	static const uint32_t fids[] = {RMI_VERSION,   RMI_REC_ENTER, PSCI_CPU_ON64,
					SMCCC_VERSION, FFA_MEM_SHARE, RMM_EL3_FIRST};

	for (size_t i = 0; i < ARRAY_SIZE(fids); i++) {
		enum smc_way plain = way(fids[i]);

		assert_int_equal(way(UPPER | fids[i]), plain);
		assert_int_equal(x[0], fids[i]);
	}
}

static void arguments_have_the_width_of_the_call(void **state)
{
	way(PSCI_CPU_ON64);
	for (uint64_t i = 1; i < SMC_REGS; i++)
		assert_int_equal(x[i], UPPER | i);
	way(PSCI_CPU_ON32);
	for (uint64_t i = 1; i < SMC_REGS; i++)
		assert_int_equal(x[i], i > 3 ? UPPER | i : i);
}

static void immediate_is_0(void **state)
{
	assert_int_equal(take(RMI_VERSION, 1), SMC_REFUSE);
	assert_int_equal(take(PSCI_VERSION, 0x8000), SMC_REFUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_is_no),
		cmocka_unit_test(calls_of_the_table_have_their_ways),
		cmocka_unit_test(rmi_by_smc32_is_refused),
		cmocka_unit_test(sve_hint_changes_nothing),
		cmocka_unit_test(sve_hint_is_for_rmi),
		cmocka_unit_test(upper_half_of_the_function_does_not_count),
		cmocka_unit_test(arguments_have_the_width_of_the_call),
		cmocka_unit_test(immediate_is_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
