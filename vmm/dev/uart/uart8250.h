/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A 16550A UART: registers, receive FIFO, interrupt line. Transmission takes no time. Pure: no
 * locks, no I/O; uart.c owns the instance the guest sees.
 *
 * On a wire, input that comes before a driver is ready, or while it resets the FIFO, is lost. This
 * UART loses none of it: it has no room until the guest listens (its receive interrupt is on, or it
 * polls for input) and while the guest has taken RTS back, and what a reset of the FIFO throws out
 * comes once more.
 */
#ifndef VMM_DEV_UART_UART8250_H
#define VMM_DEV_UART_UART8250_H

#include <stdbool.h>
#include <stdint.h>

#define UART8250_REGS 8
#define UART8250_FIFO 16

/*
 * Room for three FIFOs: one full of bytes that a reset has thrown out, one of bytes that were on
 * their way at that moment, and, in loopback, one of the guest's own bytes.
 */
#define UART8250_HELD (3 * UART8250_FIFO)

struct uart8250 {
	uint8_t ier, lcr, mcr, scr, dll, dlm;
	bool fifo_on;
	uint8_t trigger; /* bytes in the FIFO that raise "data available" at once */
	bool overrun;	 /* a byte was lost; until LSR is read */
	bool thr_empty;	 /* "transmitter empty" is to be reported by IIR */
	bool rts_used;	 /* the guest has had RTS on: from then on, off means "do not send" */
	uint8_t polls;	 /* reads of LSR since the last write; enough of them are polling */
	uint8_t bytes[UART8250_HELD]; /* what is in the receiver, then what is to come again */
	uint8_t count, returned;      /* how many of each */
};

void uart8250_init(struct uart8250 *u);

/* reg is 0 to 7. */
uint8_t uart8250_read(struct uart8250 *u, unsigned int reg);

/* Returns true if the write sends a byte; *out is then that byte. */
bool uart8250_write(struct uart8250 *u, unsigned int reg, uint8_t value, uint8_t *out);

/* How many bytes from outside can be received now; 0 as long as the guest does not listen. */
unsigned int uart8250_room(const struct uart8250 *u);

/*
 * A byte arrives from outside. No more than uart8250_room() may be sent before it is asked again;
 * if the room has gone since then, the byte counts as one that was thrown out.
 */
void uart8250_receive(struct uart8250 *u, uint8_t byte);

/* True when bytes that a reset of the FIFO has thrown out can be received again. */
bool uart8250_has_returned(const struct uart8250 *u);

/* Receives bytes again that a reset has thrown out, as many as there is room for. */
void uart8250_receive_returned(struct uart8250 *u);

/* Level of the interrupt line. */
bool uart8250_irq(const struct uart8250 *u);

#endif
