/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot stage's side of attestation: hashes, the development key, the signer's memory. */
#include <hash.h>
#include <mbedtls_port.h>
#include <p384.h>
#include <print.h>
#include <util.h>
#include <version.h>

#include "monitor/boot/attest.h"
#include "monitor/boot/boot.h"
#include "monitor/boot/token.h"

#define VERSION "kvm-cca " KVM_CCA_VERSION ", development build"

static const uint8_t development_key[P384_SCALAR_SIZE] = {
#include <devkey.inc>
};

static uint8_t arena_memory[KIB(64)] __attribute__((aligned(16)));
static struct crypto_arena arena;
static uint8_t monitor_hash[SHA256_SIZE];
static uint8_t rmm_hash[SHA256_SIZE];
static struct token_input input;

struct crypto_arena *crypto_arena_current(void)
{
	return &arena;
}

void crypto_port_panic(const char *what)
{
	boot_panic("crypto library: %s", what);
}

static void measure(struct token_image *image, struct region range, uint8_t *hash)
{
	image->version = VERSION;
	image->size = range.size;
	if (!range.size)
		return;
	hash_digest(HASH_SHA256, (const void *)range.base, range.size, hash);
	image->hash = hash;
}

void attest_measure(struct region monitor, struct region rmm)
{
	crypto_arena_init(&arena, arena_memory, sizeof(arena_memory));
	if (p384_init())
		boot_panic("no memory for the signing key's curve");
	measure(&input.monitor, monitor, monitor_hash);
	measure(&input.rmm, rmm, rmm_hash);
}

int attest_sign_token(struct token_request *request)
{
	int length;

	input.challenge = request->challenge;
	input.challenge_len = request->challenge_size;
	length = token_build(&input, development_key, request->token, PLATFORM_TOKEN_MAX);
	if (length < 0) {
		print("monitor: platform token: error %d\n", length);
		return -1;
	}
	request->token_size = (size_t)length;
	return 0;
}
