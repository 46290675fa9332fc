/* SPDX-License-Identifier: BSD-3-Clause */
/* ECDSA P-384 and COSE_Sign1 on the machine; signing as a job that nothing interrupts. */
#include <cose.h>
#include <errno.h>
#include <p384.h>
#include <string.h>

#include "payload.h"
#include "sign.h"

/* RFC 6979 A.2.6, message "sample" with SHA-384. */
const uint8_t sample_d[P384_SCALAR_SIZE] = {
	0x6b, 0x9d, 0x3d, 0xad, 0x2e, 0x1b, 0x8c, 0x1c, 0x05, 0xb1, 0x98, 0x75,
	0xb6, 0x65, 0x9f, 0x4d, 0xe2, 0x3c, 0x3b, 0x66, 0x7b, 0xf2, 0x97, 0xba,
	0x9a, 0xa4, 0x77, 0x40, 0x78, 0x71, 0x37, 0xd8, 0x96, 0xd5, 0x72, 0x4e,
	0x4c, 0x70, 0xa8, 0x25, 0xf8, 0x72, 0xc9, 0xea, 0x60, 0xd2, 0xed, 0xf5,
};
const uint8_t sample_signature[P384_SIGNATURE_SIZE] = {
	0x94, 0xed, 0xbb, 0x92, 0xa5, 0xec, 0xb8, 0xaa, 0xd4, 0x73, 0x6e, 0x56, 0xc6, 0x91,
	0x91, 0x6b, 0x3f, 0x88, 0x14, 0x06, 0x66, 0xce, 0x9f, 0xa7, 0x3d, 0x64, 0xc4, 0xea,
	0x95, 0xad, 0x13, 0x3c, 0x81, 0xa6, 0x48, 0x15, 0x2e, 0x44, 0xac, 0xf9, 0x6e, 0x36,
	0xdd, 0x1e, 0x80, 0xfa, 0xbe, 0x46, 0x99, 0xef, 0x4a, 0xeb, 0x15, 0xf1, 0x78, 0xce,
	0xa1, 0xfe, 0x40, 0xdb, 0x26, 0x03, 0x13, 0x8f, 0x13, 0x0e, 0x74, 0x0a, 0x19, 0x62,
	0x45, 0x26, 0x20, 0x3b, 0x63, 0x51, 0xd0, 0xa3, 0xa9, 0x4f, 0xa3, 0x29, 0xc1, 0x45,
	0x78, 0x6e, 0x67, 0x9e, 0x7b, 0x82, 0xc7, 0x1a, 0x38, 0x62, 0x8a, 0xc8,
};

static uint8_t stack[COROUTINE_SIZE] __attribute__((aligned(COROUTINE_SIZE)));
static uint8_t heap[16384] __attribute__((aligned(16)));
static uint8_t verify_heap[16384] __attribute__((aligned(16)));
static uint8_t curve_heap[8192] __attribute__((aligned(16)));
uint8_t sample_point[P384_POINT_SIZE];

int sample_sign(void *arg)
{
	uint8_t digest[SHA384_SIZE];

	hash_digest(HASH_SHA384, "sample", 6, digest);
	return p384_sign(sample_d, digest, arg, NULL, NULL);
}

static int init(void *arg)
{
	return p384_init();
}

static int make_public(void *arg)
{
	return p384_public(sample_d, sample_point);
}

static int verify(const uint8_t *signature)
{
	uint8_t digest[SHA384_SIZE];

	hash_digest(HASH_SHA384, "sample", 6, digest);
	return p384_verify(sample_point, digest, signature);
}

static int cose_sign(const void *key, const uint8_t digest[SHA384_SIZE],
		     uint8_t signature[P384_SIGNATURE_SIZE])
{
	return p384_sign(key, digest, signature, NULL, NULL);
}

static void encode_payload(struct cbor *c, const void *arg)
{
	cbor_map(c, 1);
	cbor_int(c, 10);
	cbor_bytes(c, sample_signature, sizeof(sample_signature));
}

/* Builds a message, takes it apart, and checks its signature and that of a changed one. */
static int cose_round_trip(void)
{
	uint8_t message[256], digest[SHA384_SIZE];
	struct cose_sign1_view view;
	int len = cose_sign1_build(message, sizeof(message), encode_payload, NULL, cose_sign,
				   sample_d);

	if (len < 0 || !cose_sign1_parse(message, (size_t)len, &view))
		return -EPROTO;
	cose_sign1_view_digest(&view, digest);
	if (p384_verify(sample_point, digest, view.signature))
		return -EBADMSG;
	message[20] ^= 1;
	cose_sign1_view_digest(&view, digest);
	return p384_verify(sample_point, digest, view.signature) == -EBADMSG ? 0 : -EINVAL;
}

/* How much of a stack filled with a pattern was used. */
size_t stack_used(const uint8_t *base)
{
	size_t unused = sizeof(struct coroutine);

	while (unused < COROUTINE_SIZE && base[unused] == STACK_PATTERN)
		unused++;
	return COROUTINE_SIZE - unused;
}

/* The RMM never verifies a signature, so this runs outside of jobs, with memory of its own. */
struct crypto_arena *crypto_arena_current(void)
{
	static struct crypto_arena outside;
	struct crypto_job *job = coroutine_self();

	if (job)
		return &job->arena;
	if (!outside.base)
		crypto_arena_init(&outside, verify_heap, sizeof(verify_heap));
	return &outside;
}

static int run(int (*fn)(void *), void *arg, const char *name)
{
	static struct crypto_job job;
	uint64_t start;

	memset(stack, STACK_PATTERN, sizeof(stack));
	crypto_job_init(&job, stack, fn == init ? curve_heap : heap,
			fn == init ? sizeof(curve_heap) : sizeof(heap), fn, arg);
	start = timer_now();
	if (!crypto_job_run(&job))
		return -EINTR;
	figure(name, timer_now() - start, "ticks");
	figure("  stack", stack_used(stack), "bytes");
	figure("  heap", job.arena.peak, "bytes");
	return job.result;
}

void sign_tests(void)
{
	uint8_t signature[P384_SIGNATURE_SIZE] = {0};

	ok(run(init, NULL, "p384_init") == 0, "the curve is set up");
	ok(run(make_public, NULL, "p384_public") == 0, "public key");
	ok(run(sample_sign, signature, "p384_sign") == 0 &&
		   memcmp(signature, sample_signature, sizeof(signature)) == 0,
	   "signature of RFC 6979 A.2.6");
	ok(stack_used(stack) + sizeof(struct coroutine) + 256 <= COROUTINE_SIZE,
	   "256 bytes of its stack were never used");
	ok(verify(signature) == 0, "it verifies");
	signature[5] ^= 4;
	ok(verify(signature) == -EBADMSG, "a changed one does not");
	ok(cose_round_trip() == 0, "COSE_Sign1 signed and verified");
}
