/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes tokens of every published shape, for the tests of lib/token/: with keys of their own, which
 * are the same in each run. What the tests change are maps as encoded bytes, so that a map can hold
 * what an encoder would not write.
 */
#ifndef TESTS_UNIT_LIB_TOKEN_MAKER_H
#define TESTS_UNIT_LIB_TOKEN_MAKER_H

#include <token/token.h>

#include "tests/unit/lib/unit.h"

#define BLOB_MAX     8192
#define COMPONENTS   3
#define CHALLENGE    10
#define PLATFORM_KEY 1 /* seeds of keys */
#define REALM_KEY    2

struct blob {
	uint8_t data[BLOB_MAX];
	size_t len;
};

/* One COSE_Sign1: what is signed, and what is put around it. */
struct message {
	struct blob protected, unprotected, payload;
	struct blob behind;    /* bytes after the message, in its string */
	struct blob signature; /* empty: the key's */
	uint64_t tag;
	enum token_curve curve;
	unsigned int seed; /* of the key */
};

/* A pair of profiles, and which sets of claims they stand for: 1, 2024, 2026. */
struct shape {
	const char *name, *platform, *realm;
	int platform_set, realm_set;
};

extern const struct shape shapes[];
extern const size_t shape_count;

struct recipe {
	const struct shape *shape;
	uint64_t tag;
	struct message platform, realm;
	struct blob component[COMPONENTS];
	struct blob key; /* of the Realm: COSE_Key, or a point */
	enum hash_alg bind;
	struct blob outer; /* further pairs of the outer map */
	size_t outer_pairs;
	struct blob behind; /* bytes after the token */
	struct blob made;
};

/* A recipe of a shape with ES384 keys, tag 907 and SHA-256, complete but not sealed. */
void recipe_init(struct recipe *r, const char *shape);

/* Other algorithms, before sealing. */
void recipe_set_curves(struct recipe *r, enum token_curve platform, enum token_curve realm);
void recipe_set_hashes(struct recipe *r, enum hash_alg measure, enum hash_alg bind);

/* Puts components, the Realm's key and its hash into the claims. */
void recipe_seal(struct recipe *r);

/* Signs, and puts the token into r->made. */
void recipe_build(struct recipe *r);

/* The public key of a seed. */
void maker_key(struct token_key *key, enum token_curve curve, unsigned int seed);

/* ---- encoded maps; values are hex digits ---- */

void blob_add(struct blob *b, const char *hex);
void map_add(struct blob *map, int64_t key, const char *value);
void map_add_raw(struct blob *map, const char *key, const char *value);
void map_remove(struct blob *map, int64_t key);

/* In the place of a value that is there. */
void map_set(struct blob *map, int64_t key, const char *value);

/* Where bytes stand in a token; they must be there. */
size_t find_bytes(const struct blob *in, const char *hex, size_t from);

#endif
