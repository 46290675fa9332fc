/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options that say what is believed, which `realm verify` and `realm keyserver` have in common:
 * parsed and checked, nothing opened.
 */
#ifndef VMM_CMD_TRUST_OPTIONS_H
#define VMM_CMD_TRUST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define TRUST_KEYS_MAX	   16
#define TRUST_POLICIES_MAX 16

/* Files of keys, in their order. */
struct trust_keys {
	const char *files[TRUST_KEYS_MAX];
	size_t count;
};

struct trust_options {
	struct trust_keys keys, realm_signers, platform_signers;
	const char *policies[TRUST_POLICIES_MAX];
	size_t policy_count;
	bool allow_development;
};

/*
 * Takes an option with a value, by the first len bytes of its name. 0, or -EINVAL with an error
 * text; -ENOENT without one if the option is none of these.
 */
int trust_option(struct trust_options *o, const char *name, size_t len, const char *value);

#endif
