/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The monitor's console and its end. An exception taken at EL3 that is not expected means that
 * the monitor itself is broken: it prints what it knows on the secure UART and stops the machine.
 */
#include <pl011.h>
#include <print.h>
#include <sysreg.h>
#include <util.h>

#include "monitor/resident/monitor.h"

/* Filled by vectors.S: x0 to x28. */
uint64_t panic_frame[29];

void panic_exception(uint64_t kind, const uint64_t *x, uint64_t sp) __attribute__((noreturn));

void print_char(char c)
{
	if (handoff.machine.secure_uart.base)
		pl011_putc_cooked(handoff.machine.secure_uart.base, c);
}

void panic_exception(uint64_t kind, const uint64_t *x, uint64_t sp)
{
	static const char *const types[] = {"synchronous", "IRQ", "FIQ", "SError"};
	static const char *const origins[] = {"EL3 with SP_EL0", "EL3", "lower level, AArch64",
					      "lower level, AArch32"};

	print("\nmonitor: panic: %s exception from %s\n", types[kind % 4], origins[kind / 4 % 4]);
	print("  mpidr %016lx  esr %016lx  elr %016lx\n", read_sysreg(mpidr_el1),
	      read_sysreg(esr_el3), read_sysreg(elr_el3));
	print("  far   %016lx  mfar %015lx spsr %016lx\n", read_sysreg(far_el3),
	      read_sysreg(MFAR_EL3), read_sysreg(spsr_el3));
	print("  scr   %016lx  sp  %016lx\n", read_sysreg(scr_el3), sp);
	for (unsigned int i = 0; i < ARRAY_SIZE(panic_frame); i++)
		print("%s%s%u %016lx", i % 4 ? "  " : "\n  ", i < 10 ? " x" : "x", i, x[i]);
	print("\nmonitor: stopping the machine\n");
	machine_off();
}
