/* SPDX-License-Identifier: BSD-3-Clause */
/* COSE_Key of a P-384 public key (RFC 9053 section 7.1.1), both ways. */
#include <cose.h>
#include <string.h>

#define KEY_KTY	      1
#define KEY_KTY_EC2   2
#define KEY_CRV	      (-1)
#define KEY_CRV_P384  2
#define KEY_X	      (-2)
#define KEY_Y	      (-3)
#define COORDINATE    48
#define POINT_X	      1
#define POINT_Y	      (1 + COORDINATE)
#define ENCODED_X     8
#define ENCODED_Y     (COSE_KEY_P384_SIZE - COORDINATE)
#define SEC1_EXPANDED 0x04

void cose_key_p384(const uint8_t point[P384_POINT_SIZE], uint8_t key[COSE_KEY_P384_SIZE])
{
	struct cbor c;

	cbor_init(&c, key, COSE_KEY_P384_SIZE);
	cbor_map(&c, 4);
	cbor_int(&c, KEY_KTY);
	cbor_int(&c, KEY_KTY_EC2);
	cbor_int(&c, KEY_CRV);
	cbor_int(&c, KEY_CRV_P384);
	cbor_int(&c, KEY_X);
	cbor_bytes(&c, point + POINT_X, COORDINATE);
	cbor_int(&c, KEY_Y);
	cbor_bytes(&c, point + POINT_Y, COORDINATE);
}

bool cose_key_p384_point(const uint8_t *key, size_t len, uint8_t point[P384_POINT_SIZE])
{
	uint8_t again[COSE_KEY_P384_SIZE];

	if (len != COSE_KEY_P384_SIZE)
		return false;
	point[0] = SEC1_EXPANDED;
	memcpy(point + POINT_X, key + ENCODED_X, COORDINATE);
	memcpy(point + POINT_Y, key + ENCODED_Y, COORDINATE);
	cose_key_p384(point, again);
	return memcmp(again, key, len) == 0;
}
