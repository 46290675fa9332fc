/* SPDX-License-Identifier: BSD-3-Clause */
/* The console's escape key, Ctrl-A: x ends the VM, Ctrl-A again sends Ctrl-A. Pure. */
#ifndef VMM_DEV_UART_ESCAPE_H
#define VMM_DEV_UART_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct escape {
	bool armed; /* the escape key was the last one */
};

/*
 * Filters what was typed, in place: *count bytes become those the guest is to get. True when the
 * user wants to end the VM; nothing after that key is looked at.
 */
bool escape_filter(struct escape *e, uint8_t *bytes, size_t *count);

#endif
