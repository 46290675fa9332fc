/* SPDX-License-Identifier: BSD-3-Clause */
/* What each request is answered with, see keyserver.h. */
#include <base64.h>
#include <kbs/protocol.h>
#include <mbedtls/md.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "vmm/keyserver/keyserver.h"

#define ERROR_TYPE   "https://github.com/confidential-containers/kbs/errors/"
#define ID_SIZE	     (HTTP_SESSION_LEN / 2)
#define MAC_SIZE     SHA256_SIZE
#define NONCE_TEXT   BASE64_SIZE(KBS_NONCE_SIZE)
#define LOG_MAX	     768
#define EVIDENCE_MAX 32768

_Static_assert(KBS_NONCE_SIZE == MAC_SIZE, "a nonce is a MAC");

/* One request on its way. */
struct exchange {
	struct keyserver *ks;
	const char *peer;
	uint64_t now;
	const struct http_head *head;
	struct keyserver_answer *answer;
	char first[128]; /* the first rule that failed */
};

static void say(const struct exchange *x, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Only printable ASCII may get here. */
static void say(const struct exchange *x, const char *format, ...)
{
	char text[LOG_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	x->ks->log(x->peer, text);
}

/* ---- answers ---- */

static void answer_json(struct exchange *x, int status, json_t *json)
{
	x->answer->status = status;
	x->answer->body = json ? json_dumps(json, JSON_COMPACT) : NULL;
	x->answer->len = x->answer->body ? strlen(x->answer->body) : 0;
	json_decref(json);
}

static void answer_error(struct exchange *x, int status, const char *name, const char *detail)
{
	char type[128];

	snprintf(type, sizeof(type), ERROR_TYPE "%s", name);
	answer_json(x, status, json_pack("{s:s,s:s}", "type", type, "detail", detail));
}

/* A refusal: in the log, and to the client. */
static void refuse(struct exchange *x, const char *name, const char *why)
{
	say(x, "refused: %s", why);
	answer_error(x, 401, name, why);
}

void keyserver_reject(struct keyserver *ks, const char *peer, int status,
		      struct keyserver_answer *answer)
{
	struct exchange x = {.ks = ks, .peer = peer, .answer = answer};

	memset(answer, 0, sizeof(*answer));
	say(&x, "refused: not a request: HTTP status %d", status);
	answer_error(&x, status, "InvalidRequest", "not a request that is served here");
}

/* ---- numbers ---- */

static bool fill_random(void *out, size_t size)
{
	return getrandom(out, size, 0) == (ssize_t)size;
}

static bool mac(const struct keyserver *ks, const void *data, size_t len, uint8_t out[MAC_SIZE])
{
	return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), ks->mac_key,
			       sizeof(ks->mac_key), data, len, out) == 0;
}

bool keyserver_init(struct keyserver *ks)
{
	memset(ks->sessions, 0, sizeof(ks->sessions));
	return fill_random(ks->mac_key, sizeof(ks->mac_key));
}

/* A session's number begins with the time, in eight digits, after which its nonce is too old. */
static bool new_session(const struct exchange *x, char id[HTTP_SESSION_LEN + 1])
{
	uint8_t bytes[ID_SIZE];
	size_t i;

	if (!fill_random(bytes, sizeof(bytes)))
		return false;
	snprintf(id, 9, "%08x", (unsigned int)(x->now + KEYSERVER_LIFE_S));
	for (i = 4; i < ID_SIZE; i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return true;
}

static bool session_fresh(const struct exchange *x, const char *id)
{
	unsigned int until = 0;

	return sscanf(id, "%8x", &until) == 1 && x->now <= until;
}

static bool nonce_of(const struct keyserver *ks, const char *id, char text[NONCE_TEXT])
{
	uint8_t nonce[MAC_SIZE];

	if (!mac(ks, id, strlen(id), nonce))
		return false;
	base64_encode(BASE64_STANDARD, nonce, sizeof(nonce), text);
	return true;
}

/* ---- sessions whose token was verified ---- */

static struct keyserver_session *find_session(const struct exchange *x)
{
	struct keyserver_session *sessions = x->ks->sessions;
	size_t i;

	for (i = 0; i < KEYSERVER_SESSIONS; i++)
		if (sessions[i].id[0] && x->now <= sessions[i].until &&
		    strcmp(sessions[i].id, x->head->session) == 0)
			return &sessions[i];
	return NULL;
}

/* Takes the place of the oldest. */
static void add_session(const struct exchange *x, const struct jwe_public *key)
{
	struct keyserver_session *oldest = x->ks->sessions;
	size_t i;

	for (i = 1; i < KEYSERVER_SESSIONS; i++)
		if (x->ks->sessions[i].until < oldest->until)
			oldest = &x->ks->sessions[i];
	memcpy(oldest->id, x->head->session, sizeof(oldest->id));
	oldest->until = x->now + KEYSERVER_LIFE_S;
	oldest->key = *key;
}

/* ---- POST auth ---- */

static void serve_auth(struct exchange *x, const json_t *body)
{
	const char *version = json_string_value(json_object_get(body, "version"));
	const char *tee = json_string_value(json_object_get(body, "tee"));
	char nonce[NONCE_TEXT], *id = x->answer->session;

	if (!version || strcmp(version, KBS_VERSION)) {
		refuse(x, "ProtocolVersion", "the protocol's version is not " KBS_VERSION);
	} else if (!tee || strcmp(tee, KBS_TEE)) {
		refuse(x, "UnsupportedTee", "the tee is not " KBS_TEE);
	} else if (!new_session(x, id) || !nonce_of(x->ks, id, nonce)) {
		id[0] = '\0';
		answer_error(x, 500, "Internal", "no random numbers");
	} else {
		answer_json(x, 200, json_pack("{s:s,s:s}", "nonce", nonce, "extra-params", ""));
	}
}

/* ---- POST attest ---- */

/* The token's bytes; 0 for what is no token. */
static size_t read_token(const json_t *evidence, uint8_t *out)
{
	const json_t *array =
		json_object_get(json_object_get(evidence, "primary_evidence"), "token");
	size_t len = json_array_size(array), i;

	if (len > EVIDENCE_MAX)
		return 0;
	for (i = 0; i < len; i++) {
		const json_t *number = json_array_get(array, i);
		json_int_t value = json_is_integer(number) ? json_integer_value(number) : -1;

		if (value < 0 || value > UINT8_MAX)
			return 0;
		out[i] = (uint8_t)value;
	}
	return len;
}

/* What an attestation must be before its token is looked at; NULL, or what is wrong. */
static const char *read_attestation(const struct exchange *x, const json_t *body,
				    struct jwe_public *key, uint8_t challenge[KBS_CHALLENGE_SIZE])
{
	const json_t *runtime = json_object_get(body, "runtime-data");
	const json_t *evidence = json_object_get(body, "tee-evidence");
	const char *nonce = json_string_value(json_object_get(runtime, "nonce"));
	const char *more = json_string_value(json_object_get(evidence, "additional_evidence"));
	const json_t *jwk = json_object_get(runtime, "tee-pubkey");
	char want[NONCE_TEXT];
	const char *wrong;

	if (!x->head->session[0])
		return "there is no session";
	if (!session_fresh(x, x->head->session))
		return "the session is too old";
	if (!nonce_of(x->ks, x->head->session, want) || !nonce || strcmp(nonce, want))
		return "the nonce is not that of the session";
	if (!more || *more)
		return "additional evidence, which is not known here";
	wrong = jwe_public_read(jwk, key);
	if (wrong)
		return wrong;
	return kbs_challenge(nonce, jwk, challenge) ? NULL : "no memory";
}

static void take_line(void *arg, const struct token_line *line)
{
	struct exchange *x = arg;

	if (line->good && !line->allowed)
		return;
	say(x, "%s: %s: %s", line->allowed ? "allowed" : "refused", line->rule, line->detail);
	if (!line->good && !x->first[0])
		snprintf(x->first, sizeof(x->first), "%s", line->rule);
}

/* Reference values were valid when the server began, which may be long ago. */
static bool policy_ended(const struct exchange *x)
{
	int64_t not_after = x->ks->request.policy->not_after;

	return not_after && time(NULL) > not_after;
}

/* Whether the token is one of a Realm that may have secrets; answers if not. */
static bool judge(struct exchange *x, const uint8_t *token, size_t len,
		  const uint8_t challenge[KBS_CHALLENGE_SIZE])
{
	struct token_request request = x->ks->request;
	struct token_error error;
	enum token_verdict verdict;
	char detail[256];

	if (token_decode(token, len, &x->ks->token, &error) != TOKEN_GOOD) {
		snprintf(detail, sizeof(detail), "token: offset %zu, %s%s%s: %s", error.offset,
			 error.part, error.where ? ", " : "", error.where ? error.where : "",
			 error.rule);
		refuse(x, "AttestationFailed", detail);
		return false;
	}
	request.challenge = challenge;
	request.challenge_len = KBS_CHALLENGE_SIZE;
	verdict = token_verify(&x->ks->token, &request, take_line, x);
	if (verdict == VERDICT_VERIFIED)
		return true;
	/* What the policy wants is for the log alone. */
	snprintf(detail, sizeof(detail), "not verified: %s: %s", token_verdict_name(verdict),
		 x->first);
	refuse(x, "AttestationFailed", detail);
	return false;
}

/*
 * A JWT for clients that want one. Secrets are given to sessions alone, so nobody here ever looks
 * at a JWT; its signature is made with a key that nobody else has.
 */
static json_t *make_jwt(const struct exchange *x)
{
	char text[512], payload[64];
	uint8_t signature[MAC_SIZE];
	size_t len;

	snprintf(payload, sizeof(payload), "{\"exp\":%lld}",
		 (long long)time(NULL) + KEYSERVER_LIFE_S);
	len = base64_encode(BASE64_URL, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", 27, text);
	text[len++] = '.';
	len += base64_encode(BASE64_URL, payload, strlen(payload), text + len);
	if (!mac(x->ks, text, len, signature))
		return NULL;
	text[len++] = '.';
	base64_encode(BASE64_URL, signature, sizeof(signature), text + len);
	return json_pack("{s:s}", "token", text);
}

static void log_verified(const struct exchange *x)
{
	const struct token_value *rim = &x->ks->token.realm[REALM_RIM];
	char hex[2 * HASH_SIZE_MAX + 1] = "";
	size_t i;

	for (i = 0; i < rim->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", rim->data[i]);
	say(x, "verified: RIM %s", hex);
}

static void serve_attest(struct exchange *x, const json_t *body)
{
	uint8_t challenge[KBS_CHALLENGE_SIZE], *token;
	struct jwe_public key;
	const char *wrong;
	size_t len;

	/* As the protocol has it, a second token of a session is not looked at. */
	if (find_session(x)) {
		answer_json(x, 200, make_jwt(x));
		return;
	}
	if (policy_ended(x)) {
		refuse(x, "AttestationFailed",
		       "reference values of the policy are no longer valid");
		return;
	}
	wrong = read_attestation(x, body, &key, challenge);
	if (wrong) {
		refuse(x, "InvalidRequest", wrong);
		return;
	}
	token = malloc(EVIDENCE_MAX);
	len = token ? read_token(json_object_get(body, "tee-evidence"), token) : 0;
	if (!len) {
		refuse(x, "InvalidRequest", "no token of at most 32 KiB");
	} else if (judge(x, token, len, challenge)) {
		log_verified(x);
		add_session(x, &key);
		answer_json(x, 200, make_jwt(x));
	}
	free(token);
}

/* ---- GET resource ---- */

static const struct keyserver_secret *find_secret(const struct keyserver *ks, const char *path)
{
	size_t i;

	for (i = 0; i < ks->secret_count; i++)
		if (strcmp(ks->secrets[i].path, path) == 0)
			return &ks->secrets[i];
	return NULL;
}

static void serve_resource(struct exchange *x, const char *path)
{
	const struct keyserver_session *session = find_session(x);
	const struct keyserver_secret *secret = find_secret(x->ks, path);
	json_t *jwe;

	if (!session) {
		refuse(x, "Unauthenticated", "the session has no verified token");
		return;
	}
	if (!secret) {
		refuse(x, "ResourceNotFound", "there is no such secret");
		return;
	}
	jwe = jwe_encrypt(&session->key, secret->data, secret->len);
	if (jwe)
		say(x, "released: %s", secret->path);
	answer_json(x, 200, jwe);
}

/* ---- requests ---- */

static void serve_post(struct exchange *x, const char *body)
{
	void (*serve)(struct exchange * x, const json_t *body) = NULL;
	json_t *json;

	if (strcmp(x->head->target, KBS_AUTH) == 0)
		serve = serve_auth;
	else if (strcmp(x->head->target, KBS_ATTEST) == 0)
		serve = serve_attest;
	if (!serve) {
		answer_error(x, 404, "NotFound", "there is no such path");
		return;
	}
	json = json_loadb(body, x->head->body, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(json))
		serve(x, json);
	else
		refuse(x, "InvalidRequest", "the body is not a JSON object");
	json_decref(json);
}

void keyserver_answer(struct keyserver *ks, const char *peer, uint64_t now,
		      const struct http_head *head, const char *body,
		      struct keyserver_answer *answer)
{
	struct exchange x = {.ks = ks, .peer = peer, .now = now, .head = head, .answer = answer};
	size_t prefix = strlen(KBS_RESOURCE);

	memset(answer, 0, sizeof(*answer));
	if (head->post)
		serve_post(&x, body);
	else if (strncmp(head->target, KBS_RESOURCE, prefix) == 0)
		serve_resource(&x, head->target + prefix);
	else
		answer_error(&x, 404, "NotFound", "there is no such path");
}
