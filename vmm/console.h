/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's UART and what is behind it: descriptors for output and input, its interrupt. vCPU
 * threads read and write registers, the main thread feeds input and writes output. Output is
 * gathered for a moment: where it goes (a host's own UART) each write may cost the vCPU an exit.
 */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uart8250.h"

#define CONSOLE_GATHER_MS 8
#define CONSOLE_OUT_SIZE  4096

struct vm;

struct console {
	struct vm *vm;
	int in;	  /* -1: no input */
	int out;  /* the bytes the guest sends */
	bool own; /* out and own_in were opened here */
	int own_in;
	int room_event; /* eventfd: the guest made room while input was waiting for it */
	int out_event;	/* eventfd: the first byte of output since it was all written */
	pthread_mutex_t lock;
	struct uart8250 uart;
	bool level;   /* of the interrupt, as KVM was told last */
	bool waiting; /* input waits for room */

	pthread_mutex_t out_lock;
	pthread_cond_t out_room;
	uint8_t out_bytes[CONSOLE_OUT_SIZE];
	size_t out_count;
};

/*
 * path NULL: standard input and output; a terminal: both from there; else: output only. The VM is
 * only looked at when its guest uses the console.
 */
int console_open(struct console *c, struct vm *vm, const char *path);

/* Writes what is left when the VM has ended, unless nobody takes it within a second. */
void console_finish(struct console *c);

void console_close(struct console *c);

uint8_t console_read(struct console *c, uint64_t reg);
void console_write(struct console *c, uint64_t reg, uint8_t value);

/* How many bytes console_input() takes now; 0 arms room_event. */
size_t console_room(struct console *c);
void console_input(struct console *c, const uint8_t *bytes, size_t count);

/* Writes a part of the output once `out` is ready for it. True while there is more. */
bool console_flush(struct console *c);

#endif
