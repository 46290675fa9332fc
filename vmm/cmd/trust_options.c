/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses what is believed, see trust_options.h. */
#include <errno.h>
#include <string.h>
#include <util.h>

#include "vmm/cmd/trust_options.h"
#include "vmm/lib/error.h"

static int add_key(struct trust_keys *keys, const char *option, const char *value)
{
	if (keys->count == TRUST_KEYS_MAX)
		return error_set(-EINVAL, "%s: more than %d", option, TRUST_KEYS_MAX);
	keys->files[keys->count++] = value;
	return 0;
}

static int set_key(struct trust_options *o, const char *value)
{
	return add_key(&o->keys, "--key", value);
}

static int set_realm_signer(struct trust_options *o, const char *value)
{
	return add_key(&o->realm_signers, "--realm-signer", value);
}

static int set_platform_signer(struct trust_options *o, const char *value)
{
	return add_key(&o->platform_signers, "--platform-signer", value);
}

static int set_policy(struct trust_options *o, const char *value)
{
	if (o->policy_count == TRUST_POLICIES_MAX)
		return error_set(-EINVAL, "--policy: more than %d", TRUST_POLICIES_MAX);
	o->policies[o->policy_count++] = value;
	return 0;
}

int trust_option(struct trust_options *o, const char *name, size_t len, const char *value)
{
	static const struct {
		const char *name;
		int (*set)(struct trust_options *o, const char *value);
	} rows[] = {
		{"--key", set_key},
		{"--policy", set_policy},
		{"--realm-signer", set_realm_signer},
		{"--platform-signer", set_platform_signer},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0)
			return rows[i].set(o, value);
	return -ENOENT;
}
