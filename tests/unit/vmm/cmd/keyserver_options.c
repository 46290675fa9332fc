/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/keyserver_options.c: the command line of `realm keyserver`. */
#include <errno.h>
#include <stdio.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/keyserver_options.h"

#define LEAST "--policy P --secret a/b/c=F --listen 127.0.0.1:1 "

static struct keyserver_options o;

static int parse(const char *line)
{
	char *argv[WORDS_MAX];
	int argc = split_words(line, argv);

	return keyserver_options_parse(argc, argv, &o);
}

static void every_option_is_taken(void **state)
{
	assert_no_error(parse(LEAST));
	assert_int_equal(o.deadline_s, 10);
	assert_int_equal(o.vsock, 0);
	assert_false(o.trust.allow_development);
	assert_no_error(parse("--policy=P --key A --key=B --secret a/b/c=F --secret=a/b/d=G=H "
			      "--listen L --listen=M --vsock 7 --deadline 3 --allow-development"));
	assert_string_equal(o.trust.policies[0], "P");
	assert_int_equal(o.trust.keys.count, 2);
	assert_string_equal(o.trust.keys.files[1], "B");
	assert_int_equal(o.secret_count, 2);
	assert_string_equal(o.secrets[1].path, "a/b/d");
	assert_string_equal(o.secrets[1].file, "G=H");
	assert_int_equal(o.listen_count, 2);
	assert_string_equal(o.listen[1], "M");
	assert_int_equal(o.vsock, 7);
	assert_int_equal(o.deadline_s, 3);
	assert_true(o.trust.allow_development);
}

static void refusals_name_the_option(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"", "--policy is missing"},
		{"--policy P", "--secret is missing"},
		{"--policy P --secret a/b/c=F", "--listen or --vsock is missing"},
		{LEAST "--secret a/b/c=G", "one already"},
		{LEAST "--secret a/b=G", "NAME/NAME/NAME=FILE"},
		{LEAST "--secret a/b/d", "NAME/NAME/NAME=FILE"},
		{LEAST "--secret a/b/d=", "NAME/NAME/NAME=FILE"},
		{LEAST "--vsock 0", "--vsock 0"},
		{LEAST "--vsock 4294967295", "--vsock"},
		{LEAST "--vsock 1x", "--vsock"},
		{LEAST "--deadline 0", "--deadline"},
		{LEAST "--deadline 601", "--deadline"},
		{LEAST "--deadline", "needs a value"},
		{LEAST "--key ~", "needs a value"},
		{LEAST "--keys A", "no such option"},
		{LEAST "word", "no such option"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_error(parse(cases[i].line), -EINVAL, cases[i].says);
}

/* A line with an option so often that it is once too much. */
static void check_most(const char *option, const char *value, int most)
{
	char line[8192] = LEAST;
	size_t len = strlen(line);
	int i;

	for (i = 0; i < most; i++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s %s%d%s ", option, value,
					i, strcmp(option, "--secret") ? "" : "=F");
	assert_error(parse(line), -EINVAL, "more than");
}

static void there_are_limits(void **state)
{
	check_most("--key", "K", TRUST_KEYS_MAX + 1);
	check_most("--secret", "x/y/z", KEYSERVER_SECRETS_MAX);
	check_most("--listen", "L", KEYSERVER_LISTEN_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(refusals_name_the_option),
		cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
