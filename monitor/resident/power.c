/* SPDX-License-Identifier: BSD-3-Clause */
/* Power-off and reset of the machine: two output lines of the secure PL061 GPIO controller. */
#include <print.h>
#include <sysreg.h>

#include "monitor/resident/monitor.h"

#define PL061_DIR	0x400
#define PL061_DATA(bit) (4u << (bit)) /* the address selects which lines a write changes */
#define LINE_OFF	0
#define LINE_RESET	1

static void __attribute__((noreturn)) raise_line(unsigned int line)
{
	uint64_t gpio = handoff.machine.secure_gpio.base;

	if (gpio) {
		volatile uint32_t *dir = (volatile uint32_t *)(gpio + PL061_DIR);
		volatile uint32_t *data =
			(volatile uint32_t *)(gpio + ((uint64_t)PL061_DATA(line)));

		*data = 0;
		*dir |= 1u << line;
		*data = 1u << line;
		dsb(sy);
	}
	for (;;)
		wfi();
}

void machine_off(void)
{
	raise_line(LINE_OFF);
}

void machine_reset(void)
{
	raise_line(LINE_RESET);
}
