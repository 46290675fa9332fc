/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test RMM: results of the cold boot in memory, because the console belongs to the host. Single
 * threaded (cold boot); read-only afterwards. Implements check() of payload.h.
 */
#include <stddef.h>
#include <print.h>
#include <pl011.h>
#include <sysreg.h>

#include "tests/firmware/rmm/rmm.h"

#define MAX_RECORDS 256
#define UART_NS	    (MMU_NS_WINDOW + 0x09000000)

static struct record records[MAX_RECORDS];
static uint64_t nr_records;
static size_t text_length;
static bool to_console;

void print_char(char c)
{
	struct record *record = &records[nr_records];

	if (to_console) {
		pl011_putc_cooked(UART_NS, c);
		return;
	}
	if (text_length < sizeof(record->text) - 1)
		record->text[text_length++] = c;
	record->text[text_length] = '\0';
}

static void record_end(bool ok, bool diagnostic)
{
	struct record *record = &records[nr_records];

	record->ok = ok;
	record->diagnostic = diagnostic;
	text_length = 0;
	/* The last slot is never finished: an overflow shows as a failed test point. */
	if (nr_records < MAX_RECORDS - 1)
		nr_records++;
	else
		records[MAX_RECORDS - 2].ok = false;
}

bool check(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint(format, args);
	va_end(args);
	record_end(ok, false);
	return ok;
}

bool check_eq(uint64_t got, uint64_t want, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint(format, args);
	va_end(args);
	if (got != want)
		print(": got 0x%lx, want 0x%lx", got, want);
	record_end(got == want, false);
	return got == want;
}

void record_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprint(format, args);
	va_end(args);
	record_end(true, true);
}

const struct record *record_get(uint64_t index)
{
	return index < nr_records ? &records[index] : NULL;
}

/* The EL2 payload's deadline ends the run; the console says why. */
void fatal_exception(uint64_t kind, uint64_t esr, uint64_t elr, uint64_t far)
{
	to_console = true;
	print("\nBail out! test RMM: vector %lu esr 0x%lx elr 0x%lx far 0x%lx\n", kind, esr, elr,
	      far);
	for (;;)
		wfi();
}
