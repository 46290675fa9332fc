/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The UART as a device: the registers of uart8250.h under a lock, with an interrupt at the guest's
 * side and a console at the other. vCPU threads read and write registers, the main loop feeds
 * input.
 */
#ifndef VMM_DEV_UART_UART_H
#define VMM_DEV_UART_UART_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/dev/device.h"
#include "vmm/dev/uart/address.h"
#include "vmm/dev/uart/input.h"
#include "vmm/dev/uart/uart8250.h"
#include "vmm/loop/loop.h"

struct uart {
	struct vm *vm;
	struct loop *loop;
	struct console *console;
	struct input input;	 /* main thread only */
	struct loop_source room; /* event: there is room, and input was waiting for it */
	struct loop_source in;	 /* the console's input; paused while there is no room for it */
	struct input more;	 /* what is attached to the console, and its source */
	struct loop_source more_in;

	pthread_mutex_t lock; /* of all below */
	struct uart8250 regs;
	bool level;   /* of the interrupt, as KVM was told last */
	bool waiting; /* input waits for room */
};

/*
 * How many bytes uart_input() takes now; 0 asks for the event `room` once there is some. What a
 * reset of the UART's FIFO has thrown out comes again first: `room` asks for this call then, too.
 */
size_t uart_room(struct uart *u);
void uart_input(struct uart *u, const uint8_t *bytes, size_t count);

#endif
