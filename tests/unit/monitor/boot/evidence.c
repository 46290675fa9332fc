/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/boot/evidence.c: what the platform token says was measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "monitor/boot/evidence.h"
#include "monitor/include/platform.h"
#include "tests/unit/monitor/boot/tree.h"

static uint8_t config[EVIDENCE_CONFIG_SIZE], other[EVIDENCE_CONFIG_SIZE];

/* SHA-256 of 32 zeros and SHA-256("abc"), by Python. */
static void a_component_is_a_register_that_is_extended_once(void **state)
{
	static const uint8_t want[SHA256_SIZE] = {0x58, 0x9f, 0x9f, 0xfe, 0xd4, 0xc4, 0x77, 0x96,
						  0x6b, 0xfb, 0x8d, 0x41, 0xf3, 0x78, 0x95, 0xb0,
						  0x8c, 0x69, 0x04, 0x7d, 0xf8, 0xf9, 0x11, 0xd6,
						  0xf3, 0xb5, 0x7f, 0xbe, 0x08, 0xfa, 0xee, 0x8d};
	uint8_t got[SHA256_SIZE];

	evidence_component("abc", 3, got);
	assert_memory_equal(got, want, sizeof(want));
}

static void the_configuration_of_the_machine(void **state)
{
	/* SHA-256 of the map of devices, by Python. */
	static const uint8_t devices[SHA256_SIZE] = {
		0x20, 0xc6, 0x62, 0x64, 0xa8, 0xef, 0x66, 0x8d, 0xbc, 0xd2, 0x3a,
		0x5b, 0xa1, 0x91, 0xe1, 0x40, 0xd8, 0xef, 0x69, 0x07, 0x3d, 0x79,
		0x86, 0xa7, 0x02, 0xeb, 0x42, 0x38, 0x04, 0xd3, 0x9b, 0x8f};
	static const uint8_t numbers[] = {
		0, 0, 0, 0, 0,	  0, 0, 1, /* banks of DRAM */
		0, 0, 0, 0, 0x40, 0, 0, 0, /* where the first begins */
		0, 0, 0, 0, 0,	  0, 0, 2, /* CPUs */
		0, 0, 0, 0, 0xc0, 0, 0, 0, /* bytes of DRAM */
	};
	struct machine m;

	assert_int_equal(machine_from_fdt(tree_load(), &m), 0);
	evidence_config(&m, config);
	assert_memory_equal(config, "kvm-cca config 1", 16);
	assert_memory_equal(config + 16, devices, sizeof(devices));
	assert_memory_equal(config + 48, numbers, sizeof(numbers));
}

static void reference_values_are_those_of_the_machine(void **state)
{
	struct machine m;

	assert_int_equal(machine_from_fdt(tree_load(), &m), 0);
	evidence_config(&m, config);
	evidence_config(&platform_reference, other);
	assert_memory_equal(config, other, EVIDENCE_CONFIG_CHOSEN);
}

static void what_the_starter_chooses_is_at_the_end(void **state)
{
	struct machine m = platform_reference;

	evidence_config(&m, config);
	m.nr_cpus = 9;
	m.dram[0].size = 0x123456000;
	m.top = 1;
	evidence_config(&m, other);
	assert_memory_equal(config, other, EVIDENCE_CONFIG_CHOSEN);
	assert_memory_equal(other + 64, "\0\0\0\0\0\0\0\x09\0\0\0\x01\x23\x45\x60\0", 16);
	m.nr_dram = 2;
	m.dram[1].size = 0x1000;
	evidence_config(&m, other);
	assert_memory_equal(other + 48, "\0\0\0\0\0\0\0\x02", 8);
	assert_memory_equal(other + 72, "\0\0\0\x01\x23\x45\x70\0", 8);
}

static void expect_other_devices(struct machine *m)
{
	evidence_config(&platform_reference, config);
	evidence_config(m, other);
	assert_memory_not_equal(config + 16, other + 16, SHA256_SIZE);
	*m = platform_reference;
}

static void each_device_counts(void **state)
{
	struct machine m = platform_reference;
	struct region *const regions[] = {&m.secure_flash, &m.secure_sram, &m.secure_uart,
					  &m.secure_gpio,  &m.gicd,	   &m.gicr,
					  &m.uart,	   &m.coh_dev[0],  &m.coh_dev[2]};

	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		regions[i]->base ^= 0x1000;
		expect_other_devices(&m);
		regions[i]->size ^= 0x1000;
		expect_other_devices(&m);
	}
	m.uart_clk_hz++;
	expect_other_devices(&m);
	m.nr_coh_dev--;
	expect_other_devices(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_component_is_a_register_that_is_extended_once),
		cmocka_unit_test(the_configuration_of_the_machine),
		cmocka_unit_test(reference_values_are_those_of_the_machine),
		cmocka_unit_test(what_the_starter_chooses_is_at_the_end),
		cmocka_unit_test(each_device_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
