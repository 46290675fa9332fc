/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/token/policy.c and policy_load.c: what a policy accepts, and which policies are none. */
#include <stdlib.h>
#include <util.h>

#include "judge.h"

static struct judge_state j;
static json_t *proposed; /* the policy that the token meets, to be edited */

static void init(const char *shape)
{
	judge_free(&j);
	json_decref(proposed);
	judge_init(&j, shape);
	judge_build(&j);
	proposed = policy_propose(&j.token);
}

static json_t *platform(void)
{
	return json_object_get(proposed, "platform");
}

static json_t *realm(void)
{
	return json_object_get(proposed, "realm");
}

static json_t *component(size_t index)
{
	return json_array_get(json_object_get(platform(), "software-components"), index);
}

/* Judges by the policy as it was edited. */
static enum token_verdict verdict(void)
{
	char *text = json_dumps(proposed, 0);

	judge_load(&j, text);
	free(text);
	return judge_run(&j);
}

static void set(json_t *rules, const char *name, const char *json)
{
	json_t *rule = json_loads(json, JSON_DECODE_ANY, NULL);

	assert_non_null(rule);
	assert_int_equal(json_object_set_new(rules, name, rule), 0);
}

/* ---- silence ---- */

/* Without the rule of one claim: that claim fails, and no other. */
static void expect_silence_fails(const char *shape, const char *group, const char *name)
{
	char line[64];

	init(shape);
	if (json_object_del(json_object_get(proposed, group), name))
		fail_msg("the proposed policy has no %s", name);
	assert_int_equal(verdict(), VERDICT_POLICY);
	snprintf(line, sizeof(line), "%s %s", group, name);
	expect_failed_alone(&j, line);
	assert_non_null(strstr(judge_detail(&j, line), "the policy has no rule for it"));
}

static void a_claim_that_says_what_runs_needs_a_rule(void **state)
{
	static const char *const platform_claims[] = {
		"implementation-id",	"instance-id", "config", "software-components",
		"manufacturing-config", "extension",   "rotpk",	 "peer-signers",
		"tpm-binding",
	};
	static const char *const realm_claims[] = {"rpv",	 "rim",	       "rem0",
						   "rem1",	 "rem2",       "rem3",
						   "mec-policy", "lfa-policy", "devices"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(platform_claims); i++)
		expect_silence_fails("2024", "platform", platform_claims[i]);
	for (i = 0; i < ARRAY_SIZE(realm_claims); i++)
		expect_silence_fails("2024", "realm", realm_claims[i]);
}

static void other_claims_may_have_a_rule(void **state)
{
	init("2024");
	set(platform(), "verification-service", "\"https://elsewhere.example\"");
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, "platform verification-service");
	json_object_del(platform(), "verification-service");
	json_object_del(platform(), "profile");
	json_object_del(platform(), "hash-algorithm");
	json_object_del(platform(), "client-id");
	json_object_del(realm(), "profile");
	json_object_del(realm(), "hash-algorithm");
	json_object_del(realm(), "public-key-hash-algorithm");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

/* ---- rules ---- */

static void any_is_written(void **state)
{
	init("2024");
	set(realm(), "rem2", "\"any\"");
	set(platform(), "rotpk", "\"any\"");
	set(platform(), "software-components", "\"any\"");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	assert_non_null(strstr(judge_detail(&j, "realm rem2"), ", any allowed"));
}

/* In a list it is a text like any other, which is how a token's own "any" is proposed. */
static void any_in_a_list_is_a_text(void **state)
{
	init("2024");
	set(component(0), "version", "[\"any\", \"1.1\"]");
	assert_int_equal(verdict(), VERDICT_POLICY);
	recipe_init(&j.recipe, "2024");
	map_set(&j.recipe.component[0], 4, "63 616e79");
	recipe_seal(&j.recipe);
	judge_build(&j);
	json_decref(proposed);
	proposed = policy_propose(&j.token);
	assert_true(json_is_array(json_object_get(component(0), "version")));
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void null_wants_the_claim_absent(void **state)
{
	init("2024");
	set(realm(), "devices", "null");
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, "realm devices");
	init("2023");
	set(realm(), "devices", "null");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void a_rule_wants_the_claim_there(void **state)
{
	init("2023");
	set(realm(), "mec-policy", "\"private\"");
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, "realm mec-policy");
	assert_string_equal(judge_detail(&j, "realm mec-policy"),
			    "absent; the policy wants \"private\"");
}

static void one_of_a_list_is_enough(void **state)
{
	init("2024");
	set(realm(), "lfa-policy", "[\"allow\", \"disallow\"]");
	set(platform(), "tpm-binding", "[\"08\", \"09\"]");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	set(platform(), "tpm-binding", "[\"08\", \"0900\"]");
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, "platform tpm-binding");
}

static void a_mask_says_which_bits_count(void **state)
{
	init("2024");
	set(platform(), "config", "{\"value\": \"C0AA00\", \"mask\": \"FF0000\"}");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	set(platform(), "config", "{\"value\": \"c0aa00\", \"mask\": \"ff0100\"}");
	assert_int_equal(verdict(), VERDICT_POLICY);
	set(platform(), "config", "{\"value\": \"c0ff\", \"mask\": \"0000\"}");
	assert_int_equal(verdict(), VERDICT_POLICY);
	set(platform(), "config", "[\"00\", {\"value\": \"c0ffee\", \"mask\": \"ffffff\"}]");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void digits_may_be_upper_case(void **state)
{
	init("2024");
	set(platform(), "config", "\"C0FFEE\"");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void values_are_compared_to_their_last_digit(void **state)
{
	static const char *const claims[] = {"rim", "rpv", "rem0", "rem3", "devices"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(claims); i++) {
		char *text, line[32];

		init("2024");
		text = strdup(json_string_value(json_object_get(realm(), claims[i])));
		text[strlen(text) - 1] ^= 1; /* another hex digit */
		json_object_set_new(realm(), claims[i], json_string(text));
		free(text);
		assert_int_equal(verdict(), VERDICT_POLICY);
		snprintf(line, sizeof(line), "realm %s", claims[i]);
		expect_failed_alone(&j, line);
	}
}

static void claims_of_free_structure_are_compared_whole(void **state)
{
	init("2024");
	set(platform(), "extension", "[{\"1\": 7, \"2\": \"hex:78\"}]");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	set(platform(), "extension", "[{\"1\": 7}]");
	assert_int_equal(verdict(), VERDICT_POLICY);
	set(platform(), "extension", "[{\"1\": 7, \"2\": \"any\"}]");
	assert_int_equal(verdict(), VERDICT_POLICY);
}

/* ---- software components ---- */

static void expect_component_fails(const char *line)
{
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, line);
}

static void components_may_stand_in_another_order(void **state)
{
	json_t *list, *first;

	init("2024");
	list = json_object_get(platform(), "software-components");
	first = json_incref(json_array_get(list, 0));
	json_array_remove(list, 0);
	json_array_append_new(list, first);
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void each_member_of_a_component_is_compared(void **state)
{
	static const char *const members[][2] = {
		{"type", "\"BL2\""},
		{"measurement", "\"00\""},
		{"version", "\"1.1\""},
		{"signer-id", "\"00\""},
		{"hash-algorithm", "\"sha-512\""},
		{"live-activatable", "false"},
		{"countersigners", "[]"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(members); i++) {
		init("2024");
		set(component(0), members[i][0], members[i][1]);
		assert_int_equal(verdict(), VERDICT_POLICY);
		/* The component that is not the policy's, and the entry that no component meets. */
		judge_detail(&j, "platform software-components[0]");
		judge_detail(&j, "platform software-components");
		init("2024");
		json_object_del(component(0), members[i][0]);
		assert_int_equal(verdict(), VERDICT_POLICY);
		init("2024");
		set(component(0), members[i][0], "\"any\"");
		assert_int_equal(verdict(), VERDICT_VERIFIED);
	}
}

static void a_component_that_differs_is_named(void **state)
{
	init("2024");
	set(component(0), "version", "\"1.1\"");
	verdict();
	assert_string_equal(judge_detail(&j, "platform software-components[0]"),
			    "version is \"1.0\", the policy's is \"1.1\"");
}

static void a_component_more_or_less_is_refused(void **state)
{
	json_t *list;

	init("2024");
	list = json_object_get(platform(), "software-components");
	json_array_append(list, component(0));
	expect_component_fails("platform software-components");
	json_array_remove(list, 3);
	json_array_remove(list, 2);
	expect_component_fails("platform software-components[2]");
}

/* ---- keys ---- */

/* Puts a key of the policy for the token's platform; the ids may be edited. */
static json_t *policy_key(enum token_curve curve, unsigned int seed)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	struct token_key key;
	size_t i, c, size = token_curves[curve].coordinate;
	char text[2][96] = {{0}};

	maker_key(&key, curve, seed);
	for (c = 0; c < 2; c++)
		for (i = 0; i < (size * 8 + 5) / 6; i++) {
			const uint8_t *from = key.point + 1 + c * size;
			unsigned int word = from[i * 6 / 8] << 8 |
					    (i * 6 / 8 + 1 < size ? from[i * 6 / 8 + 1] : 0);

			text[c][i] = digits[word >> (10 - i * 6 % 8) & 0x3f];
		}
	return json_pack("{s:O,s:O,s:{s:s,s:s,s:s,s:s}}", "implementation-id",
			 json_object_get(platform(), "implementation-id"), "instance-id",
			 json_object_get(platform(), "instance-id"), "jwk", "kty", "EC", "crv",
			 token_curves[curve].name, "x", text[0], "y", text[1]);
}

static void init_with_policy_keys(void)
{
	init("2024");
	j.request.key_count = 0;
	json_object_set_new(proposed, "keys",
			    json_pack("[o,o]", policy_key(TOKEN_P521, 9),
				      policy_key(TOKEN_P384, PLATFORM_KEY)));
}

static json_t *second_key(void)
{
	return json_array_get(json_object_get(proposed, "keys"), 1);
}

static void a_key_of_the_policy_is_found_by_both_ids(void **state)
{
	init_with_policy_keys();
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	assert_string_equal(judge_detail(&j, "platform key"), "of the policy, by both ids");
}

static void a_key_of_the_policy_is_a_rule_for_the_ids(void **state)
{
	init_with_policy_keys();
	json_object_del(platform(), "implementation-id");
	json_object_del(platform(), "instance-id");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void a_key_of_another_machine_is_not_looked_at(void **state)
{
	static const char *const ids[] = {"implementation-id", "instance-id"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		char *text;

		init_with_policy_keys();
		json_array_remove(json_object_get(proposed, "keys"), 0);
		text = strdup(json_string_value(json_object_get(platform(), ids[i])));
		text[strlen(text) - 1] ^= 1;
		json_object_set_new(json_array_get(json_object_get(proposed, "keys"), 0), ids[i],
				    json_string(text));
		free(text);
		assert_int_equal(verdict(), VERDICT_KEY);
	}
}

static void a_trusted_key_of_any_platform_is_no_rule_for_the_ids(void **state)
{
	init("2024");
	json_object_del(platform(), "instance-id");
	assert_int_equal(verdict(), VERDICT_POLICY);
	expect_failed_alone(&j, "platform instance-id");
}

static void a_key_that_is_trusted_twice_is_taken_for_the_policys(void **state)
{
	init_with_policy_keys();
	j.request.key_count = 1;
	json_object_del(platform(), "instance-id");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void expect_wrong(const char *text, const char *why)
{
	char error[POLICY_ERROR_MAX];
	struct policy policy;

	if (policy_load(&policy, text, strlen(text), error))
		fail_msg("taken: %s", text);
	if (!strstr(error, why))
		fail_msg("%s: %s; wanted %s", text, error, why);
	policy_free(&policy);
}

/* Each costs a verification, for whoever writes the machine's ids into a token. */
static void a_machine_has_few_keys(void **state)
{
	json_t *keys;
	char *text;
	size_t i;

	init_with_policy_keys();
	keys = json_object_get(proposed, "keys");
	for (i = json_array_size(keys); i < POLICY_KEYS_EACH; i++)
		json_array_append(keys, second_key());
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	json_array_append(keys, second_key());
	text = json_dumps(proposed, 0);
	expect_wrong(text, "keys: more than 16 of one machine");
	free(text);
}

/* ---- what is no policy ---- */

static void a_terminal_sees_nothing_of_a_wrong_policy_but_text(void **state)
{
	static const char *const wrong[] = {
		"{\"realm\": {\"\\u001b[2J\\nverified\": 1}}",
		"{\"\\u009b2Jx\": 1}",
		"{\"a\": \xc2\x9b}",
	};
	char error[POLICY_ERROR_MAX];
	struct policy policy;
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_false(policy_load(&policy, wrong[i], strlen(wrong[i]), error));
		for (k = 0; error[k]; k++)
			assert_in_range(error[k], ' ', '~');
		policy_free(&policy);
	}
}

static void what_is_no_policy_is_refused_with_the_reason(void **state)
{
	static const char *const wrong[][2] = {
		{"", "line 1"},
		{"[]", "not an object"},
		{"{} {}", "line 1"},
		{"{\"platform\": {}, \"platform\": {}}", "duplicate"},
		{"{\"realm\": {\"rim\": \"00\", \"rim\": \"01\"}}", "duplicate"},
		{"{\"plattform\": {}}", "plattform: no such member"},
		{"{\"realm\": []}", "realm: not an object of rules"},
		{"{\"realm\": {\"rem4\": \"any\"}}", "realm rem4: no such claim"},
		{"{\"realm\": {\"rem\": \"any\"}}", "realm rem: no such claim"},
		{"{\"realm\": {\"challenge\": \"any\"}}", "realm challenge: fresh"},
		{"{\"platform\": {\"workload-binding\": \"any\"}}", "fresh"},
		{"{\"realm\": {\"rim\": \"0\"}}", "realm rim: not hex digits of whole bytes"},
		{"{\"realm\": {\"rim\": \"0g\"}}", "not hex digits"},
		{"{\"realm\": {\"rim\": 5}}", "not hex digits"},
		{"{\"realm\": {\"rim\": []}}", "an empty list accepts nothing"},
		{"{\"realm\": {\"rim\": [\"00\", null]}}", "not hex digits"},
		{"{\"realm\": {\"rim\": {\"value\": \"00\"}}}", "value and mask"},
		{"{\"realm\": {\"rim\": {\"value\": \"00\", \"mask\": \"0000\"}}}",
		 "value and mask"},
		{"{\"realm\": {\"rim\": {\"value\": \"00\", \"mask\": \"00\", \"x\": 1}}}",
		 "value and mask"},
		{"{\"platform\": {\"rotpk\": {\"value\": \"00\", \"mask\": \"0\"}}}",
		 "not bytes, so it can have no mask"},
		{"{\"realm\": {\"mec-policy\": \"secret\"}}", "not a word of this claim"},
		{"{\"realm\": {\"mec-policy\": 1}}", "not a word of this claim"},
		{"{\"platform\": {\"lifecycle\": \"secure\"}}", "not a state of the lifecycle"},
		{"{\"platform\": {\"lifecycle\": 12288}}", "not a state of the lifecycle"},
		{"{\"platform\": {\"lifecycle-value\": \"3000\"}}", "not a whole number"},
		{"{\"platform\": {\"client-id\": \"1\"}}", "not a whole number"},
		{"{\"platform\": {\"profile\": 1}}", "not a string"},
		{"{\"platform\": {\"software-components\": []}}", "not a list of 1 to 64"},
		{"{\"platform\": {\"software-components\": null}}", "not a list of 1 to 64"},
		{"{\"platform\": {\"software-components\": [1]}}", "a component that is no object"},
		{"{\"platform\": {\"software-components\": [{\"name\": \"BL\"}]}}",
		 "name: no such member"},
		{"{\"platform\": {\"software-components\": [{\"measurement\": 1}]}}",
		 "measurement: not hex digits"},
		{"{\"keys\": {}}", "keys: not a list"},
		{"{\"keys\": []}", "keys: not a list"},
		{"{\"keys\": [1]}", "keys: each has"},
		{"{\"keys\": [{\"implementation-id\": \"00\", \"instance-id\": \"00\", \"jwk\": "
		 "{}}]}",
		 "implementation-id: not as many hex digits"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_wrong(wrong[i][0], wrong[i][1]);
}

static void expect_wrong_key(const char *member, const char *json, const char *why)
{
	char *text;

	init_with_policy_keys();
	set(second_key(), member, json);
	text = json_dumps(proposed, 0);
	expect_wrong(text, why);
	free(text);
}

static void keys_of_a_policy_are_looked_at(void **state)
{
	expect_wrong_key("comment", "\"mine\"", "keys: each has");
	expect_wrong_key("instance-id", "\"0100\"", "instance-id: not as many hex digits");
	expect_wrong_key("jwk", "{\"kty\": \"RSA\"}", "not a JWK whose kty is EC");
	init_with_policy_keys();
	json_object_del(second_key(), "jwk");
	expect_wrong_key("jwk", "[]", "not a JWK");
	init_with_policy_keys();
	json_object_del(second_key(), "jwk");
	set(second_key(), "pem", "7");
	{
		char *text = json_dumps(proposed, 0);

		expect_wrong(text, "pem is not a string");
		free(text);
	}
}

static void a_comment_is_no_rule(void **state)
{
	init("2024");
	set(proposed, "comment", "\"of the machine in the cellar\"");
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

static void what_is_proposed_has_nothing_that_is_fresh(void **state)
{
	init("2026");
	assert_null(json_object_get(proposed, "keys"));
	assert_null(json_object_get(platform(), "workload-binding"));
	assert_null(json_object_get(platform(), "challenge"));
	assert_null(json_object_get(realm(), "challenge"));
	assert_null(json_object_get(realm(), "instance-id"));
	assert_null(json_object_get(realm(), "public-key"));
	assert_string_equal(json_string_value(json_object_get(platform(), "lifecycle")), "secured");
}

static int teardown(void **state)
{
	judge_free(&j);
	json_decref(proposed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_that_says_what_runs_needs_a_rule),
		cmocka_unit_test(other_claims_may_have_a_rule),
		cmocka_unit_test(any_is_written),
		cmocka_unit_test(any_in_a_list_is_a_text),
		cmocka_unit_test(null_wants_the_claim_absent),
		cmocka_unit_test(a_rule_wants_the_claim_there),
		cmocka_unit_test(one_of_a_list_is_enough),
		cmocka_unit_test(a_mask_says_which_bits_count),
		cmocka_unit_test(digits_may_be_upper_case),
		cmocka_unit_test(values_are_compared_to_their_last_digit),
		cmocka_unit_test(claims_of_free_structure_are_compared_whole),
		cmocka_unit_test(components_may_stand_in_another_order),
		cmocka_unit_test(each_member_of_a_component_is_compared),
		cmocka_unit_test(a_component_that_differs_is_named),
		cmocka_unit_test(a_component_more_or_less_is_refused),
		cmocka_unit_test(a_key_of_the_policy_is_found_by_both_ids),
		cmocka_unit_test(a_key_of_the_policy_is_a_rule_for_the_ids),
		cmocka_unit_test(a_key_of_another_machine_is_not_looked_at),
		cmocka_unit_test(a_trusted_key_of_any_platform_is_no_rule_for_the_ids),
		cmocka_unit_test(a_key_that_is_trusted_twice_is_taken_for_the_policys),
		cmocka_unit_test(a_terminal_sees_nothing_of_a_wrong_policy_but_text),
		cmocka_unit_test(what_is_no_policy_is_refused_with_the_reason),
		cmocka_unit_test(a_machine_has_few_keys),
		cmocka_unit_test(keys_of_a_policy_are_looked_at),
		cmocka_unit_test(a_comment_is_no_rule),
		cmocka_unit_test(what_is_proposed_has_nothing_that_is_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
