/* SPDX-License-Identifier: BSD-3-Clause */
/* The token calls of a Realm: docs/spec/rsi.md section 3. What a token says:
 * tests/unit/rmm/attest/. */
#include <cbor.h>
#include <cose.h>

#include "attest/coroutine_native.h"
#include "realm_run.h"
#include "rmm/attest/attest.h"

static const uint8_t rak[P384_SCALAR_SIZE] = {0x7f, 0x01, [47] = 0x99};
static uint8_t platform_token[3000];
static uint8_t token[4 * GRANULE_SIZE];

static struct rmi_regs init(const struct running *t)
{
	return SMC(t, 0, RSI_ATTESTATION_TOKEN_INIT, 1, 2, 3, 4, 5, 6, 7, 8);
}

static struct rmi_regs part(const struct running *t, uint64_t ipa, uint64_t offset, uint64_t size)
{
	return SMC(t, 0, RSI_ATTESTATION_TOKEN_CONTINUE, ipa, offset, size);
}

/* Runs first: the key and the platform token are not there yet. */
static void test_no_key(void **state)
{
	struct running t;

	running_begin(&t);
	init(&t);
	assert_smc(&t, 0, RSI_ERROR_UNKNOWN, 0, 0);
	part(&t, 0x4000, 0, 0x1000);
	assert_smc(&t, 0, RSI_ERROR_STATE, 0, 0);
	running_end(&t);
	assert_int_equal(attest_init(rak), 0);
	assert_int_equal(attest_platform_token_add(platform_token, sizeof(platform_token)), 0);
}

static void test_arguments(void **state)
{
	static const struct {
		const char *rule;
		uint64_t ipa, offset, size;
	} rows[] = {
		{"page not aligned", 0x4008, 0, 1},
		{"page not protected", BIT(39), 0, 1},
		{"offset at the page's end", 0x4000, 0x1000, 0},
		{"more than a page", 0x4000, 0, 0x1001},
		{"more than is left in the page", 0x4000, 0x800, 0x801},
		{"a size that wraps", 0x4000, 1, ~0ull},
	};
	struct running t;

	running_begin(&t);
	init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		part(&t, rows[i].ipa, rows[i].offset, rows[i].size);
		assert_smc_rule(rows[i].rule, &t, 0, RSI_ERROR_INPUT, 0, 0);
	}
	/* RIPAS EMPTY; not mapped; nothing asked for. The token is still there after each. */
	part(&t, 0x3000, 0, 0x1000);
	assert_smc(&t, 0, RSI_ERROR_INPUT, 0, 0);
	part(&t, 0x7000, 0, 0x1000);
	assert_false(smc_returned);
	assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_SYNC);
	assert_int_equal(t.run->exit.hpfar, 0x70);
	part(&t, 0x4000, 0, 0);
	assert_smc(&t, 0, RSI_INCOMPLETE, 0, 0);
	part(&t, 0x4000, 0, 0x1000);
	assert_true(smc_returned);
	assert_true(gprs(&t, 0)[1] > sizeof(platform_token) || gprs(&t, 0)[0] == RSI_INCOMPLETE);
	running_end(&t);
}

/* Makes a token and reads it by pieces into buf; its length. */
static size_t read_token(const struct running *t, uint8_t *buf, size_t max)
{
	uint64_t size, len = 0, status;

	init(t);
	assert_true(smc_returned);
	assert_int_equal(gprs(t, 0)[0], RSI_SUCCESS);
	size = gprs(t, 0)[1];
	do {
		part(t, 0x5000, 0x100, 0x300);
		status = gprs(t, 0)[0];
		assert_true(status == RSI_INCOMPLETE || status == RSI_SUCCESS);
		assert_true(len + gprs(t, 0)[1] <= max);
		memcpy(buf + len, running_mem(t, 0x5100), gprs(t, 0)[1]);
		len += gprs(t, 0)[1];
	} while (status == RSI_INCOMPLETE);
	assert_int_equal(len, size);
	return len;
}

/* The whole token, page by page; it is CBOR to its last byte. */
static void test_whole(void **state)
{
	struct running t;
	struct cbor_reader reader;
	size_t len;

	running_begin(&t);
	len = read_token(&t, token, sizeof(token));
	cbor_reader_init(&reader, token, len);
	cbor_skip(&reader);
	assert_true(cbor_reader_done(&reader));
	part(&t, 0x5000, 0, 0x1000);
	assert_smc(&t, 0, RSI_ERROR_STATE, 0, 0);
	running_end(&t);
}

/* The value at an integer key of a map; the reader stands at the map. */
static void map_find(struct cbor_reader *r, int64_t key)
{
	for (size_t left = cbor_get_map(r); left > 0; left--) {
		if (cbor_get_int(r) == key)
			return;
		cbor_skip(r);
	}
	fail_msg("no key %lld", (long long)key);
}

/* The MEC policy of the Realm token in an outer token. */
static int64_t mec_claim(const uint8_t *buf, size_t len)
{
	struct cose_sign1_view view;
	struct cbor_reader r;
	const uint8_t *realm_token;

	cbor_reader_init(&r, buf, len);
	assert_int_equal(cbor_get_tag(&r), 907);
	map_find(&r, 44241);
	assert_int_equal(cbor_get_array(&r), 2);
	assert_int_equal(cbor_get_int(&r), 263);
	realm_token = cbor_get_bytes(&r, &len);
	assert_true(cose_sign1_parse(realm_token, len, &view));
	cbor_reader_init(&r, view.payload, view.payload_len);
	map_find(&r, 44243);
	return cbor_get_int(&r);
}

/* Without FEAT_MEC no memory is private, whatever policy the Realm was created with. */
static void test_mec_shared(void **state)
{
	for (uint64_t policy = 0; policy <= 1; policy++) {
		struct running t;
		size_t len;

		running_begin_flags(&t, policy << RMI_REALM_MEC_POLICY_SHIFT);
		len = read_token(&t, token, sizeof(token));
		assert_int_equal(mec_claim(token, len), 0);
		running_end(&t);
	}
}

/* No entropy: the token is signed all the same, with a nonce that needs none. */
static void test_no_entropy(void **state)
{
	struct running t;

	running_begin(&t);
	machine_no_entropy = true;
	assert_true(read_token(&t, token, sizeof(token)) > sizeof(platform_token));
	machine_no_entropy = false;
	running_end(&t);
}

/* Interrupts end the signing: the host sees IRQ, the Realm INCOMPLETE with nothing. */
static void test_interrupted(void **state)
{
	struct running t;
	unsigned int turns = 0;

	running_begin(&t);
	init(&t);
	heap_native_yield_every(50);
	do {
		part(&t, 0x5000, 0, 0);
		assert_int_equal(gprs(&t, 0)[0], RSI_INCOMPLETE);
		assert_int_equal(gprs(&t, 0)[1], 0);
		assert_int_equal(realm_rec(&t.r, 0)->regs.pc, CODE + 4);
		assert_int_equal(t.run->exit.exit_reason, RMI_EXIT_IRQ);
		turns++;
	} while (!smc_returned);
	heap_native_yield_every(0);
	assert_true(turns > 2);
	part(&t, 0x5000, 0, 0x1000);
	assert_true(gprs(&t, 0)[1] > 0);
	/* A new INIT drops the old token. */
	init(&t);
	assert_int_equal(gprs(&t, 0)[0], RSI_SUCCESS);
	running_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_key),	   cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_whole),	   cmocka_unit_test(test_mec_shared),
		cmocka_unit_test(test_no_entropy), cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, host_setup, NULL);
}
