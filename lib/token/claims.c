/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The claims of platform and Realm token: which there are, which must be there and what they may be
 * (docs/spec/attestation.md section 1, "Platform claims" and "Realm claims").
 */
#include <string.h>
#include <util.h>

#include "lib/token/claims.h"

#define CLAIM_PROFILE	   265
#define CLIENT_RMSD	   1
#define RAW_KEY_SIZE	   97 /* the Realm's key where the Realm token has no profile */
#define INSTANCE_ID_PREFIX 0x01
#define CBOR_FALSE	   0xf4
#define CBOR_TRUE	   0xf5

/* Lengths of byte strings. */
enum length { ANY, HASH, LEN_32, LEN_33, LEN_64 };

/*
 * In each set of claims: 'M' mandatory, 'o' optional, '-' not defined, and so passed over like any
 * claim that is not known, 'x' must not be there.
 */
struct claim {
	int64_t key;
	const char *name;
	enum token_kind kind;
	enum length length;
	char in[SETS + 1];
};

static const struct claim platform_claims[PLATFORM_CLAIMS] = {
	[PLATFORM_PROFILE] = {CLAIM_PROFILE, "profile", TOKEN_TEXT, ANY, "MMM"},
	[PLATFORM_CHALLENGE] = {10, "challenge", TOKEN_BYTES, HASH, "MMx"},
	[PLATFORM_BINDING] = {2408, "workload-binding", TOKEN_BYTES, HASH, "--M"},
	[PLATFORM_IMPLEMENTATION_ID] = {2396, "implementation-id", TOKEN_BYTES, LEN_32, "MMM"},
	[PLATFORM_INSTANCE_ID] = {256, "instance-id", TOKEN_BYTES, LEN_33, "MMM"},
	[PLATFORM_CONFIG] = {2401, "config", TOKEN_BYTES, ANY, "MMM"},
	[PLATFORM_LIFECYCLE] = {2395, "lifecycle", TOKEN_INT, ANY, "MMM"},
	[PLATFORM_COMPONENTS] = {2399, "software-components", TOKEN_ITEM, ANY, "MMM"},
	[PLATFORM_HASH_ALGORITHM] = {2402, "hash-algorithm", TOKEN_TEXT, ANY, "MMM"},
	[PLATFORM_VERIFICATION_SERVICE] = {2400, "verification-service", TOKEN_TEXT, ANY, "ooo"},
	[PLATFORM_CLIENT_ID] = {2394, "client-id", TOKEN_INT, ANY, "-MM"},
	[PLATFORM_MANUFACTURING_CONFIG] = {2403, "manufacturing-config", TOKEN_BYTES, ANY, "-oo"},
	[PLATFORM_EXTENSION] = {2404, "extension", TOKEN_ITEM, ANY, "-oo"},
	[PLATFORM_ROTPK] = {2405, "rotpk", TOKEN_ITEM, ANY, "-oo"},
	[PLATFORM_PEER_SIGNERS] = {2406, "peer-signers", TOKEN_ITEM, ANY, "-oo"},
	[PLATFORM_TPM_BINDING] = {2407, "tpm-binding", TOKEN_BYTES, ANY, "-oo"},
};

/* Two texts of the 2024 set disagree: one has no instance id, and the MEC policy in words. */
static const struct claim realm_claims[REALM_CLAIMS] = {
	[REALM_PROFILE] = {CLAIM_PROFILE, "profile", TOKEN_TEXT, ANY, "ooo"},
	[REALM_CHALLENGE] = {10, "challenge", TOKEN_BYTES, LEN_64, "MMM"},
	[REALM_INSTANCE_ID] = {256, "instance-id", TOKEN_BYTES, LEN_33, "-oM"},
	[REALM_RPV] = {44235, "rpv", TOKEN_BYTES, LEN_64, "MMM"},
	[REALM_HASH_ALGORITHM] = {44236, "hash-algorithm", TOKEN_TEXT, ANY, "MMM"},
	[REALM_PUBLIC_KEY] = {44237, "public-key", TOKEN_BYTES, ANY, "MMM"},
	[REALM_PUBLIC_KEY_HASH] = {44240, "public-key-hash-algorithm", TOKEN_TEXT, ANY, "MMM"},
	[REALM_RIM] = {44238, "rim", TOKEN_BYTES, HASH, "MMM"},
	[REALM_REMS] = {44239, "rem", TOKEN_ITEM, ANY, "MMM"},
	[REALM_MEC_POLICY] = {44243, "mec-policy", TOKEN_INT, ANY, "-MM"},
	[REALM_LFA_POLICY] = {44244, "lfa-policy", TOKEN_INT, ANY, "-oo"},
	[REALM_DEVICES] = {44257, "devices", TOKEN_BYTES, HASH, "-oo"},
};

static const struct claim component_claims[COMPONENT_CLAIMS] = {
	[COMPONENT_TYPE] = {1, "type", TOKEN_TEXT, ANY, "ooo"},
	[COMPONENT_MEASUREMENT] = {2, "measurement", TOKEN_BYTES, HASH, "MMM"},
	[COMPONENT_VERSION] = {4, "version", TOKEN_TEXT, ANY, "ooo"},
	[COMPONENT_SIGNER] = {5, "signer-id", TOKEN_BYTES, HASH, "MMM"},
	[COMPONENT_HASH_ALGORITHM] = {6, "hash-algorithm", TOKEN_TEXT, ANY, "ooo"},
	[COMPONENT_ACTIVATABLE] = {7, "live-activatable", TOKEN_ITEM, ANY, "-oo"},
	[COMPONENT_COUNTERSIGNERS] = {8, "countersigners", TOKEN_ITEM, ANY, "-oo"},
};

static const char *const mec_words[] = {"shared", "private"};
static const char *const lfa_words[] = {"disallow", "allow"};

const char *token_platform_name(enum token_platform_claim claim)
{
	return platform_claims[claim].name;
}

const char *token_realm_name(enum token_realm_claim claim)
{
	return realm_claims[claim].name;
}

const char *token_component_name(enum token_component_claim claim)
{
	return component_claims[claim].name;
}

enum token_kind claims_platform_kind(enum token_platform_claim claim)
{
	return platform_claims[claim].kind;
}

enum token_kind claims_realm_kind(enum token_realm_claim claim)
{
	return realm_claims[claim].kind;
}

enum token_kind claims_component_kind(enum token_component_claim claim)
{
	return component_claims[claim].kind;
}

const char *const *claims_words(enum token_realm_claim claim)
{
	return claim == REALM_MEC_POLICY ? mec_words : claim == REALM_LFA_POLICY ? lfa_words : NULL;
}

const char *token_lifecycle_state(int64_t lifecycle)
{
	static const char *const states[] = {
		"unknown",   "assembly-and-test",      "provisioning",	 "secured",
		"rmm-debug", "recoverable-root-debug", "decommissioned",
	};

	if (lifecycle < 0 || (lifecycle & 0xfff) > 0xff ||
	    (uint64_t)lifecycle >> 12 >= ARRAY_SIZE(states))
		return NULL;
	return states[lifecycle >> 12];
}

bool token_lifecycle_secured(int64_t lifecycle)
{
	return lifecycle >= 0x3000 && lifecycle <= 0x30ff;
}

bool token_hash_by_name(const void *name, size_t len, enum hash_alg *alg)
{
	static const enum hash_alg all[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (len == strlen(hash_name(all[i])) && !memcmp(name, hash_name(all[i]), len)) {
			*alg = all[i];
			return true;
		}
	}
	return false;
}

/* Which claim is looked at; the one that failed stays. */
static void at_claim(struct decoder *d, const char *where)
{
	if (!d->r.failed)
		d->where = where;
}

static bool length_fits(enum length length, size_t len)
{
	switch (length) {
	case HASH:
		return len == SHA256_SIZE || len == SHA384_SIZE || len == SHA512_SIZE;
	case LEN_32:
		return len == 32;
	case LEN_33:
		return len == 33;
	case LEN_64:
		return len == 64;
	default:
		return true;
	}
}

static const struct claim *find(const struct claim *table, size_t count, int64_t key,
				unsigned int set)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].key == key && table[i].in[set] != '-')
			return &table[i];
	return NULL;
}

static void get_claim(struct decoder *d, const struct claim *claim, struct token_value *value)
{
	*value = decoder_get(d, claim->kind);
	if (!d->r.failed && claim->kind == TOKEN_BYTES && !length_fits(claim->length, value->len))
		cbor_fail(&d->r, value->offset, "a length that the claim cannot have");
	/* Valid CBOR, but C's strings end there, and so a reader may see another text. */
	if (!d->r.failed && claim->kind == TOKEN_TEXT && memchr(value->data, 0, value->len))
		cbor_fail(&d->r, value->offset, "a text with a zero byte");
}

/* A choice in words where the 2024 set has them so. */
static bool get_words(struct decoder *d, const struct claim *claim, unsigned int set,
		      struct token_value *value)
{
	size_t i;

	if (claim != &realm_claims[REALM_MEC_POLICY] || set != SET_2024 ||
	    cbor_peek(&d->r) != CBOR_TEXT)
		return false;
	*value = decoder_get(d, TOKEN_TEXT);
	for (i = 0; i < ARRAY_SIZE(mec_words) && !d->r.failed; i++) {
		if (value->len == strlen(mec_words[i]) &&
		    !memcmp(value->data, mec_words[i], value->len)) {
			value->kind = TOKEN_INT;
			value->number = (int64_t)i;
			return true;
		}
	}
	cbor_fail(&d->r, value->offset, "neither \"shared\" nor \"private\"");
	return true;
}

static void decode_pair(struct decoder *d, const struct claim *table, size_t count,
			unsigned int set, struct token_value *values)
{
	struct token_value key = decoder_get(d, TOKEN_ITEM);
	const struct claim *claim = NULL;

	at_claim(d, NULL);
	if (key.kind == TOKEN_INT)
		claim = find(table, count, key.number, set);
	if (!claim) {
		decoder_ignore(d, &key);
		return;
	}
	at_claim(d, claim->name);
	if (claim->in[set] == 'x')
		cbor_fail(&d->r, key.offset, "a claim that this profile does not allow");
	else if (!get_words(d, claim, set, &values[claim - table]))
		get_claim(d, claim, &values[claim - table]);
}

/* The map where the reader is: known claims to values, which are absent to begin with. */
static void decode_map(struct decoder *d, const struct claim *table, size_t count, unsigned int set,
		       struct token_value *values)
{
	size_t start = d->r.pos, pairs, i;

	at_claim(d, NULL);
	pairs = cbor_get_map(&d->r);
	for (; pairs != 0 && !d->r.failed; pairs--)
		decode_pair(d, table, count, set, values);
	for (i = 0; i < count && !d->r.failed; i++) {
		if (table[i].in[set] == 'M' && values[i].kind == TOKEN_ABSENT) {
			at_claim(d, table[i].name);
			cbor_fail(&d->r, start, "a mandatory claim is missing");
		}
	}
}

struct token_value claims_profile(struct decoder *d, const struct token_value *payload)
{
	struct token_value key, profile = {.offset = payload->offset};
	size_t pairs;

	decoder_enter(d, payload);
	at_claim(d, NULL);
	for (pairs = cbor_get_map(&d->r); pairs != 0 && !d->r.failed; pairs--) {
		key = decoder_get(d, TOKEN_ITEM);
		if (key.kind == TOKEN_INT && key.number == CLAIM_PROFILE) {
			at_claim(d, "profile");
			profile = decoder_get(d, TOKEN_TEXT);
			return profile;
		}
		cbor_skip(&d->r);
	}
	return profile;
}

static void get_hash(struct decoder *d, const char *where, const struct token_value *name,
		     enum hash_alg *alg)
{
	at_claim(d, where);
	if (!d->r.failed && !token_hash_by_name(name->data, name->len, alg))
		cbor_fail(&d->r, name->offset, "none of sha-256, sha-384 and sha-512");
}

static void check_digest(struct decoder *d, const char *where, const struct token_value *digest,
			 enum hash_alg alg)
{
	at_claim(d, where);
	if (!d->r.failed && digest->len != hash_size(alg))
		cbor_fail(&d->r, digest->offset, "a hash of another length than its algorithm's");
}

static void check_instance_id(struct decoder *d, const struct token_value *id)
{
	at_claim(d, "instance-id");
	if (!d->r.failed && id->kind != TOKEN_ABSENT && id->data[0] != INSTANCE_ID_PREFIX)
		cbor_fail(&d->r, id->offset, "an instance id that does not begin with 01");
}

/* ---- platform ---- */

/* Two members that are items, because CBOR's booleans and arrays are no other kind of value. */
static void check_component_items(struct decoder *d, const struct token_value *value)
{
	const struct token_value *flag = &value[COMPONENT_ACTIVATABLE];
	const struct token_value *hashes = &value[COMPONENT_COUNTERSIGNERS];
	const struct cbor_reader outside = d->r;
	struct token_value hash;
	size_t count;

	at_claim(d, "software-components live-activatable");
	if (!d->r.failed && flag->kind != TOKEN_ABSENT &&
	    (flag->len != 1 || (flag->data[0] != CBOR_FALSE && flag->data[0] != CBOR_TRUE)))
		cbor_fail(&d->r, flag->offset, "neither true nor false");
	if (d->r.failed || hashes->kind == TOKEN_ABSENT)
		return;
	at_claim(d, "software-components countersigners");
	decoder_enter_item(d, hashes);
	for (count = cbor_get_array(&d->r); count != 0 && !d->r.failed; count--) {
		hash = decoder_get(d, TOKEN_BYTES);
		if (!length_fits(HASH, hash.len))
			cbor_fail(&d->r, hash.offset, "a length that the claim cannot have");
	}
	if (!d->r.failed)
		d->r = outside;
}

/*
 * A component's algorithm is any text: platforms with tokens of the 1.0 set have names of their own
 * there ("TF-M_SHA256MemPreXIP"), of which nothing follows for the length. Policies compare it.
 */
static void decode_component(struct decoder *d, unsigned int set, struct token_component *component)
{
	struct token_value *value = component->value;
	const struct token_value *name = &value[COMPONENT_HASH_ALGORITHM];

	decode_map(d, component_claims, COMPONENT_CLAIMS, set, value);
	if (!d->r.failed && name->kind != TOKEN_ABSENT)
		component->alg_known = token_hash_by_name(name->data, name->len, &component->alg);
	if (component->alg_known)
		check_digest(d, "software-components measurement", &value[COMPONENT_MEASUREMENT],
			     component->alg);
	check_component_items(d, value);
}

static void decode_components(struct decoder *d, enum hash_alg alg)
{
	struct token *t = d->t;
	size_t count, i;

	if (d->r.failed)
		return;
	decoder_enter_item(d, &t->platform[PLATFORM_COMPONENTS]);
	at_claim(d, "software-components");
	count = cbor_get_array(&d->r);
	if (!d->r.failed && (count == 0 || count > TOKEN_COMPONENTS_MAX))
		cbor_fail(&d->r, t->platform[PLATFORM_COMPONENTS].offset,
			  count ? "more components than 64" : "no component");
	for (i = 0; i < count && !d->r.failed; i++) {
		t->component[i].alg = alg;
		t->component[i].alg_known = true;
		decode_component(d, t->pair->platform_set, &t->component[i]);
	}
	t->components = count;
}

/* Claims whose value is an array of something that is looked at only by policies. */
static void check_array(struct decoder *d, enum token_platform_claim claim, bool maps)
{
	const struct token_value *value = &d->t->platform[claim];
	size_t items, i;

	if (d->r.failed || value->kind == TOKEN_ABSENT)
		return;
	at_claim(d, platform_claims[claim].name);
	decoder_enter_item(d, value);
	items = cbor_get_array(&d->r);
	for (i = 0; i < items && maps && !d->r.failed; i++) {
		if (cbor_peek(&d->r) != CBOR_MAP)
			cbor_fail(&d->r, d->r.pos, "not a map");
		cbor_skip(&d->r);
	}
}

/* One draft has the peers' signers in a string, the next in an array of strings. */
static bool is_byte_string(const struct token_value *item)
{
	return item->kind == TOKEN_ITEM && item->data[0] >> 5 == CBOR_BYTES;
}

static void check_numbers(struct decoder *d)
{
	const struct token_value *lifecycle = &d->t->platform[PLATFORM_LIFECYCLE];
	const struct token_value *client = &d->t->platform[PLATFORM_CLIENT_ID];

	if (d->r.failed)
		return;
	at_claim(d, "lifecycle");
	if (!token_lifecycle_state(lifecycle->number))
		cbor_fail(&d->r, lifecycle->offset, "a lifecycle outside of its ranges");
	at_claim(d, "client-id");
	if (client->kind != TOKEN_ABSENT && client->number != CLIENT_RMSD)
		cbor_fail(&d->r, client->offset, "a client other than 1, the RMSD");
}

void claims_platform(struct decoder *d, const struct token_value *payload)
{
	struct token_value *claim = d->t->platform;
	enum hash_alg alg = HASH_SHA256;

	decoder_enter(d, payload);
	decode_map(d, platform_claims, PLATFORM_CLAIMS, d->t->pair->platform_set, claim);
	if (d->r.failed)
		return;
	check_instance_id(d, &claim[PLATFORM_INSTANCE_ID]);
	check_numbers(d);
	if (!d->r.failed)
		get_hash(d, "hash-algorithm", &claim[PLATFORM_HASH_ALGORITHM], &alg);
	decode_components(d, alg);
	check_array(d, PLATFORM_EXTENSION, true);
	check_array(d, PLATFORM_ROTPK, true);
	if (!is_byte_string(&claim[PLATFORM_PEER_SIGNERS]))
		check_array(d, PLATFORM_PEER_SIGNERS, false);
}

/* ---- Realm ---- */

static void decode_rems(struct decoder *d)
{
	const struct token_value *rems = &d->t->realm[REALM_REMS];
	size_t i;

	if (d->r.failed)
		return;
	at_claim(d, "rem");
	decoder_enter_item(d, rems);
	if (cbor_get_array(&d->r) != TOKEN_REMS)
		cbor_fail(&d->r, rems->offset, "not four REMs");
	for (i = 0; i < TOKEN_REMS && !d->r.failed; i++) {
		d->t->rem[i] = decoder_get(d, TOKEN_BYTES);
		check_digest(d, "rem", &d->t->rem[i], d->t->realm_alg);
	}
}

/* How the key is encoded follows from the presence of a profile in the Realm token. */
static void decode_key(struct decoder *d)
{
	const struct token_value *value = &d->t->realm[REALM_PUBLIC_KEY];
	const size_t coordinate = token_curves[TOKEN_P384].coordinate;
	const char *wrong = NULL;
	size_t at = value->offset;

	if (d->r.failed)
		return;
	at_claim(d, "public-key");
	if (d->t->pair->realm)
		wrong = token_key_cose(d->r.buf, value->offset, value->offset + value->len,
				       &d->t->realm_key, &at);
	else if (value->len != RAW_KEY_SIZE || value->data[0] != 0x04)
		wrong = "not an uncompressed point of P-384";
	else
		token_key_set(&d->t->realm_key, TOKEN_P384, value->data + 1,
			      value->data + 1 + coordinate);
	if (wrong)
		cbor_fail(&d->r, at, wrong);
}

static void check_choices(struct decoder *d)
{
	static const enum token_realm_claim choices[] = {REALM_MEC_POLICY, REALM_LFA_POLICY};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(choices) && !d->r.failed; i++) {
		const struct token_value *value = &d->t->realm[choices[i]];

		at_claim(d, realm_claims[choices[i]].name);
		if (value->kind == TOKEN_INT && value->number != 0 && value->number != 1)
			cbor_fail(&d->r, value->offset, "neither 0 nor 1");
	}
}

void claims_realm(struct decoder *d, const struct token_value *payload)
{
	struct token_value *claim = d->t->realm;

	decoder_enter(d, payload);
	decode_map(d, realm_claims, REALM_CLAIMS, d->t->pair->realm_set, claim);
	if (d->r.failed)
		return;
	check_instance_id(d, &claim[REALM_INSTANCE_ID]);
	check_choices(d);
	if (!d->r.failed)
		get_hash(d, "hash-algorithm", &claim[REALM_HASH_ALGORITHM], &d->t->realm_alg);
	if (!d->r.failed)
		get_hash(d, "public-key-hash-algorithm", &claim[REALM_PUBLIC_KEY_HASH],
			 &d->t->binding_alg);
	if (!d->r.failed)
		check_digest(d, "rim", &claim[REALM_RIM], d->t->realm_alg);
	decode_rems(d);
	decode_key(d);
}
