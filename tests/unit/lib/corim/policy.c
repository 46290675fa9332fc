/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/corim/policy.c: which tokens a CoRIM accepts, and which CoRIMs are believed. */
#include <corim/policy.h>
#include <stdlib.h>
#include <util.h>

#include "private.h"
#include "tests/unit/lib/token/judge.h"

#define NOW 1000

static struct judge_state j;
static struct corim platform, realm;
static struct corim_trust trust;
static char error[POLICY_ERROR_MAX];

/* What a policy in JSON has to say beside a CoRIM. */
static const char rest[] = "{\"platform\": {\"extension\": \"any\", \"peer-signers\": \"any\", "
			   "\"tpm-binding\": \"any\"},"
			   " \"realm\": {\"mec-policy\": \"private\", \"lfa-policy\": "
			   "\"disallow\", \"devices\": \"any\"}}";

static struct corim_bytes bytes_of(const struct token_value *value)
{
	return (struct corim_bytes){value->data, value->len};
}

/* What the token says, as reference values. */
static void say_platform(void)
{
	struct corim_platform *p = &platform.platform[0];
	const struct token *t = &j.token;
	size_t i;

	platform = (struct corim){.kind = CORIM_PLATFORM, .id = corim_text("p"), .platforms = 1};
	p->implementation_id = t->platform[PLATFORM_IMPLEMENTATION_ID].data;
	p->components = t->components;
	for (i = 0; i < t->components; i++) {
		const struct token_value *v = t->component[i].value;

		p->component[i] = (struct corim_component){
			.type = bytes_of(&v[COMPONENT_TYPE]),
			.version = bytes_of(&v[COMPONENT_VERSION]),
			.digest = {{t->component[i].alg, v[COMPONENT_MEASUREMENT].data}},
			.digests = 1,
			.signer = bytes_of(&v[COMPONENT_SIGNER]),
		};
	}
	p->config.value = bytes_of(&t->platform[PLATFORM_CONFIG]);
	p->manufacturing_config.value = bytes_of(&t->platform[PLATFORM_MANUFACTURING_CONFIG]);
}

static void say_realm(void)
{
	const struct token *t = &j.token;
	struct corim_realm *r = &realm.realm[0];
	size_t i;

	realm = (struct corim){.kind = CORIM_REALM, .id = corim_text("r"), .realms = 1};
	r->rim = (struct corim_digest){t->realm_alg, t->realm[REALM_RIM].data};
	for (i = 0; i < TOKEN_REMS; i++)
		r->rem[i] = (struct corim_digest){t->realm_alg, t->rem[i].data};
	r->rpv = t->realm[REALM_RPV].data;
}

static void init(const char *shape)
{
	judge_free(&j);
	judge_init(&j, shape);
	judge_build(&j);
	trust = (struct corim_trust){.now = NOW};
	say_platform();
	say_realm();
}

static bool add_bytes(const void *data, size_t len)
{
	return corim_policy_add(&j.policy, data, len, &trust, error);
}

static bool add_json(const char *text)
{
	return add_bytes(text, strlen(text));
}

static bool add(const struct corim *c)
{
	static uint8_t buf[65536];
	const char *wrong;
	size_t len;

	wrong = corim_write(c, NULL, 0, buf, sizeof(buf), &len);
	if (wrong)
		fail_msg("%s", wrong);
	return add_bytes(buf, len);
}

static void must(bool good)
{
	if (!good)
		fail_msg("%s", error);
}

static void add_all(void)
{
	must(add(&platform));
	must(add(&realm));
}

/* ---- what is accepted ---- */

static void two_corims_are_a_policy(void **state)
{
	init("ssd");
	platform.platform[0].component[0].version.data = NULL; /* says nothing of it */
	add_all();
	/* Which machine of that kind it is, nobody has said. */
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	expect_failed_alone(&j, "platform instance-id");
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

static void what_a_corim_cannot_say_needs_a_policy_beside_it(void **state)
{
	init("ssd-2023");
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\", \"lifecycle\": \"secured\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	init("mixed");
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_string_equal(judge_detail(&j, "realm lfa-policy"),
			    "is \"disallow\", and the policy has no rule for it");
	judge_free(&j);
	add_all();
	must(add_json(rest));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	expect_failed_alone(&j, "platform instance-id");
}

static void both_must_be_met(void **state)
{
	init("ssd");
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}, \"realm\": {\"rpv\": \"00\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	expect_failed_alone(&j, "realm rpv");
}

static void expect_refused(const char *rule)
{
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	expect_failed_alone(&j, rule);
}

static void another_value_is_refused(void **state)
{
	static const uint8_t other[64] = {1};

	init("ssd");
	realm.realm[0].rim.data = other;
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_non_null(strstr(judge_detail(&j, "realm rim"), "no reference values for it"));
	init("ssd");
	realm.realm[0].rem[3].data = other;
	expect_refused("realm rem3");
	init("ssd");
	realm.realm[0].rem[3].data = NULL;
	expect_refused("realm rem3");
	init("ssd");
	realm.realm[0].rpv = other;
	expect_refused("realm rpv");
	init("ssd");
	platform.platform[0].config.value = (struct corim_bytes){other, 3};
	expect_refused("platform config");
	init("ssd");
	platform.platform[0].implementation_id = other;
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_non_null(strstr(judge_detail(&j, "platform implementation-id"),
			       "no reference values for it"));
	init("ssd");
	platform.platform[0].component[1].signer.data = other;
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_non_null(strstr(judge_detail(&j, "platform software-components[1]"), "signer-id"));
}

static void bits_outside_of_the_mask_do_not_count(void **state)
{
	static const uint8_t value[] = {0xc0, 0xff, 0x00}, mask[] = {0xff, 0xff, 0x11},
			     all[] = {0xff, 0xff, 0xff};

	init("ssd");
	platform.platform[0].config = (struct corim_config){{value, 3}, {mask, 3}};
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	init("ssd");
	platform.platform[0].config = (struct corim_config){{value, 3}, {all, 3}};
	expect_refused("platform config");
}

static void alternatives_are_not_mixed(void **state)
{
	static const uint8_t other[64] = {1};

	/* Two Realms of the token's RIM: neither has both of its REM 0 and its RPV. */
	init("ssd");
	realm.realms = 2;
	realm.realm[1] = realm.realm[0];
	realm.realm[0].rem[0].data = other;
	realm.realm[1].rpv = other;
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	/* The second alternative is the token's. */
	init("ssd");
	realm.realms = 2;
	realm.realm[1] = realm.realm[0];
	realm.realm[0].rem[0].data = other;
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	/* One of them in another CoRIM. */
	init("ssd");
	add_all();
	realm.realm[0].rem[0].data = other;
	must(add(&realm));
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

/* A rule "any" of a policy in JSON accepts everything; the same text in a CoRIM is a text. */
static void a_text_that_says_any_is_a_text(void **state)
{
	init("ssd");
	platform.platform[0].component[0].version = corim_text("any");
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_non_null(strstr(judge_detail(&j, "platform software-components[0]"), "version"));
	init("ssd");
	platform.platform[0].component[0].type = corim_text("any");
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	assert_non_null(judge_detail(&j, "platform software-components[0]"));
}

static void digests_of_one_component_are_alternatives(void **state)
{
	static const uint8_t other[64] = {1};
	struct corim_component *component;

	init("ssd");
	component = &platform.platform[0].component[0];
	component->digest[1] = component->digest[0];
	component->digest[0] = (struct corim_digest){HASH_SHA512, other};
	component->digests = 2;
	add_all();
	must(add_json("{\"platform\": {\"instance-id\": \"any\"}}"));
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
}

static void what_the_draft_of_2026_adds_is_compared(void **state)
{
	init("2026");
	add_all();
	must(add_json(rest));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	/* No CoRIM can say of a component that it may be replaced while it runs. */
	assert_non_null(strstr(judge_detail(&j, "platform software-components[0]"),
			       "is true, the policy's is not there"));
	assert_non_null(judge_detail(&j, "platform rotpk"));
}

/* ---- keys ---- */

static void say_key(const uint8_t *instance_id)
{
	static char pem[PRIVATE_MAX];

	public_pem(&j.key.key, pem);
	platform.key[0] = (struct corim_key){j.token.platform[PLATFORM_IMPLEMENTATION_ID].data,
					     instance_id, corim_text(pem)};
	platform.keys = 1;
	j.request.key_count = 0;
}

static void a_platform_key_is_trusted_for_its_machine(void **state)
{
	static const uint8_t other[CORIM_INSTANCE_ID] = {1};

	init("ssd");
	say_key(j.token.platform[PLATFORM_INSTANCE_ID].data);
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_VERIFIED);
	init("ssd");
	say_key(other);
	add_all();
	assert_int_equal(judge_run(&j), VERDICT_KEY);
}

static void a_key_that_is_none_is_an_error(void **state)
{
	init("ssd");
	say_key(j.token.platform[PLATFORM_INSTANCE_ID].data);
	platform.key[0].pem = corim_text("-----BEGIN PUBLIC KEY-----\n");
	assert_false(add(&platform));
	assert_string_equal(error, "keys: not a public key (SubjectPublicKeyInfo)");
}

/* ---- who says so ---- */

static struct trusted_key signer = {.name = "signer"};

static bool add_signed(struct corim *c)
{
	static uint8_t file[PRIVATE_MAX], buf[65536];
	size_t file_len = private_key(TOKEN_P384, true, file, &signer.key), len;
	const char *wrong;

	c->signer = corim_text("somebody");
	wrong = corim_write(c, file, file_len, buf, sizeof(buf), &len);
	if (wrong)
		fail_msg("%s", wrong);
	return add_bytes(buf, len);
}

static void a_signed_one_needs_a_key_for_its_kind(void **state)
{
	init("ssd");
	assert_false(add_signed(&realm));
	assert_string_equal(error, "a signed CoRIM of a Realm, and no key was given for it");
	trust.signers[CORIM_PLATFORM] = &signer;
	trust.signer_count[CORIM_PLATFORM] = 1;
	assert_false(add_signed(&realm));
	must(add_signed(&platform));
	trust.signers[CORIM_REALM] = &j.key;
	trust.signer_count[CORIM_REALM] = 1;
	assert_false(add_signed(&realm));
	assert_string_equal(error, "a signed CoRIM of a Realm, by none of the keys for it");
	trust.signers[CORIM_REALM] = &signer;
	must(add_signed(&realm));
	assert_int_equal(judge_run(&j), VERDICT_POLICY);
	expect_failed_alone(&j, "platform instance-id");
}

static void a_corim_has_its_time(void **state)
{
	init("ssd");
	must(add(&platform));
	assert_int_equal(j.policy.not_after, 0);
	realm.validity = (struct corim_validity){NOW, NOW + 5};
	must(add(&realm));
	realm.validity = (struct corim_validity){NOW, NOW};
	must(add(&realm));
	must(add(&platform));
	assert_int_equal(j.policy.not_after, NOW);
	realm.validity = (struct corim_validity){NOW + 1, NOW + 2};
	assert_false(add(&realm));
	assert_string_equal(error, "a CoRIM that is not valid yet");
	realm.validity = (struct corim_validity){0, NOW - 1};
	assert_false(add(&realm));
	assert_string_equal(error, "a CoRIM that is no longer valid");
}

static void other_files_are_errors(void **state)
{
	init("ssd");
	assert_false(add_bytes("", 0));
	assert_false(add_bytes("\xd9\x01\xf5\xa0", 4));
	assert_string_equal(error, "offset 0, CoRIM: no id");
	must(add_json("{}"));
	assert_false(add_json("{}"));
	assert_string_equal(error, "policy: there is one in JSON already");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_corims_are_a_policy),
		cmocka_unit_test(what_a_corim_cannot_say_needs_a_policy_beside_it),
		cmocka_unit_test(both_must_be_met),
		cmocka_unit_test(another_value_is_refused),
		cmocka_unit_test(bits_outside_of_the_mask_do_not_count),
		cmocka_unit_test(alternatives_are_not_mixed),
		cmocka_unit_test(a_text_that_says_any_is_a_text),
		cmocka_unit_test(digests_of_one_component_are_alternatives),
		cmocka_unit_test(what_the_draft_of_2026_adds_is_compared),
		cmocka_unit_test(a_platform_key_is_trusted_for_its_machine),
		cmocka_unit_test(a_key_that_is_none_is_an_error),
		cmocka_unit_test(a_signed_one_needs_a_key_for_its_kind),
		cmocka_unit_test(a_corim_has_its_time),
		cmocka_unit_test(other_files_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
