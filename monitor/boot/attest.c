/* SPDX-License-Identifier: BSD-3-Clause */
/* The boot stage's side of attestation: what is measured, who signs, the signer's memory. */
#include <hash.h>
#include <mbedtls_port.h>
#include <p384.h>
#include <print.h>
#include <util.h>
#include <version.h>

#include "monitor/boot/attest.h"
#include "monitor/boot/boot.h"
#include "monitor/boot/evidence.h"
#include "monitor/boot/token.h"

static uint8_t arena_memory[KIB(64)] __attribute__((aligned(16)));
static struct crypto_arena arena;
static uint8_t monitor_measurement[SHA256_SIZE];
static uint8_t rmm_measurement[SHA256_SIZE];
static uint8_t config[EVIDENCE_CONFIG_SIZE];
static const uint8_t *key;
static struct token_input input = {
	.config = config,
	.config_len = sizeof(config),
	.signer = evidence_no_signer,
	.monitor = {.type = EVIDENCE_MONITOR, .version = EVIDENCE_MONITOR_VERSION},
	.rmm = {.type = EVIDENCE_RMM},
};

struct crypto_arena *crypto_arena_current(void)
{
	return &arena;
}

void crypto_port_panic(const char *what)
{
	boot_panic("crypto library: %s", what);
}

static void measure(struct token_image *image, struct region range, uint8_t *measurement)
{
	if (!range.size)
		return;
	evidence_component((const void *)range.base, range.size, measurement);
	image->measurement = measurement;
}

void attest_measure(const struct platform_identity *identity, const struct machine *machine,
		    struct region monitor, struct region rmm)
{
	crypto_arena_init(&arena, arena_memory, sizeof(arena_memory));
	if (p384_init())
		boot_panic("no memory for the signing key's curve");
	if (identity->magic != PLATFORM_IDENTITY_MAGIC || identity->lifecycle > UINT16_MAX)
		boot_panic("the flash image has no platform key");
	input.implementation_id = identity->implementation_id;
	input.lifecycle = (uint16_t)identity->lifecycle;
	key = identity->key;
	measure(&input.monitor, monitor, monitor_measurement);
	measure(&input.rmm, rmm, rmm_measurement);
	evidence_config(machine, config);
}

int attest_sign_token(struct token_request *request)
{
	int length;

	input.challenge = request->challenge;
	input.challenge_len = request->challenge_size;
	length = token_build(&input, key, request->token, PLATFORM_TOKEN_MAX);
	if (length < 0) {
		print("monitor: platform token: error %d\n", length);
		return -1;
	}
	request->token_size = (size_t)length;
	return 0;
}
