/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dispatch: docs/spec/rmi-2.0.md sections 1, 2 and 18. This program has the dispatcher and the
 * state of the RMM only. Every handler is a stub that notes its call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "abi/rmi_ext.h"
#include "rmm/core/life.h"
#include "rmm/rmi2/handlers.h"
#include "rmm/rmi2/rmi.h"

#define INIT   1u
#define ACTIVE 2u
#define BOTH   (INIT | ACTIVE)

/* Each command there is: its number, its handler, and the states in which it is allowed. */
#define COMMANDS(X)                                                                                \
	X(RMI_VERSION, rmi2_version, BOTH)                                                         \
	X(RMI_FEATURES, rmi2_features, BOTH)                                                       \
	X(RMI_RMM_CONFIG_GET, rmi2_config_get, BOTH)                                               \
	X(RMI_RMM_CONFIG_SET, rmi2_config_set, INIT)                                               \
	X(RMI_RMM_ACTIVATE, rmi2_activate, INIT)                                                   \
	X(RMI_RMM_DEACTIVATE, rmi2_deactivate, ACTIVE)                                             \
	X(RMI_RMM_STATE_GET, rmi2_state_get, BOTH)                                                 \
	X(RMI_GRANULE_TRACKING_GET, rmi2_tracking_get, BOTH)                                       \
	X(RMI_GRANULE_RANGE_DELEGATE, rmi2_range_delegate, ACTIVE)                                 \
	X(RMI_GRANULE_RANGE_UNDELEGATE, rmi2_range_undelegate, ACTIVE)                             \
	X(RMI_GPT_INFO, rmi2_gpt_info, BOTH)                                                       \
	X(RMI_GPT_L1_CREATE, rmi2_gpt_l1_create, ACTIVE)                                           \
	X(RMI_GPT_L1_DESTROY, rmi2_gpt_l1_destroy, ACTIVE)                                         \
	X(RMI_REALM_CREATE, rmi2_realm_create, ACTIVE)                                             \
	X(RMI_REALM_ACTIVATE, rmi2_realm_activate, ACTIVE)                                         \
	X(RMI_REALM_TERMINATE, rmi2_realm_terminate, ACTIVE)                                       \
	X(RMI_REALM_DESTROY, rmi2_realm_destroy, ACTIVE)                                           \
	X(RMI_REC_CREATE, rmi2_rec_create, ACTIVE)                                                 \
	X(RMI_REC_DESTROY, rmi2_rec_destroy, ACTIVE)                                               \
	X(RMI_REC_ENTER, rmi2_rec_enter, ACTIVE)                                                   \
	X(RMI_PSCI_COMPLETE, rmi2_psci_complete, ACTIVE)                                           \
	X(RMI_OP_CONTINUE, rmi2_op_continue, BOTH)                                                 \
	X(RMI_OP_MEM_DONATE, rmi2_op_mem_donate, BOTH)                                             \
	X(RMI_OP_MEM_RECLAIM, rmi2_op_mem_reclaim, BOTH)                                           \
	X(RMI_OP_CANCEL, rmi2_op_cancel, BOTH)                                                     \
	X(RMI_RTT_CREATE, rmi_rtt_create, ACTIVE)                                                  \
	X(RMI_RTT_DESTROY, rmi_rtt_destroy, ACTIVE)                                                \
	X(RMI_RTT_FOLD, rmi_rtt_fold, ACTIVE)                                                      \
	X(RMI_RTT_READ_ENTRY, rmi_rtt_read_entry, ACTIVE)                                          \
	X(RMI_RTT_DATA_MAP_INIT, rmi2_data_map_init, ACTIVE)                                       \
	X(RMI_EXT_DATA_MAP_INIT_RANGE, rmi2_data_map_init_range, ACTIVE)                           \
	X(RMI_RTT_DATA_MAP, rmi2_data_map, ACTIVE)                                                 \
	X(RMI_RTT_DATA_UNMAP, rmi2_data_unmap, ACTIVE)                                             \
	X(RMI_RTT_UNPROT_MAP, rmi2_unprot_map, ACTIVE)                                             \
	X(RMI_RTT_UNPROT_UNMAP, rmi2_unprot_unmap, ACTIVE)                                         \
	X(RMI_RTT_INIT_RIPAS, rmi2_init_ripas, ACTIVE)                                             \
	X(RMI_RTT_SET_RIPAS, rmi2_set_ripas, ACTIVE)

/* Commands of features that this RMM has not: first and last number. */
static const struct {
	const char *feature;
	uint16_t first, last;
} not_there[] = {
	{"RTT_DEV_VALIDATE", 0x163, 0x163},
	{"VSMMU_*", 0x16a, 0x16d},
	{"PSMMU_IRQ_NOTIFY", 0x16f, 0x16f},
	{"ATTEST_PLAT_TOKEN_REFRESH", 0x170, 0x170},
	{"PDEV_*", 0x174, 0x17c},
	{"RTT_AUX_CREATE, DESTROY, FOLD", 0x17d, 0x17f},
	{"RTT_AUX_MAP_*, older numbers", 0x180, 0x181},
	{"RTT_AUX_UNMAP_*, older numbers", 0x183, 0x184},
	{"VDEV_*", 0x185, 0x18a},
	{"RTT_SET_S2AP", 0x18b, 0x18b},
	{"VDEV_COMPLETE", 0x18e, 0x18e},
	{"VDEV_*, second part", 0x1d0, 0x1d3},
	{"VDEV_P2P_*, VSMMU events, PSMMU_ACTIVATE, DEACTIVATE", 0x1d4, 0x1d8},
	{"PSMMU_ST_L2_*, DPT_*", 0x1db, 0x1e0},
	{"GRANULE_TRACKING_SET", 0x1e3, 0x1e3},
	{"PSMMU_EVENT_CONSUME", 0x1f0, 0x1f0},
	{"RTT_DEV_*, RTT_ARCH_DEV_*", 0x1f7, 0x1fa},
	{"RTT_AUX_PROT_*, RTT_AUX_UNPROT_*", 0x1fd, 0x200},
	{"PDEV_STREAM_*", 0x204, 0x207},
	{"VSMMU_FEATURES, VSMMU_CMD_*, PSMMU_INFO", 0x20b, 0x20e},
	{"PDEV_STREAM_INFO", 0x210, 0x210},
};

/* The last call of a handler: of which command, with what. */
static struct {
	uint64_t fid;
	uint64_t x[7];
	uint64_t out[8];
} call;

/* X0 of a stub: none of the dispatcher's own answers. */
#define ANSWER(fid) ((uint64_t)(fid) << 32 | 0xabc)

static uint64_t note(uint64_t fid, const uint64_t *x, uint64_t *out)
{
	call.fid = fid;
	memcpy(call.x, x, sizeof(call.x));
	memcpy(call.out, out, sizeof(call.out));
	for (uint64_t i = 1; i < 8; i++)
		out[i] = 100 + i;
	return ANSWER(fid);
}

#define STUB(fid, handler, states)                                                                 \
	uint64_t handler(const uint64_t *x, uint64_t *out)                                         \
	{                                                                                          \
		return note(fid, x, out);                                                          \
	}
COMMANDS(STUB)

_Noreturn void arch_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "RMM panic: %s:%d: %s\n", file, line, what);
	abort();
}

static const struct command {
	const char *name;
	uint64_t fid;
	unsigned int states;
} commands[] = {
#define ROW(fid, handler, states) {#fid, fid, states},
	COMMANDS(ROW)};

/* X0 to X7 with 11, 22, ... in X1 to X7. */
static struct rmi_regs handle(uint64_t x0)
{
	struct rmi_regs r = {{x0, 11, 22, 33, 44, 55, 66, 77}};

	memset(&call, 0, sizeof(call));
	rmi2_handle(&r);
	return r;
}

/* Refused by the dispatcher itself: X1 to X3 are 0, the others the host's, no handler runs. */
static void check_refused(uint64_t fid, uint64_t x0, const char *rule)
{
	const struct rmi_regs want = {{x0, 0, 0, 0, 44, 55, 66, 77}};
	struct rmi_regs r = handle(fid);

	if (memcmp(&r, &want, sizeof(r)) != 0 || call.fid != 0)
		fail_msg("%s: %#llx gave %#llx, called %#llx", rule, (unsigned long long)fid,
			 (unsigned long long)r.x[0], (unsigned long long)call.fid);
}

static void check_called(const struct command *c)
{
	struct rmi_regs r = handle(c->fid);

	if (r.x[0] != ANSWER(c->fid) || call.fid != c->fid)
		fail_msg("%s gave %#llx, called %#llx", c->name, (unsigned long long)r.x[0],
			 (unsigned long long)call.fid);
}

/* In one state, every command there is, and those that are not supported. */
static void check_state(unsigned int state)
{
	const uint64_t none = state == ACTIVE ? RMI_ERROR_NOT_SUPPORTED : RMI_ERROR_GLOBAL;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].states & state)
			check_called(&commands[i]);
		else
			check_refused(commands[i].fid, RMI_ERROR_GLOBAL, commands[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(not_there); i++)
		for (uint64_t fnum = not_there[i].first; fnum <= not_there[i].last; fnum++)
			check_refused(RMI_FID(fnum), none, not_there[i].feature);
}

static void test_init(void **state)
{
	check_state(INIT);
}

static void test_active(void **state)
{
	assert_true(life_start());
	check_state(ACTIVE);
	assert_true(life_stop());
}

static bool known(uint64_t fid)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].fid == fid)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(not_there); i++)
		if (fid >= RMI_FID((uint64_t)not_there[i].first) &&
		    fid <= RMI_FID((uint64_t)not_there[i].last))
			return true;
	return false;
}

/* Any other number is unknown, whatever the state, and so is any other kind of call. */
static void test_unknown(void **state)
{
	static const struct {
		const char *rule;
		uint64_t fid;
	} rows[] = {
		{"SMC32", 0x84000150},
		{"a yielding call", 0x44000150},
		{"another owner", 0xc3000150},
		{"a reserved bit", 0xc4020150},
		{"0", 0},
		{"all ones", UINT32_MAX},
	};

	for (unsigned int active = 0; active < 2; active++) {
		if (active)
			assert_true(life_start());
		for (uint64_t fid = RMI_FID(0); fid <= RMI_FID(UINT64_C(0xffff)); fid++)
			if (!known(fid))
				check_refused(fid, (uint64_t)RMI_UNKNOWN_FID, "no command");
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			check_refused(rows[i].fid, (uint64_t)RMI_UNKNOWN_FID, rows[i].rule);
	}
	assert_true(life_stop());
}

/* A handler has X1 to X6 as they were, and results that start as section 1 says. */
static void test_registers(void **state)
{
	const uint64_t x[7] = {0, 11, 22, 33, 44, 55, 66};
	const uint64_t out[8] = {0, 0, 0, 0, 44, 55, 66, 77};
	struct rmi_regs r = handle(RMI_VERSION);

	assert_memory_equal(&call.x[1], &x[1], sizeof(x) - sizeof(x[0]));
	assert_memory_equal(&call.out[1], &out[1], sizeof(out) - sizeof(out[0]));
	assert_int_equal(r.x[0], ANSWER(RMI_VERSION));
	for (uint64_t i = 1; i < 8; i++)
		assert_int_equal(r.x[i], 100 + i);
}

/* The number is W0 without the SVE hint. */
static void test_number(void **state)
{
	static const uint64_t as_version[] = {
		RMI_VERSION | RMI_FID_SVE_HINT,
		RMI_VERSION | BIT(32),
		RMI_VERSION | MASK(63, 32) | RMI_FID_SVE_HINT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(as_version); i++) {
		handle(as_version[i]);
		assert_int_equal(call.fid, RMI_VERSION);
	}
	check_refused(RMI_REC_ENTER | RMI_FID_SVE_HINT, RMI_ERROR_GLOBAL, "with the hint, INIT");
	check_refused(RMI_FID(0x151) | RMI_FID_SVE_HINT, (uint64_t)RMI_UNKNOWN_FID,
		      "with the hint, unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),	cmocka_unit_test(test_active),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_registers),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
