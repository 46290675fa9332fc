/* SPDX-License-Identifier: BSD-3-Clause */
/* The UART's registers, see uart8250.h. Source: data sheet of the PC16550D. */
#include <string.h>
#include <util.h>

#include "vmm/dev/uart/uart8250.h"

enum { REG_DATA, REG_IER, REG_IIR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCR };
#define REG_FCR REG_IIR

#define IER_RX	 0x01
#define IER_TX	 0x02
#define IER_LINE 0x04
#define IER_MASK 0x0f

#define IIR_NONE      0x01
#define IIR_TX	      0x02
#define IIR_RX	      0x04
#define IIR_LINE      0x06
#define IIR_RX_TIMOUT 0x0c
#define IIR_FIFO_ON   0xc0

#define FCR_ENABLE   0x01
#define FCR_CLEAR_RX 0x02

#define LCR_DLAB 0x80

#define MCR_DTR	 0x01
#define MCR_RTS	 0x02
#define MCR_OUT1 0x04
#define MCR_OUT2 0x08
#define MCR_LOOP 0x10
#define MCR_MASK 0x1f

#define LSR_DATA    0x01
#define LSR_OVERRUN 0x02
#define LSR_EMPTY   0x60 /* holding register and transmitter */

/*
 * A guest that polls for input reads the line status again and again. One that polls for room to
 * send reads it once or twice for each byte: here there always is room.
 */
#define POLLS_OF_A_LISTENER 8

#define MSR_CTS 0x10
#define MSR_DSR 0x20
#define MSR_RI	0x40
#define MSR_DCD 0x80

void uart8250_init(struct uart8250 *u)
{
	*u = (struct uart8250){.mcr = MCR_OUT2, .dll = 1, .trigger = 1};
}

static unsigned int capacity(const struct uart8250 *u)
{
	return u->fifo_on ? UART8250_FIFO : 1;
}

/*
 * True while the guest has a use for input: its driver has the receive interrupt on, or it polls.
 * Before that a driver that starts would throw input away. RTS counts from when it was first on.
 */
static bool listening(const struct uart8250 *u)
{
	if (u->mcr & MCR_LOOP || (u->rts_used && !(u->mcr & MCR_RTS)))
		return false;
	return u->ier & IER_RX || u->polls >= POLLS_OF_A_LISTENER;
}

unsigned int uart8250_room(const struct uart8250 *u)
{
	if (!listening(u) || u->returned || u->count >= capacity(u))
		return 0;
	return capacity(u) - u->count;
}

/* Puts a byte into the receiver: behind those that are there, before those that come again. */
static void put_byte(struct uart8250 *u, uint8_t byte)
{
	memmove(u->bytes + u->count + 1, u->bytes + u->count, u->returned);
	u->bytes[u->count++] = byte;
}

/* How many bytes came from outside. In loopback those in the receiver are the guest's own. */
static unsigned int count_of_line(const struct uart8250 *u)
{
	return u->returned + (u->mcr & MCR_LOOP ? 0u : u->count);
}

/* The guest may have reset the FIFO, or stopped listening, since uart8250_room() was asked. */
void uart8250_receive(struct uart8250 *u, uint8_t byte)
{
	if (uart8250_room(u))
		put_byte(u, byte);
	else if (count_of_line(u) < UART8250_HELD - UART8250_FIFO)
		u->bytes[u->count + u->returned++] = byte;
	else
		u->overrun = true;
}

static void receive_own(struct uart8250 *u, uint8_t byte)
{
	if (u->count >= capacity(u))
		u->overrun = true;
	else
		put_byte(u, byte);
}

static uint8_t take_byte(struct uart8250 *u)
{
	uint8_t byte = u->bytes[0];

	if (u->count == 0)
		return 0;
	u->count--;
	memmove(u->bytes, u->bytes + 1, u->count + u->returned);
	return byte;
}

/* Bytes from outside are not lost: they come again, before those that were to come already. */
static void clear_fifo(struct uart8250 *u)
{
	if (u->mcr & MCR_LOOP)
		memmove(u->bytes, u->bytes + u->count, u->returned);
	else
		u->returned += u->count;
	u->count = 0;
}

bool uart8250_has_returned(const struct uart8250 *u)
{
	return u->returned && u->count < capacity(u) && listening(u);
}

void uart8250_receive_returned(struct uart8250 *u)
{
	while (uart8250_has_returned(u)) {
		u->count++;
		u->returned--;
	}
}

/* The pending interrupt of highest priority. */
static uint8_t pending(const struct uart8250 *u)
{
	if (u->overrun && u->ier & IER_LINE)
		return IIR_LINE;
	if (u->count && u->ier & IER_RX)
		return u->count >= u->trigger ? IIR_RX : IIR_RX_TIMOUT;
	if (u->thr_empty && u->ier & IER_TX)
		return IIR_TX;
	return IIR_NONE;
}

bool uart8250_irq(const struct uart8250 *u)
{
	return pending(u) != IIR_NONE;
}

static uint8_t read_iir(struct uart8250 *u)
{
	uint8_t cause = pending(u);

	if (cause == IIR_TX)
		u->thr_empty = false;
	return cause | (u->fifo_on ? IIR_FIFO_ON : 0);
}

static uint8_t read_lsr(struct uart8250 *u)
{
	uint8_t value = LSR_EMPTY | (u->count ? LSR_DATA : 0) | (u->overrun ? LSR_OVERRUN : 0);

	u->overrun = false;
	u->polls += u->polls < POLLS_OF_A_LISTENER;
	return value;
}

/* The peer is always ready. In loopback the modem outputs come back as inputs. */
static uint8_t read_msr(const struct uart8250 *u)
{
	if (!(u->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
	       (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0);
}

uint8_t uart8250_read(struct uart8250 *u, unsigned int reg)
{
	bool divisor = u->lcr & LCR_DLAB;

	switch (reg) {
	case REG_DATA:
		return divisor ? u->dll : take_byte(u);
	case REG_IER:
		return divisor ? u->dlm : u->ier;
	case REG_IIR:
		return read_iir(u);
	case REG_LCR:
		return u->lcr;
	case REG_MCR:
		return u->mcr;
	case REG_LSR:
		return read_lsr(u);
	case REG_MSR:
		return read_msr(u);
	default:
		return u->scr;
	}
}

static bool write_data(struct uart8250 *u, uint8_t value, uint8_t *out)
{
	u->thr_empty = true;
	if (u->mcr & MCR_LOOP) {
		receive_own(u, value);
		return false;
	}
	*out = value;
	return true;
}

/* The transmitter is always empty: enabling the interrupt that says so raises it at once. */
static void write_ier(struct uart8250 *u, uint8_t value)
{
	if (value & ~u->ier & IER_TX)
		u->thr_empty = true;
	u->ier = value & IER_MASK;
}

/*
 * Loopback takes the receiver off the line. What it holds then is from the other side of that
 * switch, so it is cleared.
 */
static void write_mcr(struct uart8250 *u, uint8_t value)
{
	if ((value ^ u->mcr) & MCR_LOOP)
		clear_fifo(u);
	u->mcr = value & MCR_MASK;
	u->rts_used |= value & MCR_RTS;
}

static void write_fcr(struct uart8250 *u, uint8_t value)
{
	static const uint8_t triggers[] = {1, 4, 8, 14};
	bool on = value & FCR_ENABLE;

	if (on != u->fifo_on || value & FCR_CLEAR_RX)
		clear_fifo(u);
	u->fifo_on = on;
	u->trigger = on ? triggers[value >> 6] : 1;
}

bool uart8250_write(struct uart8250 *u, unsigned int reg, uint8_t value, uint8_t *out)
{
	bool divisor = u->lcr & LCR_DLAB;

	u->polls = 0;
	switch (reg) {
	case REG_DATA:
		if (!divisor)
			return write_data(u, value, out);
		u->dll = value;
		break;
	case REG_IER:
		if (divisor)
			u->dlm = value;
		else
			write_ier(u, value);
		break;
	case REG_FCR:
		write_fcr(u, value);
		break;
	case REG_LCR:
		u->lcr = value;
		break;
	case REG_MCR:
		write_mcr(u, value);
		break;
	case REG_SCR:
		u->scr = value;
		break;
	}
	return false;
}
