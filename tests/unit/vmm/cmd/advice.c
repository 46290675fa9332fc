/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/advice.c: what is said of a guest that says nothing. */
#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/advice.h"

static char text[ADVICE_SIZE];

static void assert_says(const char *part, bool wanted)
{
	if (!strstr(text, part) != !wanted)
		fail_msg("\"%s\": \"%s\" is%s wanted", text, part, wanted ? "" : " not");
}

static void causes_and_the_early_console_of_a_realm(void **state)
{
	advice_write(text, 33, true, "console=ttyS0 quiet");
	assert_says("memory (--mem)", true);
	assert_says("6.13", true);
	assert_says("earlycon=uart8250,mmio,0x109000000 ", true);
	assert_says("console=ttyS0 is not", false);
	advice_write(text, 40, true, "console=ttyS0");
	assert_says("mmio,0x8009000000 ", true);
}

static void an_ordinary_vm_has_its_uart_where_it_is(void **state)
{
	advice_write(text, 33, false, "console=ttyS0");
	assert_says("mmio,0x9000000 ", true);
	assert_says("6.13", false);
}

static void a_command_line_without_a_console_is_named(void **state)
{
	advice_write(text, 33, true, "console=ttyAMA0 quiet");
	assert_says("console=ttyS0 is not in --append", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes_and_the_early_console_of_a_realm),
		cmocka_unit_test(an_ordinary_vm_has_its_uart_where_it_is),
		cmocka_unit_test(a_command_line_without_a_console_is_named),
	};

	return cmocka_run_group_tests_name("vmm/cmd/advice", tests, NULL, NULL);
}
