/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CBOR for tests in a short notation: hex digits stand for themselves, 'text' for a text string,
 * {N} for a byte string of N bytes 11, and <...> for a byte string that holds what is between.
 */
#ifndef TESTS_UNIT_LIB_CORIM_NOTATION_H
#define TESTS_UNIT_LIB_CORIM_NOTATION_H

#include "tests/unit/lib/unit.h"

struct bytes {
	uint8_t data[8192];
	size_t len;
};

void notation(struct bytes *b, const char *text);

/* A CoRIM of a profile, whose CoMID has these triples: the value of key 4. */
#define CCA_REALM    "tag:arm.com,2025:cca_realm#1.0.0"
#define CCA_PLATFORM "tag:arm.com,2025:cca_platform#1.0.0"
#define IN_CORIM(profile, pairs, comid)                                                            \
	"d901f5 " pairs " 00 'id' 03 d820 '" profile "' 01 81 d901fa <" comid ">"
#define IN_COMID(triples)	       "a2 01 a1 00 'id' 04 " triples
#define WITH_TRIPLES(profile, triples) IN_CORIM(profile, "a3", IN_COMID(triples))

/* Parts of triples that are good. */
#define REALM_ENVIRONMENT    "a1 00 a1 00 d90230 {32}"
#define PLATFORM_ENVIRONMENT REALM_ENVIRONMENT
#define KEY_ENVIRONMENT                                                                            \
	"a2 00 a1 00 d90230 {32}"                                                                  \
	" 01 d90226 5821 01 0000000000000000000000000000000000000000000000000000000000000000"
#define DIGEST	  "82 'sha-256' {32}"
#define RIM	  "a2 00 'cca.rim' 01 a1 02 81 " DIGEST
#define COMPONENT "a2 00 'cca.software-component' 01 a2 02 81 " DIGEST " 0d 81 d90230 {32}"
#define REALM_WITH(count, measurements)                                                            \
	WITH_TRIPLES(CCA_REALM, "a1 00 81 82 " REALM_ENVIRONMENT " " count " " RIM " " measurements)
#define PLATFORM_WITH(count, measurements)                                                         \
	WITH_TRIPLES(CCA_PLATFORM,                                                                 \
		     "a1 00 81 82 " PLATFORM_ENVIRONMENT " " count " " COMPONENT " " measurements)
#define KEY_WITH(environment, rest) WITH_TRIPLES(CCA_PLATFORM, "a1 03 81 " environment rest)

#endif
