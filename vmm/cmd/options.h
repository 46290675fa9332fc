/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of `realm`. It is parsed and checked, and nothing is opened. Pure; main() is the
 * only caller.
 */
#ifndef VMM_CMD_OPTIONS_H
#define VMM_CMD_OPTIONS_H

#include <corim/corim.h>
#include <measure.h>

#include "vmm/boot/plan.h"
#include "vmm/vm/vm.h"

#define MEASURE_EXTENDS_MAX 64

enum command {
	COMMAND_RUN,
	COMMAND_INFO,
	COMMAND_MEASURE,
	COMMAND_VERIFY,
	COMMAND_KEYSERVER,
	COMMAND_LIST,
	COMMAND_STOP,
	COMMAND_CONSOLE,
	COMMAND_STATS,
	COMMAND_HELP,
	COMMAND_VERSION,
};

enum measure_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CORIM,
};

/* What `realm measure` is asked beyond what `realm run` is. */
struct measure_options {
	enum measure_rules rules;
	enum measure_format format;
	/* Of the CoRIM. */
	enum corim_spelling spelling;
	const char *key;    /* file of the private key that signs it; NULL: unsigned */
	const char *signer; /* who that is */
	struct {
		unsigned int rem; /* 0 to 3 */
		uint8_t value[MEASURE_SIZE];
		size_t size;
	} extends[MEASURE_EXTENDS_MAX]; /* in their order */
	size_t extend_count;
};

struct options {
	enum command command;
	struct plan_config boot;
	struct vm_config vm;
	const char *console;  /* NULL: this terminal (or pipe) */
	const char *dump_fdt; /* where the device tree is to go instead of running; NULL: run */
	struct measure_options measure;
	unsigned int gdb; /* port for a debugger; 0: none */
	const char *name; /* of the VM; NULL: one is made up */
	bool no_reboot;	  /* a reset of the guest ends it */
	char **rest; /* of commands that have words of their own, which are not looked at here */
	int rest_count;
};

/* How --rules names them. */
const char *options_rules_name(enum measure_rules rules);

/* Fills o. -EINVAL with an error text that names the option and what it takes. */
int options_parse(int argc, char **argv, struct options *o);

/* What `realm help` prints. */
extern const char options_help[];

#endif
