/* SPDX-License-Identifier: BSD-3-Clause */
/* The guest's output on its way to a descriptor, see console.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vmm/dev/console.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"
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

/* The first byte since all was written: from now on output is gathered for a moment. */
static void start_gathering(void *owner)
{
	struct console *c = owner;

	event_take(c->first.fd);
	event_start_timer(c->gathered.fd, CONSOLE_GATHER_MS);
}

static void start_writing(void *owner)
{
	struct console *c = owner;

	event_take(c->gathered.fd);
	c->writable.paused = false;
}

static void write_part(void *owner)
{
	struct console *c = owner;

	c->writable.paused = !console_flush(c);
}

static int create_sources(struct console *c)
{
	c->first.fd = event_create();
	c->gathered.fd = event_create_timer();
	return c->first.fd < 0 || c->gathered.fd < 0 ? -EMFILE : 0;
}

static int add_sources(struct console *c)
{
	int ret;

	c->writable.fd = c->out;
	ret = loop_add(c->loop, &c->first);
	if (ret == 0)
		ret = loop_add(c->loop, &c->gathered);
	return ret < 0 ? ret : loop_add(c->loop, &c->writable);
}

int console_open(struct console *c, struct vm *vm, struct loop *loop, const char *path)
{
	int ret;

	*c = (struct console){
		.vm = vm,
		.loop = loop,
		.in = -1,
		.own_in = -1,
		.out = STDOUT_FILENO,
		.first = {.fd = -1, .events = POLLIN, .ready = start_gathering, .owner = c},
		.gathered = {.fd = -1, .events = POLLIN, .ready = start_writing, .owner = c},
		.writable = {.events = POLLOUT, .paused = true, .ready = write_part, .owner = c},
	};
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->room, NULL);
	ret = create_sources(c);
	if (ret == 0 && path)
		ret = open_path(c, path);
	else if (ret == 0)
		c->in = STDIN_FILENO;
	return ret < 0 ? ret : add_sources(c);
}

/* A reader that has gone, or a terminal that was closed, does not miss what comes after. */
static bool is_missed(int err)
{
	return err && err != EPIPE && err != EIO;
}

void console_finish(struct console *c)
{
	struct pollfd p = {.fd = c->out, .events = POLLOUT};

	while (c->count && poll(&p, 1, LAST_FLUSH_MS) == 1)
		console_flush(c);
	if (is_missed(c->lost_err))
		error_set(-c->lost_err, "output of the console was lost: %s",
			  strerror(c->lost_err));
}

bool console_has_said(struct console *c)
{
	bool said;

	pthread_mutex_lock(&c->lock);
	said = c->said;
	pthread_mutex_unlock(&c->lock);
	return said;
}

void console_close(struct console *c)
{
	loop_remove(c->loop, &c->first);
	loop_remove(c->loop, &c->gathered);
	loop_remove(c->loop, &c->writable);
	event_close(&c->first.fd);
	event_close(&c->gathered.fd);
	if (c->own) {
		event_close(&c->out);
		event_close(&c->own_in);
	}
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

/* Waits for the reader of the output, but not past the VM's end. Under the lock. */
static bool wait_for_room(struct console *c)
{
	while (c->count == CONSOLE_OUT_SIZE && vm_ended(c->vm) == VM_END_NONE) {
		struct timespec until = after_ms(END_CHECK_MS);

		pthread_cond_timedwait(&c->room, &c->lock, &until);
	}
	return c->count < CONSOLE_OUT_SIZE;
}

void console_send(struct console *c, uint8_t byte)
{
	bool first = false;

	pthread_mutex_lock(&c->lock);
	c->said = true;
	if (wait_for_room(c)) {
		first = c->count == 0;
		c->bytes[c->count++] = byte;
	}
	pthread_mutex_unlock(&c->lock);
	if (first)
		event_signal(c->first.fd);
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

	pthread_mutex_lock(&c->lock);
	count = c->count < OUT_PART ? c->count : OUT_PART;
	memcpy(part, c->bytes, count);
	pthread_mutex_unlock(&c->lock);
	got = write(c->out, part, count);
	written = got >= 0 ? (size_t)got : drop_if_lost(c, count);
	if (written && c->watcher.show)
		c->watcher.show(c->watcher.owner, part, written);
	pthread_mutex_lock(&c->lock);
	c->count -= written;
	memmove(c->bytes, c->bytes + written, c->count);
	more = c->count > 0;
	pthread_cond_broadcast(&c->room);
	pthread_mutex_unlock(&c->lock);
	return more;
}
