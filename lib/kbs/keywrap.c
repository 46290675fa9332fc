/* SPDX-License-Identifier: BSD-3-Clause */
/* AES key wrap, see keywrap.h: the steps and names are those of RFC 3394 section 2.2. */
#include <mbedtls/aes.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#include "lib/kbs/keywrap.h"

#define HALF  8
#define PARTS (KEYWRAP_KEY / HALF)
#define TURNS 6

static const uint8_t initial[HALF] = {0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6};

bool keywrap(const uint8_t kek[KEYWRAP_KEY], const uint8_t key[KEYWRAP_KEY],
	     uint8_t wrapped[KEYWRAP_SIZE])
{
	uint8_t block[2 * HALF];
	mbedtls_aes_context aes;
	unsigned int j, i;
	int ret;

	mbedtls_aes_init(&aes);
	ret = mbedtls_aes_setkey_enc(&aes, kek, KEYWRAP_KEY * 8);
	memcpy(block, initial, HALF);
	memcpy(wrapped + HALF, key, KEYWRAP_KEY);
	for (j = 0; j < TURNS && ret == 0; j++)
		for (i = 1; i <= PARTS && ret == 0; i++) {
			memcpy(block + HALF, wrapped + i * HALF, HALF);
			ret = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, block, block);
			block[HALF - 1] ^= (uint8_t)(j * PARTS + i);
			memcpy(wrapped + i * HALF, block + HALF, HALF);
		}
	memcpy(wrapped, block, HALF);
	mbedtls_aes_free(&aes);
	return ret == 0;
}

bool keywrap_open(const uint8_t kek[KEYWRAP_KEY], const uint8_t wrapped[KEYWRAP_SIZE],
		  uint8_t key[KEYWRAP_KEY])
{
	uint8_t block[2 * HALF], wrong = 0;
	mbedtls_aes_context aes;
	unsigned int j, i;
	int ret;

	mbedtls_aes_init(&aes);
	ret = mbedtls_aes_setkey_dec(&aes, kek, KEYWRAP_KEY * 8);
	memcpy(block, wrapped, HALF);
	memcpy(key, wrapped + HALF, KEYWRAP_KEY);
	for (j = TURNS; j-- > 0 && ret == 0;)
		for (i = PARTS; i > 0 && ret == 0; i--) {
			block[HALF - 1] ^= (uint8_t)(j * PARTS + i);
			memcpy(block + HALF, key + (i - 1) * HALF, HALF);
			ret = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_DECRYPT, block, block);
			memcpy(key + (i - 1) * HALF, block + HALF, HALF);
		}
	mbedtls_aes_free(&aes);
	for (i = 0; i < HALF; i++)
		wrong |= block[i] ^ initial[i];
	if (ret || wrong)
		mbedtls_platform_zeroize(key, KEYWRAP_KEY);
	return ret == 0 && !wrong;
}
