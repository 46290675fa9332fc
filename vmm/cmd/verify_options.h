/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `realm verify`: parsed and checked, nothing opened. For verify.c. */
#ifndef VMM_CMD_VERIFY_OPTIONS_H
#define VMM_CMD_VERIFY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/cmd/trust_options.h"

#define VERIFY_CHALLENGE_MAX 64

struct verify_options {
	const char *token; /* a file; "-" is standard input */
	struct trust_options trust;
	uint8_t challenge[VERIFY_CHALLENGE_MAX];
	size_t challenge_len; /* 0: none */
	bool json;
	bool print_policy;
};

/* -EINVAL with an error text that names the option and what it takes. */
int verify_options_parse(int count, char **words, struct verify_options *o);

#endif
