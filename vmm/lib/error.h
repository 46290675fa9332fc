/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What went wrong, in words. Whoever finds an error says it once, here, and returns its negative
 * errno; main() prints it when the terminal is back in order. Any thread may call.
 */
#ifndef VMM_LIB_ERROR_H
#define VMM_LIB_ERROR_H

#include <stdbool.h>

/* Keeps the text unless an earlier one is kept already (the first cause matters). Returns err. */
int error_set(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Prints a line of advice to the user at once, with what a raw terminal needs to end it. Not an
 * error: nothing is kept.
 */
void error_advise(const char *text, bool raw_terminal);

/* The kept text, "" if there is none. */
const char *error_text(void);

void error_clear(void);

#endif
