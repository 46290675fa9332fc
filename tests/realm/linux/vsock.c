// SPDX-License-Identifier: BSD-3-Clause
/*
 * Both ends of a socket between a guest and its host, for tests.
 *
 *	vsock listen PORT		takes one connection and sends back what comes
 *	vsock talk CID PORT KIB		sends so much and checks what comes back
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#define PATIENCE_S  300
#define ROUND_TRIPS 100

static unsigned char buffer[64 << 10];

static int fail(const char *what)
{
	printf("vsock: %s: %s\n", what, strerror(errno));
	return 1;
}

static int open_socket(struct sockaddr_vm *address, const char *cid, const char *port)
{
	memset(address, 0, sizeof(*address));
	address->svm_family = AF_VSOCK;
	address->svm_cid = cid ? (unsigned int)strtoul(cid, NULL, 10) : VMADDR_CID_ANY;
	address->svm_port = (unsigned int)strtoul(port, NULL, 10);
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}

static int write_all(int fd, const unsigned char *from, size_t size)
{
	while (size) {
		ssize_t n = write(fd, from, size);

		if (n <= 0)
			return -1;
		from += n;
		size -= (size_t)n;
	}
	return 0;
}

static int answer(int fd)
{
	unsigned long total = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if (write_all(fd, buffer, (size_t)n))
			return fail("write");
		total += (unsigned long)n;
	}
	if (n < 0)
		return fail("read");
	printf("vsock: %lu bytes sent back\n", total);
	return 0;
}

static int listen_for_one(const char *port)
{
	struct sockaddr_vm address;
	int fd = open_socket(&address, NULL, port);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		return fail("listen");
	printf("vsock: listening\n");
	fd = accept(fd, NULL, NULL);
	return fd < 0 ? fail("accept") : answer(fd);
}

/* Byte number i of what is sent. */
static unsigned char byte_of(unsigned long i)
{
	return (unsigned char)(i * 7 ^ i >> 11);
}

static int send_numbers(int fd, unsigned long size)
{
	unsigned long at, i;

	for (at = 0; at < size; at += i) {
		for (i = 0; i < sizeof(buffer) && at + i < size; i++)
			buffer[i] = byte_of(at + i);
		if (write_all(fd, buffer, i))
			return 1;
	}
	return 0;
}

static int check_numbers(int fd, unsigned long size)
{
	unsigned long at = 0;

	while (at < size) {
		ssize_t i, n = read(fd, buffer, sizeof(buffer));

		if (n <= 0)
			return fail("the end came early");
		for (i = 0; i < n; i++, at++) {
			if (buffer[i] != byte_of(at)) {
				printf("vsock: byte %lu is wrong\n", at);
				return 1;
			}
		}
	}
	return 0;
}

/* One byte at a time, there and back. */
static int round_trips(int fd)
{
	unsigned int i;

	for (i = 0; i < ROUND_TRIPS; i++) {
		unsigned char byte = (unsigned char)i;

		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1 || byte != (unsigned char)i)
			return fail("a round trip");
	}
	return 0;
}

static int talk(const char *cid, const char *port, unsigned long size)
{
	struct sockaddr_vm address;
	int fd = open_socket(&address, cid, port), status = 1, ret;
	pid_t child;

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fail("connect");
	if (round_trips(fd))
		return 1;
	child = fork();
	if (child == 0)
		_exit(send_numbers(fd, size));
	ret = child < 0 ? fail("fork") : check_numbers(fd, size);
	if (child > 0)
		waitpid(child, &status, 0);
	if (!ret && !status)
		printf("vsock: %lu bytes came back\n", size);
	return ret || status;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(PATIENCE_S);
	if (argc == 3 && !strcmp(argv[1], "listen"))
		return listen_for_one(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "talk"))
		return talk(argv[2], argv[3], strtoul(argv[4], NULL, 10) << 10);
	fprintf(stderr, "usage: vsock listen PORT | vsock talk CID PORT KIB\n");
	return 2;
}
