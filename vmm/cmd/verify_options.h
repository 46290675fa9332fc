/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `realm verify`: parsed and checked, nothing opened. For verify.c. */
#ifndef VMM_CMD_VERIFY_OPTIONS_H
#define VMM_CMD_VERIFY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERIFY_KEYS_MAX	     16
#define VERIFY_POLICIES_MAX  16
#define VERIFY_CHALLENGE_MAX 64

/* Files of keys, in their order. */
struct verify_keys {
	const char *files[VERIFY_KEYS_MAX];
	size_t count;
};

struct verify_options {
	const char *token; /* a file; "-" is standard input */
	struct verify_keys keys, realm_signers, platform_signers;
	const char *policies[VERIFY_POLICIES_MAX];
	size_t policy_count;
	uint8_t challenge[VERIFY_CHALLENGE_MAX];
	size_t challenge_len; /* 0: none */
	bool json;
	bool print_policy;
	bool allow_development;
};

/* -EINVAL with an error text that names the option and what it takes. */
int verify_options_parse(int count, char **words, struct verify_options *o);

#endif
