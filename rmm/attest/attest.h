/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attestation of Realms: the realm attestation key (RAK) that EL3 gave, the platform token, and one
 * token at a time per REC (docs/spec/rsi.md sections 3 and 6). Plain arguments; knows no struct
 * realm or rec, calls no arch function.
 *
 * No token is stored whole: the claims are kept, and each part a Realm asks for is encoded anew. A
 * REC's state is ATTEST_GRANULES granules of donated memory, zero when donated:
 *   granule 0: struct attest_rec, with the heap of the signature
 *   granule 1: the coroutine that signs (rmm/crypto/coroutine.h: contract of the machine layer)
 *
 * V registers: attest_init(), attest_token_init(), attest_token_sign() and
 * attest_platform_challenge() use them: bracket the calls with arch_simd_begin() and
 * arch_simd_end(). The bracket around attest_token_sign() is as long as the CPU is left alone, with
 * no lock held; interrupts are let in, and end it.
 */
#ifndef RMM_ATTEST_ATTEST_H
#define RMM_ATTEST_ATTEST_H

#include <cose.h>
#include <measure.h>

#include "rmm/crypto/job.h"

#define ATTEST_GRANULES		       2
#define ATTEST_CHALLENGE_SIZE	       64
#define ATTEST_RPV_SIZE		       64
#define ATTEST_INSTANCE_ID_SIZE	       33
#define ATTEST_SEED_SIZE	       48
#define ATTEST_PLATFORM_TOKEN_MAX      4096
#define ATTEST_PLATFORM_CHALLENGE_SIZE SHA256_SIZE

/* What a realm token says: a snapshot of RSI_ATTESTATION_TOKEN_INIT. */
struct attest_claims {
	uint8_t challenge[ATTEST_CHALLENGE_SIZE];
	uint8_t instance_id[ATTEST_INSTANCE_ID_SIZE];
	uint8_t rpv[ATTEST_RPV_SIZE];
	bool mec_private;
	struct measurements measurements;
};

enum attest_state {
	ATTEST_NONE,	/* no INIT, or the last byte was read */
	ATTEST_SIGNING, /* the signature is under way */
	ATTEST_SIGNED,	/* parts can be read */
};

/* 3 KiB do for a signature by a margin of a quarter (measured in tests/firmware/crypto). */
#define ATTEST_HEAP_SIZE 3072

/* Granule 0 of a REC's token state. Only the REC's own CPU touches it. */
struct attest_rec {
	enum attest_state state;
	struct attest_claims claims;
	uint8_t seed[ATTEST_SEED_SIZE];
	uint64_t seed_uses;
	bool has_seed;
	uint8_t digest[SHA384_SIZE];
	struct cose_sign1 realm_token;
	size_t size;   /* of the whole token */
	size_t offset; /* of the next byte to be read */
	void *coroutine_granule;
	struct crypto_job job;
	uint8_t heap[ATTEST_HEAP_SIZE] __attribute__((aligned(16)));
};

_Static_assert(sizeof(struct attest_rec) <= 4096, "token state of a REC is one granule");

/*
 * Boot, first CPU: sets the curve up and takes the RAK, a raw P-384 scalar (rmm-el3.md, call 1B2).
 * Interrupts stay masked; milliseconds. 0, or -EINVAL or -ENOMEM: then there is no attestation and
 * attest_token_init() fails. Once.
 */
int attest_init(const uint8_t key[P384_SCALAR_SIZE]);

/* The challenge to ask the platform token for: SHA-256 of the RAK's COSE_Key. After attest_init().
 */
void attest_platform_challenge(uint8_t challenge[ATTEST_PLATFORM_CHALLENGE_SIZE]);

/*
 * Boot: appends a part of the platform token, as call 1B3 gives them. -ENOSPC, with what came
 * before forgotten, if it grows beyond ATTEST_PLATFORM_TOKEN_MAX.
 */
int attest_platform_token_add(const void *part, size_t len);

/*
 * RSI_ATTESTATION_TOKEN_INIT: drops a token that was under way and starts one with these claims,
 * which are copied. seed has ATTEST_SEED_SIZE random bytes (arch_random()) that blind the
 * signature, or is NULL when there are none now. *size becomes the length of the token, for X1.
 * granule_1 is the second granule. About a kilobyte is hashed, and nothing signed yet. False: there
 * is no key or no platform token (RSI_ERROR_UNKNOWN).
 */
bool attest_token_init(struct attest_rec *rec, void *granule_1, const struct attest_claims *claims,
		       const void *seed, size_t *size);

/* First half of RSI_ATTESTATION_TOKEN_CONTINUE, after the checks of its arguments. */
enum attest_sign {
	ATTEST_SIGN_NO_TOKEN, /* no INIT came before: RSI_ERROR_STATE */
	ATTEST_SIGN_AGAIN,    /* an interrupt waits: an IRQ exit, then RSI_INCOMPLETE, 0 bytes */
	ATTEST_SIGN_DONE,     /* goes on with attest_token_read() */
	ATTEST_SIGN_FAILED,   /* the token is dropped: RSI_ERROR_UNKNOWN */
};

enum attest_sign attest_token_sign(struct attest_rec *rec);

/*
 * Second half: writes the next bytes of a signed token, at most size, and returns how many. *last:
 * these were the last (RSI_SUCCESS, the token is dropped), else RSI_INCOMPLETE. size 0 is never the
 * last. Uses no V registers.
 */
size_t attest_token_read(struct attest_rec *rec, void *dst, size_t size, bool *last);

/* Forgets a token in any state and clears what is secret. To be called before a REC goes. */
void attest_token_drop(struct attest_rec *rec);

#endif
