/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libFuzzer target: the input is what a connection to the key server brings, one request after the
 * other; its first byte chooses a session that was given out, or one whose token was verified. No
 * token is trusted, so nothing may ever be released to the first.
 */
#include <stdlib.h>
#include <string.h>

#include "vmm/keyserver/keyserver.h"

#define SESSION "0000012c000000000000000000000000"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct keyserver ks;
static const struct policy no_policy;
static uint8_t secret[] = "secret";
static const struct keyserver_secret secrets[] = {{"a/b/c", secret, sizeof(secret)}};
static bool verified;

static void check_line(const char *peer, const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if (*c < 0x20 || *c > 0x7e)
			abort();
	if (!verified && (strstr(text, "released") || strstr(text, "verified: RIM")))
		abort();
}

static void start(void)
{
	ks.request = (struct token_request){.policy = &no_policy};
	ks.secrets = secrets;
	ks.secret_count = 1;
	ks.log = check_line;
	if (!keyserver_init(&ks))
		abort();
}

static void set_session(bool has_token)
{
	struct jwe_key key;

	verified = has_token;
	memset(ks.mac_key, 0, sizeof(ks.mac_key));
	memset(ks.sessions, 0, sizeof(ks.sessions));
	if (!has_token)
		return;
	memcpy(ks.sessions[0].id, SESSION, sizeof(SESSION));
	ks.sessions[0].until = 300;
	if (!jwe_key_make(&key))
		abort();
	ks.sessions[0].key = key.public;
}

/* Bytes used by the request at the front; 0: no whole request. */
static size_t serve(const char *text, size_t size)
{
	size_t len = http_head_len(text, size);
	struct keyserver_answer answer;
	struct http_head head;
	int status;

	if (!len)
		return 0;
	status = http_parse_request(text, len, &head);
	if (status == 0 && size - len < head.body)
		return 0;
	if (status)
		keyserver_reject(&ks, "peer", status, &answer);
	else
		keyserver_answer(&ks, "peer", 1, &head, text + len, &answer);
	if (answer.status < 200 || !answer.body || strlen(answer.body) != answer.len)
		abort();
	free(answer.body);
	return status ? 0 : len + head.body;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t at = 1, used = 1;
	struct http_head head;
	char *text;

	if (!ks.log)
		start();
	if (!size)
		return 0;
	set_session(data[0] & 1);
	text = malloc(size);
	memcpy(text, data, size);
	while (at < size && used) {
		used = serve(text + at, size - at);
		at += used;
	}
	http_parse_answer(text, size, &head);
	free(text);
	return 0;
}
