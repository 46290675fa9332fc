/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as TAP on the Non-secure PL011 of the virt machine. CPU 0 only. */
#include <pl011.h>
#include <print.h>

#include "abi/psci.h"
#include "tests/lib/bare/el2.h"

#define UART 0x09000000

static uint32_t points;
static uint32_t failures;

void print_char(char c)
{
	pl011_putc_cooked(UART, c);
}

bool check(bool ok, const char *format, ...)
{
	va_list args;

	print("%sok %u - ", ok ? "" : "not ", ++points);
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	print("\n");
	failures += !ok;
	return ok;
}

bool check_eq(uint64_t got, uint64_t want, const char *format, ...)
{
	va_list args;

	print("%sok %u - ", got == want ? "" : "not ", ++points);
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	if (got != want)
		print(": got 0x%lx, want 0x%lx", got, want);
	print("\n");
	failures += got != want;
	return got == want;
}

void skip(const char *format, ...)
{
	va_list args;

	print("ok %u - # SKIP ", ++points);
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	print("\n");
}

void note(const char *format, ...)
{
	va_list args;

	print("# ");
	va_start(args, format);
	vprint(format, args);
	va_end(args);
	print("\n");
}

static void __attribute__((noreturn)) power_off(void)
{
	smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}

void tap_finish(void)
{
	if (failures)
		note("%u of %u failed", failures, points);
	print("1..%u\n", points);
	power_off();
}

void fatal_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	extern const char image_start[];

	print("\nBail out! vector %lu esr 0x%lx elr 0x%lx (image + 0x%lx) far "
	      "0x%lx\n",
	      kind, esr, elr, elr - (uint64_t)image_start, far);
	power_off();
}
