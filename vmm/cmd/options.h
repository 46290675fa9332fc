/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of `realm`. It is parsed and checked, and nothing is opened. Pure; main() is the
 * only caller.
 */
#ifndef VMM_CMD_OPTIONS_H
#define VMM_CMD_OPTIONS_H

#include "vmm/boot/plan.h"
#include "vmm/vm/vm.h"

enum command { COMMAND_RUN, COMMAND_INFO, COMMAND_VERIFY, COMMAND_HELP, COMMAND_VERSION };

struct options {
	enum command command;
	struct plan_config boot;
	struct vm_config vm;
	const char *console; /* NULL: this terminal (or pipe) */
	char **rest;	     /* of verify: its own words, not looked at here */
	int rest_count;
};

/* Fills o. -EINVAL with an error text that names the option and what it takes. */
int options_parse(int argc, char **argv, struct options *o);

/* What `realm help` prints. */
extern const char options_help[];

#endif
