/* SPDX-License-Identifier: BSD-3-Clause */
/* Glue between the UART's model, the outside and KVM, see console.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm/dev/console.h"
#include "vmm/lib/error.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

#define OUT_PART      256 /* what a terminal that is ready takes without blocking */
#define END_CHECK_MS  50
#define LAST_FLUSH_MS 1000

static int open_path(struct console *c, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666);

	if (fd < 0)
		return error_set(-errno, "--console %s: %s", path, strerror(errno));
	c->own = true;
	c->out = fd;
	if (isatty(fd))
		c->own_in = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	c->in = c->own_in;
	return 0;
}

int console_open(struct console *c, struct vm *vm, const char *path)
{
	*c = (struct console){.vm = vm, .in = -1, .own_in = -1, .out = STDOUT_FILENO};
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->out_lock, NULL);
	pthread_cond_init(&c->out_room, NULL);
	uart8250_init(&c->uart);
	c->room_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->out_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->room_event < 0 || c->out_event < 0)
		return error_set(-errno, "no eventfd: %s", strerror(errno));
	if (path)
		return open_path(c, path);
	c->in = STDIN_FILENO;
	return 0;
}

/* A reader that has gone, or a terminal that was closed, does not miss what comes after. */
static bool is_missed(int err)
{
	return err && err != EPIPE && err != EIO;
}

void console_finish(struct console *c)
{
	struct pollfd p = {.fd = c->out, .events = POLLOUT};

	while (c->out_count && poll(&p, 1, LAST_FLUSH_MS) == 1)
		console_flush(c);
	if (is_missed(c->lost_err))
		error_set(-c->lost_err, "output of the console was lost: %s",
			  strerror(c->lost_err));
}

bool console_has_said(struct console *c)
{
	bool said;

	pthread_mutex_lock(&c->out_lock);
	said = c->said;
	pthread_mutex_unlock(&c->out_lock);
	return said;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void console_close(struct console *c)
{
	if (c->own) {
		close_fd(c->out);
		close_fd(c->own_in);
	}
	close_fd(c->room_event);
	close_fd(c->out_event);
}

/* Tells KVM only when the level changed. Under the lock. */
static void update_irq(struct console *c)
{
	bool level = uart8250_irq(&c->uart);

	if (level == c->level)
		return;
	c->level = level;
	gic_set_spi(c->vm, MAP_UART_SPI, level);
}

static void signal_event(int fd)
{
	static const uint64_t one = 1;

	/* Cannot fail: the reader empties it long before it is full. */
	(void)!write(fd, &one, sizeof(one));
}

static struct timespec after_ms(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += ms * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* Waits for the reader of the output, but not past the VM's end. Under out_lock. */
static bool wait_for_room(struct console *c)
{
	while (c->out_count == CONSOLE_OUT_SIZE && vm_ended(c->vm) == VM_END_NONE) {
		struct timespec until = after_ms(END_CHECK_MS);

		pthread_cond_timedwait(&c->out_room, &c->out_lock, &until);
	}
	return c->out_count < CONSOLE_OUT_SIZE;
}

static void send(struct console *c, uint8_t byte)
{
	bool first = false;

	pthread_mutex_lock(&c->out_lock);
	c->said = true;
	if (wait_for_room(c)) {
		first = c->out_count == 0;
		c->out_bytes[c->out_count++] = byte;
	}
	pthread_mutex_unlock(&c->out_lock);
	if (first)
		signal_event(c->out_event);
}

/* Bytes that can never be written are dropped: the guest goes on. */
static size_t drop_if_lost(struct console *c, size_t count)
{
	if (errno == EINTR || errno == EAGAIN)
		return 0;
	if (!c->lost_err)
		c->lost_err = errno;
	return count;
}

bool console_flush(struct console *c)
{
	uint8_t part[OUT_PART];
	size_t count, written;
	ssize_t got;
	bool more;

	pthread_mutex_lock(&c->out_lock);
	count = c->out_count < OUT_PART ? c->out_count : OUT_PART;
	memcpy(part, c->out_bytes, count);
	pthread_mutex_unlock(&c->out_lock);
	got = write(c->out, part, count);
	written = got >= 0 ? (size_t)got : drop_if_lost(c, count);
	pthread_mutex_lock(&c->out_lock);
	c->out_count -= written;
	memmove(c->out_bytes, c->out_bytes + written, c->out_count);
	more = c->out_count > 0;
	pthread_cond_broadcast(&c->out_room);
	pthread_mutex_unlock(&c->out_lock);
	return more;
}

/* After each access of the guest: it may have made room, or listen again. Under the lock. */
static void update_room(struct console *c)
{
	bool wanted = c->waiting && uart8250_room(&c->uart);

	if (!wanted && !uart8250_has_returned(&c->uart))
		return;
	c->waiting = false;
	signal_event(c->room_event);
}

uint8_t console_read(struct console *c, uint64_t reg)
{
	uint8_t value;

	pthread_mutex_lock(&c->lock);
	value = uart8250_read(&c->uart, (unsigned int)reg);
	update_irq(c);
	update_room(c);
	pthread_mutex_unlock(&c->lock);
	return value;
}

void console_write(struct console *c, uint64_t reg, uint8_t value)
{
	uint8_t byte;
	bool sent;

	pthread_mutex_lock(&c->lock);
	sent = uart8250_write(&c->uart, (unsigned int)reg, value, &byte);
	update_irq(c);
	update_room(c);
	pthread_mutex_unlock(&c->lock);
	if (sent)
		send(c, byte);
}

size_t console_room(struct console *c)
{
	size_t room;

	pthread_mutex_lock(&c->lock);
	uart8250_receive_returned(&c->uart);
	update_irq(c);
	room = uart8250_room(&c->uart);
	c->waiting = room == 0;
	pthread_mutex_unlock(&c->lock);
	return room;
}

void console_input(struct console *c, const uint8_t *bytes, size_t count)
{
	size_t i;

	pthread_mutex_lock(&c->lock);
	for (i = 0; i < count; i++)
		uart8250_receive(&c->uart, bytes[i]);
	update_irq(c);
	pthread_mutex_unlock(&c->lock);
}
