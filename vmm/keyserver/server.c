/* SPDX-License-Identifier: BSD-3-Clause */
/* The connections of the key server, see server.h. */
#define _GNU_SOURCE /* accept4() */
#include <arpa/inet.h>
#include <errno.h>
#include <kbs/protocol.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "vmm/keyserver/server.h"
#include "vmm/lib/error.h"

#define ROOM_FIRST   4096
#define ROOM_MAX     (HTTP_HEAD_MAX + HTTP_BODY_MAX)
#define REQUESTS_MAX 32	 /* of one connection */
#define PAUSE_MS     100 /* before another try to accept */
#define HEAD_ROOM    512
#define PEER_MAX     64

struct connection {
	int fd; /* -1: no connection */
	char peer[PEER_MAX];
	uint64_t deadline; /* ms */
	unsigned int requests;
	char *in; /* what has come, room for in_room */
	size_t in_len, in_room;
	bool in_end; /* nothing more will come */
	char *out;   /* what is to be sent; NULL: nothing */
	size_t out_len, out_done;
	bool last;  /* ends when all is sent */
	bool waits; /* its request is there, and its turn to have a token judged is not */
};

struct state {
	struct server *server;
	struct connection connections[SERVER_CONNECTIONS];
	struct pollfd polls[SERVER_LISTENERS + SERVER_CONNECTIONS];
	size_t used, judged;  /* the connection behind the one whose token was judged last */
	uint64_t accept_from; /* ms */
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- one connection ---- */

static void set_deadline(const struct state *s, struct connection *c)
{
	c->deadline = now_ms() + s->server->deadline_s * 1000ULL;
}

static void drop(struct state *s, struct connection *c)
{
	close(c->fd);
	free(c->in);
	free(c->out);
	*c = (struct connection){.fd = -1};
	s->used--;
}

/*
 * Reads what nobody will look at. A socket that is closed with bytes unread is reset, and a reset
 * overtakes the answer that was sent before.
 */
static void drain(const struct connection *c)
{
	char waste[4096];
	int turns = 16;

	while (turns-- && recv(c->fd, waste, sizeof(waste), MSG_DONTWAIT) > 0)
		;
}

/* Room for at least one byte more, below the limit; false without memory. */
static bool grow(struct connection *c)
{
	size_t room = c->in_room ? 2 * c->in_room : ROOM_FIRST;
	char *in;

	if (c->in_len < c->in_room)
		return true;
	room = room < ROOM_MAX ? room : ROOM_MAX;
	in = realloc(c->in, room);
	if (!in)
		return false;
	c->in = in;
	c->in_room = room;
	return true;
}

static const char *reason(int status)
{
	return status == 200 ? "OK" : status == 401 ? "Unauthorized" : "Error";
}

/* Takes what the answer holds. */
static bool queue_answer(struct connection *c, struct keyserver_answer *a)
{
	char cookie[128] = "";
	size_t room = HEAD_ROOM + a->len;

	if (!a->body)
		return false;
	if (a->session[0])
		snprintf(cookie, sizeof(cookie),
			 "Set-Cookie: kbs-session-id=%s; Path=/kbs/v0; Max-Age=%d\r\n", a->session,
			 2 * KEYSERVER_LIFE_S);
	c->out = malloc(room);
	if (c->out) {
		c->out_len = (size_t)snprintf(c->out, room,
					      "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
					      "Content-Length: %zu\r\n%s%s\r\n%s",
					      a->status, reason(a->status), a->len, cookie,
					      c->last ? "Connection: close\r\n" : "", a->body);
		c->out_done = 0;
	}
	free(a->body);
	return c->out != NULL;
}

static bool has_token(const struct http_head *head)
{
	return head->post && strcmp(head->target, KBS_ATTEST) == 0;
}

/*
 * Answers the request at the front of what has come, if it is all there; one with a token only if
 * judges. False: the end.
 */
static bool serve(struct state *s, struct connection *c, bool judges)
{
	struct keyserver *ks = s->server->keyserver;
	size_t len = http_head_len(c->in, c->in_len);
	struct keyserver_answer answer;
	struct http_head head = {.body = 0};
	int status = 0;

	if (!len && c->in_len < HTTP_HEAD_MAX)
		return true;
	status = len ? http_parse_request(c->in, len, &head) : 431;
	if (status == 0 && c->in_len - len < head.body)
		return true;
	c->waits = status == 0 && has_token(&head) && !judges;
	if (c->waits)
		return true;
	c->last = status != 0 || head.close || ++c->requests == REQUESTS_MAX;
	if (status) {
		set_deadline(s, c);
		keyserver_reject(ks, c->peer, status, &answer);
		return queue_answer(c, &answer);
	}
	keyserver_answer(ks, c->peer, now_ms() / 1000, &head, c->in + len, &answer);
	set_deadline(s, c);
	len += head.body;
	memmove(c->in, c->in + len, c->in_len - len);
	c->in_len -= len;
	return queue_answer(c, &answer);
}

/* Takes all that has come, up to a request's size. False: the end. */
static bool receive(struct connection *c)
{
	ssize_t got = 1;

	while (got > 0 && c->in_len < ROOM_MAX) {
		if (!grow(c))
			return false;
		got = recv(c->fd, c->in + c->in_len, c->in_room - c->in_len, 0);
		if (got > 0)
			c->in_len += (size_t)got;
	}
	c->in_end = got == 0;
	return got >= 0 || errno == EAGAIN || errno == EINTR;
}

/* False: the end. */
static bool transmit(const struct state *s, struct connection *c)
{
	ssize_t sent = send(c->fd, c->out + c->out_done, c->out_len - c->out_done, MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	c->out_done += (size_t)sent;
	if (c->out_done < c->out_len)
		return true;
	free(c->out);
	c->out = NULL;
	if (c->last)
		drain(c);
	set_deadline(s, c);
	return !c->last;
}

/*
 * One step of a connection that poll() has found ready. What waits behind an answered request is
 * served when the answer is sent. A client may have ended its side and still wait for answers. Of a
 * connection that waits for its turn nothing but its failure is looked for.
 */
static void step(struct state *s, struct connection *c)
{
	bool alive = c->out ? transmit(s, c) : !c->waits && receive(c);

	if (alive && !c->out && c->in_len)
		alive = serve(s, c, false);
	if (!alive || (c->in_end && !c->out && !c->waits))
		drop(s, c);
}

/*
 * A token takes a thousand times longer than anything else here. One is judged between two polls,
 * so that who wants less does not wait for all tokens there are.
 */
static void judge_one(struct state *s)
{
	size_t i;

	for (i = 0; i < SERVER_CONNECTIONS; i++) {
		struct connection *c = &s->connections[s->judged++ % SERVER_CONNECTIONS];

		if (!c->waits)
			continue;
		if (!serve(s, c, true))
			drop(s, c);
		return;
	}
}

/* ---- all of them ---- */

static void name_peer(const struct sockaddr_storage *a, char peer[PEER_MAX])
{
	char text[INET6_ADDRSTRLEN] = "?";

	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)a;

		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		snprintf(peer, PEER_MAX, "%s:%u", text, ntohs(in->sin_port));
	} else if (a->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)a;

		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
		snprintf(peer, PEER_MAX, "[%s]:%u", text, ntohs(in6->sin6_port));
	} else {
		struct sockaddr_vm vm;

		memcpy(&vm, a, sizeof(vm));
		snprintf(peer, PEER_MAX, "vsock %u:%u", vm.svm_cid, vm.svm_port);
	}
}

static struct connection *free_place(struct state *s)
{
	size_t i;

	for (i = 0; i < SERVER_CONNECTIONS; i++)
		if (s->connections[i].fd < 0)
			return &s->connections[i];
	return NULL;
}

/* False: nothing more waits there, or there is no place. */
static bool take_one(struct state *s, int listener)
{
	struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
	socklen_t size = sizeof(from);
	struct connection *c = free_place(s);
	int fd;

	if (!c)
		return false;
	fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		/* Without descriptors or memory the waiting connection would wake poll() for ever.
		 */
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			s->accept_from = now_ms() + PAUSE_MS;
		return false;
	}
	c->fd = fd;
	s->used++;
	name_peer(&from, c->peer);
	set_deadline(s, c);
	return true;
}

/* Who should have been done at a time. */
static void cut_late(struct state *s, uint64_t then)
{
	size_t i;

	for (i = 0; i < SERVER_CONNECTIONS; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0 || c->waits || c->deadline > then)
			continue;
		if (c->in_len || c->out)
			s->server->keyserver->log(c->peer, "cut: its time was over");
		drop(s, c);
	}
}

/* ms until the next deadline, or the next token. */
static int patience(const struct state *s)
{
	uint64_t now = now_ms(), next = now + 60000;
	size_t i;

	for (i = 0; i < SERVER_CONNECTIONS; i++) {
		const struct connection *c = &s->connections[i];

		if (c->waits)
			return 0;
		if (c->fd >= 0 && c->deadline < next)
			next = c->deadline;
	}
	if (s->accept_from > now && s->accept_from < next)
		next = s->accept_from;
	return next > now ? (int)(next - now) + 1 : 0;
}

/* polls[i] is that of listener i, the others follow in their order. */
static nfds_t fill_polls(struct state *s)
{
	struct server *server = s->server;
	bool take = s->used < SERVER_CONNECTIONS && s->accept_from <= now_ms();
	size_t i;

	for (i = 0; i < server->listener_count; i++)
		s->polls[i] = (struct pollfd){take ? server->listeners[i] : -1, POLLIN, 0};
	for (i = 0; i < SERVER_CONNECTIONS; i++) {
		const struct connection *c = &s->connections[i];
		short events = c->out ? POLLOUT : c->waits ? 0 : POLLIN;

		s->polls[server->listener_count + i] = (struct pollfd){c->fd, events, 0};
	}
	return server->listener_count + SERVER_CONNECTIONS;
}

/* Who is late is cut when what came in time has been looked at. */
static int turn(struct state *s)
{
	size_t listeners = s->server->listener_count, i;
	uint64_t start = now_ms();

	if (poll(s->polls, fill_polls(s), patience(s)) < 0)
		return errno == EINTR ? 0 : error_set(-errno, "poll: %s", strerror(errno));
	for (i = 0; i < SERVER_CONNECTIONS; i++)
		if (s->polls[listeners + i].revents)
			step(s, &s->connections[i]);
	judge_one(s);
	cut_late(s, start);
	for (i = 0; i < listeners; i++)
		while (s->polls[i].revents && take_one(s, s->server->listeners[i]))
			;
	return 0;
}

int server_run(struct server *server)
{
	struct state *s = calloc(1, sizeof(*s));
	size_t i;
	int ret = 0;

	if (!s)
		return error_set(-ENOMEM, "no memory");
	s->server = server;
	for (i = 0; i < SERVER_CONNECTIONS; i++)
		s->connections[i].fd = -1;
	while (ret == 0)
		ret = turn(s);
	free(s);
	return ret;
}
