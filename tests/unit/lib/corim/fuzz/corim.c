/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: the input is a CoRIM. What the reader takes becomes part of a policy. Unless it
 * is signed, what it says must be written and read again; and nobody has signed it.
 */
#include <corim/policy.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct corim_error *error, size_t size)
{
	if (!error->rule || !error->part || error->offset > size)
		abort();
}

static void add(const uint8_t *data, size_t size)
{
	static const struct trusted_key key = {.name = "none"};
	const struct corim_trust trust = {{&key, &key}, {1, 1}, 1};
	struct policy policy = {0};
	char error[POLICY_ERROR_MAX];

	if (!corim_policy_add(&policy, data, size, &trust, error) && !error[0])
		abort();
	policy_free(&policy);
}

/* Only a text can be written as an id. */
static void write_again(struct corim *c)
{
	static uint8_t buf[2 * CORIM_SIZE_MAX];
	size_t len;

	c->id = corim_text("id");
	if (corim_write(c, NULL, 0, buf, sizeof(buf), &len) && len <= CORIM_SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct corim c;
	struct corim_error error;

	if (!corim_decode(data, size, &c, &error)) {
		check_error(&error, size);
		return 0;
	}
	add(data, size);
	if (!c.is_signed)
		write_again(&c);
	return 0;
}
