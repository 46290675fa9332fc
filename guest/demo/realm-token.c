/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guest tool: asks the RMM for an attestation token over a random challenge and prints its claims,
 * one "name: value" a line. `realm-token FILE` also keeps the token. Status 0 only if the token is
 * well-formed and over that very challenge.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "claims.h"
#include "tsm.h"

#define CHALLENGE_SIZE 64
#define TOKEN_SIZE_MAX 65536

static uint8_t token[TOKEN_SIZE_MAX];

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "realm-token: %s: %s\n", what, why);
	return 1;
}

static void print_bytes(const char *name, const struct claim *c)
{
	size_t i;

	printf("  %-16s", name);
	for (i = 0; i < c->len; i++)
		printf("%02x", c->data[i]);
	printf("%s\n", c->data ? "" : "none");
}

static void print_text(const char *name, const struct claim *c)
{
	printf("  %-16s%.*s\n", name, c->data ? (int)c->len : 4,
	       c->data ? (const char *)c->data : "none");
}

static void print_realm(const struct realm_claims *c)
{
	char name[8];
	int i;

	print_text("hash algorithm", &c->hash_alg);
	print_bytes("RIM", &c->rim);
	for (i = 0; i < CLAIMS_REMS; i++) {
		snprintf(name, sizeof(name), "REM%d", i);
		print_bytes(name, &c->rem[i]);
	}
	print_bytes("RPV", &c->rpv);
	print_text("profile", &c->profile);
}

static void print_platform(const struct platform_claims *c)
{
	print_text("platform", &c->profile);
	print_bytes("implementation", &c->implementation);
	print_bytes("instance", &c->instance);
	printf("  %-16s0x%llx\n", "lifecycle", (unsigned long long)c->lifecycle);
	printf("  %-16s%zu components\n", "software", c->components);
}

static int keep(const char *path, size_t len)
{
	FILE *out = fopen(path, "wb");

	if (!out)
		return fail(path, strerror(errno));
	if (fwrite(token, 1, len, out) != len || fclose(out))
		return fail(path, strerror(errno));
	return 0;
}

static int show(size_t len, const uint8_t *challenge)
{
	struct claims claims;
	const char *wrong = claims_parse(token, len, &claims);

	if (wrong)
		return fail("token", wrong);
	printf("  %-16s%zu bytes\n", "token", len);
	print_realm(&claims.realm);
	print_platform(&claims.platform);
	if (claims.realm.challenge.len != CHALLENGE_SIZE ||
	    memcmp(claims.realm.challenge.data, challenge, CHALLENGE_SIZE))
		return fail("token", "it is not over the challenge that was asked for");
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t challenge[CHALLENGE_SIZE];
	int len;

	if (argc > 2)
		return fail(argv[2], "one file name at most");
	if (getrandom(challenge, sizeof(challenge), 0) != sizeof(challenge))
		return fail("challenge", strerror(errno));
	len = tsm_report(challenge, sizeof(challenge), token, sizeof(token));
	if (len == -ENODEV)
		return fail("token", "this kernel has no attestation (no Realm, or no module)");
	if (len < 0)
		return fail("token", strerror(-len));
	if (argc == 2 && keep(argv[1], (size_t)len))
		return 1;
	return show((size_t)len, challenge);
}
