/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys whose private halves are published: those that sign the samples and tests of the field
 * (docs/spec/attestation.md section 1, "Public samples"). Whoever signs with one of them proves
 * nothing. Each is known by the SHA-256 of its x coordinate: of the two points that have it, the
 * private half of the one is that of the other with the sign changed.
 */
#include <stdio.h>
#include <string.h>
#include <token/key.h>
#include <util.h>

static const struct {
	const char *what;
	const char *fingerprint; /* lower-case hex digits */
} published[] = {
	{"the platform key (CPAK) of the samples of TF-A, TF-RMM, ccatoken and trustee",
	 "0629a6669d6b882b35f59366515831b3967f6f58ac423bb9a2b0d058a3df0dae"},
	{"the Realm key (RAK) of the samples of TF-A, trustee and the token draft",
	 "a798929d078569ec6d303d0ea4dc805c2698f949eb6ed2db32bd51c7bf7099f7"},
	{"the P-256 key of Veraison's samples",
	 "fa0823c601e01670320f579ad4c5c453d77b6ca8d7bb6f2640abb11223a33580"},
	{"the P-384 key of Veraison's samples",
	 "f8a7c8ed6e652b4e2a93cbec319deb45f25fc33f9159d4e5371b2b64b6d72a83"},
	{"a P-256 key of rust-ccatoken's samples",
	 "fb808ff57b711d56df1c05e56627f51d39226d88f7d8493b4c474a9115c92b6d"},
	{"the Realm key of ccatoken's tests",
	 "2dc19d6b27e1f4860fbb8b5281aee163287ecd07df8e35c0c6cf22f6cdef575e"},
	{"the other platform key of ccatoken's tests",
	 "9ef71f32567513f16bf415240f71fe0c8fce4e3901609c27595daa786a430471"},
	{"the other P-256 key of Veraison's tests",
	 "f4419c0cf7a7fc540396a58ba62326b8421045ab9e4f48d7c5b963fce84efcbd"},
};

const char *token_key_published(const struct token_key *key)
{
	char hex[2 * SHA256_SIZE + 1];
	uint8_t digest[SHA256_SIZE];
	size_t i;

	hash_digest(HASH_SHA256, key->point + 1, token_curves[key->curve].coordinate, digest);
	for (i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	for (i = 0; i < ARRAY_SIZE(published); i++)
		if (strcmp(hex, published[i].fingerprint) == 0)
			return published[i].what;
	return NULL;
}
