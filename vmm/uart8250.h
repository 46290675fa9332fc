/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A 16550A UART: registers, receive FIFO, interrupt line. Transmission takes no time. Pure: no
 * locks, no I/O; console.c owns the instance the guest sees.
 */
#ifndef VMM_UART8250_H
#define VMM_UART8250_H

#include <stdbool.h>
#include <stdint.h>

#define UART8250_REGS 8
#define UART8250_FIFO 16

struct uart8250 {
	uint8_t ier, lcr, mcr, scr, dll, dlm;
	bool fifo_on;
	uint8_t trigger; /* bytes in the FIFO that raise "data available" at once */
	bool overrun;	 /* a byte was lost; until LSR is read */
	bool thr_empty;	 /* "transmitter empty" is to be reported by IIR */
	uint8_t fifo[UART8250_FIFO];
	uint8_t head, count;
};

void uart8250_init(struct uart8250 *u);

/* reg is 0 to 7. */
uint8_t uart8250_read(struct uart8250 *u, unsigned int reg);

/* True when a byte leaves the UART by this write: *out is it. */
bool uart8250_write(struct uart8250 *u, unsigned int reg, uint8_t value, uint8_t *out);

/* How many bytes can be received now. */
unsigned int uart8250_room(const struct uart8250 *u);

/* A byte arrives. When there is no room it is lost and the overrun reported to the guest. */
void uart8250_receive(struct uart8250 *u, uint8_t byte);

/* Level of the interrupt line. */
bool uart8250_irq(const struct uart8250 *u);

#endif
