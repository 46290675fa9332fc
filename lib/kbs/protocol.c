/* SPDX-License-Identifier: BSD-3-Clause */
/* What both sides write alike, see kbs/protocol.h. */
#include <kbs/protocol.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE_NAMES 3

/*
 * Sorted and compact is canonical, because there are no numbers here, and no characters that JSON
 * could write in two ways: both parties have checked the nonce and the members of the key.
 */
bool kbs_challenge(const char *nonce, const json_t *tee_pubkey,
		   uint8_t challenge[KBS_CHALLENGE_SIZE])
{
	json_t *object = json_pack("{s:s,s:s,s:O}", "additional-evidence", "", "nonce", nonce,
				   "tee-pubkey", tee_pubkey);
	char *text = object ? json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT) : NULL;

	memset(challenge, 0, KBS_CHALLENGE_SIZE);
	if (text)
		hash_digest(HASH_SHA384, text, strlen(text), challenge);
	free(text);
	json_decref(object);
	return text != NULL;
}

static size_t name_len(const char *name)
{
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}

bool kbs_resource_valid(const char *path)
{
	size_t i, len;

	for (i = 0; i < RESOURCE_NAMES; i++) {
		len = name_len(path);
		if (len == 0 || (i < RESOURCE_NAMES - 1 && path[len] != '/'))
			return false;
		path += len + (i < RESOURCE_NAMES - 1);
	}
	return *path == '\0';
}
