/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest for `realm run` without a kernel: says what its measurements are ("rim: HEX", then
 * "rem0: HEX" after it has extended REM 0 by the bytes 00 to 0f) and powers off. What the command
 * line, an initrd or devices are does not matter to it, so that a test can run many shapes of it.
 */
#include <sysreg.h>

#include "abi/psci.h"
#include "abi/rsi.h"
#include "vmm/dev/uart/address.h"

#define VALUE_SIZE 16

void guest_main(void);

static struct rsi_realm_config config __attribute__((aligned(4096)));
static volatile uint8_t *uart; /* the shared alias */

/* Arguments from X0 on, results likewise. */
static void smc(uint64_t x[11])
{
	register uint64_t x0 __asm__("x0") = x[0];
	register uint64_t x1 __asm__("x1") = x[1];
	register uint64_t x2 __asm__("x2") = x[2];
	register uint64_t x3 __asm__("x3") = x[3];
	register uint64_t x4 __asm__("x4") = x[4];
	register uint64_t x5 __asm__("x5") = x[5];
	register uint64_t x6 __asm__("x6") = x[6];
	register uint64_t x7 __asm__("x7") = x[7];
	register uint64_t x8 __asm__("x8") = x[8];

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),
			   "+r"(x7), "+r"(x8)
			 :
			 : "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory",
			   "cc");
	x[0] = x0;
	x[1] = x1;
	x[2] = x2;
	x[3] = x3;
	x[4] = x4;
	x[5] = x5;
	x[6] = x6;
	x[7] = x7;
	x[8] = x8;
}

static void print(const char *text)
{
	while (*text)
		*uart = (uint8_t)*text++;
}

static void print_slot(const char *name, uint64_t slot)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t x[11] = {RSI_MEASUREMENT_READ, slot};

	smc(x);
	print(name);
	for (unsigned int i = 0; x[0] == RSI_SUCCESS && i < RSI_MEASUREMENT_SIZE; i++) {
		unsigned int byte = x[1 + i / 8] >> 8 * (i % 8) & 0xff;

		*uart = (uint8_t)digits[byte >> 4];
		*uart = (uint8_t)digits[byte & 0xf];
	}
	print("\n");
}

void guest_main(void)
{
	uint64_t x[11] = {RSI_REALM_CONFIG, (uint64_t)&config};

	smc(x);
	if (x[0] == RSI_SUCCESS) {
		uint64_t extend[11] = {RSI_MEASUREMENT_EXTEND, 1, VALUE_SIZE, 0x0706050403020100,
				       0x0f0e0d0c0b0a0908};

		uart = (uint8_t *)(UART_BASE | UINT64_C(1) << (config.ipa_width - 1));
		print_slot("rim: ", 0);
		smc(extend);
		print_slot("rem0: ", 1);
	}
	smc((uint64_t[11]){PSCI_SYSTEM_OFF});
}
