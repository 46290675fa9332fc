/* SPDX-License-Identifier: BSD-3-Clause */
/* Tokens for tests, see maker.h. */
#include <cbor.h>
#include <hash.h>
#include <mbedtls/ecdsa.h>

#include "maker.h"

const struct shape shapes[] = {
	{"ssd", "http://arm.com/CCA-SSD/1.0.0", NULL, 1, 1},
	{"ssd-2023", "http://arm.com/CCA-SSD/1.0.0", "tag:arm.com,2023:realm#1.0.0", 1, 1},
	{"2023", "tag:arm.com,2023:cca_platform#1.0.0", "tag:arm.com,2023:realm#1.0.0", 1, 1},
	{"mixed", "tag:arm.com,2023:cca_platform#1.0.0", "tag:arm.com,2024:realm#2.0.0", 1, 2024},
	{"2024", "tag:arm.com,2024:cca_platform#2.0.0", "tag:arm.com,2024:realm#2.0.0", 2024, 2024},
	{"2026", "tag:arm.com,2026:cca_platform#2.0.0", "tag:arm.com,2026:realm#2.0.0", 2026, 2026},
	{"2026-delegated", "tag:arm.com,2026:cca_platform#2.0.0;delegated",
	 "tag:arm.com,2026:realm#2.0.0", 2026, 2026},
	{"2026.1", "tag:arm.com,2026:cca_platform#2.1.0", "tag:arm.com,2026:realm#2.0.0", 2026,
	 2026},
	{"2026.1-delegated", "tag:arm.com,2026:cca_platform#2.1.0;delegated",
	 "tag:arm.com,2026:realm#2.0.0", 2026, 2026},
};
const size_t shape_count = sizeof(shapes) / sizeof(shapes[0]);

/* ---- keys and signatures ---- */

static const mbedtls_ecp_group_id groups[TOKEN_CURVES] = {
	MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1};
static const mbedtls_md_type_t digests[TOKEN_CURVES] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384,
							MBEDTLS_MD_SHA512};

struct pair {
	mbedtls_ecp_group group;
	mbedtls_mpi d;
	mbedtls_ecp_point q;
};

static int no_random(void *arg, unsigned char *out, size_t len)
{
	memset(out, 0x5a, len);
	return 0;
}

static void pair_init(struct pair *p, enum token_curve curve, unsigned int seed)
{
	uint8_t digest[SHA512_SIZE];

	hash_digest(HASH_SHA512, &seed, sizeof(seed), digest);
	mbedtls_ecp_group_init(&p->group);
	mbedtls_mpi_init(&p->d);
	mbedtls_ecp_point_init(&p->q);
	assert_int_equal(mbedtls_ecp_group_load(&p->group, groups[curve]), 0);
	assert_int_equal(mbedtls_mpi_read_binary(&p->d, digest, sizeof(digest)), 0);
	assert_int_equal(mbedtls_mpi_mod_mpi(&p->d, &p->d, &p->group.N), 0);
	assert_int_equal(mbedtls_ecp_mul(&p->group, &p->q, &p->d, &p->group.G, no_random, NULL), 0);
}

static void pair_free(struct pair *p)
{
	mbedtls_ecp_group_free(&p->group);
	mbedtls_mpi_free(&p->d);
	mbedtls_ecp_point_free(&p->q);
}

void maker_key(struct token_key *key, enum token_curve curve, unsigned int seed)
{
	uint8_t point[TOKEN_POINT_MAX];
	struct pair p;
	size_t len;

	pair_init(&p, curve, seed);
	assert_int_equal(mbedtls_ecp_point_write_binary(&p.group, &p.q, MBEDTLS_ECP_PF_UNCOMPRESSED,
							&len, point, sizeof(point)),
			 0);
	token_key_set(key, curve, point + 1, point + 1 + token_curves[curve].coordinate);
	pair_free(&p);
}

static void sign(const struct message *m, uint8_t *signature)
{
	static uint8_t text[2 * BLOB_MAX];
	const struct token_curve_info *curve = &token_curves[m->curve];
	uint8_t digest[HASH_SIZE_MAX];
	mbedtls_mpi r, s;
	struct cbor c;
	struct pair p;

	cbor_init(&c, text, sizeof(text));
	cbor_array(&c, 4);
	cbor_text(&c, "Signature1");
	cbor_bytes(&c, m->protected.data, m->protected.len);
	cbor_bytes(&c, "", 0);
	cbor_bytes(&c, m->payload.data, m->payload.len);
	hash_digest(curve->hash, text, cbor_finish(&c), digest);
	pair_init(&p, m->curve, m->seed);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	assert_int_equal(mbedtls_ecdsa_sign_det_ext(&p.group, &r, &s, &p.d, digest,
						    hash_size(curve->hash), digests[m->curve],
						    no_random, NULL),
			 0);
	assert_int_equal(mbedtls_mpi_write_binary(&r, signature, curve->coordinate), 0);
	assert_int_equal(
		mbedtls_mpi_write_binary(&s, signature + curve->coordinate, curve->coordinate), 0);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&s);
	pair_free(&p);
}

/* ---- encoded maps ---- */

void blob_add(struct blob *b, const char *hex)
{
	b->len += from_hex(hex, b->data + b->len, sizeof(b->data) - b->len);
}

static void add_raw(struct cbor *c, const char *hex)
{
	struct blob bytes = {.len = 0};

	blob_add(&bytes, hex);
	cbor_raw(c, bytes.data, bytes.len);
}

static void cbor_to_blob(const struct cbor *c, struct blob *b)
{
	assert_true(cbor_finish(c) || c->pos == 0);
	b->len = cbor_finish(c);
	memcpy(b->data, c->buf, b->len);
}

/* The map anew without one key (INT64_MIN: with all) and with one more pair in hex (or NULL). */
static void rebuild(struct blob *map, int64_t without, const char *key, const char *value)
{
	static uint8_t out[BLOB_MAX];
	struct cbor_reader r;
	size_t pairs, i, kept = 0, from[64], to[64];
	struct cbor c;

	cbor_reader_init(&r, map->data, map->len);
	r.any_width = true;
	pairs = cbor_get_map(&r);
	assert_true(pairs <= 64);
	for (i = 0; i < pairs; i++) {
		enum cbor_major major;
		struct cbor_reader copy = r;
		uint64_t number = cbor_get_head(&copy, &major);
		bool is_it = without != INT64_MIN &&
			     ((major == CBOR_UINT && without == (int64_t)number) ||
			      (major == CBOR_NEGINT && without == -1 - (int64_t)number));

		from[kept] = r.pos;
		cbor_skip(&r);
		cbor_skip(&r);
		to[kept] = r.pos;
		kept += !is_it;
	}
	assert_true(cbor_reader_done(&r));
	assert_true(without == INT64_MIN || kept < pairs);
	cbor_init(&c, out, sizeof(out));
	cbor_map(&c, kept + (key != NULL));
	for (i = 0; i < kept; i++)
		cbor_raw(&c, map->data + from[i], to[i] - from[i]);
	if (key) {
		add_raw(&c, key);
		add_raw(&c, value);
	}
	cbor_to_blob(&c, map);
}

static void key_hex(int64_t key, char hex[24])
{
	uint8_t bytes[9];
	struct cbor c;
	size_t i;

	cbor_init(&c, bytes, sizeof(bytes));
	cbor_int(&c, key);
	for (i = 0; i < cbor_finish(&c); i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

void map_add_raw(struct blob *map, const char *key, const char *value)
{
	rebuild(map, INT64_MIN, key, value);
}

void map_add(struct blob *map, int64_t key, const char *value)
{
	char hex[24];

	key_hex(key, hex);
	rebuild(map, INT64_MIN, hex, value);
}

void map_remove(struct blob *map, int64_t key)
{
	rebuild(map, key, NULL, NULL);
}

void map_set(struct blob *map, int64_t key, const char *value)
{
	char hex[24];

	key_hex(key, hex);
	rebuild(map, key, hex, value);
}

size_t find_bytes(const struct blob *in, const char *hex, size_t from)
{
	struct blob bytes = {.len = 0};
	size_t at;

	blob_add(&bytes, hex);
	for (at = from; at + bytes.len <= in->len; at++)
		if (memcmp(in->data + at, bytes.data, bytes.len) == 0)
			return at;
	fail_msg("%s is not in the token", hex);
	return 0;
}

/* ---- claims ---- */

/* Starts a map in a static buffer; end() moves it to a blob with the head that it needs. */
static struct cbor body;
static uint8_t body_bytes[BLOB_MAX];
static size_t body_pairs;

static void begin(void)
{
	cbor_init(&body, body_bytes, sizeof(body_bytes));
	body_pairs = 0;
}

static void end(struct blob *map)
{
	struct cbor c;

	cbor_init(&c, map->data, sizeof(map->data));
	cbor_map(&c, body_pairs);
	cbor_raw(&c, body_bytes, cbor_finish(&body));
	map->len = cbor_finish(&c);
}

static void key(int64_t label)
{
	cbor_int(&body, label);
	body_pairs++;
}

static void put_int(int64_t label, int64_t value)
{
	key(label);
	cbor_int(&body, value);
}

static void put_text(int64_t label, const char *text)
{
	key(label);
	cbor_text(&body, text);
}

static void put_bytes(int64_t label, const void *data, size_t len)
{
	key(label);
	cbor_bytes(&body, data, len);
}

static void put_hex(int64_t label, const char *hex)
{
	key(label);
	add_raw(&body, hex);
}

/* Bytes that look like a hash, another one for each seed. */
static void put_digest(int64_t label, enum hash_alg alg, unsigned int seed)
{
	uint8_t digest[HASH_SIZE_MAX];

	hash_digest(alg, &seed, sizeof(seed), digest);
	put_bytes(label, digest, hash_size(alg));
}

static void make_components(struct recipe *r)
{
	begin();
	put_text(1, "BL");
	put_digest(2, HASH_SHA256, 11);
	put_text(4, "1.0");
	put_digest(5, HASH_SHA256, 12);
	put_text(6, "sha-256");
	if (r->shape->platform_set >= 2024) {
		put_hex(7, "f5");
		put_hex(8,
			"81 5820 0101010101010101010101010101010101010101010101010101010101010101");
	}
	end(&r->component[0]);
	begin();
	put_text(1, "RMM");
	put_digest(2, HASH_SHA384, 13);
	put_digest(5, HASH_SHA512, 14);
	put_text(6, "sha-384");
	end(&r->component[1]);
	begin();
	put_digest(2, HASH_SHA256, 15);
	put_digest(5, HASH_SHA256, 16);
	end(&r->component[2]);
}

static void make_platform(struct recipe *r)
{
	uint8_t instance[33] = {0x01, 0x02, 0x03};

	begin();
	put_text(265, r->shape->platform);
	put_bytes(2396, "implementation id of 32 bytes..!", 32);
	put_bytes(256, instance, sizeof(instance));
	put_hex(2401, "43 c0ffee");
	put_int(2395, 0x3003);
	put_text(2402, "sha-256");
	put_text(2400, "https://verifier.example");
	if (r->shape->platform_set >= 2024) {
		put_int(2394, 1);
		put_hex(2403, "42 0102");
		put_hex(2404, "81 a2 01 07 02 41 78");
		put_hex(2405, "81 a2 01 62 434d 02 00");
		put_hex(2406, "81 42 aabb");
		put_hex(2407, "41 09");
	}
	end(&r->platform.payload);
}

static void put_rems(enum hash_alg alg)
{
	unsigned int i;

	key(44239);
	cbor_array(&body, TOKEN_REMS);
	for (i = 0; i < TOKEN_REMS; i++) {
		uint8_t digest[HASH_SIZE_MAX];

		hash_digest(alg, &i, sizeof(i), digest);
		cbor_bytes(&body, digest, hash_size(alg));
	}
}

static void make_realm(struct recipe *r, enum hash_alg measure)
{
	uint8_t bytes[64] = {CHALLENGE}, instance[33] = {0x01, 0x09};

	begin();
	put_bytes(10, bytes, sizeof(bytes));
	if (r->shape->realm)
		put_text(265, r->shape->realm);
	bytes[0] = 0x77;
	put_bytes(44235, bytes, sizeof(bytes));
	put_text(44236, hash_name(measure));
	put_text(44240, hash_name(r->bind));
	put_digest(44238, measure, 21);
	put_rems(measure);
	if (r->shape->realm_set >= 2024) {
		put_bytes(256, instance, sizeof(instance));
		put_int(44243, 1);
		put_int(44244, 0);
		put_digest(44257, HASH_SHA256, 22);
	}
	end(&r->realm.payload);
}

static void make_key(struct recipe *r)
{
	const struct token_curve_info *curve = &token_curves[r->realm.curve];
	struct token_key public;

	maker_key(&public, r->realm.curve, r->realm.seed);
	if (!r->shape->realm) {
		r->key.len = token_point_size(&public);
		memcpy(r->key.data, public.point, r->key.len);
		return;
	}
	begin();
	put_int(1, 2);
	put_int(-1, curve->cose_curve);
	put_bytes(-2, public.point + 1, curve->coordinate);
	put_bytes(-3, public.point + 1 + curve->coordinate, curve->coordinate);
	end(&r->key);
}

static void message_init(struct message *m, enum token_curve curve, unsigned int seed)
{
	m->tag = 18;
	m->curve = curve;
	m->seed = seed;
	begin();
	put_int(1, token_curves[curve].cose_alg);
	end(&m->protected);
	begin();
	end(&m->unprotected);
}

void recipe_init(struct recipe *r, const char *shape)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	r->tag = 907;
	r->bind = HASH_SHA256;
	for (i = 0; i < shape_count; i++)
		if (strcmp(shapes[i].name, shape) == 0)
			r->shape = &shapes[i];
	assert_non_null(r->shape);
	make_components(r);
	make_platform(r);
	make_realm(r, HASH_SHA256);
	recipe_set_curves(r, TOKEN_P384, TOKEN_P384);
}

void recipe_set_curves(struct recipe *r, enum token_curve platform, enum token_curve realm)
{
	message_init(&r->platform, platform, PLATFORM_KEY);
	message_init(&r->realm, realm, REALM_KEY);
	make_key(r);
}

void recipe_set_hashes(struct recipe *r, enum hash_alg measure, enum hash_alg bind)
{
	r->bind = bind;
	make_realm(r, measure);
}

/* Appends a pair whose value is bytes of the caller's. */
static void append(struct blob *map, int64_t label, const void *value, size_t len)
{
	static char hex[2 * BLOB_MAX + 1];
	const uint8_t *bytes = value;
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	map_add(map, label, hex);
}

static void append_bytes(struct blob *map, int64_t label, const void *value, size_t len)
{
	static uint8_t text[BLOB_MAX];
	struct cbor c;

	cbor_init(&c, text, sizeof(text));
	cbor_bytes(&c, value, len);
	append(map, label, text, cbor_finish(&c));
}

void recipe_seal(struct recipe *r)
{
	uint8_t digest[HASH_SIZE_MAX], text[BLOB_MAX];
	struct cbor c;
	size_t i;

	cbor_init(&c, text, sizeof(text));
	cbor_array(&c, COMPONENTS);
	for (i = 0; i < COMPONENTS; i++)
		cbor_raw(&c, r->component[i].data, r->component[i].len);
	append(&r->platform.payload, 2399, text, cbor_finish(&c));
	append_bytes(&r->realm.payload, 44237, r->key.data, r->key.len);
	hash_digest(r->bind, r->key.data, r->key.len, digest);
	append_bytes(&r->platform.payload, r->shape->platform_set == 2026 ? 2408 : 10, digest,
		     hash_size(r->bind));
}

/* ---- the token ---- */

static size_t encode_message(const struct message *m, uint8_t *out, size_t size)
{
	uint8_t signature[2 * TOKEN_COORDINATE_MAX];
	struct cbor c;

	cbor_init(&c, out, size);
	cbor_tag(&c, m->tag);
	cbor_array(&c, 4);
	cbor_bytes(&c, m->protected.data, m->protected.len);
	cbor_raw(&c, m->unprotected.data, m->unprotected.len);
	cbor_bytes(&c, m->payload.data, m->payload.len);
	if (m->signature.len) {
		cbor_bytes(&c, m->signature.data, m->signature.len);
	} else {
		sign(m, signature);
		cbor_bytes(&c, signature, 2 * token_curves[m->curve].coordinate);
	}
	cbor_raw(&c, m->behind.data, m->behind.len);
	return cbor_finish(&c);
}

static void encode_entry(struct cbor *c, uint64_t tag, int64_t label, const struct message *m)
{
	static uint8_t text[BLOB_MAX];
	size_t len = encode_message(m, text, sizeof(text));

	cbor_int(c, label);
	if (tag == 907) {
		cbor_array(c, 2);
		cbor_int(c, 263);
	}
	cbor_bytes(c, text, len);
}

void recipe_build(struct recipe *r)
{
	struct cbor c;

	cbor_init(&c, r->made.data, sizeof(r->made.data));
	cbor_tag(&c, r->tag);
	cbor_map(&c, 2 + r->outer_pairs);
	encode_entry(&c, r->tag, 44234, &r->platform);
	encode_entry(&c, r->tag, 44241, &r->realm);
	cbor_raw(&c, r->outer.data, r->outer.len);
	cbor_raw(&c, r->behind.data, r->behind.len);
	r->made.len = cbor_finish(&c);
	assert_true(r->made.len != 0);
}
