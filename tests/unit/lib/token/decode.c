/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/token/decode.c and claims.c: what a token may be, and the byte and rule of what it may not.
 */
#include <cbor.h>
#include <stdlib.h>
#include <token/signature.h>
#include <token/token.h>
#include <util.h>

#include "maker.h"

static struct recipe r;
static struct token t;
static struct token_error error;

/* Decodes from a buffer that is exactly as long, so that the sanitizer sees a read beyond it. */
static enum token_fault decode(const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	enum token_fault fault;

	memcpy(exact, data, len);
	fault = token_decode(exact, len, &t, &error);
	free(exact);
	return fault;
}

static void expect_good(const char *what)
{
	recipe_build(&r);
	if (token_decode(r.made.data, r.made.len, &t, &error) != TOKEN_GOOD)
		fail_msg("%s: byte %zu, %s, %s: %s", what, error.offset, error.part,
			 error.where ? error.where : "-", error.rule);
}

static void expect_refused(const char *part, const char *where, const char *rule)
{
	recipe_build(&r);
	if (decode(r.made.data, r.made.len) != TOKEN_MALFORMED)
		fail_msg("taken, though %s", rule);
	if (strcmp(error.rule, rule) || strcmp(error.part, part) || !where != !error.where ||
	    (where && strcmp(where, error.where)))
		fail_msg("%s, %s: %s; wanted %s, %s: %s", error.part,
			 error.where ? error.where : "-", error.rule, part, where ? where : "-",
			 rule);
}

static void make(const char *shape)
{
	recipe_init(&r, shape);
	recipe_seal(&r);
}

/* ---- what is taken ---- */

static void expect_signed(void)
{
	struct token_key key;

	maker_key(&key, r.platform.curve, PLATFORM_KEY);
	assert_true(token_signature_good(&t.platform_sign1, &key));
	assert_true(token_key_on_curve(&t.realm_key));
	assert_true(token_signature_good(&t.realm_sign1, &t.realm_key));
	maker_key(&key, r.realm.curve, REALM_KEY);
	assert_true(token_key_equal(&key, &t.realm_key));
}

static void every_shape_is_decoded_in_both_outer_forms(void **state)
{
	size_t i;

	for (i = 0; i < 2 * shape_count; i++) {
		make(shapes[i / 2].name);
		r.tag = i % 2 ? 399 : 907;
		expect_good(r.shape->name);
		assert_int_equal(t.tag, r.tag);
		assert_string_equal(t.pair->platform, r.shape->platform);
		assert_int_equal(t.components, COMPONENTS);
		assert_int_equal(t.component[0].alg, HASH_SHA256);
		assert_int_equal(t.component[1].alg, HASH_SHA384);
		assert_int_equal(t.component[2].alg, HASH_SHA256);
		assert_int_equal(t.platform[PLATFORM_LIFECYCLE].number, 0x3003);
		assert_int_equal(t.realm[REALM_CHALLENGE].len, 64);
		assert_int_equal(t.realm[REALM_CHALLENGE].data[0], CHALLENGE);
		assert_int_equal(t.rem[3].len, 32);
		assert_int_equal(t.ignored_count, 0);
		assert_int_equal(t.platform[PLATFORM_BINDING].kind,
				 r.shape->platform_set == 2026 ? TOKEN_BYTES : TOKEN_ABSENT);
		assert_int_equal(t.realm[REALM_MEC_POLICY].kind,
				 r.shape->realm_set == 1 ? TOKEN_ABSENT : TOKEN_INT);
		expect_signed();
	}
}

static void every_algorithm_signs(void **state)
{
	unsigned int i;

	for (i = 0; i < TOKEN_CURVES * TOKEN_CURVES; i++) {
		recipe_init(&r, "2023");
		recipe_set_curves(&r, i / TOKEN_CURVES, i % TOKEN_CURVES);
		recipe_seal(&r);
		expect_good("curves");
		expect_signed();
	}
}

static void every_hash_measures_and_binds(void **state)
{
	static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	size_t i;

	for (i = 0; i < 9; i++) {
		recipe_init(&r, "2024");
		recipe_set_hashes(&r, algs[i / 3], algs[i % 3]);
		recipe_seal(&r);
		expect_good("hashes");
		assert_int_equal(t.realm_alg, algs[i / 3]);
		assert_int_equal(t.binding_alg, algs[i % 3]);
		assert_int_equal(t.realm[REALM_RIM].len, hash_size(algs[i / 3]));
	}
}

static void heads_may_be_longer_than_they_need_be(void **state)
{
	make("2024");
	map_remove(&r.platform.payload, 2395);
	map_add_raw(&r.platform.payload, "1b 000000000000095b", "1a 00003012");
	map_remove(&r.realm.payload, 44243);
	map_add_raw(&r.realm.payload, "1a 0000acd3", "18 01");
	expect_good("longer heads");
	assert_int_equal(t.platform[PLATFORM_LIFECYCLE].number, 0x3012);
	assert_int_equal(t.realm[REALM_MEC_POLICY].number, 1);
}

static void claims_that_are_not_known_are_passed_over_and_noted(void **state)
{
	make("2023");
	map_add(&r.platform.payload, 2394, "63 787878"); /* client id of newer sets */
	map_add_raw(&r.realm.payload, "63 666f6f", "a1 01 fb 3ff8000000000000");
	blob_add(&r.outer, "19 1234 82 19 0107 40");
	r.outer_pairs = 1;
	expect_good("unknown claims");
	assert_int_equal(t.ignored_count, 3);
	assert_int_equal(t.ignored[0].number, 0x1234);
	assert_int_equal(t.ignored[1].number, 2394);
	assert_int_equal(t.ignored[2].kind, TOKEN_ITEM);
}

static void more_unknown_claims_than_are_noted(void **state)
{
	int i;

	make("2024");
	for (i = 0; i < TOKEN_IGNORED_MAX + 3; i++)
		map_add(&r.realm.payload, -100 - i, "f6");
	expect_good("many unknown claims");
	assert_int_equal(t.ignored_count, TOKEN_IGNORED_MAX + 3);
	assert_int_equal(t.ignored[TOKEN_IGNORED_MAX - 1].number, -100 - TOKEN_IGNORED_MAX + 1);
}

static void headers_may_say_what_pinned_keys_do_not_need(void **state)
{
	make("2024");
	map_add(&r.platform.protected, 4, "42 6b31");
	map_add(&r.platform.unprotected, 33, "41 30");
	expect_good("kid, x5chain");
	expect_signed();
}

static void a_key_may_have_members_that_are_not_known(void **state)
{
	recipe_init(&r, "2024");
	map_add(&r.key, 3, "38 22");
	map_add(&r.key, 2, "41 31");
	map_add_raw(&r.key, "61 78", "80");
	recipe_seal(&r);
	expect_good("alg, kid");
	expect_signed();
}

static void a_mec_policy_in_words(void **state)
{
	make("2024");
	map_set(&r.realm.payload, 44243, "66 736861726564");
	expect_good("shared");
	assert_int_equal(t.realm[REALM_MEC_POLICY].number, 0);
	map_set(&r.realm.payload, 44243, "67 70726976617465");
	expect_good("private");
	assert_int_equal(t.realm[REALM_MEC_POLICY].number, 1);
}

static void peers_as_one_string(void **state)
{
	make("2024");
	map_set(&r.platform.payload, 2406, "42 aabb");
	expect_good("one string");
}

/* ---- what is refused: one edit of a good token each ---- */

enum place {
	PLATFORM,
	REALM,
	COMPONENT, /* the first one */
	KEY,	   /* the Realm's */
	PLATFORM_HEADER,
	PLATFORM_UNPROTECTED,
	REALM_HEADER,
	REALM_UNPROTECTED,
};

enum op {
	SET,
	DROP,
	ADD,
	TAIL, /* bytes behind the map */
};

struct mistake {
	const char *shape;
	enum place place;
	enum op op;
	int64_t key;
	const char *hex;
	const char *where, *rule;
};

#define IS_PLATFORM(place)                                                                         \
	((place) == PLATFORM || (place) == COMPONENT || (place) == PLATFORM_HEADER ||              \
	 (place) == PLATFORM_UNPROTECTED)
#define TWICE	  "a key twice in one map"
#define BEHIND	  "bytes behind the end"
#define MISSING	  "a mandatory claim is missing"
#define LENGTH	  "a length that the claim cannot have"
#define HASH_LEN  "a hash of another length than its algorithm's"
#define LIFECYCLE "a lifecycle outside of its ranges"
#define SHA_NAMES "none of sha-256, sha-384 and sha-512"
#define BYTES_31  "581f 00000000000000000000000000000000000000000000000000000000000000"
#define BYTES_32  "5820 0000000000000000000000000000000000000000000000000000000000000000"
#define BYTES_33  "5821 000000000000000000000000000000000000000000000000000000000000000000"
#define BYTES_48                                                                                   \
	"5830 "                                                                                    \
	"000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
	"000000000000"
#define BYTES_64                                                                                   \
	"5840 "                                                                                    \
	"000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
	"00000000000000000000000000000000000000000000"

static const struct mistake mistakes[] = {
	/* A key twice: in each map and header, as another encoding, in maps of no known claim. */
	{"2024", PLATFORM, ADD, 2395, "19 3000", NULL, TWICE},
	{"2024", REALM, ADD, 44238, BYTES_32, NULL, TWICE},
	{"2024", COMPONENT, ADD, 2, BYTES_32, NULL, TWICE},
	{"2024", KEY, ADD, -2, BYTES_48, "public-key", TWICE},
	{"2024", PLATFORM_HEADER, ADD, 1, "38 22", NULL, TWICE},
	{"2024", REALM_HEADER, ADD, 1, "38 22", NULL, TWICE},
	{"2024", REALM, ADD, 9999, "a2 01 02 18 01 03", NULL, TWICE},
	{"2024", REALM, ADD, 9999, "a2 61 78 02 78 01 78 03", NULL, TWICE},
	{"2024", REALM, ADD, 9999, "a2 82 01 a1 02 03 04 82 01 a1 18 02 03 05", NULL, TWICE},
	{"2024", REALM, ADD, 9999, "a2 c1 01 02 c1 01 03", NULL, TWICE},
	{"2024", REALM, ADD, 9999, "a2 f5 02 f5 03", NULL, TWICE},
	/* Bytes behind the end, at each level. */
	{"2024", PLATFORM, TAIL, 0, "00", NULL, BEHIND},
	{"2024", REALM, TAIL, 0, "a0", NULL, BEHIND},
	{"2024", KEY, TAIL, 0, "00", "public-key", "bytes after the key"},
	{"2024", PLATFORM_HEADER, TAIL, 0, "00", NULL, BEHIND},
	{"2024", REALM_HEADER, TAIL, 0, "f6", NULL, BEHIND},
	{"ssd", KEY, TAIL, 0, "00", "public-key", "not an uncompressed point of P-384"},
	/* Headers. */
	{"2024", PLATFORM_HEADER, ADD, 2, "81 01", NULL, "critical header parameters (crit)"},
	{"2024", REALM_HEADER, ADD, 2, "81 01", NULL, "critical header parameters (crit)"},
	{"2024", PLATFORM_UNPROTECTED, ADD, 2, "80", NULL, "critical header parameters (crit)"},
	{"2024", REALM_UNPROTECTED, ADD, 1, "38 22", NULL, "an algorithm that is not protected"},
	{"2024", REALM_HEADER, DROP, 1, NULL, NULL, "no algorithm in the protected header"},
	{"2024", REALM_HEADER, SET, 1, "38 24", NULL,
	 "an algorithm other than ES256, ES384 and ES512"},
	{"2024", REALM_HEADER, SET, 1, "05", NULL,
	 "an algorithm other than ES256, ES384 and ES512"},
	{"2024", REALM_HEADER, SET, 1, "40", NULL, "not an integer"},
	{"2024", REALM_HEADER, ADD, 77, "00", NULL, "a header parameter that is not known"},
	{"2024", REALM_UNPROTECTED, ADD, -70000, "00", NULL,
	 "a header parameter that is not known"},
	{"2024", PLATFORM_HEADER, SET, 1, "26", NULL,
	 "a signature of another length than its algorithm's"},
	/* Lifecycle. */
	{"2023", PLATFORM, SET, 2395, "19 3100", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "19 2fff", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "19 0100", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "19 6100", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "19 7000", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "1a 00013003", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "1b 0000000100003003", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "39 3002", "lifecycle", LIFECYCLE},
	{"2023", PLATFORM, SET, 2395, "1b 8000000000003003", "lifecycle",
	 "an integer of more than 64 bits with its sign"},
	/* Hashes. */
	{"2024", REALM, SET, 44238, BYTES_64, "rim", HASH_LEN},
	{"2024", REALM, SET, 44238, BYTES_48, "rim", HASH_LEN},
	{"2024", REALM, SET, 44238, BYTES_31, "rim", LENGTH},
	{"2024", REALM, SET, 44239, "84" BYTES_32 BYTES_32 BYTES_64 BYTES_32, "rem", HASH_LEN},
	{"2024", REALM, SET, 44239, "83" BYTES_32 BYTES_32 BYTES_32, "rem", "not four REMs"},
	{"2024", REALM, SET, 44239, "85" BYTES_32 BYTES_32 BYTES_32 BYTES_32 BYTES_32, "rem",
	 "not four REMs"},
	{"2024", REALM, SET, 44239, "01", "rem", "not an array"},
	{"2024", REALM, SET, 44236, "67 7368612d353132", "rim", HASH_LEN},
	{"2024", REALM, SET, 44236, "63 4d4435", "hash-algorithm", SHA_NAMES},
	{"2024", REALM, SET, 44236, "67 5348412d323536", "hash-algorithm", SHA_NAMES},
	{"2024", REALM, SET, 44240, "66 7368612d3235", "public-key-hash-algorithm", SHA_NAMES},
	{"2024", PLATFORM, SET, 2402, "60", "hash-algorithm", SHA_NAMES},
	{"2024", PLATFORM, SET, 2402, "67 7368612d353132", "software-components measurement",
	 HASH_LEN},
	{"2024", COMPONENT, SET, 2, BYTES_64, "software-components measurement", HASH_LEN},
	{"2024", COMPONENT, SET, 2, BYTES_33, "measurement", LENGTH},
	{"2024", COMPONENT, SET, 5, BYTES_31, "signer-id", LENGTH},
	{"2024", COMPONENT, SET, 6, "67 7368612d333834", "software-components measurement",
	 HASH_LEN},
	{"2024", COMPONENT, SET, 6, "01", "hash-algorithm", "not a text string"},
	{"2024", COMPONENT, SET, 7, "01", "software-components live-activatable",
	 "neither true nor false"},
	{"2024", COMPONENT, SET, 7, "f6", "software-components live-activatable",
	 "neither true nor false"},
	{"2024", COMPONENT, SET, 8, "81" BYTES_33, "software-components countersigners", LENGTH},
	{"2024", COMPONENT, SET, 8, "81 01", "software-components countersigners",
	 "not a byte string"},
	{"2024", COMPONENT, SET, 8, "a0", "software-components countersigners", "not an array"},
	{"2024", COMPONENT, DROP, 2, NULL, "measurement", MISSING},
	{"2024", COMPONENT, DROP, 5, NULL, "signer-id", MISSING},
	/* Platform claims. */
	{"2024", PLATFORM, DROP, 265, NULL, "profile", MISSING},
	{"2024", PLATFORM, DROP, 10, NULL, "challenge", MISSING},
	{"2024", PLATFORM, DROP, 2396, NULL, "implementation-id", MISSING},
	{"2024", PLATFORM, DROP, 256, NULL, "instance-id", MISSING},
	{"2024", PLATFORM, DROP, 2401, NULL, "config", MISSING},
	{"2024", PLATFORM, DROP, 2395, NULL, "lifecycle", MISSING},
	{"2024", PLATFORM, DROP, 2399, NULL, "software-components", MISSING},
	{"2024", PLATFORM, DROP, 2402, NULL, "hash-algorithm", MISSING},
	{"2024", PLATFORM, DROP, 2394, NULL, "client-id", MISSING},
	{"2026", PLATFORM, DROP, 2408, NULL, "workload-binding", MISSING},
	{"2026", PLATFORM, ADD, 10, BYTES_32, "challenge",
	 "a claim that this profile does not allow"},
	{"2024", PLATFORM, SET, 10, "81" BYTES_32, "challenge", "not a byte string"},
	{"2024", PLATFORM, SET, 10, BYTES_33, "challenge", LENGTH},
	{"2024", PLATFORM, SET, 2396, BYTES_33, "implementation-id", LENGTH},
	{"2024", PLATFORM, SET, 256, BYTES_32, "instance-id", LENGTH},
	{"2024", PLATFORM, SET, 256, BYTES_33, "instance-id",
	 "an instance id that does not begin with 01"},
	{"2024", PLATFORM, SET, 2394, "02", "client-id", "a client other than 1, the RMSD"},
	{"2024", PLATFORM, SET, 2399, "80", "software-components", "no component"},
	{"2024", PLATFORM, SET, 2399, "a0", "software-components", "not an array"},
	{"2024", PLATFORM, SET, 2399, "81 01", NULL, "not a map"},
	{"2024", PLATFORM, SET, 2401, "61 78", "config", "not a byte string"},
	{"2024", PLATFORM, SET, 2404, "81 01", "extension", "not a map"},
	{"2024", PLATFORM, SET, 2405, "01", "rotpk", "not an array"},
	{"2024", PLATFORM, SET, 2406, "01", "peer-signers", "not an array"},
	{"2024", PLATFORM, SET, 2400, "62 c328", NULL, "text that is not UTF-8"},
	{"2024", PLATFORM, SET, 2400, "63 610062", "verification-service",
	 "a text with a zero byte"},
	{"2024", COMPONENT, SET, 4, "61 00", "version", "a text with a zero byte"},
	/* Realm claims. */
	{"2024", REALM, DROP, 10, NULL, "challenge", MISSING},
	{"2024", REALM, DROP, 44235, NULL, "rpv", MISSING},
	{"2024", REALM, DROP, 44236, NULL, "hash-algorithm", MISSING},
	{"2024", REALM, DROP, 44237, NULL, "public-key", MISSING},
	{"2024", REALM, DROP, 44240, NULL, "public-key-hash-algorithm", MISSING},
	{"2024", REALM, DROP, 44238, NULL, "rim", MISSING},
	{"2024", REALM, DROP, 44239, NULL, "rem", MISSING},
	{"2024", REALM, DROP, 44243, NULL, "mec-policy", MISSING},
	{"2026", REALM, DROP, 256, NULL, "instance-id", MISSING},
	{"2024", REALM, SET, 10, BYTES_32, "challenge", LENGTH},
	{"2024", REALM, SET, 44235, BYTES_32, "rpv", LENGTH},
	{"2024", REALM, SET, 256, BYTES_33, "instance-id",
	 "an instance id that does not begin with 01"},
	{"2024", REALM, SET, 44243, "02", "mec-policy", "neither 0 nor 1"},
	{"2024", REALM, SET, 44243, "20", "mec-policy", "neither 0 nor 1"},
	{"2024", REALM, SET, 44244, "02", "lfa-policy", "neither 0 nor 1"},
	{"2024", REALM, SET, 44243, "61 78", "mec-policy", "neither \"shared\" nor \"private\""},
	{"2026", REALM, SET, 44243, "66 736861726564", "mec-policy", "not an integer"},
	{"2024", REALM, SET, 44257, BYTES_33, "devices", LENGTH},
	/* The Realm's key. */
	{"2024", KEY, SET, 1, "01", "public-key", "a key whose type is not EC2"},
	{"2024", KEY, DROP, 1, NULL, "public-key", "a key whose type is not EC2"},
	{"2024", KEY, SET, -1, "08", "public-key",
	 "a key on another curve than P-256, P-384 and P-521"},
	{"2024", KEY, SET, -1, "01", "public-key",
	 "a key whose coordinates are not as long as its curve's"},
	{"2024", KEY, SET, -2, BYTES_32, "public-key",
	 "a key whose coordinates are not as long as its curve's"},
	{"2024", KEY, DROP, -3, NULL, "public-key",
	 "a key whose coordinates are not as long as its curve's"},
	{"2024", KEY, SET, -3, "f5", "public-key", "not a byte string"},
	{"2024", KEY, ADD, 3, "26", "public-key", "a key whose algorithm is not that of its curve"},
	{"2024", KEY, ADD, -4, BYTES_48, "public-key", "a private key"},
	/* Encodings. */
	{"2024", REALM, ADD, 9999, "9f ff", NULL, "an indefinite length"},
	{"2024", REALM, ADD, 9999, "5f 41 00 ff", NULL, "an indefinite length"},
	{"2024", REALM, ADD, 9999, "1c", NULL, "a reserved head"},
	{"2024", REALM, ADD, 9999, "f8 18", NULL, "a simple value below 32 in two bytes"},
	{"2024", REALM, ADD, 9999, "5b ffffffffffffffff", NULL, "longer than what it stands in"},
	{"2024", REALM, ADD, 9999, "81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 00", NULL,
	 "nested too deep"},
};

static struct blob *blob_at(enum place place)
{
	struct blob *const blobs[] = {
		[PLATFORM] = &r.platform.payload,
		[REALM] = &r.realm.payload,
		[COMPONENT] = &r.component[0],
		[KEY] = &r.key,
		[PLATFORM_HEADER] = &r.platform.protected,
		[PLATFORM_UNPROTECTED] = &r.platform.unprotected,
		[REALM_HEADER] = &r.realm.protected,
		[REALM_UNPROTECTED] = &r.realm.unprotected,
	};

	return blobs[place];
}

static void apply(const struct mistake *m)
{
	struct blob *b = blob_at(m->place);

	if (m->op == SET)
		map_set(b, m->key, m->hex);
	else if (m->op == DROP)
		map_remove(b, m->key);
	else if (m->op == ADD)
		map_add(b, m->key, m->hex);
	else
		blob_add(b, m->hex);
}

static void mistakes_are_refused_with_their_rule(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		bool inner = m->place == COMPONENT || m->place == KEY;

		recipe_init(&r, m->shape);
		if (inner)
			apply(m);
		recipe_seal(&r);
		if (!inner)
			apply(m);
		expect_refused(IS_PLATFORM(m->place) ? "platform token" : "Realm token", m->where,
			       m->rule);
	}
}

static void a_refusal_names_the_byte(void **state)
{
	make("2024");
	map_add(&r.realm.payload, 44238, BYTES_32);
	expect_refused("Realm token", NULL, TWICE);
	assert_int_equal(error.offset, find_bytes(&r.made, "19 acce " BYTES_32, 0));
	make("2024");
	map_set(&r.platform.payload, 2395, "19 3100");
	expect_refused("platform token", "lifecycle", LIFECYCLE);
	assert_int_equal(error.offset, find_bytes(&r.made, "19 3100", 0));
	make("2024");
	blob_add(&r.platform.payload, "f7");
	expect_refused("platform token", NULL, BEHIND);
	assert_int_equal(error.offset, find_bytes(&r.made, "f7 5860", 0));
	recipe_init(&r, "2024");
	map_add(&r.key, -4, "41 77");
	recipe_seal(&r);
	expect_refused("Realm token", "public-key", "a private key");
	assert_int_equal(error.offset, find_bytes(&r.made, "23 41 77", 0));
}

static void bytes_behind_messages_and_token(void **state)
{
	make("2024");
	blob_add(&r.platform.behind, "00");
	expect_refused("platform token", NULL, BEHIND);
	make("2024");
	blob_add(&r.realm.behind, "f6");
	expect_refused("Realm token", NULL, BEHIND);
	make("2024");
	blob_add(&r.behind, "00");
	expect_refused("outer map", NULL, BEHIND);
	assert_int_equal(error.offset, r.made.len - 1);
}

static void the_outer_map(void **state)
{
	static const struct {
		uint64_t tag;
		const char *pair, *rule;
	} outer[] = {
		{907, "19 acca 82 19 0107 40", TWICE},
		{399, "19 acd1 40", TWICE},
		{907, "1a 0000acca 40", TWICE},
		{18, NULL, "the tag is neither 399 nor 907"},
		{399, "19 abcd 9f ff", "an indefinite length"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(outer); i++) {
		make("2024");
		r.tag = outer[i].tag;
		if (outer[i].pair) {
			blob_add(&r.outer, outer[i].pair);
			r.outer_pairs = 1;
		}
		expect_refused("outer map", NULL, outer[i].rule);
	}
}

/* Puts other bytes of the same number into a good token. */
static void patch(const char *from, const char *to)
{
	struct blob bytes = {.len = 0};
	size_t at = find_bytes(&r.made, from, 0);

	blob_add(&bytes, to);
	memcpy(r.made.data + at, bytes.data, bytes.len);
}

static void expect_patched(const char *from, const char *to, const char *rule)
{
	make("2024");
	recipe_build(&r);
	patch(from, to);
	assert_int_equal(decode(r.made.data, r.made.len), TOKEN_MALFORMED);
	assert_string_equal(error.rule, rule);
}

static void records_of_the_outer_map(void **state)
{
	expect_patched("19 acca 82", "19 accb 82", "no platform token (44234)");
	expect_patched("19 acd1 82", "19 acd2 82", "no Realm token (44241)");
	expect_patched("82 19 0107", "82 19 0108", "a record whose content format is not 263");
	expect_patched("d2 84", "d3 84", "not a tagged COSE_Sign1");
	expect_patched("d9 038b", "d9 018f", "not a byte string");
}

static void messages_of_another_form(void **state)
{
	make("2024");
	r.platform.tag = 97;
	expect_refused("platform token", NULL, "not a tagged COSE_Sign1");
	make("2024");
	blob_add(&r.realm.signature, "00");
	expect_refused("Realm token", NULL, "a signature of another length than its algorithm's");
	make("2024");
	r.realm.payload.len = 0;
	expect_refused("Realm token", NULL, "the encoding ends where an item must begin");
	make("2024");
	r.realm.payload.len = 0;
	blob_add(&r.realm.payload, "80");
	expect_refused("Realm token", NULL, "not a map");
	make("2024");
	map_add(&r.realm.protected, 4, "40");
	map_add(&r.realm.unprotected, 4, "40");
	expect_refused("Realm token", NULL, "a header parameter twice");
}

static void a_map_of_too_many_keys(void **state)
{
	struct blob map = {.len = 0};
	char hex[12];
	int i;

	make("2024");
	blob_add(&map, "b8 81");
	for (i = 0; i < CBOR_KEYS_MAX + 1; i++) {
		snprintf(hex, sizeof(hex), "19%04x f6", i + 256);
		blob_add(&map, hex);
	}
	r.realm.payload = map;
	expect_refused("Realm token", NULL, "a map of too many keys");
}

static void components_are_64_at_most(void **state)
{
	static char hex[65 * 160 + 8];
	size_t i;

	make("2024");
	strcpy(hex, "98 40");
	for (i = 0; i < 64; i++)
		strcat(hex, "a2 02" BYTES_32 "05" BYTES_32);
	map_set(&r.platform.payload, 2399, hex);
	expect_good("64 components");
	assert_int_equal(t.components, 64);
	strcat(hex, "a2 02" BYTES_32 "05" BYTES_32);
	memcpy(hex, "98 41", 5);
	map_set(&r.platform.payload, 2399, hex);
	expect_refused("platform token", "software-components", "more components than 64");
}

/* As in a public sample, whose components have "TF-M_SHA256MemPreXIP". */
static void a_component_may_have_an_algorithm_of_the_platforms(void **state)
{
	static const char *const digests[] = {BYTES_32, BYTES_64};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(digests); i++) {
		recipe_init(&r, "ssd");
		map_set(&r.component[0], 6, "64 54462d4d");
		map_set(&r.component[0], 2, digests[i]);
		recipe_seal(&r);
		expect_good("an algorithm of the platform's");
		assert_false(t.component[0].alg_known);
		assert_true(t.component[1].alg_known);
	}
}

static void pairs_that_are_not_published_are_told_apart(void **state)
{
	make("2024");
	map_set(&r.platform.payload, 265, "61 78");
	recipe_build(&r);
	assert_int_equal(decode(r.made.data, r.made.len), TOKEN_UNKNOWN_PROFILE);
	assert_string_equal(error.where, "profile");
	make("2026");
	map_remove(&r.realm.payload, 265);
	recipe_build(&r);
	assert_int_equal(decode(r.made.data, r.made.len), TOKEN_UNKNOWN_PROFILE);
}

static void a_token_that_ends_anywhere(void **state)
{
	size_t len;

	make("2026");
	recipe_build(&r);
	for (len = 0; len < r.made.len; len++)
		assert_int_equal(decode(r.made.data, len), TOKEN_MALFORMED);
	assert_int_equal(decode(r.made.data, len), TOKEN_GOOD);
}

static void a_token_of_more_than_64_kib(void **state)
{
	static const uint8_t large[TOKEN_SIZE_MAX + 1];

	assert_int_equal(decode(large, sizeof(large)), TOKEN_MALFORMED);
	assert_string_equal(error.rule, "longer than 65536 bytes");
}

static void states_of_the_lifecycle(void **state)
{
	static const char *const names[] = {
		"unknown",   "assembly-and-test",      "provisioning",	 "secured",
		"rmm-debug", "recoverable-root-debug", "decommissioned",
	};
	int64_t i;

	for (i = 0; i < (int64_t)ARRAY_SIZE(names); i++) {
		assert_string_equal(token_lifecycle_state(i << 12), names[i]);
		assert_string_equal(token_lifecycle_state(i << 12 | 0xff), names[i]);
		assert_null(token_lifecycle_state(i << 12 | 0x100));
		assert_int_equal(token_lifecycle_secured(i << 12), i == 3);
		assert_int_equal(token_lifecycle_secured(i << 12 | 0xff), i == 3);
	}
	assert_null(token_lifecycle_state(-1));
	assert_null(token_lifecycle_state(INT64_MIN));
	assert_false(token_lifecycle_secured(0x3100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_decoded_in_both_outer_forms),
		cmocka_unit_test(every_algorithm_signs),
		cmocka_unit_test(every_hash_measures_and_binds),
		cmocka_unit_test(heads_may_be_longer_than_they_need_be),
		cmocka_unit_test(claims_that_are_not_known_are_passed_over_and_noted),
		cmocka_unit_test(more_unknown_claims_than_are_noted),
		cmocka_unit_test(headers_may_say_what_pinned_keys_do_not_need),
		cmocka_unit_test(a_key_may_have_members_that_are_not_known),
		cmocka_unit_test(a_mec_policy_in_words),
		cmocka_unit_test(peers_as_one_string),
		cmocka_unit_test(mistakes_are_refused_with_their_rule),
		cmocka_unit_test(a_refusal_names_the_byte),
		cmocka_unit_test(bytes_behind_messages_and_token),
		cmocka_unit_test(the_outer_map),
		cmocka_unit_test(records_of_the_outer_map),
		cmocka_unit_test(messages_of_another_form),
		cmocka_unit_test(a_map_of_too_many_keys),
		cmocka_unit_test(components_are_64_at_most),
		cmocka_unit_test(a_component_may_have_an_algorithm_of_the_platforms),
		cmocka_unit_test(pairs_that_are_not_published_are_told_apart),
		cmocka_unit_test(a_token_that_ends_anywhere),
		cmocka_unit_test(a_token_of_more_than_64_kib),
		cmocka_unit_test(states_of_the_lifecycle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
