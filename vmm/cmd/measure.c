/* SPDX-License-Identifier: BSD-3-Clause */
/* `realm measure`, see measure.h: makes the plan of `realm run`, hashes it, prints. */
#include <errno.h>
#include <stdio.h>

#include "vmm/boot/measure.h"
#include "vmm/cmd/measure.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"

#define HEX_MAX (2 * MEASURE_SIZE + 1)

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
	printf("parameters   flags0 %#llx, s2sz %u, sve_vl %u, num_bps %u, num_wps %u\n",
	       (unsigned long long)realm.flags0, realm.s2sz, realm.sve_vl, realm.num_bps,
	       realm.num_wps);
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
	printf("    \"rpv\": \"%s\",\n", to_hex(o->vm.rpv, VM_RPV_SIZE, hex));
	printf("    \"rim\": \"%s\"", to_hex(m->slot[MEASURE_RIM], len, hex));
	for (i = 0; i < MEASURE_REMS; i++)
		printf(",\n    \"rem%zu\": \"%s\"", i,
		       to_hex(m->slot[MEASURE_RIM + 1 + i], len, hex));
	printf("\n  }\n}\n");
}

int measure(const struct options *o)
{
	int status = STATUS_NOT_STARTED;
	struct measurements m;
	struct plan plan;

	if (plan_make(&plan, &o->boot, &o->vm) == 0) {
		plan_measure(&plan, &o->vm, o->measure.rules, &m);
		extend(&m, &o->measure);
		if (o->measure.json)
			print_json(o, &m);
		else
			print_text(o, &plan, &m);
		if (fflush(stdout) == EOF)
			error_set(-EIO, "standard output: not written");
		else
			status = STATUS_OK;
	}
	plan_free(&plan);
	return status;
}
