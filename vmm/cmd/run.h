/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommand `realm run`. */
#ifndef VMM_CMD_RUN_H
#define VMM_CMD_RUN_H

struct options;

/* Starts the VM, waits for its end and gives everything back. Returns a status of status.h. */
int run(const struct options *options);

#endif
