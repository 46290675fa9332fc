/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads what is believed, see trust.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vmm/cmd/trust.h"
#include "vmm/lib/error.h"

#define FILE_MAX ((size_t)1 << 20)

static int read_stream(FILE *f, const char *path, uint8_t **data, size_t *len)
{
	*data = malloc(FILE_MAX + 1);
	if (!*data)
		return error_set(-ENOMEM, "%s: no memory", path);
	*len = fread(*data, 1, FILE_MAX + 1, f);
	if (ferror(f))
		return error_set(-EIO, "%s: %s", path, strerror(errno));
	if (*len > FILE_MAX)
		return error_set(-EFBIG, "%s: larger than %zu bytes", path, FILE_MAX);
	return 0;
}

int trust_read_file(const char *path, uint8_t **data, size_t *len)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	int ret;

	*data = NULL;
	if (!f)
		return error_set(-errno, "%s: %s", path, strerror(errno));
	ret = read_stream(f, path, data, len);
	if (f != stdin)
		fclose(f);
	return ret;
}

static int read_key(struct trusted_key *key, const char *option, const char *path)
{
	const char *wrong = NULL;
	uint8_t *data;
	size_t len = 0;
	int ret = trust_read_file(path, &data, &len);

	if (ret == 0)
		wrong = token_key_file(data, len, &key->key);
	if (wrong)
		ret = error_set(-EINVAL, "%s %s: %s", option, path, wrong);
	key->name = path;
	free(data);
	return ret;
}

static int read_keys(struct trusted_key *keys, const char *option, const struct trust_keys *files)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < files->count && ret == 0; i++)
		ret = read_key(&keys[i], option, files->files[i]);
	return ret;
}

static int read_policy(struct trust *t, const struct trust_options *o, const char *path)
{
	const struct corim_trust corim = {
		.signers = {[CORIM_PLATFORM] = t->signers[CORIM_PLATFORM],
			    [CORIM_REALM] = t->signers[CORIM_REALM]},
		.signer_count = {[CORIM_PLATFORM] = o->platform_signers.count,
				 [CORIM_REALM] = o->realm_signers.count},
		.now = time(NULL),
	};
	char wrong[POLICY_ERROR_MAX];
	uint8_t *data;
	size_t len = 0;
	int ret = trust_read_file(path, &data, &len);

	if (ret == 0 && !corim_policy_add(&t->policy, data, len, &corim, wrong))
		ret = error_set(-EINVAL, "--policy %s: %s", path, wrong);
	free(data);
	return ret;
}

int trust_load(struct trust *t, const struct trust_options *o)
{
	int ret = read_keys(t->keys, "--key", &o->keys);
	size_t i;

	if (ret == 0)
		ret = read_keys(t->signers[CORIM_REALM], "--realm-signer", &o->realm_signers);
	if (ret == 0)
		ret = read_keys(t->signers[CORIM_PLATFORM], "--platform-signer",
				&o->platform_signers);
	for (i = 0; i < o->policy_count && ret == 0; i++)
		ret = read_policy(t, o, o->policies[i]);
	return ret;
}

void trust_free(struct trust *t)
{
	policy_free(&t->policy);
}

struct token_request trust_request(const struct trust *t, const struct trust_options *o)
{
	return (struct token_request){.keys = t->keys,
				      .key_count = o->keys.count,
				      .policy = &t->policy,
				      .allow_development = o->allow_development};
}
