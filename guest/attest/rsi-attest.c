/* SPDX-License-Identifier: BSD-3-Clause */
/* The command rsi-attest (rsi-attest.1): what a Realm's user asks of the kernel and of a key
 * server. */
#include <base64.h>
#include <errno.h>
#include <kbs/protocol.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <util.h>

#include "exchange.h"
#include "guest.h"
#include "output.h"
#include "guest/demo/tsm.h"

#define CHALLENGE_SIZE 64
#define TOKEN_MAX      65536
#define SECRET_MAX     65536
#define STATUS_USAGE   2
#define DEADLINE_MAX_S 3600

static const char usage[] =
	"usage: rsi-attest info\n"
	"       rsi-attest token [--challenge HEX] [--format raw|hex|base64] [--out FILE]\n"
	"       rsi-attest extend N HEX\n"
	"       rsi-attest get-secret --server ADDRESS:PORT|vsock:CID:PORT [--deadline S]\n"
	"                             [--out FILE] NAME/NAME/NAME\n";

struct options {
	const char *challenge, *format, *out, *server, *deadline;
	const char *root; /* for tests: what stands before /sys */
	const char *words[2];
	int word_count;
};

static uint8_t token[TOKEN_MAX], secret[SECRET_MAX];

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "rsi-attest: %s: %s\n", what, why);
	return 1;
}

static int wrong_use(void)
{
	fputs(usage, stderr);
	return STATUS_USAGE;
}

/* ---- arguments ---- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Length in bytes of 1 to size bytes in hex digits; 0 for anything else. */
static size_t parse_hex(const char *text, uint8_t *out, size_t size)
{
	size_t len = strlen(text), i;

	if (len % 2 || len / 2 > size)
		return 0;
	for (i = 0; i < len; i += 2) {
		int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return len / 2;
}

static bool parse(int argc, char **argv, struct options *o)
{
	const struct {
		const char *name;
		const char **value;
	} valued[] = {
		{"--challenge", &o->challenge},
		{"--format", &o->format},
		{"--out", &o->out},
		{"--server", &o->server},
		{"--root", &o->root},
		{"--deadline", &o->deadline},
	};
	size_t row;
	int i;

	*o = (struct options){.format = "hex", .root = "", .deadline = "120"};
	for (i = 2; i < argc; i++) {
		for (row = 0; row < ARRAY_SIZE(valued); row++)
			if (strcmp(argv[i], valued[row].name) == 0)
				break;
		if (row < ARRAY_SIZE(valued) && i + 1 < argc)
			*valued[row].value = argv[++i];
		else if (argv[i][0] == '-' || o->word_count == ARRAY_SIZE(o->words))
			return false;
		else
			o->words[o->word_count++] = argv[i];
	}
	return true;
}

/* ---- output ---- */

static int put(const struct options *o, const void *bytes, size_t len)
{
	int ret = output_write(o->out, bytes, len);

	return ret ? fail(o->out ? o->out : "standard output", strerror(-ret)) : 0;
}

/* A line with the bytes in hex digits, or in base64; to be freed, NULL without memory. */
static char *write_line(bool is_hex, const uint8_t *bytes, size_t len)
{
	size_t end = is_hex ? 2 * len : BASE64_SIZE(len) - 1, i;
	char *line = malloc(end + 2);

	if (!line)
		return NULL;
	for (i = 0; is_hex && i < len; i++)
		snprintf(line + 2 * i, 3, "%02x", bytes[i]);
	if (!is_hex)
		base64_encode(BASE64_STANDARD, bytes, len, line);
	line[end] = '\n';
	line[end + 1] = '\0';
	return line;
}

static int put_as(const struct options *o, const char *format, const uint8_t *bytes, size_t len)
{
	char *line;
	int ret;

	if (strcmp(format, "raw") == 0)
		return put(o, bytes, len);
	line = write_line(strcmp(format, "hex") == 0, bytes, len);
	if (!line)
		return fail(format, "no memory");
	ret = put(o, line, strlen(line));
	free(line);
	return ret;
}

/* ---- commands ---- */

static int info(const struct options *o)
{
	static const char *const forms[] = {
		[GUEST_NONE] = "no Realm\n",
		[GUEST_DEVICE] = "Realm (platform device arm-cca-dev)\n",
		[GUEST_FIRMWARE] = "Realm (/sys/firmware/cca/realm_guest)\n",
	};
	enum guest_form form = guest_detect(o->root);

	if (put(o, forms[form], strlen(forms[form])))
		return 1;
	return form == GUEST_NONE;
}

static const char *token_error(const struct options *o, int err)
{
	if (err != -ENODEV)
		return strerror(-err);
	return guest_detect(o->root) == GUEST_NONE
		       ? "this is no Realm, or its kernel does not know"
		       : "the kernel has no reports (modprobe arm-cca-guest; mount -t configfs "
			 "configfs /sys/kernel/config)";
}

static int make_token(const struct options *o)
{
	uint8_t challenge[CHALLENGE_SIZE] = {0};
	int len;

	if (o->word_count ||
	    (strcmp(o->format, "raw") && strcmp(o->format, "hex") && strcmp(o->format, "base64")))
		return wrong_use();
	if (o->challenge && !parse_hex(o->challenge, challenge, sizeof(challenge)))
		return fail("--challenge", "must be 1 to 64 bytes in hex digits");
	if (!o->challenge && getrandom(challenge, sizeof(challenge), 0) != sizeof(challenge))
		return fail("challenge", strerror(errno));
	len = tsm_report(challenge, sizeof(challenge), token, sizeof(token));
	if (len < 0)
		return fail("token", token_error(o, len));
	return put_as(o, o->format, token, (size_t)len);
}

static int extend(const struct options *o)
{
	uint8_t value[GUEST_REM_MAX], now[GUEST_REM_MAX];
	size_t len, now_len;
	int ret;

	if (o->word_count != 2 || strlen(o->words[0]) != 1 || !strchr("0123", o->words[0][0]))
		return wrong_use();
	len = parse_hex(o->words[1], value, sizeof(value));
	if (!len)
		return fail(o->words[1], "must be 1 to 64 bytes in hex digits");
	ret = guest_extend(o->root, (unsigned int)(o->words[0][0] - '0'), value, len, now,
			   &now_len);
	if (ret == -ENOENT)
		return fail("extend", "this kernel gives programs no way to extend REMs (no "
				      "measurement registers in sysfs; Linux 7.3 has none)");
	if (ret)
		return fail("extend", strerror(-ret));
	return now_len ? put_as(o, "hex", now, now_len) : 0;
}

static int get_secret(const struct options *o)
{
	struct exchange_request request = {.path = o->words[0],
					   .token = tsm_report,
					   .deadline_s =
						   (unsigned int)strtoul(o->deadline, NULL, 10)};
	char why[EXCHANGE_WHY_MAX];
	size_t len;
	int ret;

	if (o->word_count != 1 || !o->server)
		return wrong_use();
	if (strspn(o->deadline, "0123456789") != strlen(o->deadline) || strlen(o->deadline) > 4 ||
	    request.deadline_s < 1 || request.deadline_s > DEADLINE_MAX_S)
		return fail("--deadline", "must be 1 to 3600 seconds");
	if (!kbs_resource_valid(request.path))
		return fail(request.path, "must be three names with slashes between them");
	request.server_size = kbs_address_parse(o->server, &request.server);
	if (!request.server_size)
		return fail(o->server, "must be ADDRESS:PORT or vsock:CID:PORT, in digits");
	if (exchange_get(&request, secret, sizeof(secret), &len, why))
		return fail("get-secret", why);
	ret = put(o, secret, len);
	explicit_bzero(secret, sizeof(secret));
	return ret;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct options *o);
	} commands[] = {
		{"info", info},
		{"token", make_token},
		{"extend", extend},
		{"get-secret", get_secret},
	};
	struct options o;
	size_t i;

	umask(0077);
	if (argc < 2 || !parse(argc, argv, &o))
		return wrong_use();
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(&o);
	return wrong_use();
}
