/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/token/verify.c and signature.c: when a token is believed, and which rule refuses it. */
#include <stdlib.h>
#include <token/development.h>
#include <token/signature.h>
#include <util.h>

#include "judge.h"

static struct judge_state j;

static void init(const char *shape)
{
	judge_free(&j);
	judge_init(&j, shape);
}

static void good(const char *shape)
{
	init(shape);
	judge_build(&j);
	judge_propose(&j);
}

/* After an edit of the recipe, by the policy that the token itself proposes. */
static enum token_verdict verdict(void)
{
	judge_build(&j);
	judge_propose(&j);
	return judge_run(&j);
}

static void every_shape_is_verified(void **state)
{
	size_t i;

	for (i = 0; i < shape_count; i++) {
		good(shapes[i].name);
		assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
		assert_string_equal(judge_detail(&j, "platform key"), "the test's");
	}
}

static void every_curve_and_hash_is_verified(void **state)
{
	static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	unsigned int i;

	for (i = 0; i < TOKEN_CURVES; i++) {
		init("2024");
		recipe_init(&j.recipe, "2024");
		recipe_set_curves(&j.recipe, i, (i + 1) % TOKEN_CURVES);
		recipe_set_hashes(&j.recipe, algs[i], algs[(i + 1) % TOKEN_CURVES]);
		recipe_seal(&j.recipe);
		maker_key(&j.key.key, i, PLATFORM_KEY);
		assert_int_equal(verdict(), VERDICT_VERIFIED);
	}
}

/* A flipped token is refused by the decoder, or else by token_verify(). */
static void expect_flip_refused(size_t at, uint8_t mask)
{
	uint8_t *copy = malloc(j.recipe.made.len);
	struct token_error error;

	memcpy(copy, j.recipe.made.data, j.recipe.made.len);
	copy[at] ^= mask;
	if (token_decode(copy, j.recipe.made.len, &j.token, &error) == TOKEN_GOOD &&
	    judge_run(&j) == VERDICT_VERIFIED)
		fail_msg("verified with byte %zu ^ %02x", at, mask);
	free(copy);
}

static void a_token_with_any_byte_flipped_is_refused(void **state)
{
	size_t at;

	init("2023");
	recipe_init(&j.recipe, "2023");
	recipe_set_curves(&j.recipe, TOKEN_P256, TOKEN_P256);
	recipe_seal(&j.recipe);
	maker_key(&j.key.key, TOKEN_P256, PLATFORM_KEY);
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	for (at = 0; at < j.recipe.made.len; at++)
		expect_flip_refused(at, (uint8_t)(1 << at % 8));
}

/* ---- the platform's key ---- */

static void a_key_that_is_not_trusted(void **state)
{
	good("2024");
	maker_key(&j.key.key, TOKEN_P384, PLATFORM_KEY + 1);
	assert_int_equal(judge_run(&j), VERDICT_SIGNATURE);
	expect_failed_alone(&j, "platform signature");
}

static void no_trusted_key(void **state)
{
	good("2024");
	j.request.key_count = 0;
	assert_int_equal(judge_run(&j), VERDICT_KEY);
	assert_string_equal(judge_detail(&j, "platform signature"), "ES384, of no trusted key");
}

static void the_algorithm_is_that_of_the_trusted_key(void **state)
{
	good("2024");
	maker_key(&j.key.key, TOKEN_P256, PLATFORM_KEY);
	assert_int_equal(judge_run(&j), VERDICT_KEY);
	assert_string_equal(judge_detail(&j, "platform key"),
			    "the token says ES384, which is not the algorithm of the trusted key");
}

/* A header that says ES256 over a signature with the trusted P-384 key. */
static void the_header_does_not_choose_the_algorithm(void **state)
{
	init("2024");
	map_set(&j.recipe.platform.protected, 1, "26");
	j.recipe.platform.signature.len = 64;
	assert_int_equal(verdict(), VERDICT_KEY);
	init("2024");
	map_set(&j.recipe.realm.protected, 1, "26");
	j.recipe.realm.signature.len = 64;
	assert_int_equal(verdict(), VERDICT_SIGNATURE);
	expect_failed_alone(&j, "realm signature");
	assert_string_equal(judge_detail(&j, "realm signature"),
			    "the token says ES256, which is not the algorithm of its key");
}

static void a_signature_is_checked_by_one_algorithm_only(void **state)
{
	good("2024");
	assert_true(token_signature_good(&j.token.platform_sign1, &j.key.key));
	j.token.platform_sign1.curve = TOKEN_P256;
	assert_false(token_signature_good(&j.token.platform_sign1, &j.key.key));
}

static void the_key_that_signed_is_found_among_many(void **state)
{
	struct trusted_key keys[4] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
	unsigned int i;

	good("2024");
	for (i = 0; i < 4; i++)
		maker_key(&keys[i].key, i == 1 ? TOKEN_P521 : TOKEN_P384, PLATFORM_KEY + 3 - i);
	keys[3].name = "the fourth";
	j.request.keys = keys;
	j.request.key_count = 4;
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	assert_string_equal(judge_detail(&j, "platform key"), "the fourth");
}

static void signatures_that_are_zero_or_too_large(void **state)
{
	init("2024");
	j.recipe.platform.signature.len = 96;
	assert_int_equal(verdict(), VERDICT_SIGNATURE);
	memset(j.recipe.platform.signature.data, 0xff, 96);
	assert_int_equal(verdict(), VERDICT_SIGNATURE);
}

/* ---- the Realm's key ---- */

static void a_realm_token_of_another_key(void **state)
{
	init("2024");
	j.recipe.realm.seed++;
	assert_int_equal(verdict(), VERDICT_SIGNATURE);
	expect_failed_alone(&j, "realm signature");
}

static void a_realm_key_that_is_not_on_its_curve(void **state)
{
	init("ssd");
	recipe_init(&j.recipe, "ssd");
	j.recipe.key.data[96] ^= 1;
	recipe_seal(&j.recipe);
	assert_int_equal(verdict(), VERDICT_SIGNATURE);
	assert_string_equal(judge_detail(&j, "realm signature"),
			    "the Realm's key is not on its curve");
}

/* ---- binding ---- */

static void a_realm_token_of_another_platform(void **state)
{
	static const char *const names[] = {"ssd", "2024"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		init(names[i]);
		map_set(&j.recipe.platform.payload, 10,
			"5820 1111111111111111111111111111111111111111111111111111111111111111");
		assert_int_equal(verdict(), VERDICT_BINDING);
		expect_failed_alone(&j, "binding");
	}
}

/* The key's hash by SHA-256 where the Realm token names SHA-512, and the other way round. */
static void the_binding_is_by_the_hash_that_the_realm_names(void **state)
{
	init("2024");
	map_set(&j.recipe.realm.payload, 44240, "67 7368612d353132");
	assert_int_equal(verdict(), VERDICT_BINDING);
	init("2024");
	recipe_init(&j.recipe, "2024");
	recipe_set_hashes(&j.recipe, HASH_SHA256, HASH_SHA512);
	recipe_seal(&j.recipe);
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	map_set(&j.recipe.realm.payload, 44240, "67 7368612d323536");
	assert_int_equal(verdict(), VERDICT_BINDING);
}

/* The binding is of the key's bytes, not of what they mean. */
static void the_binding_is_of_the_bytes_that_stand_there(void **state)
{
	init("2024");
	recipe_init(&j.recipe, "2024");
	map_add(&j.recipe.key, 2, "41 00");
	recipe_seal(&j.recipe);
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

/* ---- challenge ---- */

static void a_token_without_a_challenge_may_be_old(void **state)
{
	good("2024");
	j.request.challenge = NULL;
	assert_int_equal(judge_run(&j), VERDICT_CHALLENGE);
	expect_failed_alone(&j, "challenge");
}

static void a_challenge_is_compared_to_its_last_byte(void **state)
{
	good("2024");
	j.challenge[63] = 1;
	assert_int_equal(judge_run(&j), VERDICT_CHALLENGE);
	expect_failed_alone(&j, "challenge");
	j.request.challenge_len = 63; /* zeros follow */
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	j.request.challenge_len = 1;
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

/* ---- lifecycle and keys that prove nothing ---- */

static void a_lifecycle_that_is_not_secured_needs_the_option(void **state)
{
	static const char *const values[] = {"00",	"19 1000", "19 20ff",
					     "19 4000", "19 5000", "19 6000"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		init("2023");
		map_set(&j.recipe.platform.payload, 2395, values[i]);
		assert_int_equal(verdict(), VERDICT_LIFECYCLE);
		expect_failed_alone(&j, "lifecycle");
		j.request.allow_development = true;
		assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	}
}

static void what_the_option_let_pass_is_said(void **state)
{
	size_t i, allowed = 0;

	init("2023");
	map_set(&j.recipe.platform.payload, 2395, "19 1000");
	j.request.allow_development = true;
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	for (i = 0; i < j.lines; i++)
		allowed += j.line[i].allowed;
	assert_int_equal(allowed, 1);
}

static void the_policy_may_name_a_lifecycle(void **state)
{
	good("2023");
	judge_load(&j, "{\"platform\": {\"lifecycle\": \"provisioning\"}}");
	assert_int_equal(judge_run(&j), VERDICT_LIFECYCLE);
	judge_load(&j, "{\"platform\": {\"lifecycle-value\": 12288}}");
	assert_int_equal(judge_run(&j), VERDICT_LIFECYCLE);
	judge_load(&j, "{\"platform\": {\"lifecycle-value\": [12288, 12291]}}");
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	j.request.allow_development = true; /* does not go past a policy */
	judge_load(&j, "{\"platform\": {\"lifecycle\": \"provisioning\"}}");
	assert_int_equal(judge_run(&j), VERDICT_LIFECYCLE);
}

static void expect_development(void)
{
	assert_int_equal(verdict(), VERDICT_DEVELOPMENT);
	expect_failed_alone(&j, "development");
	j.request.allow_development = true;
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

/* What the monitor of a development build calls its platform: the text, and zeros to 32 bytes. */
static void set_implementation(size_t at, char c)
{
	char id[32] = TOKEN_DEVELOPMENT_IMPLEMENTATION, hex[2 * sizeof(id) + 5] = "5820";
	size_t i;

	if (at < sizeof(id))
		id[at] = c;
	for (i = 0; i < sizeof(id); i++)
		snprintf(hex + 4 + 2 * i, 3, "%02x", (unsigned char)id[i]);
	map_set(&j.recipe.platform.payload, 2396, hex);
}

static void a_development_key_of_ours_needs_the_option(void **state)
{
	init("2024");
	set_implementation(SIZE_MAX, 0);
	expect_development();
	init("2024");
	set_implementation(31, '.');
	assert_int_equal(verdict(), VERDICT_VERIFIED);
	init("2024");
	set_implementation(0, 'K');
	assert_int_equal(verdict(), VERDICT_VERIFIED);
}

/* Public halves of keys whose private halves everybody has; docs/spec/attestation.md section 1. */
static const struct {
	enum token_curve curve;
	const char *point;
} published[] = {
	{TOKEN_P384,
	 "04212867c52e2b9508b0a420a90560f394d2dfaa21bdd7514ff1a901afe7e1f78bb11d4e66f8a8a3"
	 "8afa76af6a31c4de8c84ce2dafc9964258b53fad718774f45620d111b176e8318e1187db0235a318"
	 "d37ba597fee80e0e4c762a12bcb3ea6ed4"},
	{TOKEN_P384,
	 "0476f988091be585ed41801aecfab858548c63057e16b0e676120bbd0d2f9c29e056c5d41a0130eb"
	 "9c21517899dc23146b28e1b062bd3ea4b315fd219f1cbb528cb6e74ca49be16773734f61a1ca6103"
	 "1b2bbf3d918f2f94ffc4228e50919544ae"},
	{TOKEN_P256,
	 "0430a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3ee04b65e92456d9"
	 "888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723"},
	{TOKEN_P384,
	 "0482fbd132a9b5c396879fbb15340d9050978e55c79d5279a2ba0e95854f37e20cd2f64f3b72b570"
	 "bbd773eee2ce768425edf545edbe89ffafe0e96bbd46e270f20796c448b98daf46a764d27442e6e6"
	 "ed84f8cec817e6ecc6a71d3a3de7d67ecd"},
	{TOKEN_P256,
	 "044ca44513f470497a2823c0dd6ad3ce620fee88a9b65ebb53fee10c12fa9066bc091c771fc34737"
	 "595cc6a2a2f763f43ac641c57dd515a92d965a43dd28ed37bb"},
	{TOKEN_P384,
	 "0481195880a2207fb956032a3cb97f5da5af726ffcb715ee164784a7fb16c06096bdd9462a32650b"
	 "2912a8551570d6ea1f3b2d1f7da8a275fa00330f0078618bc3e149549c8170d32ec55890a7f9ec78"
	 "9f1f18ae92eb15d222af971d971c965af1"},
	{TOKEN_P256,
	 "0402d21fe718800f0297adf07cf843f2b0be7318d0067b5e663f56ddf6fef63dc5e072feb9337c18"
	 "4a6af07b8015f6d649e48e249c51075489f7a406aade2680b2"},
	{TOKEN_P256,
	 "046183fd4efc98e4e9f9c4f3e11dec8a5ebba07df27d6eed0b183881a8c6cf22b49ac32cbd617c05"
	 "d0ca1282155a99dc5c16261417fd3b15830fa35aa297b4116a"},
};

static void keys_that_everybody_has_are_known(void **state)
{
	struct token_key key = {0};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(published); i++) {
		key.curve = published[i].curve;
		assert_int_equal(from_hex(published[i].point, key.point, sizeof(key.point)),
				 token_point_size(&key));
		assert_true(token_key_on_curve(&key));
		assert_non_null(token_key_published(&key));
		/* The other point of the same x: its private half is the published one's, negated.
		 */
		key.point[token_point_size(&key) - 1] ^= 1;
		assert_non_null(token_key_published(&key));
		key.point[1] ^= 1;
		assert_null(token_key_published(&key));
	}
}

/* A Realm token that names a published key is refused for that, too. */
static void a_realm_key_that_everybody_has(void **state)
{
	init("ssd");
	recipe_init(&j.recipe, "ssd");
	j.recipe.key.len = 0;
	blob_add(&j.recipe.key, published[1].point);
	recipe_seal(&j.recipe);
	assert_int_equal(verdict(), VERDICT_SIGNATURE); /* the tests have no private half */
	assert_non_null(
		strstr(judge_detail(&j, "development"), "Realm's key: the Realm key (RAK)"));
}

static void the_first_rule_that_fails_decides(void **state)
{
	good("2024");
	j.request.challenge = NULL;
	j.request.key_count = 0;
	assert_int_equal(judge_run(&j), VERDICT_KEY);
	good("2024");
	j.request.challenge = NULL;
	policy_free(&j.policy);
	assert_int_equal(judge_run(&j), VERDICT_CHALLENGE);
}

static void without_a_policy_nothing_is_verified(void **state)
{
	good("2024");
	policy_free(&j.policy);
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
}

static void verdicts_have_names(void **state)
{
	assert_string_equal(token_verdict_name(VERDICT_VERIFIED), "verified");
	assert_string_equal(token_verdict_name(VERDICT_MALFORMED), "malformed");
	assert_string_equal(token_verdict_name(VERDICT_POLICY), "policy");
}

static int teardown(void **state)
{
	judge_free(&j);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_verified),
		cmocka_unit_test(every_curve_and_hash_is_verified),
		cmocka_unit_test(a_token_with_any_byte_flipped_is_refused),
		cmocka_unit_test(a_key_that_is_not_trusted),
		cmocka_unit_test(no_trusted_key),
		cmocka_unit_test(the_algorithm_is_that_of_the_trusted_key),
		cmocka_unit_test(the_header_does_not_choose_the_algorithm),
		cmocka_unit_test(a_signature_is_checked_by_one_algorithm_only),
		cmocka_unit_test(the_key_that_signed_is_found_among_many),
		cmocka_unit_test(signatures_that_are_zero_or_too_large),
		cmocka_unit_test(a_realm_token_of_another_key),
		cmocka_unit_test(a_realm_key_that_is_not_on_its_curve),
		cmocka_unit_test(a_realm_token_of_another_platform),
		cmocka_unit_test(the_binding_is_by_the_hash_that_the_realm_names),
		cmocka_unit_test(the_binding_is_of_the_bytes_that_stand_there),
		cmocka_unit_test(a_token_without_a_challenge_may_be_old),
		cmocka_unit_test(a_challenge_is_compared_to_its_last_byte),
		cmocka_unit_test(a_lifecycle_that_is_not_secured_needs_the_option),
		cmocka_unit_test(what_the_option_let_pass_is_said),
		cmocka_unit_test(the_policy_may_name_a_lifecycle),
		cmocka_unit_test(a_development_key_of_ours_needs_the_option),
		cmocka_unit_test(keys_that_everybody_has_are_known),
		cmocka_unit_test(a_realm_key_that_everybody_has),
		cmocka_unit_test(the_first_rule_that_fails_decides),
		cmocka_unit_test(without_a_policy_nothing_is_verified),
		cmocka_unit_test(verdicts_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
