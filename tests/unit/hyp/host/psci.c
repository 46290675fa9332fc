/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp/host/psci.c: what the host's PSCI calls become. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "abi/psci.h"
#include "hyp/host/psci.h"

#define OUR_ENTRY 0x7000
#define NOT_HOST  0x8000

static struct psci_cpu cpus[2];
static uint64_t seen[8], answer;
static unsigned int calls;

static void firmware(uint64_t *x)
{
	memcpy(seen, x, sizeof(seen));
	calls++;
	x[0] = answer;
}

static bool is_host(uint64_t pa)
{
	return pa != NOT_HOST;
}

static const struct psci psci = {cpus, 2, OUR_ENTRY, firmware, is_host};

static int64_t call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
	uint64_t x[8] = {fid, x1, x2, x3};

	calls = 0;
	psci_call(&psci, x);
	return (int64_t)x[0];
}

static int setup(void **state)
{
	memset(cpus, 0, sizeof(cpus));
	cpus[1].mpidr = 1;
	cpus[1].context = 0xc1;
	answer = PSCI_SUCCESS;
	return 0;
}

static void cpu_on_starts_in_hyp(void **state)
{
	uint64_t entry, value;

	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x4000, 7), PSCI_SUCCESS);
	assert_int_equal(seen[0], PSCI_CPU_ON64);
	assert_int_equal(seen[1], 1);
	assert_int_equal(seen[2], OUR_ENTRY);
	assert_int_equal(seen[3], 0xc1);
	psci_started(&cpus[1], &entry, &value);
	assert_int_equal(entry, 0x4000);
	assert_int_equal(value, 7);
}

static void cpu_on_wants_an_address_of_the_host(void **state)
{
	assert_int_equal(call(PSCI_CPU_ON64, 1, NOT_HOST, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x4002, 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(call(PSCI_CPU_ON64, 5, 0x4000, 0), PSCI_INVALID_PARAMETERS);
	assert_int_equal(calls, 0);
}

static void first_claim_decides(void **state)
{
	uint64_t entry, value;

	call(PSCI_CPU_ON64, 1, 0x4000, 7);
	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x5000, 8), PSCI_ON_PENDING);
	assert_int_equal(calls, 0);
	psci_started(&cpus[1], &entry, &value);
	assert_int_equal(entry, 0x4000);
	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x5000, 8), PSCI_SUCCESS);
}

static void refused_claim_ends(void **state)
{
	answer = (uint64_t)PSCI_ALREADY_ON;
	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x4000, 7), PSCI_ALREADY_ON);
	answer = PSCI_SUCCESS;
	assert_int_equal(call(PSCI_CPU_ON64, 1, 0x5000, 8), PSCI_SUCCESS);
}

/* hyp may lie above 4 GiB, where a 32-bit call could not have a CPU start. */
static void cpu_on32_goes_on_with_64_bits(void **state)
{
	assert_int_equal(call(PSCI_CPU_ON32, 1, 0x4000, 7), PSCI_SUCCESS);
	assert_int_equal(seen[0], PSCI_CPU_ON64);
}

static void no_cpu_is_powered_down(void **state)
{
	assert_int_equal(call(PSCI_CPU_SUSPEND64, PSCI_POWER_STATE_TYPE_POWERDOWN, 0x4000, 7),
			 PSCI_INVALID_PARAMETERS);
	assert_int_equal(calls, 0);
	assert_int_equal(call(PSCI_CPU_SUSPEND64, 0, 0x4000, 7), PSCI_SUCCESS);
	assert_int_equal(seen[2], 0);
}

static void unknown_calls_are_not_supported(void **state)
{
	assert_int_equal(call(0xc400000e, 0x4000, 0, 0), PSCI_NOT_SUPPORTED); /* SYSTEM_SUSPEND */
	assert_int_equal(call(PSCI_FEATURES, 0xc400000e, 0, 0), PSCI_NOT_SUPPORTED);
	assert_int_equal(calls, 0);
	call(PSCI_FEATURES, PSCI_CPU_ON64, 0, 0);
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cpu_on_starts_in_hyp, setup),
		cmocka_unit_test_setup(cpu_on_wants_an_address_of_the_host, setup),
		cmocka_unit_test_setup(first_claim_decides, setup),
		cmocka_unit_test_setup(refused_claim_ends, setup),
		cmocka_unit_test_setup(cpu_on32_goes_on_with_64_bits, setup),
		cmocka_unit_test_setup(no_cpu_is_powered_down, setup),
		cmocka_unit_test_setup(unknown_calls_are_not_supported, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
