/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommands that speak to running VMs: list, stop, console and stats. */
#ifndef VMM_CMD_CONTROL_H
#define VMM_CMD_CONTROL_H

/* Each gets the words behind its own, and returns a status. */
int control_list(int count, char **words);
int control_stop(int count, char **words);
int control_stats(int count, char **words);
int control_attach(int count, char **words); /* `realm console` */

#endif
