/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Claims as JSON, by jansson: what tools print, and what policies are compared with. The names are
 * those of token.h; each name and form is also that of a policy (lib/include/token/policy.h).
 *
 * Byte strings are lower-case hex digits. A claim that is a choice is its word. The lifecycle is
 * two members: its state, and lifecycle-value, the number. In claims of free structure (extension,
 * rotpk, peer-signers, countersigners), strings are marked "hex:" or "text:" ("text-hex:" for one
 * with a zero byte in it), keys of maps are decimal or marked, and a tag N is an object with the
 * one member "tag:N".
 */
#ifndef LIB_INCLUDE_TOKEN_JSON_H
#define LIB_INCLUDE_TOKEN_JSON_H

#include <jansson.h>
#include <token/token.h>

/* {"platform": {...}, "realm": {...}} of a decoded token; NULL without memory. */
json_t *token_json_claims(const struct token *t);

/* One software component. Its hash-algorithm is always there: the platform's where it has none. */
json_t *token_json_component(const struct token *t, size_t index);

/* A claim by its number; NULL if it is absent. */
json_t *token_json_platform(const struct token *t, enum token_platform_claim claim);
json_t *token_json_realm(const struct token *t, enum token_realm_claim claim);

json_t *token_json_hex(const void *data, size_t len);

/*
 * The text of any value by jansson's flags, in printable ASCII alone: a terminal may see it. The
 * caller frees it; NULL without memory.
 */
char *token_json_text(const json_t *value, size_t flags);

#endif
