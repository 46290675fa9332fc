/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `realm`: parsed and checked, nothing opened. Pure; main() calls. */
#ifndef VMM_CMD_OPTIONS_H
#define VMM_CMD_OPTIONS_H

#include <hash.h>
#include <stdbool.h>
#include <stdint.h>

#define OPTIONS_RPV_SIZE  64
#define OPTIONS_MEM_ALIGN (2ULL << 20)
#define OPTIONS_SVE_STEP  128
#define OPTIONS_SVE_MAX	  2048

enum command { COMMAND_RUN, COMMAND_INFO, COMMAND_HELP, COMMAND_VERSION };

struct options {
	enum command command;
	const char *kernel;
	const char *initrd; /* NULL: none */
	const char *append;
	const char *console; /* NULL: this terminal (or pipe) */
	const char *kvm;
	uint64_t mem; /* bytes, a multiple of OPTIONS_MEM_ALIGN */
	unsigned int cpus;
	enum hash_alg hash;
	uint8_t rpv[OPTIONS_RPV_SIZE]; /* zero-padded at the end */
	bool rpv_given;
	unsigned int sve; /* longest vector in bits; 0: no SVE */
	bool realm;	  /* false: an ordinary VM */
};

/* Fills o. -EINVAL with an error text that names the option and what it takes. */
int options_parse(int argc, char **argv, struct options *o);

/* What `realm help` prints. */
extern const char options_help[];

#endif
