/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommand `realm info`. */
#ifndef VMM_CMD_INFO_H
#define VMM_CMD_INFO_H

/* Prints what the KVM device at this path can do. Returns STATUS_OK only if it has Realms. */
int info(const char *path);

#endif
