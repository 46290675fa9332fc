/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm run`. */
#ifndef VMM_CMD_RUN_H
#define VMM_CMD_RUN_H

struct options;

/* Starts the VM, waits for its end, gives everything back. A status of status.h; errors have a
 * text.
 */
int run(const struct options *options);

#endif
