/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A relying party that gives secrets to verified Realms: what each request is answered with. The
 * protocol is in docs/keyserver.md. All input is hostile. Nothing here knows of sockets; server.c
 * calls, and so do tests and the fuzzer. The time of day ends the validity of reference values.
 *
 * A nonce takes no memory: it is a MAC of the session's number, so that whoever asks for nonces,
 * and for nothing more, takes no room from others. What is kept is one entry for each session whose
 * token was verified.
 */
#ifndef VMM_KEYSERVER_KEYSERVER_H
#define VMM_KEYSERVER_KEYSERVER_H

#include <kbs/http.h>
#include <kbs/jwe.h>
#include <token/verify.h>

#define KEYSERVER_SESSIONS 1024
#define KEYSERVER_LIFE_S   300 /* of a nonce, and of a session after that */

struct keyserver_secret {
	const char *path; /* three names */
	uint8_t *data;
	size_t len;
};

/* A session whose token was verified. */
struct keyserver_session {
	char id[HTTP_SESSION_LEN + 1]; /* "" for none */
	uint64_t until;
	struct jwe_public key;
};

struct keyserver {
	/* Given by the caller; challenge is filled in for each token. */
	struct token_request request;
	const struct keyserver_secret *secrets;
	size_t secret_count;
	void (*log)(const char *peer, const char *text);
	/* Its own. */
	uint8_t mac_key[32];
	struct keyserver_session sessions[KEYSERVER_SESSIONS];
	struct token token;
};

struct keyserver_answer {
	int status;
	char *body; /* to be freed; NULL without memory */
	size_t len;
	char session[HTTP_SESSION_LEN + 1]; /* a cookie to set, or "" */
};

/* False if the machine has no random numbers. */
bool keyserver_init(struct keyserver *ks);

/* now: seconds of a clock that never goes back. body: head->body bytes. */
void keyserver_answer(struct keyserver *ks, const char *peer, uint64_t now,
		      const struct http_head *head, const char *body,
		      struct keyserver_answer *answer);

/* The answer to what is no request; status as http_parse_request() has it. */
void keyserver_reject(struct keyserver *ks, const char *peer, int status,
		      struct keyserver_answer *answer);

#endif
