/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Formatted output for firmware. The part that links lib/print.c provides print_char().
 * Conversions: %s %c %d %u %x with l or ll, %p, %%; width and the 0 flag. No locking.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include <stdarg.h>

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprint(const char *format, va_list args);

/* Provided by the part: emits one character. */
void print_char(char c);

#endif
