/* SPDX-License-Identifier: BSD-3-Clause */
/* See stack_token.h. */
#include <p384.h>

#include "monitor/boot/evidence.h"
#include "monitor/boot/token.h"
#include "rmm/attest/attest.h"
#include "stack_token.h"
#include "tests/unit/lib/unit.h"

static const uint8_t platform_scalar[P384_SCALAR_SIZE] = {0x21, 0x43, [47] = 0x65};
static const uint8_t realm_scalar[P384_SCALAR_SIZE] = {0x7f, 0x02, [47] = 0x77};
static uint8_t granules[ATTEST_GRANULES][4096] __attribute__((aligned(4096)));

static int make_platform_token(uint8_t *buf, size_t size)
{
	static const struct machine machine = {.nr_cpus = 2, .nr_dram = 1};
	static uint8_t monitor[SHA256_SIZE], rmm[SHA256_SIZE], config[EVIDENCE_CONFIG_SIZE];
	uint8_t challenge[ATTEST_PLATFORM_CHALLENGE_SIZE];
	const struct token_input in = {
		.implementation_id = (const uint8_t *)"an implementation of 32 bytes...",
		.lifecycle = 0x3000,
		.config = config,
		.config_len = sizeof(config),
		.signer = evidence_no_signer,
		.monitor = {monitor, EVIDENCE_MONITOR, "1.0"},
		.rmm = {rmm, EVIDENCE_RMM, NULL},
		.challenge = challenge,
		.challenge_len = sizeof(challenge),
	};

	evidence_component("monitor", 7, monitor);
	evidence_component("rmm", 3, rmm);
	evidence_config(&machine, config);
	attest_platform_challenge(challenge);
	return token_build(&in, platform_scalar, buf, size);
}

static struct attest_claims realm_claims(void)
{
	static const struct measure_realm realm = {.s2sz = 40};
	struct attest_claims claims = {.instance_id = {0x01, 0x02}, .rpv = {0x03}};

	memset(claims.challenge, STACK_CHALLENGE, sizeof(claims.challenge));
	measure_realm_create(&claims.measurements, HASH_SHA256, &realm);
	measure_extend(&claims.measurements, 1, "one", 3);
	return claims;
}

size_t stack_token(uint8_t token[STACK_ROOM], uint8_t platform_key[97])
{
	struct attest_rec *rec = (struct attest_rec *)granules[0];
	const struct attest_claims claims = realm_claims();
	uint8_t platform_token[TOKEN_SIZE_MAX];
	bool last = false;
	size_t size;
	int len;

	assert_int_equal(attest_init(realm_scalar), 0);
	assert_int_equal(p384_public(platform_scalar, platform_key), 0);
	len = make_platform_token(platform_token, sizeof(platform_token));
	assert_true(len > 0);
	assert_int_equal(attest_platform_token_add(platform_token, (size_t)len), 0);
	assert_true(attest_token_init(rec, granules[1], &claims, NULL, &size));
	while (attest_token_sign(rec) == ATTEST_SIGN_AGAIN)
		;
	assert_int_equal(attest_token_read(rec, token, STACK_ROOM, &last), size);
	assert_true(last);
	return size;
}
