/* SPDX-License-Identifier: BSD-3-Clause */
/* Connects the UART's registers with KVM, the main loop and the console, see uart.h. */
#include <errno.h>
#include <stdlib.h>

#include "vmm/dev/console.h"
#include "vmm/dev/uart/uart.h"
#include "vmm/lib/error.h"
#include "vmm/lib/tree.h"
#include "vmm/loop/event.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

#define UART_CLOCK 1843200
#define UART_SPEED 115200

/* Tells KVM only when the level changed. Under the lock. */
static void update_irq(struct uart *u)
{
	bool level = uart8250_irq(&u->regs);

	if (level == u->level)
		return;
	u->level = level;
	gic_set_spi(u->vm, UART_SPI, level);
}

/* After each access of the guest: it may have made room, or listen again. Under the lock. */
static void update_room(struct uart *u)
{
	bool wanted = u->waiting && uart8250_room(&u->regs);

	if (!wanted && !uart8250_has_returned(&u->regs))
		return;
	u->waiting = false;
	event_signal(u->room.fd);
}

static uint64_t read_register(void *state, unsigned int region, uint64_t offset, unsigned int size)
{
	struct uart *u = state;
	uint8_t value;

	if (offset >= UART8250_REGS)
		return ~0ULL;
	pthread_mutex_lock(&u->lock);
	value = uart8250_read(&u->regs, (unsigned int)offset);
	update_irq(u);
	update_room(u);
	pthread_mutex_unlock(&u->lock);
	return value;
}

static void write_register(void *state, unsigned int region, uint64_t offset, unsigned int size,
			   uint64_t value)
{
	struct uart *u = state;
	uint8_t byte;
	bool sent;

	if (offset >= UART8250_REGS)
		return;
	pthread_mutex_lock(&u->lock);
	sent = uart8250_write(&u->regs, (unsigned int)offset, (uint8_t)value, &byte);
	update_irq(u);
	update_room(u);
	pthread_mutex_unlock(&u->lock);
	if (sent)
		console_send(u->console, byte);
}

size_t uart_room(struct uart *u)
{
	size_t room;

	pthread_mutex_lock(&u->lock);
	uart8250_receive_returned(&u->regs);
	update_irq(u);
	room = uart8250_room(&u->regs);
	u->waiting = room == 0;
	pthread_mutex_unlock(&u->lock);
	return room;
}

void uart_input(struct uart *u, const uint8_t *bytes, size_t count)
{
	size_t i;

	pthread_mutex_lock(&u->lock);
	for (i = 0; i < count; i++)
		uart8250_receive(&u->regs, bytes[i]);
	update_irq(u);
	pthread_mutex_unlock(&u->lock);
}

static void update_in(struct uart *u)
{
	u->in.fd = u->input.fd;
	u->in.paused = !u->input.wanted;
	u->more_in.fd = u->more.fd;
	u->more_in.paused = !u->more.wanted;
}

static void take_input(void *owner)
{
	struct uart *u = owner;

	if (input_take(&u->input, u))
		vm_end(u->vm, VM_END_CONSOLE);
	update_in(u);
}

static void take_more(void *owner)
{
	struct uart *u = owner;

	input_take(&u->more, u);
	update_in(u);
}

static void use_room(void *owner)
{
	struct uart *u = owner;

	if (event_take(u->room.fd)) {
		input_give(&u->input, u);
		input_give(&u->more, u);
	}
	update_in(u);
}

/* Whoever is attached has an escape key of its own: all that comes from there is for the guest. */
static void attach(void *owner, int fd)
{
	struct uart *u = owner;

	input_open(&u->more, fd);
	update_in(u);
}

static void close_uart(void *state)
{
	struct uart *u = state;

	loop_remove(u->loop, &u->room);
	loop_remove(u->loop, &u->in);
	loop_remove(u->loop, &u->more_in);
	event_close(&u->room.fd);
	u->console->guest = (struct console_guest){0};
	free(u);
}

/* Input that waits for the guest is for whoever reads it next: the guest that starts now. */
static void reset_uart(void *state)
{
	struct uart *u = state;

	pthread_mutex_lock(&u->lock);
	uart8250_init(&u->regs);
	u->level = u->waiting = false;
	pthread_mutex_unlock(&u->lock);
	event_signal(u->room.fd);
}

static int connect_loop(struct uart *u)
{
	int ret;

	u->room.fd = event_create();
	if (u->room.fd < 0)
		return u->room.fd;
	input_open(&u->input, u->console->in);
	attach(u, -1);
	u->console->guest = (struct console_guest){.owner = u, .attach = attach};
	ret = loop_add(u->loop, &u->room);
	if (ret == 0)
		ret = loop_add(u->loop, &u->in);
	return ret < 0 ? ret : loop_add(u->loop, &u->more_in);
}

static int open_uart(const struct device *d, const struct device_context *c, void **state)
{
	struct uart *u = malloc(sizeof(*u));
	int ret;

	if (!u)
		return error_set(-ENOMEM, "out of memory");
	*u = (struct uart){
		.vm = c->vm,
		.loop = c->loop,
		.console = c->console,
		.room = {.fd = -1, .events = POLLIN, .ready = use_room, .owner = u},
		.in = {.fd = -1, .events = POLLIN, .ready = take_input, .owner = u},
		.more_in = {.fd = -1, .events = POLLIN, .ready = take_more, .owner = u},
	};
	pthread_mutex_init(&u->lock, NULL);
	uart8250_init(&u->regs);
	ret = connect_loop(u);
	if (ret < 0)
		close_uart(u);
	else
		*state = u;
	return ret;
}

static void write_node(const struct device *d, struct tree *t)
{
	device_begin_node(d, t, "ns16550a");
	tree_u32(t, "clock-frequency", UART_CLOCK);
	tree_u32(t, "current-speed", UART_SPEED);
	device_end_node(d, t);
}

const struct device uart_device = {
	.name = "serial",
	.regions = {{UART_BASE, UART_SIZE}},
	.spi = UART_SPI,
	.node = write_node,
	.open = open_uart,
	.reset = reset_uart,
	.close = close_uart,
	.read = read_register,
	.write = write_register,
};
