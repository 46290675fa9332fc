/* SPDX-License-Identifier: BSD-3-Clause */
/* A CoMID: its triples, and the environments that they are about. */
#include <string.h>

#include "lib/corim/reader.h"
#include "lib/corim/names.h"

/* What a triple is about. */
struct environment {
	struct corim_bytes class_id, instance_id;
	size_t at;
};

static void get_class(struct reader *d, struct environment *e)
{
	size_t pairs = cbor_get_map(&d->r), at;

	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case CLASS_ID:
			e->class_id =
				reader_tagged(d, TAG_BYTES, "a class id whose tag is not 560");
			break;
		case CLASS_VENDOR: /* names for people beside the id */
		case CLASS_MODEL:
			reader_text(d);
			break;
		default:
			reader_unknown(d, at);
		}
	}
}

static void get_environment(struct reader *d, struct environment *e)
{
	size_t pairs, at;

	*e = (struct environment){.at = d->r.pos};
	pairs = cbor_get_map(&d->r);
	for (; pairs != 0 && !d->r.failed; pairs--) {
		at = d->r.pos;
		switch (reader_key(d)) {
		case ENVIRONMENT_CLASS:
			get_class(d, e);
			break;
		case ENVIRONMENT_INSTANCE:
			e->instance_id =
				reader_tagged(d, TAG_UEID, "an instance whose tag is not 550");
			break;
		default:
			reader_unknown(d, at);
		}
	}
	if (!e->class_id.data)
		reader_fail(d, e->at, "an environment without a class id");
}

static const uint8_t *implementation_id(struct reader *d, const struct environment *e)
{
	if (!d->r.failed && e->class_id.len != CORIM_IMPLEMENTATION_ID)
		reader_fail(d, e->at, "an implementation id that has not 32 bytes");
	return e->class_id.data;
}

/* ---- reference values ---- */

static void get_platform(struct reader *d, const struct environment *e)
{
	struct corim_platform *platform = &d->corim->platform[d->corim->platforms];
	size_t start = d->r.pos, items = reader_array(d);

	if (!d->r.failed && d->corim->platforms == CORIM_PLATFORMS_MAX)
		reader_fail(d, start, "more than 8 platforms");
	if (d->r.failed)
		return;
	platform->implementation_id = implementation_id(d, e);
	for (; items != 0 && !d->r.failed; items--)
		reader_platform_measurement(d, platform);
	if (platform->components == 0)
		reader_fail(d, start, "a platform without software components");
	d->corim->platforms++;
}

static void check_realm(struct reader *d, size_t start, const struct environment *e,
			const struct corim_realm *realm)
{
	size_t i;

	if (d->r.failed)
		return;
	if (!realm->rim.data) {
		reader_fail(d, start, "a Realm without its RIM");
		return;
	}
	if (!e->class_id.data || e->class_id.len != hash_size(realm->rim.alg) ||
	    memcmp(e->class_id.data, realm->rim.data, e->class_id.len) != 0)
		reader_fail(d, e->at, "a class id that is not the RIM");
	for (i = 0; i < TOKEN_REMS; i++)
		if (realm->rem[i].data && realm->rem[i].alg != realm->rim.alg)
			reader_fail(d, start, "a REM by another algorithm than the RIM");
}

static void get_realm(struct reader *d, const struct environment *e)
{
	struct corim_realm *realm = &d->corim->realm[d->corim->realms];
	size_t start = d->r.pos, items = reader_array(d);

	if (!d->r.failed && d->corim->realms == CORIM_REALMS_MAX)
		reader_fail(d, start, "more than 64 Realms");
	if (d->r.failed)
		return;
	for (; items != 0 && !d->r.failed; items--)
		reader_realm_measurement(d, realm);
	check_realm(d, start, e, realm);
	d->corim->realms++;
}

static void get_reference(struct reader *d)
{
	size_t at = d->r.pos;
	struct environment e;

	reader_at(d, "reference triple");
	if (cbor_get_array(&d->r) != 2)
		reader_fail(d, at, "not an array of environment and measurements");
	get_environment(d, &e);
	if (e.instance_id.data)
		reader_fail(d, e.at, "reference values of one instance alone");
	if (d->corim->kind == CORIM_REALM)
		get_realm(d, &e);
	else
		get_platform(d, &e);
}

/* ---- keys ---- */

static void get_attest_key(struct reader *d)
{
	struct corim_key *key = &d->corim->key[d->corim->keys];
	size_t start = d->r.pos;
	struct environment e;

	reader_at(d, "attest-key triple");
	if (d->corim->kind == CORIM_REALM)
		reader_fail(d, start, "a key in a Realm's CoRIM, whose profile has none");
	if (d->corim->keys == CORIM_KEYS_MAX)
		reader_fail(d, start, "more than 64 keys");
	if (cbor_get_array(&d->r) != 2)
		reader_fail(d, start, "not an array of environment and keys alone");
	get_environment(d, &e);
	if (!d->r.failed && (e.instance_id.len != CORIM_INSTANCE_ID || e.instance_id.data[0] != 1))
		reader_fail(d, e.at, "an instance id that is not 1 and 32 bytes");
	if (cbor_get_array(&d->r) != 1)
		reader_fail(d, start, "not an array of one key");
	reader_tag(d, TAG_PEM_KEY, "a key whose tag is not 554");
	if (d->r.failed)
		return;
	key->implementation_id = implementation_id(d, &e);
	key->instance_id = e.instance_id.data;
	key->pem = reader_text(d);
	d->corim->keys++;
}

/* ---- the whole ---- */

static void get_triples(struct reader *d)
{
	size_t pairs = cbor_get_map(&d->r), items, at;
	void (*get)(struct reader * d);

	for (; pairs != 0 && !d->r.failed; pairs--) {
		reader_at(d, "CoMID");
		at = d->r.pos;
		switch (reader_key(d)) {
		case TRIPLES_REFERENCE:
			get = get_reference;
			break;
		case TRIPLES_ATTEST_KEY:
			get = get_attest_key;
			break;
		default:
			reader_fail(d, at, "triples of a kind that is not known");
			return;
		}
		for (items = reader_array(d); items != 0 && !d->r.failed; items--)
			get(d);
	}
}

void reader_comid(struct reader *d, const struct corim_bytes *comid)
{
	bool has_identity = false, has_triples = false;
	size_t start, pairs, at;

	reader_at(d, "CoMID");
	reader_enter(d, comid);
	start = d->r.pos;
	pairs = cbor_get_map(&d->r);
	for (; pairs != 0 && !d->r.failed; pairs--) {
		reader_at(d, "CoMID");
		at = d->r.pos;
		switch (reader_key(d)) {
		case COMID_IDENTITY:
			has_identity = true;
			cbor_skip(&d->r);
			break;
		case COMID_TRIPLES:
			has_triples = true;
			get_triples(d);
			break;
		case COMID_LANGUAGE:
		case COMID_ENTITIES:
			cbor_skip(&d->r);
			break;
		case COMID_LINKED:
			reader_fail(d, at, "a tag that supplements or replaces others");
			break;
		default:
			reader_unknown(d, at);
		}
	}
	if (!has_identity || !has_triples)
		reader_fail(d, start, "no identity, or no triples");
}
