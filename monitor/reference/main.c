/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `make measure-platform`: the reference values of the platform, told from the images on the build
 * host. Text goes to standard output, CoRIM to a file.
 *
 *	measure-platform MONITOR IDENTITY RMM|none CORIM
 *
 * The first three are what boot/pack-flash takes; IDENTITY.pem has the platform's public key.
 */
#include <corim/corim.h>
#include <cose.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <version.h>

#include "monitor/boot/boot.h"
#include "monitor/boot/evidence.h"
#include "monitor/include/platform.h"

#define FLASH_PAGE 4096
#define FILE_MAX   ((size_t)64 << 20) /* more than flash holds */
#define CORIM_ROOM 8192
#define HEX_ROOM   (2 * EVIDENCE_CONFIG_SIZE + 1)

struct file {
	uint8_t *data; /* a zero byte follows; so do others, up to a page of flash */
	size_t size;
};

struct reference {
	struct file monitor, identity, rmm, pem;
	uint8_t monitor_measurement[SHA256_SIZE], rmm_measurement[SHA256_SIZE];
	uint8_t config[EVIDENCE_CONFIG_SIZE], mask[EVIDENCE_CONFIG_SIZE];
	uint8_t instance_id[CORIM_INSTANCE_ID];
	char id[HEX_ROOM + 32];
	struct corim corim;
	uint8_t bytes[CORIM_ROOM];
};

static void stop(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void stop(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "measure-platform: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	va_end(args);
	exit(1);
}

static struct file read_file(const char *path)
{
	struct file file = {.data = calloc(1, FILE_MAX + FLASH_PAGE)};
	FILE *f = fopen(path, "rb");

	if (!file.data || !f)
		stop("%s: %s", path, strerror(errno));
	file.size = fread(file.data, 1, FILE_MAX, f);
	if (ferror(f) || !feof(f))
		stop("%s: cannot be read, or has more than %zu bytes", path, FILE_MAX);
	fclose(f);
	return file;
}

static const char *hex(const uint8_t *data, size_t len, char text[HEX_ROOM])
{
	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", data[i]);
	return text;
}

static const struct platform_identity *identity_of(const struct reference *r)
{
	const struct platform_identity *identity = (const void *)r->identity.data;

	if (r->identity.size != sizeof(*identity) || identity->magic != PLATFORM_IDENTITY_MAGIC)
		stop("the identity is not of the form of boot/identity");
	return identity;
}

/* What token_build() of the monitor writes: 01 and the hash of the key's COSE_Key. */
static void name_instance(struct reference *r)
{
	uint8_t cose_key[COSE_KEY_P384_SIZE];
	struct token_key key;
	const char *wrong = token_key_pem((const char *)r->pem.data, r->pem.size, &key);

	if (wrong || key.curve != TOKEN_P384)
		stop("the public key: %s", wrong ? wrong : "not on P-384");
	cose_key_p384(key.point, cose_key);
	r->instance_id[0] = 0x01;
	hash_digest(HASH_SHA256, cose_key, sizeof(cose_key), r->instance_id + 1);
}

/* The monitor measures itself as it lies in flash, padded. */
static void measure(struct reference *r)
{
	size_t padded = (r->monitor.size + FLASH_PAGE - 1) / FLASH_PAGE * FLASH_PAGE;

	evidence_component(r->monitor.data, padded, r->monitor_measurement);
	if (r->rmm.data)
		evidence_component(r->rmm.data, r->rmm.size, r->rmm_measurement);
	evidence_config(&platform_reference, r->config);
	memset(r->mask, 0xff, EVIDENCE_CONFIG_CHOSEN);
	name_instance(r);
}

static struct corim_component component(const char *type, const char *version,
					const uint8_t *measurement)
{
	return (struct corim_component){
		.type = corim_text(type),
		.version = version ? corim_text(version) : (struct corim_bytes){0},
		.digest = {{HASH_SHA256, measurement}},
		.digests = 1,
		.signer = {evidence_no_signer, sizeof(evidence_no_signer)},
	};
}

/* A name that changes with what is said: the hash of all of it. */
static void name_corim(struct reference *r)
{
	char text[HEX_ROOM];
	uint8_t digest[SHA256_SIZE];
	struct hash h;

	hash_init(&h, HASH_SHA256);
	hash_update(&h, identity_of(r)->implementation_id, CORIM_IMPLEMENTATION_ID);
	hash_update(&h, r->instance_id, sizeof(r->instance_id));
	hash_update(&h, r->monitor_measurement, sizeof(r->monitor_measurement));
	hash_update(&h, r->rmm_measurement, sizeof(r->rmm_measurement));
	hash_update(&h, r->config, sizeof(r->config));
	hash_final(&h, digest);
	snprintf(r->id, sizeof(r->id), "kvm-cca-platform-%s", hex(digest, sizeof(digest), text));
}

static void fill(struct reference *r)
{
	const uint8_t *implementation_id = identity_of(r)->implementation_id;
	struct corim_platform *platform = &r->corim.platform[0];

	name_corim(r);
	r->corim.kind = CORIM_PLATFORM;
	r->corim.id = corim_text(r->id);
	r->corim.platforms = r->corim.keys = 1;
	platform->implementation_id = implementation_id;
	platform->component[0] =
		component(EVIDENCE_MONITOR, EVIDENCE_MONITOR_VERSION, r->monitor_measurement);
	platform->components = 1;
	if (r->rmm.data)
		platform->component[platform->components++] =
			component(EVIDENCE_RMM, NULL, r->rmm_measurement);
	platform->config.value = (struct corim_bytes){r->config, sizeof(r->config)};
	platform->config.mask = (struct corim_bytes){r->mask, sizeof(r->mask)};
	r->corim.key[0] =
		(struct corim_key){implementation_id, r->instance_id, {r->pem.data, r->pem.size}};
}

static void write_corim(struct reference *r, const char *path)
{
	const char *wrong;
	size_t len = 0;
	FILE *f;

	wrong = corim_write(&r->corim, NULL, 0, r->bytes, sizeof(r->bytes), &len);
	if (wrong)
		stop("the CoRIM: %s", wrong);
	f = fopen(path, "wb");
	if (!f || fwrite(r->bytes, 1, len, f) != len || fclose(f))
		stop("%s: %s", path, strerror(errno));
}

static void print_hex(const char *name, const uint8_t *data, size_t len)
{
	char text[HEX_ROOM];

	printf("%-20s%s\n", name, hex(data, len, text));
}

static void print(const struct reference *r, const char *path)
{
	const struct platform_identity *identity = identity_of(r);
	const struct corim_platform *platform = &r->corim.platform[0];
	const char *state = token_lifecycle_state((int64_t)identity->lifecycle);

	print_hex("implementation id", identity->implementation_id, CORIM_IMPLEMENTATION_ID);
	print_hex("instance id", r->instance_id, sizeof(r->instance_id));
	printf("%-20s0x%04llx (%s)\n", "lifecycle", (unsigned long long)identity->lifecycle,
	       state ? state : "none");
	for (size_t i = 0; i < platform->components; i++) {
		const struct corim_component *c = &platform->component[i];

		printf("%-20s%s\n", "component", (const char *)c->type.data);
		if (c->version.data)
			printf("%-20s%s\n", "  version", (const char *)c->version.data);
		print_hex("  sha-256", c->digest[0].data, SHA256_SIZE);
		print_hex("  signer id", c->signer.data, c->signer.len);
	}
	print_hex("config", r->config, sizeof(r->config));
	print_hex("config mask", r->mask, sizeof(r->mask));
	printf("%-20s%s\n", "CoRIM", path);
}

int main(int argc, char **argv)
{
	static struct reference r;

	if (argc != 5)
		stop("usage: measure-platform MONITOR IDENTITY RMM|none CORIM");
	r.monitor = read_file(argv[1]);
	r.identity = read_file(argv[2]);
	if (strcmp(argv[3], "none"))
		r.rmm = read_file(argv[3]);
	snprintf((char *)r.bytes, sizeof(r.bytes), "%s.pem", argv[2]);
	r.pem = read_file((const char *)r.bytes);
	measure(&r);
	fill(&r);
	write_corim(&r, argv[4]);
	print(&r, argv[4]);
	/* Reference values that nobody could read are none. */
	return fflush(stdout) == EOF;
}
