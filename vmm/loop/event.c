/* SPDX-License-Identifier: BSD-3-Clause */
/* Events by eventfd(2), timers by timerfd_create(2), see event.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "vmm/lib/error.h"
#include "vmm/loop/event.h"

int event_create(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? error_set(-errno, "no eventfd: %s", strerror(errno)) : fd;
}

int event_create_timer(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? error_set(-errno, "no timerfd: %s", strerror(errno)) : fd;
}

void event_signal(int fd)
{
	static const uint64_t one = 1;

	/* Fails only when the count is near 2^64: the reader has emptied it long before. */
	(void)!write(fd, &one, sizeof(one));
}

void event_start_timer(int fd, unsigned int ms)
{
	struct itimerspec when = {
		.it_value.tv_sec = ms / 1000,
		/* A time of 0 would stop the timer. */
		.it_value.tv_nsec = ms ? ms % 1000 * 1000000L : 1,
	};

	timerfd_settime(fd, 0, &when, NULL);
}

bool event_take(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count);
}

bool event_take_shared(int fd)
{
	uint64_t count;
	struct iovec iov = {&count, sizeof(count)};

	return preadv2(fd, &iov, 1, -1, RWF_NOWAIT) == sizeof(count);
}

void event_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
