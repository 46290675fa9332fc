/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the key server listens, see server.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <kbs/address.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vmm/keyserver/server.h"
#include "vmm/lib/error.h"

#define BACKLOG 1024

static int add(struct server *s, const union kbs_address *a, socklen_t size, const char *name)
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
	union kbs_address a;
	socklen_t size = kbs_address_parse(address, &a);
	char text[96];
	int fd;

	if (!size || a.any.sa_family == AF_VSOCK)
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
	const union kbs_address a = {
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
