/* SPDX-License-Identifier: BSD-3-Clause */
/* See server.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <util.h>

#include "vmm/ctl/server.h"

static bool is_free(const struct control_client *c)
{
	return c->source.fd < 0;
}

static void drop(struct control_client *c)
{
	struct control *control = c->control;

	if (is_free(c))
		return;
	if (control->console == c) {
		control->console = NULL;
		control->ops->attach(control->owner, -1);
	}
	loop_remove(control->loop, &c->source);
	close(c->source.fd);
	c->source.fd = -1;
}

/* A client that does not take its answers is not read from until it does. */
static void choose_events(struct control_client *c)
{
	bool reads = c->control->console != c && !c->is_last;

	c->source.events = c->out_count ? POLLOUT : reads ? POLLIN : 0;
}

/* Sends what it can; a client that has gone is dropped. */
static void flush(struct control_client *c)
{
	ssize_t sent = send(c->source.fd, c->out, c->out_count, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		drop(c);
		return;
	}
	if (sent > 0) {
		c->out_count -= (size_t)sent;
		memmove(c->out, c->out + sent, c->out_count);
	}
	if (c->is_last && c->out_count == 0)
		drop(c);
	else
		choose_events(c);
}

/* A client that has left so much lying is dropped. */
static void put(struct control_client *c, const void *bytes, size_t count)
{
	if (count > sizeof(c->out) - c->out_count) {
		drop(c);
		return;
	}
	memcpy(c->out + c->out_count, bytes, count);
	c->out_count += count;
}

/* Takes the reference. */
static void answer(struct control_client *c, json_t *reply)
{
	char *text;

	if (reply)
		json_object_set_new_nocheck(reply, "version", json_integer(CONTROL_VERSION));
	text = json_dumps(reply, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(reply);
	if (!text) {
		drop(c);
		return;
	}
	put(c, text, strlen(text));
	if (!is_free(c))
		put(c, "\n", 1);
	free(text);
}

static void refuse(struct control_client *c, const char *why)
{
	answer(c, json_pack("{s:b, s:s}", "ok", 0, "error", why));
}

static void grant(struct control_client *c, json_t *result)
{
	answer(c, result ? json_pack("{s:b, s:o}", "ok", 1, "result", result)
			 : json_pack("{s:b}", "ok", 1));
}

static void do_status(struct control_client *c)
{
	grant(c, c->control->ops->status(c->control->owner));
}

static void do_stats(struct control_client *c)
{
	grant(c, c->control->ops->stats(c->control->owner));
}

static void do_stop(struct control_client *c)
{
	const char *why_not = c->control->ops->stop(c->control->owner);

	if (why_not)
		refuse(c, why_not);
	else
		grant(c, NULL);
}

static void do_kill(struct control_client *c)
{
	grant(c, NULL);
	c->control->ops->kill(c->control->owner);
}

static void do_console(struct control_client *c)
{
	if (c->control->console) {
		refuse(c, "another client has the console");
		return;
	}
	grant(c, NULL);
	if (is_free(c))
		return;
	c->control->console = c;
	c->control->ops->attach(c->control->owner, c->source.fd);
}

static const struct {
	const char *name;
	void (*handle)(struct control_client *c);
} commands[] = {
	{"status", do_status}, {"stats", do_stats},	{"stop", do_stop},
	{"kill", do_kill},     {"console", do_console},
};

static void dispatch(struct control_client *c, const char *command)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(command, commands[i].name) == 0) {
			commands[i].handle(c);
			return;
		}
	}
	refuse(c, "there is no such command");
}

static void take_line(struct control_client *c, const char *line, size_t size)
{
	json_t *request = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
	const char *command = json_string_value(json_object_get(request, "command"));

	c->age = ++c->control->lines;
	if (command)
		dispatch(c, command);
	else
		refuse(c, "a request is a line with a JSON object that has a \"command\"");
	json_decref(request);
}

/*
 * What follows the line that asks for the console is the guest's input, not a line. And who leaves
 * answers lying is not heard.
 */
static bool takes_lines(const struct control_client *c)
{
	return !is_free(c) && c->control->console != c && !c->is_last &&
	       c->out_count < CONTROL_ANSWERS_MAX / 2;
}

static void take_lines(struct control_client *c)
{
	char *end;

	while (takes_lines(c) && (end = memchr(c->in, '\n', c->in_count)) != NULL) {
		size_t used = (size_t)(end - c->in) + 1;

		take_line(c, c->in, used - 1);
		c->in_count -= used;
		memmove(c->in, c->in + used, c->in_count);
	}
	if (takes_lines(c) && c->in_count == sizeof(c->in)) {
		refuse(c, "the line is too long");
		c->is_last = true;
	}
}

/* Lines that came while answers lay about are taken once those have gone. */
static void answer_lines(struct control_client *c)
{
	do {
		take_lines(c);
		if (!is_free(c))
			flush(c);
	} while (!is_free(c) && c->out_count == 0 && takes_lines(c) &&
		 memchr(c->in, '\n', c->in_count));
}

static void receive(struct control_client *c)
{
	ssize_t got =
		recv(c->source.fd, c->in + c->in_count, sizeof(c->in) - c->in_count, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop(c);
		return;
	}
	c->in_count += (size_t)got;
	answer_lines(c);
}

/* With nothing to wait for, a client is ready only when it has gone. */
static void serve(void *owner)
{
	struct control_client *c = owner;

	switch (c->source.events) {
	case POLLOUT:
		flush(c);
		if (!is_free(c) && c->out_count == 0)
			answer_lines(c);
		break;
	case POLLIN:
		receive(c);
		break;
	default:
		drop(c);
	}
}

/* A free place; if there is none, that of the client that has been silent for longest. */
static struct control_client *make_room(struct control *control)
{
	struct control_client *oldest = NULL;
	size_t i;

	for (i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *c = &control->clients[i];

		if (is_free(c))
			return c;
		if (c != control->console && (!oldest || c->age < oldest->age))
			oldest = c;
	}
	drop(oldest);
	return oldest;
}

static void accept_client(void *owner)
{
	struct control *control = owner;
	int fd = accept4(control->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct control_client *c;

	if (fd < 0)
		return;
	c = make_room(control);
	c->source = (struct loop_source){.fd = fd, .events = POLLIN, .ready = serve, .owner = c};
	c->age = ++control->lines;
	c->is_last = false;
	c->in_count = c->out_count = 0;
	if (loop_add(control->loop, &c->source) < 0)
		drop(c);
}

int control_open(struct control *control, struct loop *loop, int socket,
		 const struct control_ops *ops, void *owner)
{
	size_t i;

	control->loop = loop;
	control->ops = ops;
	control->owner = owner;
	for (i = 0; i < CONTROL_CLIENTS; i++) {
		control->clients[i].control = control;
		control->clients[i].source.fd = -1;
	}
	control->listener = (struct loop_source){
		.fd = socket, .events = POLLIN, .ready = accept_client, .owner = control};
	return loop_add(loop, &control->listener);
}

void control_console(struct control *control, const void *bytes, size_t count)
{
	struct control_client *c = control->console;

	if (!c)
		return;
	put(c, bytes, count);
	if (!is_free(c))
		flush(c);
}

void control_close(struct control *control)
{
	size_t i;

	if (!control->loop)
		return;
	for (i = 0; i < CONTROL_CLIENTS; i++)
		drop(&control->clients[i]);
	loop_remove(control->loop, &control->listener);
	control->loop = NULL;
}
