/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/cmd/verify_options.c: the command line of `realm verify`. */
#include <errno.h>
#include <stdio.h>
#include <util.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/cmd/verify_options.h"

static struct verify_options o;

static int parse(const char *line)
{
	char *argv[WORDS_MAX];
	int argc = split_words(line, argv);

	return verify_options_parse(argc, argv, &o);
}

static void a_token_is_enough(void **state)
{
	assert_no_error(parse("T"));
	assert_string_equal(o.token, "T");
	assert_int_equal(o.trust.keys.count, 0);
	assert_int_equal(o.trust.policy_count, 0);
	assert_int_equal(o.challenge_len, 0);
	assert_false(o.json || o.print_policy || o.trust.allow_development);
	assert_no_error(parse("-"));
	assert_string_equal(o.token, "-");
}

static void every_option_is_taken(void **state)
{
	assert_no_error(parse("--key A --key=B T --policy P --policy=Q --challenge 00aBfF --json "
			      "--realm-signer R --platform-signer S --platform-signer=T "
			      "--print-policy --allow-development"));
	assert_string_equal(o.token, "T");
	assert_int_equal(o.trust.keys.count, 2);
	assert_string_equal(o.trust.keys.files[0], "A");
	assert_string_equal(o.trust.keys.files[1], "B");
	assert_int_equal(o.trust.policy_count, 2);
	assert_string_equal(o.trust.policies[0], "P");
	assert_string_equal(o.trust.policies[1], "Q");
	assert_int_equal(o.trust.realm_signers.count, 1);
	assert_string_equal(o.trust.realm_signers.files[0], "R");
	assert_int_equal(o.trust.platform_signers.count, 2);
	assert_string_equal(o.trust.platform_signers.files[1], "T");
	assert_int_equal(o.challenge_len, 3);
	assert_memory_equal(o.challenge, "\x00\xab\xff", 3);
	assert_true(o.json && o.print_policy && o.trust.allow_development);
}

static void a_challenge_has_64_bytes_at_most(void **state)
{
	char line[160] = "T --challenge ";
	size_t i;

	for (i = 0; i < 64; i++)
		strcat(line, "f0");
	assert_no_error(parse(line));
	assert_int_equal(o.challenge_len, 64);
	assert_int_equal(o.challenge[63], 0xf0);
	strcat(line, "00");
	assert_error(parse(line), -EINVAL, "--challenge: 130 hex digits");
}

static void keys_are_16_at_most(void **state)
{
	char line[200] = "T";
	size_t i;

	for (i = 0; i < TRUST_KEYS_MAX; i++)
		strcat(line, " --key K");
	assert_no_error(parse(line));
	assert_int_equal(o.trust.keys.count, TRUST_KEYS_MAX);
	strcat(line, " --key K");
	assert_error(parse(line), -EINVAL, "--key: more than 16");
}

static void wrong_lines_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *line, *text;
	} wrong[] = {
		{"", "the token is missing"},
		{"~", "the token is missing"},
		{"--json", "the token is missing"},
		{"T U", "U: there is a token already, T"},
		{"T --keys K", "--keys: no such option of verify"},
		{"T --ke K", "--ke: no such option of verify"},
		{"T -v", "-v: no such option of verify"},
		{"T --json=yes", "--json=yes: no such option of verify"},
		{"T --key", "--key needs a value"},
		{"T --key=", "--key: the value is empty"},
		{"T --key ~", "--key: the value is empty"},
		{"T --challenge 00 --challenge 01", "--challenge: there is one already"},
		{"T --challenge 0", "--challenge: 1 hex digits"},
		{"T --challenge 0g", "--challenge: 'g' is not a hex digit"},
		{"T --challenge 0x00", "--challenge: 'x' is not a hex digit"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_error(parse(wrong[i].line), -EINVAL, wrong[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_enough),
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(a_challenge_has_64_bytes_at_most),
		cmocka_unit_test(keys_are_16_at_most),
		cmocka_unit_test(wrong_lines_are_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, clear_errors, NULL);
}
