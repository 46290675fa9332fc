/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The programs behind a guest's vhost-user devices, and the process that starts them and connects
 * to them. It is forked before the VMM opens anything, and lives beside it, so that the VMM itself
 * may be confined: all that the VMM can ask of it is a new connection to a back end that the
 * command line named.
 *
 *	--disk SOCKET, --share SOCKET	somebody else has started the back end
 *	--share DIR			virtiofsd, started for each connection
 *	--net user			passt, likewise
 *
 * When the VMM ends, however it does, the programs that were started end, too.
 */
#ifndef VMM_DEV_VHOST_USER_BACK_ENDS_H
#define VMM_DEV_VHOST_USER_BACK_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "vmm/dev/config.h"

#define BACK_END_TEXT 256

enum back_end_kind { BACK_END_DISK, BACK_END_NET, BACK_END_SHARE };

struct back_end {
	enum back_end_kind kind;
	size_t number; /* which of the command line's of this kind */
	union {
		const struct net_config *net;
		const struct share_config *share;
	};
	const char *socket; /* NULL: a program is started */
	int channel;	    /* to the process that connects */
	pid_t program;	    /* in that process: what it has started last, or 0 */
};

struct back_ends {
	struct back_end list[DEVICE_DISKS_MAX + DEVICE_NETS_MAX + DEVICE_SHARES_MAX];
	size_t count;
	pid_t starter; /* 0: nothing is served by another program */
};

/* What the process answers: an error has a text, else a connected socket comes with it. */
struct back_end_answer {
	int err;
	char text[BACK_END_TEXT];
};

/*
 * Looks which devices other programs serve, and forks the process if there are any. Main thread,
 * before any other. An error has a text; back_ends_stop() comes after either result.
 */
int back_ends_start(struct back_ends *b, const struct device_config *c);

/* The back end of a device, or NULL if it has none. */
const struct back_end *back_ends_find(const struct back_ends *b, enum back_end_kind kind,
				      size_t number);

/* Asks for a connection. What comes of it is taken from the channel when that is readable. */
void back_end_ask(int channel);

/*
 * The connection: a socket that does not block. -EAGAIN if there is no answer yet, -EPIPE if there
 * is nobody who could connect; else what went wrong, and its text.
 */
int back_end_take(int channel, char text[BACK_END_TEXT]);

/* Waits until all programs have ended that were started. */
void back_ends_stop(struct back_ends *b);

/* The process itself, starter.c. Serves until nobody can ask any more. */
void starter_run(struct back_ends *b) __attribute__((noreturn));

#endif
