/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm measure`, see measure.h: makes the plan of `realm run`, hashes it, prints. */
#include <corim/corim.h>
#include <errno.h>
#include <stdio.h>

#include "vmm/boot/file.h"
#include "vmm/boot/measure.h"
#include "vmm/cmd/measure.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"

#define HEX_MAX		(2 * MEASURE_SIZE + 1)
#define CORIM_BYTES_MAX 4096 /* of one Realm, with a signature */

static const char *to_hex(const uint8_t *data, size_t len, char hex[HEX_MAX])
{
	size_t i;

	hex[0] = '\0';
	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", data[i]);
	return hex;
}

static void extend(struct measurements *m, const struct measure_options *o)
{
	size_t i;

	for (i = 0; i < o->extend_count; i++)
		measure_extend_by(m, o->rules, MEASURE_RIM + 1 + o->extends[i].rem,
				  o->extends[i].value, o->extends[i].size);
}

/* A name and a value a line, as `realm info` has it. */
static void print_text(const struct options *o, const struct plan *p, const struct measurements *m)
{
	size_t len = hash_size(m->alg), i;
	struct measure_realm realm;
	char hex[HEX_MAX];

	plan_parameters(&o->vm, &realm);
	printf("rules        %s\n", options_rules_name(o->measure.rules));
	printf("parameters   flags0 %#llx, s2sz %u, sve_vl %u, num_bps %u, num_wps %u, "
	       "pmu_num_ctrs %u\n",
	       (unsigned long long)realm.flags0, realm.s2sz, realm.sve_vl, realm.num_bps,
	       realm.num_wps, realm.pmu_num_ctrs);
	for (i = 0; i < p->count; i++)
		printf("%-12s %#llx, %llu bytes\n", p->pieces[i].what,
		       (unsigned long long)p->pieces[i].gpa, (unsigned long long)p->pieces[i].size);
	printf("hash         %s\n", hash_name(m->alg));
	printf("rim          %s\n", to_hex(m->slot[MEASURE_RIM], len, hex));
	for (i = 0; i < MEASURE_REMS; i++)
		printf("rem%zu         %s\n", i, to_hex(m->slot[MEASURE_RIM + 1 + i], len, hex));
}

/* The Realm's part of a policy of `realm verify`, whose names these are. */
static void print_json(const struct options *o, const struct measurements *m)
{
	size_t len = hash_size(m->alg), i;
	char hex[HEX_MAX];

	printf("{\n  \"comment\": {\"rules\": \"%s\"},\n  \"realm\": {\n",
	       options_rules_name(o->measure.rules));
	printf("    \"hash-algorithm\": \"%s\",\n", hash_name(m->alg));
	printf("    \"mec-policy\": \"shared\",\n");
	printf("    \"rpv\": \"%s\",\n", to_hex(o->vm.rpv, VM_RPV_SIZE, hex));
	printf("    \"rim\": \"%s\"", to_hex(m->slot[MEASURE_RIM], len, hex));
	for (i = 0; i < MEASURE_REMS; i++)
		printf(",\n    \"rem%zu\": \"%s\"", i,
		       to_hex(m->slot[MEASURE_RIM + 1 + i], len, hex));
	printf("\n  }\n}\n");
}

/* ---- CoRIM ---- */

static void say_realm(const struct options *o, const struct measurements *m, const char *id,
		      struct corim *c)
{
	struct corim_realm *realm = &c->realm[0];
	size_t i;

	*c = (struct corim){
		.kind = CORIM_REALM,
		.spelling = o->measure.spelling,
		.id = corim_text(id),
		.signer = corim_text(o->measure.signer),
		.realms = 1,
	};
	realm->rim = (struct corim_digest){m->alg, m->slot[MEASURE_RIM]};
	for (i = 0; i < MEASURE_REMS; i++)
		realm->rem[i] = (struct corim_digest){m->alg, m->slot[MEASURE_RIM + 1 + i]};
	realm->rpv = o->vm.rpv;
}

static int write_corim(const struct corim *c, const struct file *key)
{
	static uint8_t bytes[CORIM_BYTES_MAX];
	const char *wrong;
	size_t len = 0;

	wrong = corim_write(c, key->data, (size_t)key->size, bytes, sizeof(bytes), &len);
	if (wrong)
		return error_set(-EINVAL, "the CoRIM: %s", wrong);
	fwrite(bytes, 1, len, stdout);
	return 0;
}

static int print_corim(const struct options *o, const struct measurements *m)
{
	static struct corim c;
	struct file key = {.data = NULL};
	char hex[HEX_MAX], id[HEX_MAX + 16];
	int ret = 0;

	snprintf(id, sizeof(id), "realm-%s", to_hex(m->slot[MEASURE_RIM], hash_size(m->alg), hex));
	say_realm(o, m, id, &c);
	if (o->measure.key)
		ret = file_map(&key, "--sign", o->measure.key);
	if (ret == 0)
		ret = write_corim(&c, &key);
	file_unmap(&key);
	return ret;
}

static int print(const struct options *o, const struct plan *p, const struct measurements *m)
{
	int ret = 0;

	switch (o->measure.format) {
	case FORMAT_JSON:
		print_json(o, m);
		break;
	case FORMAT_CORIM:
		ret = print_corim(o, m);
		break;
	default:
		print_text(o, p, m);
	}
	/* Not everything that was written may have got there. */
	if (fflush(stdout) == EOF && ret == 0)
		ret = error_set(-EIO, "standard output: not written");
	return ret;
}

int measure(const struct options *o)
{
	struct measurements m;
	struct plan plan;
	int ret = plan_make(&plan, &o->boot, &o->vm);

	if (ret == 0) {
		plan_measure(&plan, &o->vm, o->measure.rules, &m);
		extend(&m, &o->measure);
		ret = print(o, &plan, &m);
	}
	plan_free(&plan);
	return ret ? STATUS_NOT_STARTED : STATUS_OK;
}
