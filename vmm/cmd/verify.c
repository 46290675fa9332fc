/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm verify`, see verify.h: reads files, has lib/token/ judge, prints. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <token/json.h>
#include <token/verify.h>

#include "vmm/cmd/status.h"
#include "vmm/cmd/trust.h"
#include "vmm/cmd/verify.h"
#include "vmm/cmd/verify_options.h"
#include "vmm/lib/error.h"

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
	struct trust trust;
};

static int read_files(struct job *job)
{
	int ret = trust_read_file(job->options.token, &job->bytes, &job->len);

	return ret ? ret : trust_load(&job->trust, &job->options.trust);
}

/* ---- text ---- */

/* A value, or a name, in columns. Texts are the token's own and can hold what a terminal must not
 * see, or a line that looks like a verdict: JSON escapes it. */
static void print_value(const json_t *value, int width)
{
	char *text = token_json_text(value, JSON_ENCODE_ANY | JSON_COMPACT);

	if (text && text[0] == '"') {
		text[strlen(text) - 1] = '\0';
		printf("%-*s", width, text + 1);
	} else {
		printf("%-*s", width, text ? text : "?");
	}
	free(text);
}

static void print_member(const char *name, const json_t *value)
{
	json_t *text = json_string(name);

	printf("    ");
	print_value(text, 24);
	putchar(' ');
	print_value(value, 0);
	putchar('\n');
	json_decref(text);
}

static void print_claim(const char *name, const json_t *value)
{
	size_t i;

	if (!json_is_array(value)) {
		printf("  %-26s ", name);
		print_value(value, 0);
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
			print_member(member, inner);
		}
		if (!json_is_object(element)) {
			printf("    ");
			print_value(element, 0);
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
	char *text = token_json_text(json, JSON_INDENT(2));

	puts(text ? text : "");
	free(text);
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
	struct token_request request = trust_request(&job->trust, &o->trust);
	struct report report = {.json = o->json, .rules = json_array()};
	enum token_verdict verdict;

	request.challenge = o->challenge_len ? o->challenge : NULL;
	request.challenge_len = o->challenge_len;
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
		trust_free(&job->trust);
		free(job->bytes);
		free(job);
	}
	/* A verdict that nobody could read is none. */
	if (fflush(stdout) == EOF && status != STATUS_USAGE)
		status = STATUS_NOT_STARTED;
	return status;
}
