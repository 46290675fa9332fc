/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's UART and what is behind it: descriptors for output and input, its interrupt. vCPU
 * threads read and write registers, the main thread feeds input and writes output. Output is
 * gathered for a moment: where it goes (a host's own UART) each write may cost the vCPU an exit.
 */
#ifndef VMM_DEV_CONSOLE_H
#define VMM_DEV_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/uart/uart8250.h"

#define CONSOLE_GATHER_MS 8
#define CONSOLE_OUT_SIZE  4096

struct vm;

struct console {
	struct vm *vm;
	int in;	  /* -1: no input */
	int out;  /* the bytes the guest sends */
	bool own; /* out and own_in were opened here */
	int own_in;
	int room_event; /* eventfd: there is room, and input was waiting for it */
	int out_event;	/* eventfd: the first byte of output since it was all written */
	pthread_mutex_t lock;
	struct uart8250 uart;
	bool level;   /* of the interrupt, as KVM was told last */
	bool waiting; /* input waits for room */

	pthread_mutex_t out_lock;
	pthread_cond_t out_room;
	bool said;    /* the guest has sent something */
	int lost_err; /* errno of the first bytes that could not be written, 0 if none were lost */
	uint8_t out_bytes[CONSOLE_OUT_SIZE];
	size_t out_count;
};

/*
 * path NULL: standard input and output; a terminal: both from there; else: output only. The VM is
 * only looked at when its guest uses the console.
 */
int console_open(struct console *c, struct vm *vm, const char *path);

/*
 * Writes what is left when the VM has ended, unless nobody takes it within a second. Sets an error
 * text if output was lost for another reason than that its reader has gone.
 */
void console_finish(struct console *c);

void console_close(struct console *c);

uint8_t console_read(struct console *c, uint64_t reg);
void console_write(struct console *c, uint64_t reg, uint8_t value);

/* True once the guest has sent something. Any thread. */
bool console_has_said(struct console *c);

/*
 * How many bytes console_input() takes now; 0 arms room_event. What a reset of the UART's FIFO has
 * thrown out comes again first: room_event asks for this call.
 */
size_t console_room(struct console *c);
void console_input(struct console *c, const uint8_t *bytes, size_t count);

/* Writes a part of the output once `out` is ready for it. True while there is more. */
bool console_flush(struct console *c);

#endif
