/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm verify`, see verify.h: reads files, has lib/token/ judge, prints. */
#include <corim/policy.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <token/json.h>
#include <token/verify.h>

#include "vmm/cmd/status.h"
#include "vmm/cmd/verify.h"
#include "vmm/cmd/verify_options.h"
#include "vmm/lib/error.h"

#define FILE_MAX ((size_t)1 << 20)

/* What is printed; text is printed at once, JSON at the end. */
struct report {
	bool json;
	json_t *rules;
	size_t failed, allowed;
};

/* All that one run holds, freed in one place. */
struct job {
	struct verify_options options;
	struct token token;
	struct token_error error;
	uint8_t *bytes;
	size_t len;
	struct policy policy;
	struct trusted_key keys[VERIFY_KEYS_MAX];
	struct trusted_key signers[CORIM_REALM + 1][VERIFY_KEYS_MAX]; /* of CoRIMs, by their kind */
};

/* ---- files ---- */

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

/* *data is to be freed, after an error as well. */
static int read_file(const char *path, uint8_t **data, size_t *len)
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
	int ret = read_file(path, &data, &len);

	if (ret == 0)
		wrong = token_key_file(data, len, &key->key);
	if (wrong)
		ret = error_set(-EINVAL, "%s %s: %s", option, path, wrong);
	key->name = path;
	free(data);
	return ret;
}

static int read_keys(struct trusted_key *keys, const char *option, const struct verify_keys *files)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < files->count && ret == 0; i++)
		ret = read_key(&keys[i], option, files->files[i]);
	return ret;
}

static int read_policy(struct job *job, const char *path)
{
	const struct corim_trust trust = {
		.signers = {[CORIM_PLATFORM] = job->signers[CORIM_PLATFORM],
			    [CORIM_REALM] = job->signers[CORIM_REALM]},
		.signer_count = {[CORIM_PLATFORM] = job->options.platform_signers.count,
				 [CORIM_REALM] = job->options.realm_signers.count},
		.now = time(NULL),
	};
	char wrong[POLICY_ERROR_MAX];
	uint8_t *data;
	size_t len = 0;
	int ret = read_file(path, &data, &len);

	if (ret == 0 && !corim_policy_add(&job->policy, data, len, &trust, wrong))
		ret = error_set(-EINVAL, "--policy %s: %s", path, wrong);
	free(data);
	return ret;
}

static int read_files(struct job *job)
{
	const struct verify_options *o = &job->options;
	int ret = read_file(o->token, &job->bytes, &job->len);
	size_t i;

	if (ret == 0)
		ret = read_keys(job->keys, "--key", &o->keys);
	if (ret == 0)
		ret = read_keys(job->signers[CORIM_REALM], "--realm-signer", &o->realm_signers);
	if (ret == 0)
		ret = read_keys(job->signers[CORIM_PLATFORM], "--platform-signer",
				&o->platform_signers);
	for (i = 0; i < o->policy_count && ret == 0; i++)
		ret = read_policy(job, o->policies[i]);
	return ret;
}

/* ---- text ---- */

static void print_value(const json_t *value)
{
	char *text;

	/* Only the token's own texts can hold what a terminal must not see. */
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);
	if (text && text[0] == '"') {
		text[strlen(text) - 1] = '\0';
		printf("%s", text + 1);
	} else {
		printf("%s", text ? text : "?");
	}
	free(text);
}

static void print_claim(const char *name, const json_t *value)
{
	size_t i;

	if (!json_is_array(value)) {
		printf("  %-26s ", name);
		print_value(value);
		putchar('\n');
		return;
	}
	for (i = 0; i < json_array_size(value); i++) {
		const json_t *element = json_array_get(value, i);
		const char *member;
		json_t *inner;

		printf("  %s[%zu]\n", name, i);
		json_object_foreach((json_t *)element, member, inner)
		{
			printf("    %-24s ", member);
			print_value(inner);
			putchar('\n');
		}
		if (!json_is_object(element)) {
			printf("    ");
			print_value(element);
			putchar('\n');
		}
	}
}

static void print_claims(const struct token *t)
{
	json_t *claims = token_json_claims(t), *part;
	const char *part_name, *name;
	json_t *value;

	json_object_foreach(claims, part_name, part)
	{
		printf("%s\n", part_name);
		json_object_foreach(part, name, value)
		{
			print_claim(name, value);
		}
	}
	if (t->ignored_count)
		printf("passed over: %zu keys that are not known here\n", t->ignored_count);
	putchar('\n');
	json_decref(claims);
}

static const char *outcome(const struct token_line *line)
{
	return line->allowed ? "allowed" : line->good ? "ok" : "failed";
}

static void take_line(void *arg, const struct token_line *line)
{
	struct report *report = arg;

	report->failed += !line->good;
	report->allowed += line->allowed;
	if (report->json)
		json_array_append_new(report->rules,
				      json_pack("{s:s,s:s,s:s}", "rule", line->rule, "outcome",
						outcome(line), "detail", line->detail));
	else
		printf("%-8s%s: %s\n", outcome(line), line->rule, line->detail);
}

/* ---- JSON ---- */

static json_t *ignored_json(const struct token *t)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < t->ignored_count && i < TOKEN_IGNORED_MAX; i++)
		json_array_append_new(
			array, t->ignored[i].kind == TOKEN_INT
				       ? json_integer(t->ignored[i].number)
				       : token_json_hex(t->ignored[i].data, t->ignored[i].len));
	return array;
}

static json_t *error_json(const struct token_error *error)
{
	return json_pack("{s:I,s:s,s:s?,s:s}", "offset", (json_int_t)error->offset, "part",
			 error->part, "claim", error->where, "rule", error->rule);
}

static void dump(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

static void print_json(const struct job *job, const struct report *report,
		       enum token_verdict verdict, int status)
{
	json_t *root = json_pack("{s:b,s:s,s:i,s:b}", "verified", verdict == VERDICT_VERIFIED,
				 "verdict", token_verdict_name(verdict), "status", status,
				 "development", report->allowed != 0);

	if (job->error.fault != TOKEN_GOOD) {
		json_object_set_new(root, "error", error_json(&job->error));
	} else {
		json_object_set_new(root, "tag", json_integer((json_int_t)job->token.tag));
		json_object_set_new(root, "ignored", ignored_json(&job->token));
		json_object_set_new(root, "claims", token_json_claims(&job->token));
		json_object_set(root, "rules", report->rules);
	}
	dump(root);
}

/* ---- verdicts ---- */

static int status_of(enum token_verdict verdict)
{
	return verdict == VERDICT_VERIFIED ? STATUS_OK
					   : STATUS_VERDICT + (int)verdict - VERDICT_MALFORMED;
}

static int refuse(const struct job *job)
{
	const struct token_error *e = &job->error;
	enum token_verdict verdict = e->fault == TOKEN_MALFORMED ? VERDICT_MALFORMED
								 : VERDICT_PROFILE;

	if (job->options.json)
		print_json(job, &(struct report){0}, verdict, status_of(verdict));
	else
		printf("failed  offset %zu, %s%s%s: %s\nnot verified: %s\n", e->offset, e->part,
		       e->where ? ", " : "", e->where ? e->where : "", e->rule,
		       token_verdict_name(verdict));
	return status_of(verdict);
}

static void print_end(const struct report *report, enum token_verdict verdict)
{
	if (verdict != VERDICT_VERIFIED)
		printf("not verified: %s (%zu %s failed)\n", token_verdict_name(verdict),
		       report->failed, report->failed == 1 ? "rule" : "rules");
	else if (report->allowed)
		printf("verified, but only with --allow-development\n");
	else
		printf("verified\n");
}

static int judge(const struct job *job)
{
	const struct verify_options *o = &job->options;
	const struct token_request request = {
		.keys = job->keys,
		.key_count = o->keys.count,
		.policy = &job->policy,
		.challenge = o->challenge_len ? o->challenge : NULL,
		.challenge_len = o->challenge_len,
		.allow_development = o->allow_development,
	};
	struct report report = {.json = o->json, .rules = json_array()};
	enum token_verdict verdict;

	if (!o->json)
		print_claims(&job->token);
	verdict = token_verify(&job->token, &request, take_line, &report);
	if (o->json)
		print_json(job, &report, verdict, status_of(verdict));
	else
		print_end(&report, verdict);
	json_decref(report.rules);
	return status_of(verdict);
}

static int work(struct job *job)
{
	if (read_files(job))
		return STATUS_NOT_STARTED;
	if (token_decode(job->bytes, job->len, &job->token, &job->error) != TOKEN_GOOD)
		return refuse(job);
	if (!job->options.print_policy)
		return judge(job);
	dump(policy_propose(&job->token));
	return STATUS_OK;
}

int verify(int count, char **words)
{
	struct job *job = calloc(1, sizeof(*job));
	int status = STATUS_NOT_STARTED;

	if (!job)
		error_set(-ENOMEM, "no memory");
	else if (verify_options_parse(count, words, &job->options))
		status = STATUS_USAGE;
	else
		status = work(job);
	if (job) {
		policy_free(&job->policy);
		free(job->bytes);
		free(job);
	}
	/* A verdict that nobody could read is none. */
	if (fflush(stdout) == EOF && status != STATUS_USAGE)
		status = STATUS_NOT_STARTED;
	return status;
}
