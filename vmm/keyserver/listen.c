/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the key server listens, see server.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "vmm/keyserver/server.h"
#include "vmm/lib/error.h"

#define BACKLOG 1024

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_vm vm;
};

/* "ADDRESS:PORT"; the size of what it is as a socket's address, 0 if it is none. */
static socklen_t parse_address(const char *text, union address *a)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool six = len > 2 && text[0] == '[' && text[len - 1] == ']';
	char host[INET6_ADDRSTRLEN], *end;
	unsigned long port;

	if (!colon || !colon[1] || strlen(colon + 1) > 5 || len - 2 * six >= sizeof(host))
		return 0;
	port = strtoul(colon + 1, &end, 10);
	if (*end || port > UINT16_MAX)
		return 0;
	memset(a, 0, sizeof(*a));
	snprintf(host, sizeof(host), "%.*s", (int)(len - 2 * six), text + six);
	if (six) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host, &a->in6.sin6_addr) == 1 ? sizeof(a->in6) : 0;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &a->in.sin_addr) == 1 ? sizeof(a->in) : 0;
}

static int add(struct server *s, const union address *a, socklen_t size, const char *name)
{
	const int one = 1;
	int fd;

	if (s->listener_count == SERVER_LISTENERS)
		return error_set(-EINVAL, "%s: more than %d places to listen", name,
				 SERVER_LISTENERS);
	fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set(-errno, "%s: %s", name, strerror(errno));
	if (a->any.sa_family != AF_VSOCK)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &a->any, size) || listen(fd, BACKLOG)) {
		error_set(-errno, "%s: %s", name, strerror(errno));
		close(fd);
		return -EIO;
	}
	s->listeners[s->listener_count++] = fd;
	return fd;
}

int server_listen_tcp(struct server *s, const char *address)
{
	const char *colon = strrchr(address, ':');
	union address a;
	socklen_t size = parse_address(address, &a);
	char text[96];
	int fd;

	if (!size)
		return error_set(-EINVAL, "--listen %s: must be like 127.0.0.1:8080 or [::1]:8080",
				 address);
	fd = add(s, &a, size, address);
	if (fd < 0)
		return fd;
	if (getsockname(fd, &a.any, &size))
		return error_set(-errno, "%s: %s", address, strerror(errno));
	snprintf(text, sizeof(text), "listening on %.*s:%u", (int)(colon - address), address,
		 ntohs(a.any.sa_family == AF_INET6 ? a.in6.sin6_port : a.in.sin_port));
	s->keyserver->log("keyserver", text);
	return 0;
}

int server_listen_vsock(struct server *s, unsigned int port)
{
	const union address a = {
		.vm = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = port}};
	char text[64];
	int fd;

	snprintf(text, sizeof(text), "vsock port %u", port);
	fd = add(s, &a, sizeof(a.vm), text);
	if (fd < 0)
		return fd;
	snprintf(text, sizeof(text), "listening on vsock port %u", port);
	s->keyserver->log("keyserver", text);
	return 0;
}
