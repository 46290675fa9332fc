/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reference values of CCA platforms and Realms, and platform keys, as CoRIM
 * (docs/spec/attestation.md section 2): written and read, unsigned and signed. A CoRIM is of one
 * profile, so that those of a platform and those of a Realm are two.
 *
 * struct corim is what is said, in both directions. What was read points into the bytes that it was
 * read from. The reader is strict: what it does not know it refuses, because a demand that is
 * passed over is one that is not made. Neither has memory of its own; encode.c and decode.c are
 * portable, write.c needs the crypto library.
 */
#ifndef LIB_INCLUDE_CORIM_CORIM_H
#define LIB_INCLUDE_CORIM_CORIM_H

#include <cbor.h>
#include <hash.h>
#include <token/token.h>

#define CORIM_SIZE_MAX		262144
#define CORIM_PLATFORMS_MAX	8
#define CORIM_COMPONENTS_MAX	TOKEN_COMPONENTS_MAX
#define CORIM_ROTPKS_MAX	16
#define CORIM_KEYS_MAX		64
#define CORIM_REALMS_MAX	64
#define CORIM_DIGESTS_MAX	3
#define CORIM_IMPLEMENTATION_ID 32
#define CORIM_INSTANCE_ID	33 /* the first byte is 1 */
#define CORIM_RPV		64

/* Bytes or text (without a zero byte); data is NULL where there is none. */
struct corim_bytes {
	const uint8_t *data;
	size_t len;
};

struct corim_bytes corim_text(const char *text);

/* hash_size(alg) bytes; data is NULL where there is none. */
struct corim_digest {
	enum hash_alg alg;
	const uint8_t *data;
};

/* A software component: claims of token.h's struct token_component. */
struct corim_component {
	struct corim_bytes type, version; /* text; either may be absent */
	struct corim_digest digest[CORIM_DIGESTS_MAX];
	size_t digests;		   /* of the same thing by different algorithms; at least one */
	struct corim_bytes signer; /* 32, 48 or 64 bytes */
};

/* A configuration, of which only the bits in the mask count. As long as the value; absent: all. */
struct corim_config {
	struct corim_bytes value, mask;
};

/* The hash of a root of trust's public key, by the names of claim 2405: "CM" or "DM", and two
 * numbers.
 */
struct corim_rotpk {
	const char *kind;
	uint32_t first, second;
	struct corim_bytes hash; /* 32, 48 or 64 bytes */
};

/* All of one implementation of the platform. Two of the same id are alternatives. */
struct corim_platform {
	const uint8_t *implementation_id;
	struct corim_component component[CORIM_COMPONENTS_MAX];
	size_t components; /* at least one */
	struct corim_config config, manufacturing_config;
	struct corim_rotpk rotpk[CORIM_ROTPKS_MAX];
	size_t rotpks;
};

/* The key (CPAK) of one machine: SubjectPublicKeyInfo as PEM, whose lines end in newlines. */
struct corim_key {
	const uint8_t *implementation_id, *instance_id;
	struct corim_bytes pem;
};

/* One Realm. Two of the same RIM are alternatives. */
struct corim_realm {
	struct corim_digest rim;
	struct corim_digest rem[TOKEN_REMS]; /* each may be absent; by the RIM's algorithm */
	const uint8_t *rpv;		     /* or NULL */
};

enum corim_kind {
	CORIM_PLATFORM,
	CORIM_REALM,
};

/*
 * How the profile is spelt, and with it a masked configuration, which changed in the same years.
 * Both are read.
 */
enum corim_spelling {
	CORIM_CCA,	    /* tag:arm.com,2025:cca_platform#1.0.0: what Veraison reads */
	CORIM_ENDORSEMENTS, /* tag:arm.com,2025:endorsements/cca_platform#1.0.0: the newest draft */
	CORIM_SPELLINGS,
};

/* Seconds since 1970; 0 where there is no bound. One that is written needs an end to have a start.
 */
struct corim_validity {
	int64_t not_before, not_after;
};

struct corim {
	enum corim_kind kind;
	enum corim_spelling spelling;
	/* When written: a text that no other has. When read: text, or the bytes of a UUID. */
	struct corim_bytes id;
	struct corim_validity validity; /* when read: of the CoRIM and of its signature together */
	struct corim_platform platform[CORIM_PLATFORMS_MAX];
	struct corim_key key[CORIM_KEYS_MAX]; /* of platforms only */
	struct corim_realm realm[CORIM_REALMS_MAX];
	size_t platforms, keys, realms;
	/* Of the signature: who signs, which is no more than a name. Read: signed says if there is
	 * one. */
	struct corim_bytes signer;
	bool is_signed;
	struct token_sign1 sign1;
};

/* Why a CoRIM was refused. */
struct corim_error {
	size_t offset;	  /* byte where the rule was broken */
	const char *part; /* "CoMID" and so on */
	const char *rule;
};

/* The URI of a profile. */
const char *corim_profile(enum corim_kind kind, enum corim_spelling spelling);

/* A cbor_encode_fn: arg is a struct corim. Writes it unsigned. */
void corim_encode(struct cbor *c, const void *arg);

/* Reads len bytes, unsigned or signed. No signature is checked. False for what is refused. */
bool corim_decode(const void *buf, size_t len, struct corim *c, struct corim_error *error);

/* Whether a CoRIM that was read is signed by this key, whose point is on its curve. */
bool corim_signed_by(const struct corim *c, const struct token_key *key);

/*
 * Writes a CoRIM; signed, if there is a private key: a file of it, PEM or DER, on P-256, P-384 or
 * P-521. The signature is deterministic (RFC 6979). Returns NULL, or what is wrong: with the key,
 * the size, or what was to be said, which is then what the reader would have refused.
 */
const char *corim_write(const struct corim *c, const void *key, size_t key_len, uint8_t *buf,
			size_t size, size_t *len);

#endif
