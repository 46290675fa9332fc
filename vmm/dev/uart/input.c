/* SPDX-License-Identifier: BSD-3-Clause */
/* Input on its way to the guest, see input.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm/dev/uart/input.h"
#include "vmm/dev/uart/uart.h"

void input_open(struct input *in, int fd)
{
	in->fd = fd;
	in->terminal = fd >= 0 && isatty(fd);
	in->wanted = fd >= 0;
	in->escape = (struct escape){0};
	in->count = 0;
}

/* Ends only when all is given or the UART has no room, and then its event says when it has. */
void input_give(struct input *in, struct uart *uart)
{
	size_t room, part;

	while ((room = uart_room(uart)) && in->count) {
		part = in->count < room ? in->count : room;
		uart_input(uart, in->bytes, part);
		in->count -= part;
		memmove(in->bytes, in->bytes + part, in->count);
	}
	in->wanted = in->terminal ? in->count < INPUT_SIZE : room > 0;
}

static size_t wanted_bytes(struct input *in, struct uart *uart)
{
	return in->terminal ? INPUT_SIZE - in->count : uart_room(uart);
}

bool input_take(struct input *in, struct uart *uart)
{
	uint8_t *start = in->bytes + in->count;
	size_t room = wanted_bytes(in, uart), count;
	bool quit = false;
	ssize_t got = room ? read(in->fd, start, room) : 0;

	if (got > 0) {
		count = (size_t)got;
		quit = in->terminal && escape_filter(&in->escape, start, &count);
		in->count += count;
	} else if (room && (got == 0 || (errno != EAGAIN && errno != EINTR))) {
		in->fd = -1;
	}
	input_give(in, uart);
	return quit;
}
