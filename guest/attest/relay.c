// SPDX-License-Identifier: BSD-3-Clause
/*
 * Runs on the host: carries bytes between guests and a server, and believes neither. A guest
 * connects to a port of AF_VSOCK, the relay to an address of TCP.
 *
 *	attest-relay VSOCK-PORT ADDRESS:PORT
 */
#include <errno.h>
#include <kbs/address.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S  300 /* of one connection */
#define CONNECTIONS 64	/* at once: each is a process of the host's */

static int fail(const char *what)
{
	fprintf(stderr, "attest-relay: %s: %s\n", what, strerror(errno));
	return 1;
}

/* What has come on one side to the other. False at the end. */
static bool carry(int from, int to)
{
	char buf[16384];
	ssize_t got = read(from, buf, sizeof(buf)), sent, done = 0;

	while (got > done) {
		sent = send(to, buf + done, (size_t)(got - done), MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		done += sent;
	}
	return got > 0;
}

static int relay(int guest, const union kbs_address *server, socklen_t size)
{
	int out = socket(server->any.sa_family, SOCK_STREAM, 0);
	struct pollfd polls[2] = {{guest, POLLIN, 0}, {out, POLLIN, 0}};

	alarm(PATIENCE_S);
	if (out < 0 || connect(out, &server->any, size))
		return fail("the server");
	while (poll(polls, 2, -1) > 0) {
		if (polls[0].revents && !carry(guest, out))
			break;
		if (polls[1].revents && !carry(out, guest))
			break;
	}
	return 0;
}

static int listen_on(unsigned int port)
{
	const union kbs_address a = {
		.vm = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = port}};
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, &a.any, sizeof(a.vm)) || listen(fd, SOMAXCONN))
		return -1;
	return fd;
}

/* Forgets the children that have ended, and waits for one of them where there are too many. */
static void reap(unsigned int *children)
{
	while (*children && waitpid(-1, NULL, *children < CONNECTIONS ? WNOHANG : 0) > 0)
		--*children;
}

int main(int argc, char **argv)
{
	union kbs_address server;
	socklen_t size = argc == 3 ? kbs_address_parse(argv[2], &server) : 0;
	unsigned int children = 0;
	int listener, guest;

	if (!size) {
		fprintf(stderr, "usage: attest-relay VSOCK-PORT ADDRESS:PORT\n");
		return 2;
	}
	listener = listen_on((unsigned int)strtoul(argv[1], NULL, 10));
	if (listener < 0)
		return fail("vsock");
	while ((guest = accept(listener, NULL, NULL)) >= 0) {
		pid_t child;

		reap(&children);
		child = fork();
		if (child == 0) {
			close(listener);
			_exit(relay(guest, &server, size));
		}
		if (child < 0)
			fail("fork");
		else
			children++;
		close(guest);
	}
	return fail("accept");
}
