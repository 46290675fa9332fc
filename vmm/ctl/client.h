/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking a running VM, over its control socket (docs/control.md). */
#ifndef VMM_CTL_CLIENT_H
#define VMM_CTL_CLIENT_H

#include <jansson.h>
#include <sys/types.h>

/*
 * Connects with the VM of this name. Returns a descriptor, or an error with a text: -ETIMEDOUT if
 * the VM takes no clients for so long.
 */
int client_connect(const char *name, int timeout_ms);

/*
 * Asks, and waits this long for the answer. Returns its result, NULL without one, and sets *ret to
 * 0 or an error: -ETIMEDOUT, -EPIPE if the VM has ended, -EPROTO, or -EREMOTEIO with the VM's words
 * as the error text. All texts of an answer are printable ASCII, or it is -EPROTO.
 */
json_t *client_ask(int fd, const char *command, int timeout_ms, int *ret);

/* Waits for the VM's end. 0, or -ETIMEDOUT without a text. */
int client_wait_end(int fd, int timeout_ms);

/* The process that serves the socket. While it has not ended, the number is its own. */
pid_t client_peer(int fd);

#endif
