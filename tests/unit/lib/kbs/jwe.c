/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/kbs/jwe.c and keywrap.c: only the receiver can open a message, and only as it was sent. That
 * other libraries can open them is shown by tests/unit/vmm/keyserver/serve.
 */
#include <base64.h>
#include <kbs/jwe.h>
#include <stdlib.h>

#include "lib/kbs/keywrap.h"
#include "tests/unit/lib/unit.h"

static struct jwe_key key, other;
static uint8_t out[JWE_SECRET_MAX];

static int make_keys(void **state)
{
	return jwe_key_make(&key) && jwe_key_make(&other) ? 0 : -1;
}

/* RFC 3394 section 4.6. */
static void the_vector_of_key_wrap(void **state)
{
	uint8_t kek[KEYWRAP_KEY], cek[KEYWRAP_KEY], wrapped[KEYWRAP_SIZE], opened[KEYWRAP_KEY];
	size_t i;

	from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", kek, 32);
	from_hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f", cek, 32);
	assert_true(keywrap(kek, cek, wrapped));
	assert_hex_equal(wrapped, sizeof(wrapped),
			 "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43b"
			 "fb988b9b7a02dd21");
	assert_true(keywrap_open(kek, wrapped, opened));
	assert_memory_equal(opened, cek, sizeof(cek));
	for (i = 0; i < sizeof(wrapped); i++) {
		wrapped[i] ^= 1;
		assert_false(keywrap_open(kek, wrapped, opened));
		wrapped[i] ^= 1;
	}
}

static void every_length_comes_back(void **state)
{
	static const size_t lens[] = {0, 1, 16, 31, 4096, JWE_SECRET_MAX};
	static uint8_t secret[JWE_SECRET_MAX];
	size_t i, len;

	memset(secret, 0xa5, sizeof(secret));
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		json_t *jwe = jwe_encrypt(&key.public, secret, lens[i]);

		assert_non_null(jwe);
		assert_null(jwe_decrypt(&key, jwe, out, sizeof(out), &len));
		assert_int_equal(len, lens[i]);
		assert_memory_equal(out, secret, len);
		assert_non_null(jwe_decrypt(&other, jwe, out, sizeof(out), &len));
		if (lens[i])
			assert_non_null(jwe_decrypt(&key, jwe, out, lens[i] - 1, &len));
		json_decref(jwe);
	}
	assert_null(jwe_encrypt(&key.public, secret, JWE_SECRET_MAX + 1));
}

static void a_changed_message_is_refused(void **state)
{
	static const char *const members[] = {"protected", "encrypted_key", "iv", "ciphertext",
					      "tag"};
	json_t *jwe = jwe_encrypt(&key.public, "secret", 6), *changed;
	size_t i, at, len;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *old = json_string_value(json_object_get(jwe, members[i]));

		for (at = 0; at < strlen(old); at++) {
			char *text = strdup(old);

			text[at] = text[at] == 'A' ? 'B' : 'A';
			changed = json_copy(jwe);
			json_object_set_new(changed, members[i], json_string(text));
			memset(out, 1, 6);
			assert_non_null(jwe_decrypt(&key, changed, out, 6, &len));
			assert_int_equal(out[0] | out[5], 0);
			json_decref(changed);
			free(text);
		}
		changed = json_copy(jwe);
		json_object_del(changed, members[i]);
		assert_non_null(jwe_decrypt(&key, changed, out, sizeof(out), &len));
		json_object_set_new(changed, members[i], json_integer(1));
		assert_non_null(jwe_decrypt(&key, changed, out, sizeof(out), &len));
		json_decref(changed);
	}
	assert_non_null(jwe_decrypt(&key, NULL, out, sizeof(out), &len));
	json_decref(jwe);
}

static void a_public_key_is_read_as_it_was_written(void **state)
{
	json_t *jwk = jwe_public_json(&key.public);
	struct jwe_public read;
	char *text;

	assert_null(jwe_public_read(jwk, &read));
	assert_memory_equal(&read, &key.public, sizeof(read));
	text = json_dumps(jwk, JSON_SORT_KEYS | JSON_COMPACT);
	assert_non_null(
		strstr(text, "{\"alg\":\"ECDH-ES+A256KW\",\"crv\":\"P-256\",\"kty\":\"EC\","));
	free(text);
	json_object_set_new(jwk, "use", json_string("enc"));
	assert_non_null(jwe_public_read(jwk, &read));
	json_object_del(jwk, "use");
	json_object_set(jwk, "x", json_object_get(jwk, "y"));
	assert_non_null(jwe_public_read(jwk, &read));
	assert_non_null(jwe_public_read(NULL, &read));
	json_decref(jwk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_of_key_wrap),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(a_changed_message_is_refused),
		cmocka_unit_test(a_public_key_is_read_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
