/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What went wrong, in words. Whoever finds an error says it once, here, and returns its negative
 * errno; main() prints it when the terminal is back in order. Any thread may call.
 */
#ifndef VMM_ERROR_H
#define VMM_ERROR_H

/* Keeps the text unless an earlier one is kept already (the first cause matters). Returns err. */
int error_set(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The kept text, "" if there is none. */
const char *error_text(void);

void error_clear(void);

#endif
