/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses the command line of `realm keyserver`, see keyserver_options.h. */
#include <errno.h>
#include <kbs/protocol.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/cmd/keyserver_options.h"
#include "vmm/lib/error.h"

#define DEADLINE_DEFAULT_S 10
#define DEADLINE_MAX_S	   600

static int set_secret(struct keyserver_options *o, const char *value)
{
	size_t len = strcspn(value, "="), i;
	char *path;

	if (o->secret_count == KEYSERVER_SECRETS_MAX)
		return error_set(-EINVAL, "--secret: more than %d", KEYSERVER_SECRETS_MAX);
	path = o->secrets[o->secret_count].path;
	if (len < KEYSERVER_PATH_MAX)
		memcpy(path, value, len);
	if (value[len] != '=' || !value[len + 1] || len >= KEYSERVER_PATH_MAX ||
	    !kbs_resource_valid(path))
		return error_set(-EINVAL, "--secret %s: must be NAME/NAME/NAME=FILE", value);
	for (i = 0; i < o->secret_count; i++)
		if (strcmp(o->secrets[i].path, path) == 0)
			return error_set(-EINVAL, "--secret %s: there is one already", path);
	o->secrets[o->secret_count++].file = value + len + 1;
	return 0;
}

static int set_listen(struct keyserver_options *o, const char *value)
{
	if (o->listen_count == KEYSERVER_LISTEN_MAX)
		return error_set(-EINVAL, "--listen: more than %d", KEYSERVER_LISTEN_MAX);
	o->listen[o->listen_count++] = value;
	return 0;
}

/* A decimal number from 1 to most. */
static bool number(const char *text, unsigned long most, unsigned int *out)
{
	unsigned long value;
	char *end;

	if (!*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 10)
		return false;
	value = strtoul(text, &end, 10);
	*out = (unsigned int)value;
	return value >= 1 && value <= most;
}

static int set_vsock(struct keyserver_options *o, const char *value)
{
	if (!number(value, UINT32_MAX - 1, &o->vsock))
		return error_set(-EINVAL, "--vsock %s: must be a port's number", value);
	return 0;
}

static int set_deadline(struct keyserver_options *o, const char *value)
{
	if (!number(value, DEADLINE_MAX_S, &o->deadline_s))
		return error_set(-EINVAL, "--deadline %s: must be 1 to %d seconds", value,
				 DEADLINE_MAX_S);
	return 0;
}

static int set(struct keyserver_options *o, const char *name, size_t len, const char *value)
{
	static const struct {
		const char *name;
		int (*set)(struct keyserver_options *o, const char *value);
	} rows[] = {
		{"--secret", set_secret},
		{"--listen", set_listen},
		{"--vsock", set_vsock},
		{"--deadline", set_deadline},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0)
			return *value ? rows[i].set(o, value) : 0;
	return trust_option(&o->trust, name, len, value);
}

/* An option as `--name value` or `--name=value`: the words used, or an error. */
static int parse_word(struct keyserver_options *o, int count, char **words)
{
	size_t len = strcspn(words[0], "=");
	bool joined = words[0][len] == '=';
	const char *value = joined ? words[0] + len + 1 : count > 1 ? words[1] : "";
	int ret;

	if (strcmp(words[0], "--allow-development") == 0) {
		o->trust.allow_development = true;
		return 1;
	}
	ret = set(o, words[0], len, value);
	if (ret == -ENOENT)
		return error_set(-EINVAL, "%s: no such option of keyserver (see `realm help`)",
				 words[0]);
	if (ret == 0 && !*value)
		return error_set(-EINVAL, "%.*s needs a value (see `realm help`)", (int)len,
				 words[0]);
	return ret < 0 ? ret : 2 - joined;
}

int keyserver_options_parse(int count, char **words, struct keyserver_options *o)
{
	int i = 0, ret = 0;

	*o = (struct keyserver_options){.deadline_s = DEADLINE_DEFAULT_S};
	while (ret >= 0 && i < count) {
		ret = parse_word(o, count - i, words + i);
		i += ret;
	}
	if (ret < 0)
		return ret;
	if (!o->trust.policy_count)
		return error_set(-EINVAL, "--policy is missing: which Realms may have secrets");
	if (!o->secret_count)
		return error_set(-EINVAL, "--secret is missing: what there is to give");
	if (!o->listen_count && !o->vsock)
		return error_set(-EINVAL, "--listen or --vsock is missing: where to serve");
	return 0;
}
