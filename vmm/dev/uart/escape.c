/* SPDX-License-Identifier: BSD-3-Clause */
/* The escape key's two states, see escape.h. */
#include "vmm/dev/uart/escape.h"

#define ESCAPE_KEY 0x01 /* Ctrl-A */

bool escape_filter(struct escape *e, uint8_t *bytes, size_t *count)
{
	size_t in, out = 0;
	bool quit = false;

	for (in = 0; in < *count && !quit; in++) {
		uint8_t byte = bytes[in];

		if (!e->armed && byte == ESCAPE_KEY) {
			e->armed = true;
			continue;
		}
		quit = e->armed && (byte == 'x' || byte == 'X');
		/* Any other key after the escape key is dropped with it. */
		if (!e->armed || byte == ESCAPE_KEY)
			bytes[out++] = byte;
		e->armed = false;
	}
	*count = out;
	return quit;
}
