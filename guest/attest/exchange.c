/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exchange of secrets, see exchange.h. Each request has a connection of its own, because a
 * token takes longer than a server lets a connection be idle.
 */
#define _GNU_SOURCE /* asprintf() */
#include <base64.h>
#include <errno.h>
#include <kbs/http.h>
#include <kbs/jwe.h>
#include <kbs/protocol.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "exchange.h"

#define TOKEN_MAX  32768
#define ANSWER_MAX (HTTP_HEAD_MAX + HTTP_BODY_MAX)

/* One exchange on its way. */
struct session {
	const struct exchange_request *request;
	char *why;
	struct jwe_key key;
	json_t *jwk;
	char id[HTTP_SESSION_LEN + 1];
	char *nonce;
};

static int fail(struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct session *s, const char *format, ...)
{
	va_list args;
	char *c;

	va_start(args, format);
	vsnprintf(s->why, EXCHANGE_WHY_MAX, format, args);
	va_end(args);
	for (c = s->why; *c; c++)
		*c = *c < ' ' || *c > '~' ? '?' : *c;
	return -1;
}

/* ---- one request ---- */

static int connect_to(struct session *s)
{
	const struct exchange_request *r = s->request;
	const struct timeval patience = {.tv_sec = r->deadline_s};
	int fd = socket(r->server.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail(s, "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, &r->server.any, r->server_size)) {
		fail(s, "the server: %s", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static int send_all(struct session *s, int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return fail(s, "the server takes no request: %s", strerror(errno));
		text += sent;
		len -= (size_t)sent;
	}
	return 0;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* What has come by a time; 0 at the end, -1 if nothing has, or after an error. */
static ssize_t receive_until(int fd, char *buf, size_t size, time_t end)
{
	const struct timeval left = {.tv_sec = end - now()};

	if (left.tv_sec <= 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &left, sizeof(left)))
		return -1;
	return recv(fd, buf, size, 0);
}

/*
 * Reads until a whole answer is there; its head is *head, *body points into buf. However slowly the
 * bytes trickle in, it ends in time.
 */
static int receive(struct session *s, int fd, char *buf, struct http_head *head, const char **body)
{
	const time_t end = now() + (time_t)s->request->deadline_s;
	size_t len = 0, head_len = 0;
	const char *wrong;
	ssize_t got;

	*head = (struct http_head){.body = 0};
	while (!head_len || len - head_len < head->body) {
		got = len < ANSWER_MAX ? receive_until(fd, buf + len, ANSWER_MAX - len, end) : 0;
		if (got < 0)
			return fail(s, "the server's answer does not come in time");
		if (got == 0)
			return fail(s, "the server's answer ends too early");
		len += (size_t)got;
		if (head_len || !(head_len = http_head_len(buf, len)))
			continue;
		wrong = http_parse_answer(buf, head_len, head);
		if (wrong)
			return fail(s, "the server's answer: %s", wrong);
	}
	*body = buf + head_len;
	return 0;
}

static int write_request(const struct session *s, const char *method, const char *target,
			 const char *body, char **text)
{
	return asprintf(text,
			"%s %s HTTP/1.1\r\nHost: keyserver\r\nConnection: close\r\n"
			"%s%s%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			method, target, s->id[0] ? "Cookie: kbs-session-id=" : "", s->id,
			s->id[0] ? "\r\n" : "", strlen(body), body);
}

/* Sends and receives on a connection; the answer is JSON. */
static json_t *talk(struct session *s, int fd, const char *text, int len)
{
	char *buf = malloc(ANSWER_MAX);
	struct http_head head;
	json_t *answer = NULL;
	const char *body = NULL, *detail;

	if (!buf || send_all(s, fd, text, (size_t)len) || receive(s, fd, buf, &head, &body)) {
		free(buf);
		return NULL;
	}
	answer = json_loadb(body, head.body, JSON_REJECT_DUPLICATES, NULL);
	detail = json_string_value(json_object_get(answer, "detail"));
	if (head.session[0])
		memcpy(s->id, head.session, sizeof(s->id));
	if (head.status != 200)
		fail(s, "the server refuses (%d): %s", head.status, detail ? detail : "?");
	else if (!json_is_object(answer))
		fail(s, "the server's answer is no JSON object");
	if (head.status != 200 || !json_is_object(answer)) {
		json_decref(answer);
		answer = NULL;
	}
	free(buf);
	return answer;
}

static json_t *ask(struct session *s, const char *method, const char *target, const char *body)
{
	json_t *answer = NULL;
	char *text = NULL;
	int fd = connect_to(s), len;

	if (fd < 0)
		return NULL;
	len = write_request(s, method, target, body, &text);
	if (len < 0)
		fail(s, "no memory");
	else
		answer = talk(s, fd, text, len);
	if (len >= 0)
		free(text);
	close(fd);
	return answer;
}

/* ---- the steps ---- */

static int get_nonce(struct session *s)
{
	json_t *answer = ask(s, "POST", KBS_AUTH,
			     "{\"version\":\"" KBS_VERSION "\",\"tee\":\"" KBS_TEE
			     "\",\"extra-params\":\"\"}");
	const char *nonce = json_string_value(json_object_get(answer, "nonce"));
	uint8_t bytes[KBS_NONCE_SIZE];

	if (base64_decode_exactly(BASE64_STANDARD, nonce, bytes, sizeof(bytes)))
		s->nonce = strdup(nonce);
	json_decref(answer);
	if (!answer)
		return -1;
	return s->nonce && s->id[0] ? 0 : fail(s, "the server gives no nonce, or no session");
}

static json_t *bytes_json(const uint8_t *bytes, size_t len)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < len; i++)
		json_array_append_new(array, json_integer(bytes[i]));
	return array;
}

static char *write_evidence(const struct session *s, const uint8_t *token, size_t len)
{
	json_t *evidence = json_pack("{s:n,s:{s:s,s:O},s:{s:{s:o},s:s}}", "init-data",
				     "runtime-data", "nonce", s->nonce, "tee-pubkey", s->jwk,
				     "tee-evidence", "primary_evidence", "token",
				     bytes_json(token, len), "additional_evidence", "");
	char *text = evidence ? json_dumps(evidence, JSON_COMPACT) : NULL;

	json_decref(evidence);
	return text;
}

static int make_evidence(struct session *s, char **evidence)
{
	uint8_t challenge[KBS_CHALLENGE_SIZE], *token = malloc(TOKEN_MAX);
	int len;

	if (!token || !kbs_challenge(s->nonce, s->jwk, challenge)) {
		free(token);
		return fail(s, "no memory");
	}
	len = s->request->token(challenge, sizeof(challenge), token, TOKEN_MAX);
	if (len < 0)
		fail(s, "token: %s", strerror(-len));
	*evidence = len < 0 ? NULL : write_evidence(s, token, (size_t)len);
	free(token);
	return *evidence ? 0 : -1;
}

static int attest(struct session *s)
{
	json_t *answer;
	char *evidence = NULL;

	if (make_evidence(s, &evidence))
		return -1;
	answer = ask(s, "POST", KBS_ATTEST, evidence);
	free(evidence);
	json_decref(answer);
	return answer ? 0 : -1;
}

static int get_secret(struct session *s, uint8_t *secret, size_t size, size_t *len)
{
	const char *wrong;
	json_t *jwe;
	char *target;

	if (asprintf(&target, KBS_RESOURCE "%s", s->request->path) < 0)
		return fail(s, "no memory");
	jwe = ask(s, "GET", target, "");
	free(target);
	if (!jwe)
		return -1;
	wrong = jwe_decrypt(&s->key, jwe, secret, size, len);
	json_decref(jwe);
	return wrong ? fail(s, "the secret: %s", wrong) : 0;
}

int exchange_get(const struct exchange_request *request, uint8_t *secret, size_t size, size_t *len,
		 char why[EXCHANGE_WHY_MAX])
{
	struct session s = {.request = request, .why = why};
	int ret;

	snprintf(why, EXCHANGE_WHY_MAX, "no memory");
	if (!jwe_key_make(&s.key))
		return fail(&s, "no random numbers");
	s.jwk = jwe_public_json(&s.key.public);
	ret = s.jwk ? get_nonce(&s) : -1;
	if (ret == 0)
		ret = attest(&s);
	if (ret == 0)
		ret = get_secret(&s, secret, size, len);
	explicit_bzero(&s.key, sizeof(s.key));
	json_decref(s.jwk);
	free(s.nonce);
	return ret;
}
