// SPDX-License-Identifier: BSD-3-Clause
/*
 * Tokens of Realms: what they say, how they are read, and that a signature comes out right however
 * often and wherever it is interrupted, with the firmware's bounded heap.
 */
#include "../../lib/unit.h"
#include "coroutine_native.h"
#include <cose.h>
#include <errno.h>
#include <p384.h>
#include <stdlib.h>
#include <lib/p384/curve.h>
#include <rmm/attest/attest.h>

#define GRANULE 4096

struct granules {
	uint8_t g[ATTEST_GRANULES][GRANULE];
} __attribute__((aligned(GRANULE)));

static struct granules memory[3];
static uint8_t token[8192], again[8192];
static const uint8_t rak[P384_SCALAR_SIZE] = {0x7f, 0x01, [47] = 0x99};
static uint8_t platform_token[2000];

static struct attest_rec *rec_of(size_t i)
{
	return (struct attest_rec *)memory[i].g[0];
}

static void fill(uint8_t *p, size_t len, uint8_t seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (uint8_t)(seed + i * 13);
}

static struct attest_claims sample(enum hash_alg alg)
{
	static const struct measure_realm realm = {.s2sz = 40};
	struct attest_claims claims = {.mec_private = alg == HASH_SHA512};

	fill(claims.challenge, sizeof(claims.challenge), 1);
	fill(claims.instance_id, sizeof(claims.instance_id), 2);
	claims.instance_id[0] = 0x01;
	fill(claims.rpv, sizeof(claims.rpv), 3);
	measure_realm_create(&claims.measurements, alg, &realm);
	measure_extend(&claims.measurements, 1, "one", 3);
	measure_extend(&claims.measurements, 4, "four", 4);
	return claims;
}

/* INIT, sign, read all of it in parts of `part` bytes. Returns its length; *turns: of signing. */
static size_t whole_token(size_t i, const struct attest_claims *claims, const void *seed,
			  size_t part, uint8_t *out, size_t *turns)
{
	struct attest_rec *rec = rec_of(i);
	size_t size, len = 0, n;
	enum attest_sign sign;
	bool last = false;

	assert_true(attest_token_init(rec, memory[i].g[1], claims, seed, &size));
	*turns = 1;
	while ((sign = attest_token_sign(rec)) == ATTEST_SIGN_AGAIN)
		++*turns;
	assert_int_equal(sign, ATTEST_SIGN_DONE);
	while (!last) {
		assert_int_equal(attest_token_sign(rec), ATTEST_SIGN_DONE);
		n = attest_token_read(rec, out + len, part, &last);
		assert_true(n == part || last);
		len += n;
	}
	assert_int_equal(len, size);
	return len;
}

/* ---- before anything else: the parts a token needs come one by one ---- */

static void no_token_without_key_and_platform_token(void **state)
{
	static const uint8_t zero[P384_SCALAR_SIZE];
	const struct attest_claims claims = sample(HASH_SHA256);
	size_t size;

	assert_int_equal(attest_platform_token_add("x", 1), 0);
	assert_int_equal(attest_platform_token_add(token, ATTEST_PLATFORM_TOKEN_MAX), -ENOSPC);
	assert_int_equal(attest_init(zero), -EINVAL);
	assert_false(attest_token_init(rec_of(0), memory[0].g[1], &claims, NULL, &size));
	assert_int_equal(attest_init(rak), 0);
	assert_false(attest_token_init(rec_of(0), memory[0].g[1], &claims, NULL, &size));
	assert_int_equal(attest_token_sign(rec_of(0)), ATTEST_SIGN_NO_TOKEN);
	fill(platform_token, sizeof(platform_token), 9);
	assert_int_equal(attest_platform_token_add(platform_token, 1500), 0);
	assert_int_equal(attest_platform_token_add(platform_token + 1500, 500), 0);
	assert_true(attest_token_init(rec_of(0), memory[0].g[1], &claims, NULL, &size));
	attest_token_drop(rec_of(0));
}

static void platform_challenge_is_the_hash_of_the_key(void **state)
{
	uint8_t point[P384_POINT_SIZE], key[COSE_KEY_P384_SIZE];
	uint8_t want[SHA256_SIZE], got[SHA256_SIZE];

	assert_int_equal(p384_public(rak, point), 0);
	cose_key_p384(point, key);
	hash_digest(HASH_SHA256, key, sizeof(key), want);
	attest_platform_challenge(got);
	assert_memory_equal(got, want, sizeof(want));
}

/* ---- contents ---- */

static void next_bytes(struct cbor_reader *r, const void *want, size_t want_len)
{
	size_t len;
	const uint8_t *bytes = cbor_get_bytes(r, &len);

	assert_non_null(bytes);
	assert_int_equal(len, want_len);
	assert_memory_equal(bytes, want, len);
}

static void next_text(struct cbor_reader *r, const char *want)
{
	size_t len;
	const char *text = cbor_get_text(r, &len);

	assert_non_null(text);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(text, want, len);
}

/* The claims in the order of docs/spec/rsi.md; the key in them must verify the signature. */
static void check_realm_token(const uint8_t *buf, size_t len, const struct attest_claims *want)
{
	const struct measurements *m = &want->measurements;
	uint8_t point[P384_POINT_SIZE], digest[SHA384_SIZE];
	struct cose_sign1_view view;
	struct cbor_reader r;
	const uint8_t *key;
	size_t key_len, i;

	assert_true(cose_sign1_parse(buf, len, &view));
	cbor_reader_init(&r, view.payload, view.payload_len);
	assert_int_equal(cbor_get_map(&r), 10);
	assert_int_equal(cbor_get_int(&r), 10);
	next_bytes(&r, want->challenge, 64);
	assert_int_equal(cbor_get_int(&r), 256);
	next_bytes(&r, want->instance_id, 33);
	assert_int_equal(cbor_get_int(&r), 44235);
	next_bytes(&r, want->rpv, 64);
	assert_int_equal(cbor_get_int(&r), 44237);
	key = cbor_get_bytes(&r, &key_len);
	assert_int_equal(cbor_get_int(&r), 44236);
	next_text(&r, hash_name(m->alg));
	assert_int_equal(cbor_get_int(&r), 44240);
	next_text(&r, "sha-256");
	assert_int_equal(cbor_get_int(&r), 44243);
	assert_int_equal(cbor_get_int(&r), want->mec_private);
	assert_int_equal(cbor_get_int(&r), 265);
	next_text(&r, "tag:arm.com,2024:realm#2.0.0");
	assert_int_equal(cbor_get_int(&r), 44238);
	next_bytes(&r, m->slot[0], hash_size(m->alg));
	assert_int_equal(cbor_get_int(&r), 44239);
	assert_int_equal(cbor_get_array(&r), 4);
	for (i = 1; i <= 4; i++)
		next_bytes(&r, m->slot[i], hash_size(m->alg));
	assert_true(cbor_reader_done(&r));

	assert_true(cose_key_p384_point(key, key_len, point));
	cose_sign1_view_digest(&view, digest);
	assert_int_equal(p384_verify(point, digest, view.signature), 0);
}

static void check_token(const uint8_t *buf, size_t len, const struct attest_claims *want)
{
	const uint8_t *realm_token;
	struct cbor_reader r;
	size_t realm_len;

	cbor_reader_init(&r, buf, len);
	assert_int_equal(cbor_get_tag(&r), 907);
	assert_int_equal(cbor_get_map(&r), 2);
	assert_int_equal(cbor_get_int(&r), 44234);
	assert_int_equal(cbor_get_array(&r), 2);
	assert_int_equal(cbor_get_int(&r), 263);
	next_bytes(&r, platform_token, sizeof(platform_token));
	assert_int_equal(cbor_get_int(&r), 44241);
	assert_int_equal(cbor_get_array(&r), 2);
	assert_int_equal(cbor_get_int(&r), 263);
	realm_token = cbor_get_bytes(&r, &realm_len);
	assert_non_null(realm_token);
	assert_true(cbor_reader_done(&r));
	check_realm_token(realm_token, realm_len, want);
}

static void token_has_every_claim_and_verifies(void **state)
{
	static const enum hash_alg algs[] = {HASH_SHA256, HASH_SHA384, HASH_SHA512};
	struct attest_claims claims;
	size_t i, len, turns;

	for (i = 0; i < 3; i++) {
		claims = sample(algs[i]);
		len = whole_token(0, &claims, NULL, 4096, token, &turns);
		check_token(token, len, &claims);
		assert_int_equal(turns, 1);
	}
}

static void claims_are_taken_at_init(void **state)
{
	struct attest_claims claims = sample(HASH_SHA256), before = claims;
	struct attest_rec *rec = rec_of(0);
	size_t size;
	bool last;

	assert_true(attest_token_init(rec, memory[0].g[1], &claims, NULL, &size));
	memset(&claims, 0xee, sizeof(claims));
	assert_int_equal(attest_token_sign(rec), ATTEST_SIGN_DONE);
	assert_int_equal(attest_token_read(rec, token, sizeof(token), &last), size);
	assert_true(last);
	check_token(token, size, &before);
}

/* ---- reading ---- */

static void parts_of_any_size_make_the_same_token(void **state)
{
	static const size_t parts[] = {1, 2, 7, 64, 255, 256, 1000, 2048, 4095, 4096};
	const struct attest_claims claims = sample(HASH_SHA512);
	size_t len = whole_token(0, &claims, NULL, sizeof(token), token, &(size_t){0});
	size_t i, turns;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_int_equal(whole_token(0, &claims, NULL, parts[i], again, &turns), len);
		assert_memory_equal(again, token, len);
	}
}

static void reading_nothing_is_never_the_end(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	struct attest_rec *rec = rec_of(0);
	size_t size;
	bool last;

	assert_true(attest_token_init(rec, memory[0].g[1], &claims, NULL, &size));
	assert_int_equal(attest_token_sign(rec), ATTEST_SIGN_DONE);
	assert_int_equal(attest_token_read(rec, NULL, 0, &last), 0);
	assert_false(last);
	assert_int_equal(attest_token_read(rec, token, size - 1, &last), size - 1);
	assert_false(last);
	assert_int_equal(attest_token_read(rec, NULL, 0, &last), 0);
	assert_false(last);
	assert_int_equal(attest_token_read(rec, token, 100, &last), 1);
	assert_true(last);
	assert_int_equal(attest_token_sign(rec), ATTEST_SIGN_NO_TOKEN);
}

/* ---- interruptions ---- */

static void signature_survives_interruptions_at_heap_calls(void **state)
{
	static const unsigned int every[] = {1, 2, 3, 10, 97, 1000};
	const struct attest_claims claims = sample(HASH_SHA256);
	size_t len = whole_token(0, &claims, NULL, sizeof(token), token, &(size_t){0});
	size_t i, turns;

	for (i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
		heap_native_yield_every(every[i]);
		assert_int_equal(whole_token(0, &claims, NULL, 4096, again, &turns), len);
		heap_native_yield_every(0);
		assert_memory_equal(again, token, len);
		assert_true(turns > 3000 / every[i]);
	}
}

#define STRIKES	    200
#define MOST_ROUNDS 5000

/*
 * The timer strikes wherever the thread happens to be. How often it strikes within one signature
 * depends on how busy the machine is, so signatures are made until enough of them were struck.
 */
static void signature_survives_interruptions_anywhere(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	size_t len = whole_token(0, &claims, NULL, sizeof(token), token, &(size_t){0});
	size_t round, turns, strikes = 0;

	for (round = 0; strikes < STRIKES && round < MOST_ROUNDS; round++) {
		coroutine_native_set_turn(1000 + 20000 * (round % 5));
		assert_int_equal(whole_token(0, &claims, NULL, 4096, again, &turns), len);
		coroutine_native_set_turn(0);
		assert_memory_equal(again, token, len);
		strikes += turns - 1;
	}
	assert_true(strikes >= STRIKES);
}

/* Three RECs sign at once; each turn is one of a REC chosen at random. */
static void signatures_of_several_recs_do_not_mix(void **state)
{
	struct attest_claims claims[3];
	size_t size[3], left = 3, i;
	enum attest_sign sign;
	bool last;

	srand(7);
	heap_native_yield_every(5);
	for (i = 0; i < 3; i++) {
		claims[i] = sample(HASH_SHA256);
		claims[i].challenge[0] = (uint8_t)(0xa0 + i);
		assert_true(
			attest_token_init(rec_of(i), memory[i].g[1], &claims[i], NULL, &size[i]));
	}
	while (left) {
		i = (size_t)rand() % 3;
		if (rec_of(i)->state == ATTEST_SIGNED)
			continue;
		sign = attest_token_sign(rec_of(i));
		assert_true(sign == ATTEST_SIGN_AGAIN || sign == ATTEST_SIGN_DONE);
		left -= sign == ATTEST_SIGN_DONE;
	}
	heap_native_yield_every(0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(attest_token_read(rec_of(i), token, sizeof(token), &last),
				 size[i]);
		check_token(token, size[i], &claims[i]);
	}
}

static void init_drops_a_token_under_way(void **state)
{
	struct attest_claims first = sample(HASH_SHA256), second = first;
	size_t size, len, turns;

	second.challenge[63] ^= 1;
	heap_native_yield_every(50);
	assert_true(attest_token_init(rec_of(0), memory[0].g[1], &first, NULL, &size));
	assert_int_equal(attest_token_sign(rec_of(0)), ATTEST_SIGN_AGAIN);
	len = whole_token(0, &second, NULL, 4096, token, &turns);
	heap_native_yield_every(0);
	check_token(token, len, &second);
}

static void drop_forgets_a_token_in_every_state(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	struct attest_rec *rec = rec_of(0);
	size_t size, stage;

	for (stage = 0; stage < 4; stage++) {
		if (stage > 0)
			assert_true(attest_token_init(rec, memory[0].g[1], &claims, NULL, &size));
		heap_native_yield_every(stage == 2 ? 100 : 0);
		if (stage > 1)
			assert_int_equal(attest_token_sign(rec),
					 stage == 2 ? ATTEST_SIGN_AGAIN : ATTEST_SIGN_DONE);
		attest_token_drop(rec);
		assert_int_equal(attest_token_sign(rec), ATTEST_SIGN_NO_TOKEN);
	}
	heap_native_yield_every(0);
}

/* ---- secrets and bounds ---- */

static void seed_does_not_show_in_the_token(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	size_t len = whole_token(0, &claims, NULL, sizeof(token), token, &(size_t){0});
	uint8_t seed[ATTEST_SEED_SIZE];
	size_t turns;

	memset(seed, 0x77, sizeof(seed));
	assert_int_equal(whole_token(0, &claims, seed, 4096, again, &turns), len);
	assert_memory_equal(again, token, len);
	assert_true(rec_of(0)->seed_uses > 0);
}

static bool all_zero(const uint8_t *p, size_t n)
{
	while (n && *p == 0)
		n--, p++;
	return n == 0;
}

static void nothing_secret_is_left_behind(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	struct attest_rec *rec = rec_of(0);
	uint8_t seed[ATTEST_SEED_SIZE];
	size_t size;
	int finish;

	memset(seed, 0x77, sizeof(seed));
	for (finish = 0; finish < 2; finish++) {
		assert_true(attest_token_init(rec, memory[0].g[1], &claims, seed, &size));
		heap_native_yield_every(finish ? 0 : 500);
		attest_token_sign(rec);
		if (!finish) {
			assert_false(all_zero(rec->heap, sizeof(rec->heap)));
			attest_token_drop(rec);
		}
		assert_true(all_zero(rec->heap, sizeof(rec->heap)));
		assert_true(all_zero(rec->seed, sizeof(rec->seed)));
		assert_true(all_zero(memory[0].g[1], GRANULE));
		attest_token_drop(rec);
	}
}

static void heap_is_large_enough(void **state)
{
	struct attest_claims claims = sample(HASH_SHA256);
	uint32_t most = 0;
	size_t turns;
	int i;

	for (i = 0; i < 200; i++) {
		claims.challenge[5] = (uint8_t)i;
		whole_token(0, &claims, NULL, 4096, token, &turns);
		if (rec_of(0)->job.arena.peak > most)
			most = rec_of(0)->job.arena.peak;
		assert_int_equal(rec_of(0)->job.arena.used, 0);
	}
	assert_true(most > 1000 && most <= ATTEST_HEAP_SIZE * 3 / 4);
}

/* Everything the library's curve object points to that a signature reads, as one number. */
static uint64_t curve_sum(void)
{
	const mbedtls_ecp_group *g = &p384_curve;
	uint8_t digest[SHA256_SIZE];
	struct hash h;
	uint64_t sum;
	size_t i;

	hash_init(&h, HASH_SHA256);
	hash_update(&h, g, sizeof(*g));
	hash_update(&h, g->T, g->T_size * sizeof(g->T[0]));
	for (i = 0; i < g->T_size; i++) {
		hash_update(&h, g->T[i].X.p, g->T[i].X.n * sizeof(mbedtls_mpi_uint));
		hash_update(&h, g->T[i].Y.p, g->T[i].Y.n * sizeof(mbedtls_mpi_uint));
		hash_update(&h, g->T[i].Z.p, g->T[i].Z.n * sizeof(mbedtls_mpi_uint));
	}
	hash_final(&h, digest);
	memcpy(&sum, digest, sizeof(sum));
	return sum;
}

/* All CPUs share the curve and its table without a lock: a signature must not write there. */
static void signatures_do_not_change_the_curve(void **state)
{
	const struct attest_claims claims = sample(HASH_SHA256);
	uint64_t before = curve_sum();
	size_t turns;

	assert_true(p384_curve.T_size > 0);
	heap_native_yield_every(1);
	assert_true(attest_token_init(rec_of(0), memory[0].g[1], &claims, NULL, &turns));
	while (attest_token_sign(rec_of(0)) == ATTEST_SIGN_AGAIN)
		assert_true(curve_sum() == before); /* nor for a moment */
	heap_native_yield_every(0);
	assert_true(curve_sum() == before);
	attest_token_drop(rec_of(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_token_without_key_and_platform_token),
		cmocka_unit_test(platform_challenge_is_the_hash_of_the_key),
		cmocka_unit_test(token_has_every_claim_and_verifies),
		cmocka_unit_test(claims_are_taken_at_init),
		cmocka_unit_test(parts_of_any_size_make_the_same_token),
		cmocka_unit_test(reading_nothing_is_never_the_end),
		cmocka_unit_test(signature_survives_interruptions_at_heap_calls),
		cmocka_unit_test(signature_survives_interruptions_anywhere),
		cmocka_unit_test(signatures_of_several_recs_do_not_mix),
		cmocka_unit_test(init_drops_a_token_under_way),
		cmocka_unit_test(drop_forgets_a_token_in_every_state),
		cmocka_unit_test(seed_does_not_show_in_the_token),
		cmocka_unit_test(nothing_secret_is_left_behind),
		cmocka_unit_test(heap_is_large_enough),
		cmocka_unit_test(signatures_do_not_change_the_curve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
