/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `realm verify` and `realm keyserver` believe: keys and policies, read from files. Errors are
 * negative errnos with an error text that names the file.
 */
#ifndef VMM_CMD_TRUST_H
#define VMM_CMD_TRUST_H

#include <corim/policy.h>
#include <token/verify.h>

#include "vmm/cmd/trust_options.h"

struct trust {
	struct policy policy;
	struct trusted_key keys[TRUST_KEYS_MAX];
	struct trusted_key signers[CORIM_REALM + 1][TRUST_KEYS_MAX]; /* of CoRIMs, by their kind */
};

/* Reads all files into *trust, which is all zero. trust_free() in any case. */
int trust_load(struct trust *trust, const struct trust_options *o);
void trust_free(struct trust *trust);

/* A request by what was read, without a challenge. It points into both. */
struct token_request trust_request(const struct trust *trust, const struct trust_options *o);

/* A file of at most 1 MiB; "-" is standard input. *data is to be freed, after an error as well. */
int trust_read_file(const char *path, uint8_t **data, size_t *len);

#endif
