/* SPDX-License-Identifier: BSD-3-Clause */
/* The text for silent guests, see advice.h. */
#include <stdio.h>
#include <string.h>

#include "vmm/cmd/advice.h"
#include "vmm/dev/uart/address.h"

/* A Realm reaches devices through the upper half of its address space, which is shared. */
static uint64_t uart_address(unsigned int ipa_bits, bool realm)
{
	return UART_BASE + (realm ? 1ULL << (ipa_bits - 1) : 0);
}

void advice_write(char text[ADVICE_SIZE], unsigned int ipa_bits, bool realm, const char *append)
{
	bool console = strstr(append, "console=ttyS0") != NULL;

	snprintf(text, ADVICE_SIZE,
		 "the guest's console has said nothing%s: %s%s; "
		 "earlycon=uart8250,mmio,%#llx in --append shows the kernel's first words",
		 console ? "" : ", and console=ttyS0 is not in --append",
		 "perhaps it has too little memory (--mem)",
		 realm ? ", or the kernel cannot be a Realm (Linux 6.13 or newer can)" : "",
		 (unsigned long long)uart_address(ipa_bits, realm));
}
