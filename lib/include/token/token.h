/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CCA attestation tokens, decoded (docs/spec/attestation.md section 1). The decoder is strict and
 * portable, has no memory of its own and checks no signature: what it returns is what the bytes
 * say, not what is true. lib/include/token/verify.h says whether to believe it.
 *
 * A decoded token points into the bytes it was decoded from.
 */
#ifndef LIB_INCLUDE_TOKEN_TOKEN_H
#define LIB_INCLUDE_TOKEN_TOKEN_H

#include <hash.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <token/key.h>

/* Larger tokens are refused; those of today are below 8 KiB. */
#define TOKEN_SIZE_MAX	     65536
#define TOKEN_COMPONENTS_MAX 64
#define TOKEN_REMS	     4
#define TOKEN_IGNORED_MAX    16

/* A value of a claim. TOKEN_ITEM: any CBOR, data is its encoding, which is valid. */
enum token_kind {
	TOKEN_ABSENT,
	TOKEN_BYTES,
	TOKEN_TEXT,
	TOKEN_INT,
	TOKEN_ITEM,
};

struct token_value {
	enum token_kind kind;
	size_t offset; /* of the value in the token */
	const uint8_t *data;
	size_t len;
	int64_t number;
};

enum token_platform_claim {
	PLATFORM_PROFILE,
	PLATFORM_CHALLENGE, /* 10; the binding of older profiles */
	PLATFORM_BINDING,   /* 2408; that of the 2026 ones */
	PLATFORM_IMPLEMENTATION_ID,
	PLATFORM_INSTANCE_ID,
	PLATFORM_CONFIG,
	PLATFORM_LIFECYCLE,
	PLATFORM_COMPONENTS,
	PLATFORM_HASH_ALGORITHM,
	PLATFORM_VERIFICATION_SERVICE,
	PLATFORM_CLIENT_ID,
	PLATFORM_MANUFACTURING_CONFIG,
	PLATFORM_EXTENSION,
	PLATFORM_ROTPK,
	PLATFORM_PEER_SIGNERS,
	PLATFORM_TPM_BINDING,
	PLATFORM_CLAIMS,
};

enum token_realm_claim {
	REALM_PROFILE,
	REALM_CHALLENGE,
	REALM_INSTANCE_ID,
	REALM_RPV,
	REALM_HASH_ALGORITHM,
	REALM_PUBLIC_KEY,
	REALM_PUBLIC_KEY_HASH,
	REALM_RIM,
	REALM_REMS, /* TOKEN_ITEM; one by one in struct token */
	REALM_MEC_POLICY,
	REALM_LFA_POLICY,
	REALM_DEVICES,
	REALM_CLAIMS,
};

/* Keys of a software component's map. */
enum token_component_claim {
	COMPONENT_TYPE,
	COMPONENT_MEASUREMENT,
	COMPONENT_VERSION,
	COMPONENT_SIGNER,
	COMPONENT_HASH_ALGORITHM,
	COMPONENT_ACTIVATABLE,
	COMPONENT_COUNTERSIGNERS,
	COMPONENT_CLAIMS,
};

struct token_component {
	struct token_value value[COMPONENT_CLAIMS];
	enum hash_alg alg; /* its own, or else the platform's */
	bool alg_known;	   /* if not, the claim has a name of the platform's own for it */
};

/* One COSE_Sign1. */
struct token_sign1 {
	struct token_value protected;
	struct token_value payload;
	struct token_value signature;
	enum token_curve curve; /* which the algorithm in the header belongs to */
};

/* A row of the table of published pairs of profiles. */
struct token_pair {
	const char *platform;
	const char *realm; /* NULL: the Realm token has no claim 265 */
	const char *note;  /* what is remarkable about the pair, or NULL */
	unsigned int platform_set, realm_set;
	enum token_platform_claim binding;
};

struct token {
	uint64_t tag; /* 399 or 907 */
	const struct token_pair *pair;
	struct token_sign1 platform_sign1, realm_sign1;
	struct token_value platform[PLATFORM_CLAIMS];
	struct token_value realm[REALM_CLAIMS];
	struct token_value rem[TOKEN_REMS];
	struct token_component component[TOKEN_COMPONENTS_MAX];
	size_t components;
	enum hash_alg realm_alg;   /* of the RIM and the REMs */
	enum hash_alg binding_alg; /* of the binding */
	struct token_key realm_key;
	/* Keys of claims that this decoder does not know, and passed over. */
	struct token_value ignored[TOKEN_IGNORED_MAX];
	size_t ignored_count; /* may be more than the array holds */
};

/* Why a token was refused. */
enum token_fault {
	TOKEN_GOOD,
	TOKEN_MALFORMED,
	TOKEN_UNKNOWN_PROFILE, /* well-formed, but no known pair of profiles says what it means */
};

struct token_error {
	enum token_fault fault;
	size_t offset;	   /* byte of the token where the rule was broken */
	const char *part;  /* of the token: "platform token" and so on */
	const char *where; /* name of the claim, or NULL */
	const char *rule;
};

/* Decodes len bytes. Returns error->fault; *t is all there only if that is TOKEN_GOOD. */
enum token_fault token_decode(const void *buf, size_t len, struct token *t,
			      struct token_error *error);

/* State of a lifecycle value: "secured" and so on; NULL outside of all ranges. */
const char *token_lifecycle_state(int64_t lifecycle);

/* Whether that state is "secured". */
bool token_lifecycle_secured(int64_t lifecycle);

/* How a claim is called, in text, JSON and policies. */
const char *token_platform_name(enum token_platform_claim claim);
const char *token_realm_name(enum token_realm_claim claim);
const char *token_component_name(enum token_component_claim claim);

/* Takes the algorithm that a text names; false if there is none. */
bool token_hash_by_name(const void *name, size_t len, enum hash_alg *alg);

#endif
