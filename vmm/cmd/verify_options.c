/* SPDX-License-Identifier: BSD-3-Clause */
/* Parses the command line of `realm verify`, see verify_options.h. */
#include <errno.h>
#include <string.h>
#include <util.h>

#include "vmm/cmd/verify_options.h"
#include "vmm/lib/error.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int set_challenge(struct verify_options *o, const char *value)
{
	size_t len = strlen(value), i;

	if (o->challenge_len)
		return error_set(-EINVAL, "--challenge: there is one already");
	if (len == 0 || len % 2 || len > 2 * VERIFY_CHALLENGE_MAX)
		return error_set(-EINVAL,
				 "--challenge: %zu hex digits; must be an even number from 2 to %d",
				 len, 2 * VERIFY_CHALLENGE_MAX);
	for (i = 0; i < len; i++) {
		int digit = hex_digit(value[i]);

		if (digit < 0)
			return error_set(-EINVAL, "--challenge: '%c' is not a hex digit", value[i]);
		o->challenge[i / 2] = (uint8_t)(o->challenge[i / 2] << 4 | digit);
	}
	o->challenge_len = len / 2;
	return 0;
}

static bool *flag(struct verify_options *o, const char *word)
{
	if (strcmp(word, "--json") == 0)
		return &o->json;
	if (strcmp(word, "--print-policy") == 0)
		return &o->print_policy;
	if (strcmp(word, "--allow-development") == 0)
		return &o->trust.allow_development;
	return NULL;
}

/* An option with a value, as `--name value` or `--name=value`: the words used, or an error. */
static int parse_valued(struct verify_options *o, int count, char **words)
{
	static const char challenge[] = "--challenge";
	size_t len = strcspn(words[0], "=");
	bool joined = words[0][len] == '=';
	const char *value = joined ? words[0] + len + 1 : count > 1 ? words[1] : NULL;
	int ret;

	if (strlen(challenge) == len && strncmp(challenge, words[0], len) == 0)
		ret = value && *value ? set_challenge(o, value) : 0;
	else
		ret = trust_option(&o->trust, words[0], len, value);
	if (ret == -ENOENT)
		return error_set(-EINVAL, "%s: no such option of verify (see `realm help`)",
				 words[0]);
	if (!value)
		return error_set(-EINVAL, "%s needs a value (see `realm help`)", words[0]);
	if (!*value)
		return error_set(-EINVAL, "%.*s: the value is empty", (int)len, words[0]);
	return ret < 0 ? ret : 2 - joined;
}

static int parse_word(struct verify_options *o, int count, char **words)
{
	bool *set = flag(o, words[0]);

	if (set) {
		*set = true;
		return 1;
	}
	if (words[0][0] == '-' && words[0][1])
		return parse_valued(o, count, words);
	if (o->token)
		return error_set(-EINVAL, "%s: there is a token already, %s", words[0], o->token);
	o->token = words[0];
	return 1;
}

int verify_options_parse(int count, char **words, struct verify_options *o)
{
	int i = 0, ret = 0;

	*o = (struct verify_options){0};
	while (ret >= 0 && i < count) {
		ret = parse_word(o, count - i, words + i);
		i += ret;
	}
	if (ret >= 0 && (!o->token || !*o->token))
		return error_set(-EINVAL, "the token is missing: a file, or - for standard input");
	return ret < 0 ? ret : 0;
}
