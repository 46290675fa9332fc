/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest for `realm run` without a kernel: measures the way out of a Realm to the host's module
 * and back by RSI_HOST_CALL, says "hostcall: N" (ticks of the counter, the best of some batches) on
 * the console and powers off. Also the smallest Realm there is, for tests that need many.
 */
#include <sysreg.h>

#include "abi/psci.h"
#include "abi/rsi.h"
#include "vmm/dev/uart/address.h"

#define BATCHES 40
#define CALLS	25

void guest_main(void);

static struct rsi_realm_config config __attribute__((aligned(4096)));
static struct rsi_host_call call __attribute__((aligned(RSI_HOST_CALL_ALIGN)));
static volatile uint8_t *uart; /* the shared alias */

static uint64_t smc(uint64_t function, uint64_t argument)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = argument;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1)
			 :
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
			   "x13", "x14", "x15", "x16", "x17", "memory", "cc");
	return x0;
}

static void print(const char *text)
{
	while (*text)
		*uart = (uint8_t)*text++;
}

static void print_number(uint64_t value)
{
	char digits[24], *at = digits + sizeof(digits) - 1;

	*at = 0;
	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	print(at);
}

static uint64_t ticks(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

/* Ticks of a batch; the host's own interrupts are in some of them. */
static uint64_t batch(void)
{
	uint64_t start = ticks();

	for (int i = 0; i < CALLS; i++)
		smc(RSI_HOST_CALL, (uint64_t)&call);
	return ticks() - start;
}

void guest_main(void)
{
	uint64_t best = ~UINT64_C(0);

	if (smc(RSI_REALM_CONFIG, (uint64_t)&config) == RSI_SUCCESS) {
		uart = (uint8_t *)(UART_BASE | UINT64_C(1) << (config.ipa_width - 1));
		for (int i = 0; i < BATCHES; i++) {
			uint64_t now = batch();

			best = now < best ? now : best;
		}
		print("hostcall: ");
		print_number(best / CALLS);
		print("\n");
	}
	smc(PSCI_SYSTEM_OFF, 0);
}
