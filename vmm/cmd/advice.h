/* SPDX-License-Identifier: BSD-3-Clause */
/* What to say of a guest whose console says nothing. Pure. */
#ifndef VMM_CMD_ADVICE_H
#define VMM_CMD_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADVICE_SIZE 512

/*
 * Writes the likely causes and what shows the guest's first words: one line. ipa_bits and realm
 * say where the UART is for an early console; append is the kernel's command line.
 */
void advice_write(char text[ADVICE_SIZE], unsigned int ipa_bits, bool realm, const char *append);

#endif
