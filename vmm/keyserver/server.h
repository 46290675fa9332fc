/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sockets of the key server: one thread, a fixed number of connections, and a deadline for each
 * request that no trickle of bytes moves. Who sends slowly, too much or nonsense takes one place,
 * for as long as the deadline is; the others are served in turn, one request each, and tokens are
 * judged one between two looks at all connections.
 */
#ifndef VMM_KEYSERVER_SERVER_H
#define VMM_KEYSERVER_SERVER_H

#include "vmm/keyserver/keyserver.h"

#define SERVER_LISTENERS   8
#define SERVER_CONNECTIONS 512

struct server {
	struct keyserver *keyserver;
	unsigned int deadline_s;
	int listeners[SERVER_LISTENERS];
	size_t listener_count;
};

/*
 * Adds a listener and says so in the log: an IPv4 or IPv6 address in digits and a port
 * ("127.0.0.1:8080", "[::1]:8080"; port 0 takes a free one), or a port of AF_VSOCK. Errors are
 * negative errnos with an error text.
 */
int server_listen_tcp(struct server *s, const char *address);
int server_listen_vsock(struct server *s, unsigned int port);

/* Serves until the process ends; returns only with an error. */
int server_run(struct server *s);

#endif
