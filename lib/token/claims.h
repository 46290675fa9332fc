/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding of claims; for lib/token/ only. */
#ifndef LIB_TOKEN_CLAIMS_H
#define LIB_TOKEN_CLAIMS_H

#include <cbor.h>
#include <token/token.h>

/* The sets of claims, columns of the tables of docs/spec/attestation.md section 1. */
enum { SET_1_0, SET_2024, SET_2026, SETS };

/* What is being decoded. The reader's end is that of the string it is in. */
struct decoder {
	struct cbor_reader r;
	struct token *t;
	const char *part;
	const char *where;
};

/* Points the reader at the bytes of a string. */
void decoder_enter(struct decoder *d, const struct token_value *value);

/* Points the reader at the encoding of a value. */
void decoder_enter_item(struct decoder *d, const struct token_value *value);

/* One valid item and nothing behind it, from where the reader is; the reader is then back there. */
void decoder_check(struct decoder *d);

/* Reads the next item as a value of a kind. */
struct token_value decoder_get(struct decoder *d, enum token_kind kind);

/* Notes a key that is passed over, and passes over its value. */
void decoder_ignore(struct decoder *d, const struct token_value *key);

/* Claim 265 alone, of either token, by which the set of its claims is known; absent if it is. */
struct token_value claims_profile(struct decoder *d, const struct token_value *payload);

/* All claims of a token. The payload has been checked; d->t->pair says which sets they are of. */
void claims_platform(struct decoder *d, const struct token_value *payload);
void claims_realm(struct decoder *d, const struct token_value *payload);

/* What kind of value a claim has; a choice is TOKEN_INT and has words. */
enum token_kind claims_platform_kind(enum token_platform_claim claim);
enum token_kind claims_realm_kind(enum token_realm_claim claim);
enum token_kind claims_component_kind(enum token_component_claim claim);

/* The words of a claim that is a choice (number 0 or 1), or NULL. */
const char *const *claims_words(enum token_realm_claim claim);

#endif
