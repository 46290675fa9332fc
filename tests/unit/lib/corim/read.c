/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/corim/decode.c, comid.c, measurement.c and signed.c: what a CoRIM may be, and what it may
 * not. */
#include <corim/corim.h>
#include <util.h>

#include "notation.h"

static struct corim c;
static struct corim_error error;
static struct bytes b;

static void expect_read(const char *text)
{
	notation(&b, text);
	if (!corim_decode(b.data, b.len, &c, &error))
		fail_msg("%s: offset %zu, %s: %s", text, error.offset, error.part, error.rule);
}

static void expect_refused(const char *text, const char *part, const char *rule)
{
	notation(&b, text);
	if (corim_decode(b.data, b.len, &c, &error))
		fail_msg("%s: read; wanted %s", text, rule);
	if (strcmp(error.rule, rule) || strcmp(error.part, part) || error.offset > b.len)
		fail_msg("%s: offset %zu, %s: %s; wanted %s: %s", text, error.offset, error.part,
			 error.rule, part, rule);
}

struct row {
	const char *rule, *text;
};

static void expect_all_refused(const char *part, const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		expect_refused(rows[i].text, part, rows[i].rule);
}

/* ---- what is read ---- */

static void a_realm_is_its_rim_and_what_else_is_said(void **state)
{
	expect_read(REALM_WITH("83", "a2 00 'cca.rem2' 01 a1 02 81 82 01 {32}"
				     "a2 00 'cca.rpv' 01 a1 04 d90230 {64}"));
	assert_int_equal(c.kind, CORIM_REALM);
	assert_int_equal(c.realms, 1);
	assert_int_equal(c.realm[0].rim.alg, HASH_SHA256);
	assert_null(c.realm[0].rem[0].data);
	assert_int_equal(c.realm[0].rem[2].alg, HASH_SHA256);
	assert_non_null(c.realm[0].rpv);
	assert_false(c.is_signed);
}

static void a_platform_is_its_components_and_configuration(void **state)
{
	expect_read(PLATFORM_WITH(
		"86", "a2 00 'cca.software-component' 01 a4 00 a1 00 '1.0' 02 82 "
		      "82 01 {32} 82 'sha-512' {64} 0b 'RMM' 0d 81 d90230 {48}"
		      "a2 00 'cca.platform-config' 01 a1 04 d90233 82 42 0102 42 ff00"
		      "a2 00 'cca.platform-manufacturing-config' 01 a2 04 d90230 41 05 05 41 0f"
		      "a2 00 'cca.rotpk.CM.0.12' 01 a1 0d 81 d90230 {32}"
		      "a2 00 'cca.rotpk.DM.4294967295.1' 01 a1 0d 81 d90230 {64}"));
	assert_int_equal(c.platforms, 1);
	assert_int_equal(c.platform[0].components, 2);
	assert_null(c.platform[0].component[0].type.data);
	assert_memory_equal(c.platform[0].component[1].type.data, "RMM", 3);
	assert_memory_equal(c.platform[0].component[1].version.data, "1.0", 3);
	assert_int_equal(c.platform[0].component[1].digests, 2);
	assert_int_equal(c.platform[0].component[1].digest[1].alg, HASH_SHA512);
	assert_int_equal(c.platform[0].component[1].signer.len, 48);
	assert_hex_equal(c.platform[0].config.value.data, c.platform[0].config.value.len, "0102");
	assert_hex_equal(c.platform[0].config.mask.data, c.platform[0].config.mask.len, "ff00");
	assert_hex_equal(c.platform[0].manufacturing_config.mask.data, 1, "0f");
	assert_int_equal(c.platform[0].rotpks, 2);
	assert_string_equal(c.platform[0].rotpk[0].kind, "CM");
	assert_int_equal(c.platform[0].rotpk[0].second, 12);
	assert_int_equal(c.platform[0].rotpk[1].first, 4294967295);
}

static void a_key_is_of_one_machine(void **state)
{
	expect_read(KEY_WITH("82 " KEY_ENVIRONMENT, " 81 d9022a 'PEM'"));
	assert_int_equal(c.keys, 1);
	assert_int_equal(c.key[0].instance_id[0], 1);
	assert_memory_equal(c.key[0].pem.data, "PEM", c.key[0].pem.len);
}

static void names_for_people_are_passed_over(void **state)
{
	expect_read(IN_CORIM(CCA_REALM, "a5 02 81 a1 00 'x' 05 81 a1 00 'x'",
			     "a4 00 'en' 02 80 01 a1 00 'id' 04 a1 00 81 82"
			     "a1 00 a3 01 'vendor' 02 'model' 00 d90230 {32} 81" RIM));
}

static void both_spellings_of_both_profiles_are_read(void **state)
{
	expect_read(WITH_TRIPLES("tag:arm.com,2025:endorsements/cca_realm#1.0.0",
				 "a1 00 81 82" REALM_ENVIRONMENT "81" RIM));
	assert_int_equal(c.spelling, CORIM_ENDORSEMENTS);
	expect_read(WITH_TRIPLES("tag:arm.com,2025:endorsements/cca_platform#1.0.0",
				 "a1 00 81 82" PLATFORM_ENVIRONMENT "81" COMPONENT));
	assert_int_equal(c.kind, CORIM_PLATFORM);
}

static void validity_has_bounds(void **state)
{
	expect_read(IN_CORIM(CCA_REALM, "a4 04 a2 00 c1 05 01 c1 18 64",
			     IN_COMID("a1 00 81 82" REALM_ENVIRONMENT "81" RIM)));
	assert_int_equal(c.validity.not_before, 5);
	assert_int_equal(c.validity.not_after, 100);
}

static void longer_heads_than_needed_are_read(void **state)
{
	expect_read(REALM_WITH("98 01", ""));
}

/* ---- what is refused ---- */

static void outer_maps(void **state)
{
	static const struct row rows[] = {
		{"the encoding ends where an item must begin", ""},
		{"not a CoRIM (tag 501)", "a0"},
		{"not a CoRIM (tag 501)", "d901f4 a0"},
		{"bytes behind the end", REALM_WITH("81", "") "00"},
		{"an indefinite length", "d901f5 bf ff"},
		{"a key twice in one map", "d901f5 a2 00 'a' 00 'b'"},
		{"a key twice in one map", "d901f5 a2 00 'a' 1800 'b'"},
		{"no id", "d901f5 a0"},
		{"no profile, which would say what it is about", "d901f5 a1 00 'id'"},
		{"no tags", "d901f5 a2 00 'id' 03 d820 '" CCA_REALM "'"},
		{"a profile that is no URI (tag 32)", "d901f5 a1 03 '" CCA_REALM "'"},
		{"a profile that is not known: neither a CCA platform's nor a Realm's",
		 "d901f5 a1 03 d820 'http://arm.com/cca/realm/1'"},
		{"a key that is not known", "d901f5 a1 06 00"},
		{"a key that is not known", "d901f5 a1 'id' 00"},
		{"a key that is not known", "d901f5 a1 20 00"},
		{"a text with a zero byte", "d901f5 a1 00 61 00"},
		{"an empty array", "d901f5 a3 00 'id' 03 d820 '" CCA_REALM "' 01 80"},
		{"a tag that is no CoMID (506)",
		 "d901f5 a3 00 'id' 03 d820 '" CCA_REALM "' 01 81 d901f9 <a0>"},
		{"a validity without an end", "d901f5 a1 04 a1 00 c1 05"},
		{"a time that has not tag 1", "d901f5 a1 04 a1 01 05"},
		{"a time that is not after 1970", "d901f5 a1 04 a1 01 c1 00"},
		{"a time that is not after 1970", "d901f5 a1 04 a1 01 c1 24"},
	};

	expect_all_refused("CoRIM", rows, ARRAY_SIZE(rows));
}

static void comids(void **state)
{
	static const struct row rows[] = {
		{"bytes behind the end", IN_CORIM(CCA_REALM, "a3", "a0 00")},
		{"a key twice in one map", IN_CORIM(CCA_REALM, "a3", "a2 04 00 04 00")},
		{"no identity, or no triples", IN_CORIM(CCA_REALM, "a3", "a0")},
		{"a key that is not known", IN_CORIM(CCA_REALM, "a3", "a1 05 00")},
		{"a tag that supplements or replaces others",
		 IN_CORIM(CCA_REALM, "a3", "a1 03 80")},
		{"triples of a kind that is not known", WITH_TRIPLES(CCA_REALM, "a1 01 80")},
		{"an empty array", WITH_TRIPLES(CCA_REALM, "a1 00 80")},
	};

	expect_all_refused("CoMID", rows, ARRAY_SIZE(rows));
}

static void a_corim_that_says_nothing(void **state)
{
	expect_refused(WITH_TRIPLES(CCA_REALM, "a0"), "CoMID", "neither reference values nor keys");
}

static void environments(void **state)
{
	static const struct row rows[] = {
		{"not an array of environment and measurements",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 83" REALM_ENVIRONMENT "81" RIM "00")},
		{"an environment without a class id",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82 a0 81" RIM)},
		{"a class id whose tag is not 560",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82 a1 00 a1 00 {32} 81" RIM)},
		{"a class id that is not the RIM",
		 WITH_TRIPLES(CCA_REALM,
			      "a1 00 81 82 a1 00 a1 00 d90230 5820"
			      "0000000000000000000000000000000000000000000000000000000000000000"
			      "81" RIM)},
		{"a class id that is not the RIM",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82 a1 00 a1 00 d90230 {48} 81" RIM)},
		{"a key that is not known",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82 a1 00 a2 00 d90230 {32} 03 00 81" RIM)},
		{"a key that is not known",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82 a2 00 a1 00 d90230 {32} 02 00 81" RIM)},
		{"reference values of one instance alone",
		 WITH_TRIPLES(CCA_PLATFORM, "a1 00 81 82" KEY_ENVIRONMENT "81" COMPONENT)},
		{"an implementation id that has not 32 bytes",
		 WITH_TRIPLES(CCA_PLATFORM, "a1 00 81 82 a1 00 a1 00 d90230 {33} 81" COMPONENT)},
	};

	expect_all_refused("reference triple", rows, ARRAY_SIZE(rows));
}

static void measurements_of_realms(void **state)
{
	static const struct row rows[] = {
		{"an empty array", WITH_TRIPLES(CCA_REALM, "a1 00 81 82" REALM_ENVIRONMENT "80")},
		{"a Realm without its RIM",
		 WITH_TRIPLES(CCA_REALM, "a1 00 81 82" REALM_ENVIRONMENT
					 "81 a2 00 'cca.rem0' 01 a1 02 81" DIGEST)},
		{"no measurement of a Realm", REALM_WITH("82", COMPONENT)},
		{"no measurement of a Realm",
		 REALM_WITH("82", "a2 00 'cca.rem4' 01 a1 02 81" DIGEST)},
		{"no measurement of a Realm",
		 REALM_WITH("82", "a2 00 'cca.rem' 01 a1 02 81" DIGEST)},
		{"a measurement without a key", REALM_WITH("82", "a1 01 a1 02 81" DIGEST)},
		{"a key that is not known", REALM_WITH("82", "a1 02 80")},
		{"a measurement twice in one triple", REALM_WITH("82", RIM)},
		{"a measurement without a value that it must have",
		 REALM_WITH("82", "a1 00 'cca.rem0'")},
		{"a measurement with a value that it cannot have",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a2 02 81" DIGEST "0b 'name'")},
		{"a key that is not known", REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 01 00")},
		{"an empty array", REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 80")},
		{"not an array", REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02" DIGEST)},
		{"not a digest: an array of algorithm and bytes",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 81 01")},
		{"an algorithm other than SHA-256, SHA-384 and SHA-512",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 82 06 {32}")},
		{"an algorithm other than SHA-256, SHA-384 and SHA-512",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 82 'sha256' {32}")},
		{"a digest of another length than its algorithm's",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 82 'sha-256' {64}")},
		{"a digest of another length than its algorithm's",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 82 08 {32}")},
		{"two digests by one algorithm",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 82 82 01 {32}" DIGEST)},
		{"more digests than there are algorithms",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 84" DIGEST DIGEST DIGEST DIGEST)},
		{"more than one digest of a Realm's measurement",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 82" DIGEST "82 07 {48}")},
		{"a REM by another algorithm than the RIM",
		 REALM_WITH("82", "a2 00 'cca.rem0' 01 a1 02 81 82 07 {48}")},
		{"a personalization value that has not 64 bytes",
		 REALM_WITH("82", "a2 00 'cca.rpv' 01 a1 04 d90230 {63}")},
		{"a personalization value with a mask",
		 REALM_WITH("82", "a2 00 'cca.rpv' 01 a1 04 d90233 82 {64} {64}")},
		{"a measurement twice in one triple",
		 REALM_WITH("83", "a2 00 'cca.rpv' 01 a1 04 d90230 {64}"
				  "a2 00 'cca.rpv' 01 a1 04 d90230 {64}")},
		{"a value whose tag is not 560 or 563",
		 REALM_WITH("82", "a2 00 'cca.rpv' 01 a1 04 {64}")},
	};

	expect_all_refused("reference triple", rows, ARRAY_SIZE(rows));
}

static void measurements_of_platforms(void **state)
{
	static const struct row rows[] = {
		{"no measurement of a platform", PLATFORM_WITH("82", RIM)},
		{"a platform without software components",
		 WITH_TRIPLES(CCA_PLATFORM,
			      "a1 00 81 82" PLATFORM_ENVIRONMENT
			      "81 a2 00 'cca.platform-config' 01 a1 04 d90230 41 00")},
		{"a measurement without a value that it must have",
		 PLATFORM_WITH("82", "a2 00 'cca.software-component' 01 a1 02 81" DIGEST)},
		{"a measurement with a value that it cannot have",
		 PLATFORM_WITH("82",
			       "a2 00 'cca.software-component' 01 a3 04 d90230 41 00 02 81" DIGEST
			       "0d 81 d90230 {32}")},
		{"a version that is not a text alone",
		 PLATFORM_WITH("82", "a2 00 'cca.software-component' 01 a1 00 a2 00 '1' 01 02")},
		{"not an array of one key",
		 PLATFORM_WITH("82", "a2 00 'cca.software-component' 01 a1 0d 80")},
		{"not an array of one key",
		 PLATFORM_WITH(
			 "82",
			 "a2 00 'cca.software-component' 01 a1 0d 82 d90230 {32} d90230 {32}")},
		{"a key whose tag is not 560",
		 PLATFORM_WITH("82", "a2 00 'cca.software-component' 01 a1 0d 81 d9022a 'pem'")},
		{"a key that is not as long as a hash",
		 PLATFORM_WITH("82", "a2 00 'cca.software-component' 01 a1 0d 81 d90230 {33}")},
		{"a measurement twice in one triple",
		 PLATFORM_WITH("83", "a2 00 'cca.platform-config' 01 a1 04 d90230 41 00"
				     "a2 00 'cca.platform-config' 01 a1 04 d90230 41 01")},
		{"two masks", PLATFORM_WITH("82", "a2 00 'cca.platform-config' 01 a2 04 d90233 82"
						  "41 00 41 ff 05 41 ff")},
		{"two masks", PLATFORM_WITH("82", "a2 00 'cca.platform-config' 01 a2 05 41 ff 04 "
						  "d90233 82 41 00 41 ff")},
		{"a mask of another length than its value",
		 PLATFORM_WITH("82",
			       "a2 00 'cca.platform-config' 01 a1 04 d90233 82 41 00 42 ffff")},
		{"a mask of another length than its value",
		 PLATFORM_WITH("82", "a2 00 'cca.platform-config' 01 a2 04 d90230 41 00 05 40")},
		{"a measurement without a value that it must have",
		 PLATFORM_WITH("82", "a2 00 'cca.platform-config' 01 a1 05 40")},
		{"not \"cca.rotpk.\", CM or DM, and two numbers",
		 PLATFORM_WITH("82", "a2 00 'cca.rotpk.XM.0.0' 01 a1 0d 81 d90230 {32}")},
		{"not \"cca.rotpk.\", CM or DM, and two numbers",
		 PLATFORM_WITH("82", "a2 00 'cca.rotpk.CM.0.' 01 a1 0d 81 d90230 {32}")},
		{"not \"cca.rotpk.\", CM or DM, and two numbers",
		 PLATFORM_WITH("82", "a2 00 'cca.rotpk.CM.00.1' 01 a1 0d 81 d90230 {32}")},
		{"not \"cca.rotpk.\", CM or DM, and two numbers",
		 PLATFORM_WITH("82", "a2 00 'cca.rotpk.CM.4294967296.1' 01 a1 0d 81 d90230 {32}")},
		{"not \"cca.rotpk.\", CM or DM, and two numbers",
		 PLATFORM_WITH("82", "a2 00 'cca.rotpk.CM.0.1x' 01 a1 0d 81 d90230 {32}")},
	};

	expect_all_refused("reference triple", rows, ARRAY_SIZE(rows));
}

static void keys(void **state)
{
	static const struct row rows[] = {
		{"a key in a Realm's CoRIM, whose profile has none",
		 WITH_TRIPLES(CCA_REALM, "a1 03 81 82" KEY_ENVIRONMENT "81 d9022a 'PEM'")},
		{"not an array of environment and keys alone",
		 KEY_WITH("83" KEY_ENVIRONMENT, "81 d9022a 'PEM' a1 00 'mkey'")},
		{"an instance id that is not 1 and 32 bytes",
		 KEY_WITH("82" PLATFORM_ENVIRONMENT, "81 d9022a 'PEM'")},
		{"an instance id that is not 1 and 32 bytes",
		 KEY_WITH("82 a2 00 a1 00 d90230 {32} 01 d90226 {33}", "81 d9022a 'PEM'")},
		{"an instance whose tag is not 550",
		 KEY_WITH("82 a2 00 a1 00 d90230 {32} 01 {33}", "81 d9022a 'PEM'")},
		{"not an array of one key",
		 KEY_WITH("82" KEY_ENVIRONMENT, "82 d9022a 'PEM' d9022a 'PEM'")},
		{"a key whose tag is not 554", KEY_WITH("82" KEY_ENVIRONMENT, "81 d9022b 'PEM'")},
	};

	expect_all_refused("attest-key triple", rows, ARRAY_SIZE(rows));
}

/* ---- signed ---- */

#define INSIDE			       REALM_WITH("81", "")
#define TYPE			       "03 'application/rim+cbor'"
#define META			       "08 <a1 00 a1 00 'me'>"
#define SIGNED(protected, unprotected) "d2 84 <" protected "> " unprotected " <" INSIDE "> {96}"

static void what_headers_may_have(void **state)
{
	expect_read(SIGNED("a3 01 38 22" TYPE META, "a0"));
	assert_true(c.is_signed);
	assert_int_equal(c.sign1.curve, TOKEN_P384);
	assert_memory_equal(c.signer.data, "me", c.signer.len);
	assert_int_equal(c.realms, 1);
	expect_read(SIGNED("a3 01 38 22" TYPE "0f a2 01 'issuer' 04 19 03e8", "a1 04 41 00"));
	assert_int_equal(c.validity.not_after, 1000);
	expect_read(SIGNED("a4 01 38 22" TYPE "0f a3 01 'issuer' 04 19 03e8 05 05"
			   "08 <a2 00 a1 00 'me' 01 a1 01 c1 19 01f4>",
			   "a0"));
	assert_int_equal(c.validity.not_before, 5);
	assert_int_equal(c.validity.not_after, 500);
	expect_read(SIGNED("a4 01 38 22" TYPE "08 <a2 00 a1 00 'me' 01 a1 01 c1 19 01f4>"
			   "0f a2 01 'issuer' 04 19 03e8",
			   "a0"));
	assert_int_equal(c.validity.not_after, 500);
}

static void headers(void **state)
{
	static const struct row rows[] = {
		{"not a COSE_Sign1 of four items", "d2 83 00 00 00"},
		{"no algorithm in the protected header", SIGNED("a2" TYPE META, "a0")},
		{"no content type in the protected header", SIGNED("a2 01 38 22" META, "a0")},
		{"the protected header does not say who signs", SIGNED("a2 01 38 22" TYPE, "a0")},
		{"an algorithm other than ES256, ES384 and ES512",
		 SIGNED("a3 01 27" TYPE META, "a0")},
		{"a content type other than application/rim+cbor",
		 SIGNED("a3 01 38 22 03 'application/cbor'" META, "a0")},
		{"critical header parameters (crit)",
		 SIGNED("a4 01 38 22" TYPE META "02 81 08", "a0")},
		{"a key that is not known", SIGNED("a4 01 38 22" TYPE META "18 64 00", "a0")},
		{"a key twice in one map", SIGNED("a4 01 38 22" TYPE META "01 26", "a0")},
		{"a header parameter that is not protected",
		 SIGNED("a3 01 38 22" TYPE META, "a1 01 38 22")},
		{"bytes behind the end", SIGNED("a3 01 38 22" TYPE META "00", "a0")},
		{"bytes behind the end", SIGNED("a3 01 38 22" TYPE "08 <a0 00>", "a0")},
		{"a key that is not known", SIGNED("a3 01 38 22" TYPE "08 <a1 05 00>", "a0")},
		{"a signature of another length than its algorithm's",
		 SIGNED("a3 01 26" TYPE META, "a0")},
	};

	expect_all_refused("COSE_Sign1", rows, ARRAY_SIZE(rows));
	expect_refused("d2 84 <a3 01 38 22" TYPE META "> a0 <" INSIDE "00> {96}", "COSE_Sign1",
		       "bytes behind the end");
	expect_refused("d2 84 <a3 01 38 22" TYPE META "> a0 <a0> {96}", "CoRIM",
		       "not a CoRIM (tag 501)");
}

static void every_prefix_is_refused(void **state)
{
	size_t len;

	notation(&b, PLATFORM_WITH("81", ""));
	for (len = 0; len < b.len; len++)
		assert_false(corim_decode(b.data, len, &c, &error));
	assert_true(corim_decode(b.data, b.len, &c, &error));
}

static void an_error_names_its_byte(void **state)
{
	expect_refused("d901f5 a1 06 00", "CoRIM", "a key that is not known");
	assert_int_equal(error.offset, 4);
	expect_refused(IN_CORIM(CCA_REALM, "a3", "a1 05 00"), "CoMID", "a key that is not known");
	assert_int_equal(error.offset, b.len - 2);
}

/* As many items as there is room for, and one more. */
static void expect_limit(const char *profile, const char *start, const char *item, size_t limit,
			 const char *rule)
{
	static char text[65536];
	size_t i, at;

	at = (size_t)snprintf(
		text, sizeof(text),
		"d901f5 a3 00 'id' 03 d820 '%s' 01 81 d901fa <a2 01 a1 00 'id' 04 %s 98 %02zx",
		profile, start, limit + 1);
	for (i = 0; i < limit + 1; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s", item);
	snprintf(text + at, sizeof(text) - at, ">");
	notation(&b, text);
	assert_false(corim_decode(b.data, b.len, &c, &error));
	assert_string_equal(error.rule, rule);
}

static void more_than_there_is_room_for(void **state)
{
	expect_limit(CCA_REALM, "a1 00", "82" REALM_ENVIRONMENT "81" RIM, CORIM_REALMS_MAX,
		     "more than 64 Realms");
	expect_limit(CCA_PLATFORM, "a1 00", "82" PLATFORM_ENVIRONMENT "81" COMPONENT,
		     CORIM_PLATFORMS_MAX, "more than 8 platforms");
	expect_limit(CCA_PLATFORM, "a1 00 81 82" PLATFORM_ENVIRONMENT, COMPONENT,
		     CORIM_COMPONENTS_MAX, "more than 64 software components");
	expect_limit(CCA_PLATFORM, "a1 00 81 82" PLATFORM_ENVIRONMENT,
		     "a2 00 'cca.rotpk.CM.0.1' 01 a1 0d 81 d90230 {32}", CORIM_ROTPKS_MAX,
		     "more than 16 ROTPKs");
	expect_limit(CCA_PLATFORM, "a1 03", "82" KEY_ENVIRONMENT "81 d9022a 'PEM'", CORIM_KEYS_MAX,
		     "more than 64 keys");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_realm_is_its_rim_and_what_else_is_said),
		cmocka_unit_test(a_platform_is_its_components_and_configuration),
		cmocka_unit_test(a_key_is_of_one_machine),
		cmocka_unit_test(names_for_people_are_passed_over),
		cmocka_unit_test(both_spellings_of_both_profiles_are_read),
		cmocka_unit_test(validity_has_bounds),
		cmocka_unit_test(longer_heads_than_needed_are_read),
		cmocka_unit_test(outer_maps),
		cmocka_unit_test(comids),
		cmocka_unit_test(a_corim_that_says_nothing),
		cmocka_unit_test(environments),
		cmocka_unit_test(measurements_of_realms),
		cmocka_unit_test(measurements_of_platforms),
		cmocka_unit_test(keys),
		cmocka_unit_test(what_headers_may_have),
		cmocka_unit_test(headers),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(an_error_names_its_byte),
		cmocka_unit_test(more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
