/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm run`. */
#ifndef VMM_CMD_RUN_H
#define VMM_CMD_RUN_H

struct options;

/* Statuses of the process; a signal N gives STATUS_SIGNAL + N. */
enum status {
	STATUS_OK,
	STATUS_NOT_STARTED,
	STATUS_USAGE,
	STATUS_RESET,
	STATUS_CRASH,
	STATUS_KVM,
	STATUS_CONSOLE,
	STATUS_SIGNAL = 128,
};

/* Starts the VM, waits for its end, gives everything back. A status; the text is in error.h. */
int run(const struct options *options);

#endif
