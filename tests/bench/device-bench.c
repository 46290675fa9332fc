/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs on the host: starts the VMM on a guest that measures its devices
 * (tests/realm/bench/devices.h), is what it talks to over TCP and vsock, and tells its figures, one
 * line "NAME VALUE" each, with "NAME_exits VALUE", the exits of all vCPUs of all VMs on the host in
 * that span.
 *
 * device-bench KIND COMMAND...
 *   KIND: realm or normal, which says whose counter of exits is read.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "tests/bench/vmm.h"
#include "tests/realm/bench/ports.h"

#define CCA "/sys/kernel/debug/kvm-cca/exit_"
#define KVM "/sys/kernel/debug/kvm/exits"

/* What comes from a Realm to its host, whether the VMM sees it or not. */
static uint64_t realm_exits(void)
{
	static const char *const names[] = {CCA "sync",	  CCA "irq",   CCA "fiq",
					    CCA "psci",	  CCA "ripas", CCA "host_call",
					    CCA "serror", CCA "other"};
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sum += sum_of(names[i], "");
	return sum;
}

static uint64_t vm_exits(void)
{
	return sum_of(KVM, "");
}

/* ---- What the guest talks to ---- */

static void serve_tcp(int fd)
{
	static char block[TCP_BLOCK];
	uint64_t left;
	ssize_t done;

	if (read(fd, &left, sizeof(left)) != sizeof(left))
		return;
	if (!left)
		while (read(fd, block, sizeof(block)) > 0)
			;
	while (left) {
		done = write(fd, block, left < sizeof(block) ? left : sizeof(block));
		if (done <= 0)
			return;
		left -= (uint64_t)done;
	}
}

static void serve_vsock(int fd)
{
	char byte;

	while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
		;
}

static int listen_at(const struct sockaddr *address, socklen_t size)
{
	static const int on = 1;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, address, size) || listen(fd, 1))
		die("listen");
	return fd;
}

/* A process for each kind of socket, which ends with this one. */
static void serve(int listener, void (*answer)(int fd))
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid) {
		close(listener);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			die("accept");
		answer(fd);
		close(fd);
	}
}

static void start_servers(void)
{
	const struct sockaddr_in tcp = {.sin_family = AF_INET,
					.sin_port = htons(TCP_PORT),
					.sin_addr.s_addr = htonl(HOST_ADDRESS)};
	const struct sockaddr_vm vsock = {
		.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = VSOCK_PORT};

	serve(listen_at((const struct sockaddr *)&tcp, sizeof(tcp)), serve_tcp);
	serve(listen_at((const struct sockaddr *)&vsock, sizeof(vsock)), serve_vsock);
}

/* ---- The guest ---- */

static int measure(char **command, uint64_t (*exits)(void))
{
	uint64_t value, arrived, before = 0;
	int status, in_span = 0, failed = 0;
	char name[32], more[48];
	struct vmm v;

	start_servers();
	start(&v, command);
	while (next_line(&v, name, &value, &arrived)) {
		if (!strcmp(name, "begin")) {
			before = exits();
			in_span = 1;
			go_on(&v);
			continue;
		}
		if (in_span) {
			snprintf(more, sizeof(more), "%s_exits", name);
			say(more, exits() - before);
		}
		in_span = 0;
		failed |= !strcmp(name, "failed");
		say(name, value);
	}
	status = end(&v);
	return failed || !WIFEXITED(status) ? 1 : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2 && !strcmp(argv[1], "realm"))
		return measure(argv + 2, realm_exits);
	if (argc > 2 && !strcmp(argv[1], "normal"))
		return measure(argv + 2, vm_exits);
	fputs("usage: device-bench realm|normal COMMAND...\n", stderr);
	return 2;
}
