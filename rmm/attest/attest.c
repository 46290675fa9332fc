/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The key, the platform token and the tokens of RECs; attest.h. The statics are written at boot by
 * the first CPU and read only from then on.
 */
#include <errno.h>
#include <p384.h>
#include <string.h>

#include "rmm/attest/claims.h"

static struct {
	bool has_key;
	uint8_t d[P384_SCALAR_SIZE];
	uint8_t cose_key[COSE_KEY_P384_SIZE];
	size_t platform_len;
	uint8_t platform_token[ATTEST_PLATFORM_TOKEN_MAX];
} rak;

/* Memory of the job at boot. The heap goes on to hold the curve's table. */
static uint8_t boot_coroutine[COROUTINE_SIZE] __attribute__((aligned(COROUTINE_SIZE)));
static uint8_t boot_heap[4096] __attribute__((aligned(16)));

static int set_up_key(void *arg)
{
	uint8_t point[P384_POINT_SIZE];
	int ret = p384_init();

	if (ret == 0)
		ret = p384_public(rak.d, point);
	if (ret == 0)
		cose_key_p384(point, rak.cose_key);
	return ret;
}

int attest_init(const uint8_t key[P384_SCALAR_SIZE])
{
	struct crypto_job job;
	int ret;

	memcpy(rak.d, key, sizeof(rak.d));
	crypto_job_init(&job, boot_coroutine, boot_heap, sizeof(boot_heap), set_up_key, NULL);
	ret = crypto_job_finish(&job);
	memset(boot_coroutine, 0, sizeof(boot_coroutine));
	rak.has_key = ret == 0;
	return ret;
}

void attest_platform_challenge(uint8_t challenge[ATTEST_PLATFORM_CHALLENGE_SIZE])
{
	hash_digest(HASH_SHA256, rak.cose_key, sizeof(rak.cose_key), challenge);
}

int attest_platform_token_add(const void *part, size_t len)
{
	if (len > sizeof(rak.platform_token) - rak.platform_len) {
		rak.platform_len = 0;
		return -ENOSPC;
	}
	memcpy(rak.platform_token + rak.platform_len, part, len);
	rak.platform_len += len;
	return 0;
}

/* The realm token's payload; arg is its struct attest_rec. */
static void encode_payload(struct cbor *c, const void *arg)
{
	const struct attest_rec *rec = arg;
	const struct claims_realm realm = {.claims = &rec->claims, .cose_key = rak.cose_key};

	claims_encode_realm(c, &realm);
}

static struct claims_outer outer_of(const struct attest_rec *rec)
{
	return (struct claims_outer){
		.platform_token = rak.platform_token,
		.platform_token_len = rak.platform_len,
		.realm_token = &rec->realm_token,
	};
}

/* Blinding values: SHA-384 of the REC's seed and a counter. In the form of a p384_random_fn. */
static int blinding_bytes(void *arg, unsigned char *buf, size_t len)
{
	struct attest_rec *rec = arg;
	uint8_t block[SHA384_SIZE];
	struct hash h;

	if (!rec->has_seed || len > sizeof(block))
		return -1;
	hash_init(&h, HASH_SHA384);
	hash_update(&h, rec->seed, sizeof(rec->seed));
	hash_update(&h, &rec->seed_uses, sizeof(rec->seed_uses));
	hash_final(&h, block);
	rec->seed_uses++;
	memcpy(buf, block, len);
	return 0;
}

static int sign(void *arg)
{
	struct attest_rec *rec = arg;

	return p384_sign(rak.d, rec->digest, rec->realm_token.signature, blinding_bytes, rec);
}

static void wipe(void *p, size_t n)
{
	memset(p, 0, n);
	__asm__ volatile("" : : "r"(p) : "memory"); /* not a dead store */
}

/* The signature is made or given up: what the computation left behind is secret. */
static void wipe_computation(struct attest_rec *rec)
{
	wipe(rec->heap, sizeof(rec->heap));
	wipe(rec->seed, sizeof(rec->seed));
	wipe(rec->coroutine_granule, COROUTINE_SIZE);
}

void attest_token_drop(struct attest_rec *rec)
{
	if (rec->state == ATTEST_SIGNING) {
		crypto_job_cancel(&rec->job);
		wipe_computation(rec);
	}
	rec->state = ATTEST_NONE;
}

static void take_seed(struct attest_rec *rec, const void *seed)
{
	rec->has_seed = seed != NULL;
	rec->seed_uses = 0;
	if (seed)
		memcpy(rec->seed, seed, sizeof(rec->seed));
}

bool attest_token_init(struct attest_rec *rec, void *granule_1, const struct attest_claims *claims,
		       const void *seed, size_t *size)
{
	struct claims_outer outer;

	attest_token_drop(rec);
	if (!rak.has_key || rak.platform_len == 0)
		return false;
	rec->claims = *claims;
	rec->realm_token.payload = encode_payload;
	rec->realm_token.arg = rec;
	rec->coroutine_granule = granule_1;
	rec->offset = 0;
	take_seed(rec, seed);
	cose_sign1_digest(&rec->realm_token, rec->digest);
	outer = outer_of(rec);
	rec->size = cbor_length(claims_encode_outer, &outer);
	crypto_job_init(&rec->job, granule_1, rec->heap, sizeof(rec->heap), sign, rec);
	rec->state = ATTEST_SIGNING;
	*size = rec->size;
	return true;
}

enum attest_sign attest_token_sign(struct attest_rec *rec)
{
	if (rec->state == ATTEST_NONE)
		return ATTEST_SIGN_NO_TOKEN;
	if (rec->state == ATTEST_SIGNED)
		return ATTEST_SIGN_DONE;
	if (!crypto_job_run(&rec->job))
		return ATTEST_SIGN_AGAIN;
	wipe_computation(rec);
	rec->state = rec->job.result ? ATTEST_NONE : ATTEST_SIGNED;
	return rec->job.result ? ATTEST_SIGN_FAILED : ATTEST_SIGN_DONE;
}

size_t attest_token_read(struct attest_rec *rec, void *dst, size_t size, bool *last)
{
	const struct claims_outer outer = outer_of(rec);
	struct cbor c;
	size_t written;

	cbor_init_window(&c, dst, size, rec->offset);
	claims_encode_outer(&c, &outer);
	written = cbor_window_used(&c);
	rec->offset += written;
	*last = rec->offset == rec->size;
	if (*last)
		attest_token_drop(rec);
	return written;
}
