/* SPDX-License-Identifier: BSD-3-Clause */
/* PL011 UART, output only, polled. The caller maps the registers and serialises. */
#ifndef LIB_PL011_H
#define LIB_PL011_H

#include <stdint.h>

#define PL011_DR      0x00
#define PL011_FR      0x18
#define PL011_FR_TXFF (1u << 5)
#define PL011_CR      0x30
#define PL011_CR_ON   0x301 /* UART, transmitter and receiver enabled */

/* Switches the UART on with the line settings it has. */
static inline void pl011_enable(uintptr_t base)
{
	*(volatile uint32_t *)(base + PL011_CR) = PL011_CR_ON;
}

/* Waits for room in the FIFO, then writes one character; `base` is the mapped register frame. */
static inline void pl011_putc(uintptr_t base, char c)
{
	volatile uint32_t *dr = (volatile uint32_t *)(base + PL011_DR);
	volatile uint32_t *fr = (volatile uint32_t *)(base + PL011_FR);

	while (*fr & PL011_FR_TXFF) {
	}
	*dr = (uint32_t)(unsigned char)c;
}

/* As a terminal expects it: line feed becomes carriage return and line feed. */
static inline void pl011_putc_cooked(uintptr_t base, char c)
{
	if (c == '\n')
		pl011_putc(base, '\r');
	pl011_putc(base, c);
}

#endif
