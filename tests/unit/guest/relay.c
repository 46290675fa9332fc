/* SPDX-License-Identifier: BSD-3-Clause */
/* guest/attest/relay.c: how much of its host a guest can take. The relay runs as it is, with the
 * system's calls for connections and processes made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define GUESTS 200

int relay_main(int argc, char **argv);
int __wrap_accept(int fd, struct sockaddr *from, socklen_t *size);
int __wrap_bind(int fd, const struct sockaddr *to, socklen_t size);
int __wrap_listen(int fd, int backlog);
int __wrap_socket(int family, int type, int protocol);
pid_t __wrap_fork(void);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);

static int accepted, running, most;

int __wrap_socket(int family, int type, int protocol)
{
	return dup(STDERR_FILENO);
}

int __wrap_bind(int fd, const struct sockaddr *to, socklen_t size)
{
	return 0;
}

int __wrap_listen(int fd, int backlog)
{
	return 0;
}

/* A guest that connects again and again, until the test is over. */
int __wrap_accept(int fd, struct sockaddr *from, socklen_t *size)
{
	return accepted++ < GUESTS ? dup(STDERR_FILENO) : -1;
}

pid_t __wrap_fork(void)
{
	running++;
	most = running > most ? running : most;
	return 1;
}

/* No child ends before somebody waits for it. */
pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	if (options & WNOHANG)
		return 0;
	running--;
	return 1;
}

static void a_guest_has_so_many_connections_and_no_more(void **state)
{
	char *words[] = {"attest-relay", "8000", "127.0.0.1:1", NULL};

	assert_int_equal(relay_main(3, words), 1);
	assert_int_equal(accepted, GUESTS + 1);
	assert_int_equal(most, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_has_so_many_connections_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
