/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Input that was typed or piped in and that the guest has not taken yet. From a terminal all of it
 * is read at once, so that the escape key works while the guest takes nothing. From a pipe or file
 * no more is read than the guest has room for, because the rest may be for the program that reads
 * it next. Main thread only.
 */
#ifndef VMM_DEV_UART_INPUT_H
#define VMM_DEV_UART_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/uart/escape.h"

#define INPUT_SIZE 16384

struct uart;

struct input {
	int fd; /* -1: no input, or its end has been read */
	bool terminal;
	bool wanted; /* there is room for what fd has */
	struct escape escape;
	size_t count;
	uint8_t bytes[INPUT_SIZE];
};

void input_open(struct input *in, int fd);

/* Gives the UART what there is room for. */
void input_give(struct input *in, struct uart *uart);

/* Reads from fd, which is readable, and gives. True when the user wants to end the VM. */
bool input_take(struct input *in, struct uart *uart);

#endif
