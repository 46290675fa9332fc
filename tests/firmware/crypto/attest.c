/* SPDX-License-Identifier: BSD-3-Clause */
/* A Realm's token from key to last byte, as the RMM makes it, its signature interrupted. */
#include <cose.h>
#include <p384.h>
#include <string.h>

#include "payload.h"
#include "rmm/attest/attest.h"
#include "sign.h"

#define MASKED_MAX 40000

static uint8_t granules[ATTEST_GRANULES][4096] __attribute__((aligned(4096)));
static uint8_t token[8192];
static uint8_t platform_token[ATTEST_PLATFORM_TOKEN_MAX];

/* The realm token inside, without looking at the claims: the native tests do. */
static bool find_realm_token(size_t len, struct cose_sign1_view *view)
{
	const uint8_t *inner;
	struct cbor_reader r;
	size_t inner_len;

	cbor_reader_init(&r, token, len);
	if (cbor_get_tag(&r) != 907 || cbor_get_map(&r) != 2 || cbor_get_int(&r) != 44234)
		return false;
	cbor_skip(&r);
	if (cbor_get_int(&r) != 44241 || cbor_get_array(&r) != 2 || cbor_get_int(&r) != 263)
		return false;
	inner = cbor_get_bytes(&r, &inner_len);
	return cbor_reader_done(&r) && cose_sign1_parse(inner, inner_len, view);
}

static bool token_verifies(size_t len)
{
	uint8_t digest[SHA384_SIZE];
	struct cose_sign1_view view;

	if (!find_realm_token(len, &view))
		return false;
	cose_sign1_view_digest(&view, digest);
	return p384_verify(sample_point, digest, view.signature) == 0;
}

/* Signs with a timer that strikes every 50,000 instructions; returns the number of turns. */
static size_t sign_interrupted(struct attest_rec *rec)
{
	enum attest_sign sign;
	size_t turns = 0;

	do {
		timer_start(50000);
		sign = attest_token_sign(rec);
		if (sign == ATTEST_SIGN_AGAIN)
			timer_take();
		timer_stop();
		turns++;
	} while (sign == ATTEST_SIGN_AGAIN);
	return sign == ATTEST_SIGN_DONE ? turns : 0;
}

/* A page at a time, as Realms do. */
static size_t read_all(struct attest_rec *rec, uint64_t *longest)
{
	size_t len = 0;
	bool last = false;
	uint64_t start, took;

	*longest = 0;
	while (!last && len <= sizeof(token) - 4096) {
		start = timer_now();
		len += attest_token_read(rec, token + len, 4096, &last);
		took = timer_now() - start;
		if (took > *longest)
			*longest = took;
	}
	return last ? len : 0;
}

void attest_tests(void)
{
	static const struct measure_realm realm = {.s2sz = 40};
	static struct attest_claims claims;
	struct attest_rec *rec = (struct attest_rec *)granules[0];
	uint64_t start, took;
	size_t size = 0;

	measure_realm_create(&claims.measurements, HASH_SHA512, &realm);
	ok(attest_init(sample_d) == 0, "the RMM takes its key");
	ok(attest_platform_token_add(platform_token, sizeof(platform_token)) == 0,
	   "and the platform token");
	start = timer_now();
	ok(attest_token_init(rec, granules[1], &claims, NULL, &size), "a token begins");
	took = timer_now() - start;
	figure("attest_token_init", took, "instructions");
	ok(took <= MASKED_MAX, "which masks interrupts for at most 40,000 instructions");
	ok(sign_interrupted(rec) > 100, "its signature is interrupted more than 100 times");
	ok(read_all(rec, &took) == size && size > 4096, "the token is read in parts");
	figure("attest_token_read", took, "instructions");
	ok(took <= MASKED_MAX, "each of which masks them for at most 40,000");
	ok(token_verifies(size), "its signature verifies");
}
