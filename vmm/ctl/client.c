/* SPDX-License-Identifier: BSD-3-Clause */
/* See client.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "vmm/ctl/client.h"
#include "vmm/ctl/name.h"
#include "vmm/lib/error.h"

#define ANSWER_MAX 65536

/* A process that stands still takes no clients: when some wait already, the next one blocks. */
static int set_deadline(int fd, int timeout_ms)
{
	const struct timeval t = {.tv_sec = timeout_ms / 1000,
				  .tv_usec = timeout_ms % 1000 * 1000L};

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static int connect_failed(const char *name, int err)
{
	switch (err) {
	case ENOENT:
	case ECONNREFUSED:
		return error_set(-ENOENT, "%s: there is no such VM (see `realm list`)", name);
	case EAGAIN:
		return error_set(-ETIMEDOUT, "%s: the VM does not answer", name);
	default:
		return error_set(-err, "%s: %s", name, strerror(err));
	}
}

static int connect_to(const struct name_dir *d, const char *name, int timeout_ms)
{
	struct sockaddr_un address;
	int ret = name_address(d, name, &address), fd;

	if (ret < 0)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && set_deadline(fd, timeout_ms) == 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	ret = connect_failed(name, errno);
	if (fd >= 0)
		close(fd);
	return ret;
}

int client_connect(const char *name, int timeout_ms)
{
	struct name_dir d;
	int ret;

	if (!name_is_good(name))
		return error_set(-EINVAL, "%s: cannot be the name of a VM", name);
	ret = name_open_dir(&d, false);
	if (ret == -ENOENT)
		return error_set(ret, "%s: there is no such VM (see `realm list`)", name);
	if (ret < 0)
		return ret;
	ret = connect_to(&d, name, timeout_ms);
	close(d.fd);
	return ret;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whether there is something to read, or the other side's end. */
static bool wait_readable(int fd, long until)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	long left = until - now_ms();
	int ret;

	do {
		ret = poll(&p, 1, left > 0 ? (int)left : 0);
		left = until - now_ms();
	} while (ret < 0 && errno == EINTR && left > 0);
	return ret > 0;
}

/*
 * Byte by byte, because what follows the line is not for this function: the console's output.
 * Returns the line's size, or an error.
 */
static int read_line(int fd, char line[ANSWER_MAX], long until)
{
	int size = 0;

	while (size < ANSWER_MAX) {
		if (!wait_readable(fd, until))
			return error_set(-ETIMEDOUT, "the VM does not answer");
		if (recv(fd, line + size, 1, 0) != 1)
			return error_set(-EPIPE, "the VM has ended");
		if (line[size] == '\n')
			return size;
		size++;
	}
	return error_set(-EPROTO, "the VM's answer is too long");
}

static bool is_printable(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return !*text;
}

/* The process at the other end may be a guest's by now, and its texts are for a terminal. */
static bool has_printable_texts(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;

	if (json_is_string(value))
		return is_printable(json_string_value(value));
	json_array_foreach(value, i, part)
	{
		if (!has_printable_texts(part))
			return false;
	}
	json_object_foreach(value, key, part)
	{
		if (!is_printable(key) || !has_printable_texts(part))
			return false;
	}
	return true;
}

static json_t *load_answer(const char *line, size_t size)
{
	json_t *answer = json_loadb(line, size, 0, NULL);

	if (has_printable_texts(answer))
		return answer;
	json_decref(answer);
	return NULL;
}

static json_t *take_answer(const char *line, size_t size, int *ret)
{
	json_t *answer = load_answer(line, size);
	const char *error = json_string_value(json_object_get(answer, "error"));
	json_t *result = json_incref(json_object_get(answer, "result"));

	*ret = 0;
	if (!json_is_true(json_object_get(answer, "ok")))
		*ret = error ? error_set(-EREMOTEIO, "%s", error)
			     : error_set(-EPROTO, "the VM's answer is none of version 1");
	json_decref(answer);
	return result;
}

json_t *client_ask(int fd, const char *command, int timeout_ms, int *ret)
{
	static char line[ANSWER_MAX];
	long until = now_ms() + timeout_ms;
	int size = snprintf(line, sizeof(line), "{\"command\": \"%s\"}\n", command);

	if (send(fd, line, (size_t)size, MSG_NOSIGNAL) != size) {
		*ret = error_set(-EPIPE, "the VM has ended");
		return NULL;
	}
	size = read_line(fd, line, until);
	if (size < 0) {
		*ret = size;
		return NULL;
	}
	return take_answer(line, (size_t)size, ret);
}

int client_wait_end(int fd, int timeout_ms)
{
	long until = now_ms() + timeout_ms;
	char bytes[4096];

	do {
		if (!wait_readable(fd, until))
			break;
		if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
			return 0;
	} while (now_ms() < until);
	return -ETIMEDOUT;
}

pid_t client_peer(int fd)
{
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) ? 0 : peer.pid;
}
