/* SPDX-License-Identifier: BSD-3-Clause */
/* Curves, points and COSE_Key of key.h. */
#include <cbor.h>
#include <string.h>
#include <token/key.h>

#define SEC1_UNCOMPRESSED 0x04

#define KEY_KTY	    1
#define KEY_ALG	    3
#define KEY_CRV	    (-1)
#define KEY_X	    (-2)
#define KEY_Y	    (-3)
#define KEY_PRIVATE (-4)
#define KTY_EC2	    2

const struct token_curve_info token_curves[TOKEN_CURVES] = {
	[TOKEN_P256] = {"P-256", "ES256", 1, -7, 32, HASH_SHA256},
	[TOKEN_P384] = {"P-384", "ES384", 2, -35, 48, HASH_SHA384},
	[TOKEN_P521] = {"P-521", "ES512", 3, -36, 66, HASH_SHA512},
};

size_t token_point_size(const struct token_key *key)
{
	return 1 + 2 * token_curves[key->curve].coordinate;
}

bool token_curve_by_alg(int64_t alg, enum token_curve *curve)
{
	size_t i;

	for (i = 0; i < TOKEN_CURVES; i++) {
		if (token_curves[i].cose_alg == alg) {
			*curve = (enum token_curve)i;
			return true;
		}
	}
	return false;
}

bool token_key_equal(const struct token_key *a, const struct token_key *b)
{
	return a->curve == b->curve && memcmp(a->point, b->point, token_point_size(a)) == 0;
}

void token_key_set(struct token_key *key, enum token_curve curve, const uint8_t *x,
		   const uint8_t *y)
{
	size_t size = token_curves[curve].coordinate;

	*key = (struct token_key){.curve = curve, .point = {SEC1_UNCOMPRESSED}};
	memcpy(key->point + 1, x, size);
	memcpy(key->point + 1 + size, y, size);
}

/* The members of a COSE_Key that are looked at. */
struct members {
	bool has_kty, has_crv, has_alg;
	int64_t kty, crv, alg;
	const uint8_t *x, *y;
	size_t x_len, y_len;
};

static void read_member(struct cbor_reader *r, int64_t label, struct members *m, size_t at)
{
	switch (label) {
	case KEY_KTY:
		m->kty = cbor_get_int(r);
		m->has_kty = true;
		break;
	case KEY_ALG:
		m->alg = cbor_get_int(r);
		m->has_alg = true;
		break;
	case KEY_CRV:
		m->crv = cbor_get_int(r);
		m->has_crv = true;
		break;
	case KEY_X:
		m->x = cbor_get_bytes(r, &m->x_len);
		break;
	case KEY_Y:
		m->y = cbor_get_bytes(r, &m->y_len);
		break;
	case KEY_PRIVATE:
		cbor_fail(r, at, "a private key");
		break;
	default:
		cbor_skip(r);
	}
}

static void read_members(struct cbor_reader *r, struct members *m)
{
	size_t pairs = cbor_get_map(r), at;

	for (; pairs != 0 && !r->failed; pairs--) {
		at = r->pos;
		if (cbor_peek(r) == CBOR_UINT || cbor_peek(r) == CBOR_NEGINT) {
			read_member(r, cbor_get_int(r), m, at);
		} else {
			cbor_skip(r);
			cbor_skip(r);
		}
	}
}

static const char *key_from(const struct members *m, struct token_key *key)
{
	size_t i;

	if (!m->has_kty || m->kty != KTY_EC2)
		return "a key whose type is not EC2";
	for (i = 0; i < TOKEN_CURVES; i++)
		if (m->has_crv && token_curves[i].cose_curve == m->crv)
			break;
	if (i == TOKEN_CURVES)
		return "a key on another curve than P-256, P-384 and P-521";
	if (m->has_alg && m->alg != token_curves[i].cose_alg)
		return "a key whose algorithm is not that of its curve";
	if (!m->x || !m->y || m->x_len != token_curves[i].coordinate || m->y_len != m->x_len)
		return "a key whose coordinates are not as long as its curve's";
	token_key_set(key, (enum token_curve)i, m->x, m->y);
	return NULL;
}

const char *token_key_cose(const uint8_t *buf, size_t from, size_t to, struct token_key *key,
			   size_t *at)
{
	struct members m = {0};
	struct cbor_reader r;

	cbor_reader_init(&r, buf, to);
	r.any_width = true;
	r.pos = from;
	cbor_check(&r);
	if (!r.failed && r.pos != to)
		cbor_fail(&r, r.pos, "bytes after the key");
	if (!r.failed) {
		r.pos = from;
		read_members(&r, &m);
	}
	*at = r.failed ? r.at : from;
	return r.failed ? r.why : key_from(&m, key);
}
