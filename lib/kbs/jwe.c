/* SPDX-License-Identifier: BSD-3-Clause */
/* Secrets for one receiver, see kbs/jwe.h. */
#include <hash.h>
#include <base64.h>
#include <kbs/jwe.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/kbs/keywrap.h"

#define ALG	   "ECDH-ES+A256KW"
#define IV_SIZE	   12
#define TAG_SIZE   16
#define TEXT_MAX   BASE64_SIZE(JWE_COORDINATE)
#define HEADER_MAX 512

/* One Diffie-Hellman computation on P-256. */
struct ecdh {
	mbedtls_ecp_group group;
	mbedtls_ecp_point q;
	mbedtls_mpi d, z;
};

static int random_bytes(void *arg, unsigned char *out, size_t len)
{
	while (len) {
		ssize_t got = getrandom(out, len, 0);

		if (got < 0)
			return MBEDTLS_ERR_ECP_RANDOM_FAILED;
		out += got;
		len -= (size_t)got;
	}
	return 0;
}

static int ecdh_init(struct ecdh *e)
{
	mbedtls_ecp_group_init(&e->group);
	mbedtls_ecp_point_init(&e->q);
	mbedtls_mpi_init(&e->d);
	mbedtls_mpi_init(&e->z);
	return mbedtls_ecp_group_load(&e->group, MBEDTLS_ECP_DP_SECP256R1);
}

static void ecdh_free(struct ecdh *e)
{
	mbedtls_ecp_group_free(&e->group);
	mbedtls_ecp_point_free(&e->q);
	mbedtls_mpi_free(&e->d);
	mbedtls_mpi_free(&e->z);
}

static int ecdh_load_public(struct ecdh *e, const struct jwe_public *public)
{
	int ret = mbedtls_mpi_read_binary(&e->q.X, public->x, sizeof(public->x));

	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e->q.Y, public->y, sizeof(public->y));
	if (ret == 0)
		ret = mbedtls_mpi_lset(&e->q.Z, 1);
	return ret ? ret : mbedtls_ecp_check_pubkey(&e->group, &e->q);
}

bool jwe_key_make(struct jwe_key *key)
{
	struct ecdh e;
	int ret = ecdh_init(&e);

	if (ret == 0)
		ret = mbedtls_ecp_gen_keypair(&e.group, &e.d, &e.q, random_bytes, NULL);
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&e.d, key->d, sizeof(key->d));
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&e.q.X, key->public.x, sizeof(key->public.x));
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&e.q.Y, key->public.y, sizeof(key->public.y));
	ecdh_free(&e);
	return ret == 0;
}

static bool on_curve(const struct jwe_public *public)
{
	struct ecdh e;
	int ret = ecdh_init(&e);

	if (ret == 0)
		ret = ecdh_load_public(&e, public);
	ecdh_free(&e);
	return ret == 0;
}

/*
 * The key-encryption key that the owner of one private key and the owner of the other have in
 * common: Concat KDF of RFC 7518 section 4.6.2, which is one SHA-256 here.
 */
static bool agree(const uint8_t d[JWE_COORDINATE], const struct jwe_public *public,
		  uint8_t kek[KEYWRAP_KEY])
{
	static const uint8_t round[] = {0, 0, 0, 1}, parties[8], bits[] = {0, 0, 1, 0};
	static const uint8_t alg_len[] = {0, 0, 0, sizeof(ALG) - 1};
	uint8_t z[JWE_COORDINATE];
	struct hash h;
	struct ecdh e;
	int ret = ecdh_init(&e);

	if (ret == 0)
		ret = ecdh_load_public(&e, public);
	if (ret == 0)
		ret = mbedtls_mpi_read_binary(&e.d, d, JWE_COORDINATE);
	if (ret == 0)
		ret = mbedtls_ecdh_compute_shared(&e.group, &e.z, &e.q, &e.d, random_bytes, NULL);
	if (ret == 0)
		ret = mbedtls_mpi_write_binary(&e.z, z, sizeof(z));
	ecdh_free(&e);
	if (ret)
		return false;
	hash_init(&h, HASH_SHA256);
	hash_update(&h, round, sizeof(round));
	hash_update(&h, z, sizeof(z));
	hash_update(&h, alg_len, sizeof(alg_len));
	hash_update(&h, ALG, sizeof(ALG) - 1);
	hash_update(&h, parties, sizeof(parties));
	hash_update(&h, bits, sizeof(bits));
	hash_final(&h, kek);
	mbedtls_platform_zeroize(z, sizeof(z));
	mbedtls_platform_zeroize(&h, sizeof(h));
	return true;
}

/* ---- JSON ---- */

static json_t *base64_json(const void *data, size_t len)
{
	char *text = malloc(BASE64_SIZE(len));
	json_t *json = NULL;

	if (text) {
		base64_encode(BASE64_URL, data, len, text);
		json = json_string(text);
	}
	free(text);
	return json;
}

json_t *jwe_public_json(const struct jwe_public *public)
{
	return json_pack("{s:s,s:s,s:s,s:o,s:o}", "alg", ALG, "crv", "P-256", "kty", "EC", "x",
			 base64_json(public->x, sizeof(public->x)), "y",
			 base64_json(public->y, sizeof(public->y)));
}

static bool member_is(const json_t *object, const char *name, const char *want)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value && strcmp(value, want) == 0;
}

static bool read_coordinate(const json_t *object, const char *name, uint8_t *out)
{
	return base64_decode_exactly(BASE64_URL, json_string_value(json_object_get(object, name)),
				     out, JWE_COORDINATE);
}

/* What JWK and epk have in common. */
static const char *read_point(const json_t *jwk, size_t members, struct jwe_public *public)
{
	if (!member_is(jwk, "kty", "EC") || !member_is(jwk, "crv", "P-256"))
		return "not a JWK whose kty is EC and whose crv is P-256";
	if (!read_coordinate(jwk, "x", public->x) || !read_coordinate(jwk, "y", public->y))
		return "a coordinate that is not 32 bytes in base64url";
	if (json_object_size(jwk) != members)
		return "a JWK with further members";
	return on_curve(public) ? NULL : "a point that is not on its curve";
}

const char *jwe_public_read(const json_t *jwk, struct jwe_public *public)
{
	if (!member_is(jwk, "alg", ALG))
		return "a JWK whose alg is not " ALG;
	return read_point(jwk, 5, public);
}

/* The protected header. Clients write what they have parsed anew, so its order and form are fixed.
 */
static void write_header(const struct jwe_public *epk, char text[HEADER_MAX])
{
	char x[TEXT_MAX], y[TEXT_MAX];

	base64_encode(BASE64_URL, epk->x, sizeof(epk->x), x);
	base64_encode(BASE64_URL, epk->y, sizeof(epk->y), y);
	snprintf(text, HEADER_MAX,
		 "{\"alg\":\"" ALG "\",\"enc\":\"A256GCM\",\"epk\":{\"crv\":\"P-256\","
		 "\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}}",
		 x, y);
}

static const char *read_header(const char *protected, struct jwe_public *epk)
{
	char text[HEADER_MAX];
	const char *wrong = NULL;
	json_t *header;
	size_t len;

	if (!base64_decode(BASE64_URL, protected, strlen(protected), text, sizeof(text), &len))
		return "a protected header that is not base64url of at most 512 bytes";
	header = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!member_is(header, "alg", ALG) || !member_is(header, "enc", "A256GCM") ||
	    json_object_size(header) != 3)
		wrong = "a header that is not alg " ALG ", enc A256GCM and epk";
	else
		wrong = read_point(json_object_get(header, "epk"), 4, epk);
	json_decref(header);
	return wrong;
}

/* ---- messages ---- */

static int gcm_init(mbedtls_gcm_context *gcm, const uint8_t cek[KEYWRAP_KEY])
{
	mbedtls_gcm_init(gcm);
	return mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, cek, KEYWRAP_KEY * 8);
}

static bool seal(const uint8_t cek[KEYWRAP_KEY], const uint8_t iv[IV_SIZE], const char *protected,
		 const void *secret, size_t len, uint8_t *ciphertext, uint8_t tag[TAG_SIZE])
{
	mbedtls_gcm_context gcm;
	int ret = gcm_init(&gcm, cek);

	if (ret == 0)
		ret = mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, len, iv, IV_SIZE,
						(const uint8_t *)protected, strlen(protected),
						secret, ciphertext, TAG_SIZE, tag);
	mbedtls_gcm_free(&gcm);
	return ret == 0;
}

static json_t *write_message(const struct jwe_key *own, const uint8_t wrapped[KEYWRAP_SIZE],
			     const uint8_t cek[KEYWRAP_KEY], const void *secret, size_t len)
{
	char header[HEADER_MAX], protected[BASE64_SIZE(HEADER_MAX)];
	uint8_t iv[IV_SIZE], tag[TAG_SIZE], *ciphertext = malloc(len + 1);
	json_t *jwe = NULL;

	write_header(&own->public, header);
	base64_encode(BASE64_URL, header, strlen(header), protected);
	if (ciphertext && random_bytes(NULL, iv, sizeof(iv)) == 0 &&
	    seal(cek, iv, protected, secret, len, ciphertext, tag))
		jwe = json_pack("{s:s,s:o,s:o,s:o,s:o}", "protected", protected, "encrypted_key",
				base64_json(wrapped, KEYWRAP_SIZE), "iv",
				base64_json(iv, sizeof(iv)), "ciphertext",
				base64_json(ciphertext, len), "tag", base64_json(tag, sizeof(tag)));
	free(ciphertext);
	return jwe;
}

json_t *jwe_encrypt(const struct jwe_public *to, const void *secret, size_t len)
{
	uint8_t kek[KEYWRAP_KEY], cek[KEYWRAP_KEY], wrapped[KEYWRAP_SIZE];
	struct jwe_key own;
	json_t *jwe = NULL;

	if (len <= JWE_SECRET_MAX && jwe_key_make(&own) && agree(own.d, to, kek) &&
	    random_bytes(NULL, cek, sizeof(cek)) == 0 && keywrap(kek, cek, wrapped))
		jwe = write_message(&own, wrapped, cek, secret, len);
	mbedtls_platform_zeroize(kek, sizeof(kek));
	mbedtls_platform_zeroize(cek, sizeof(cek));
	mbedtls_platform_zeroize(&own, sizeof(own));
	return jwe;
}

static bool open_sealed(const uint8_t cek[KEYWRAP_KEY], const uint8_t iv[IV_SIZE],
			const char *protected, const uint8_t *ciphertext, size_t len,
			const uint8_t tag[TAG_SIZE], void *out)
{
	mbedtls_gcm_context gcm;
	int ret = gcm_init(&gcm, cek);

	if (ret == 0)
		ret = mbedtls_gcm_auth_decrypt(&gcm, len, iv, IV_SIZE, (const uint8_t *)protected,
					       strlen(protected), tag, TAG_SIZE, ciphertext, out);
	mbedtls_gcm_free(&gcm);
	return ret == 0;
}

/* The strings of a message. */
struct message {
	const char *protected, *encrypted_key, *iv, *ciphertext, *tag;
};

static const char *open_message(const struct jwe_key *key, const struct message *m, void *out,
				size_t size, size_t *len)
{
	uint8_t wrapped[KEYWRAP_SIZE], iv[IV_SIZE], tag[TAG_SIZE], kek[KEYWRAP_KEY],
		cek[KEYWRAP_KEY], *ciphertext;
	struct jwe_public epk;
	const char *wrong = read_header(m->protected, &epk);

	if (wrong)
		return wrong;
	if (!base64_decode_exactly(BASE64_URL, m->encrypted_key, wrapped, sizeof(wrapped)) ||
	    !base64_decode_exactly(BASE64_URL, m->iv, iv, sizeof(iv)) ||
	    !base64_decode_exactly(BASE64_URL, m->tag, tag, sizeof(tag)))
		return "a key, an iv or a tag of another length";
	ciphertext = malloc(size + 1);
	if (!ciphertext)
		return "no memory";
	if (!base64_decode(BASE64_URL, m->ciphertext, strlen(m->ciphertext), ciphertext, size, len))
		wrong = "a ciphertext that is not base64url or too long";
	else if (!agree(key->d, &epk, kek) || !keywrap_open(kek, wrapped, cek))
		wrong = "it is for another key";
	else if (!open_sealed(cek, iv, m->protected, ciphertext, *len, tag, out))
		wrong = "it was changed on the way";
	free(ciphertext);
	mbedtls_platform_zeroize(kek, sizeof(kek));
	mbedtls_platform_zeroize(cek, sizeof(cek));
	return wrong;
}

const char *jwe_decrypt(const struct jwe_key *key, const json_t *jwe, void *out, size_t size,
			size_t *len)
{
	const char *wrong = "not a JWE of five strings";
	struct message m;

	*len = 0;
	if (json_object_size(jwe) == 5 &&
	    json_unpack((json_t *)jwe, "{s:s,s:s,s:s,s:s,s:s}", "protected", &m.protected,
			"encrypted_key", &m.encrypted_key, "iv", &m.iv, "ciphertext", &m.ciphertext,
			"tag", &m.tag) == 0)
		wrong = open_message(key, &m, out, size, len);
	if (wrong) {
		mbedtls_platform_zeroize(out, size);
		*len = 0;
	}
	return wrong;
}
