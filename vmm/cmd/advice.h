/* SPDX-License-Identifier: BSD-3-Clause */
/* The advice to the user of a guest that says nothing on its console. Pure. */
#ifndef VMM_CMD_ADVICE_H
#define VMM_CMD_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADVICE_SIZE 512

/*
 * Writes one line: the likely causes, and what would show the guest's first words. From ipa_bits
 * and realm follows where an early console finds the UART; append is the kernel's command line.
 */
void advice_write(char text[ADVICE_SIZE], unsigned int ipa_bits, bool realm, const char *append);

#endif
