/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements as the host expects them: pages and descriptors are built byte by byte from the
 * rules (RMI 2.0, measurement), independent of the RMM's code. The hash function itself is lib's;
 * test_measurement() holds it against published vectors first.
 */
#include <string.h>
#include "tests/conformance/conformance.h"

#define DESC_SIZE 0x100

static uint8_t page[GRANULE_SIZE] __attribute__((aligned(8)));

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

void expect_realm(struct expected *e, const struct rmi_realm_params *params)
{
	memset(e, 0, sizeof(*e));
	e->alg = (enum hash_alg)params->algorithm;
	memset(page, 0, sizeof(page));
	put(page + 0x00, params->flags0, 8);
	put(page + 0x08, params->s2sz, 4);
	put(page + 0x10, params->sve_vl, 4);
	put(page + 0x18, params->num_bps, 4);
	put(page + 0x20, params->num_wps, 4);
	put(page + 0x28, params->pmu_num_ctrs, 4);
	put(page + 0x30, params->algorithm, 1);
	hash_digest(e->alg, page, sizeof(page), e->slot[0]);
}

static void extend_rim(struct expected *e, uint8_t *desc, uint8_t type)
{
	desc[0] = type;
	put(desc + 0x08, DESC_SIZE, 8);
	memcpy(desc + 0x10, e->slot[0], hash_size(e->alg));
	hash_digest(e->alg, desc, DESC_SIZE, e->slot[0]);
}

void expect_data(struct expected *e, uint64_t ipa, uint64_t flags, const void *content)
{
	uint8_t desc[DESC_SIZE] = {0};

	put(desc + 0x50, ipa, 8);
	put(desc + 0x58, flags, 8);
	if (flags & RMI_MEASURE_CONTENT)
		hash_digest(e->alg, content, GRANULE_SIZE, desc + 0x60);
	extend_rim(e, desc, 0);
}

void expect_rec(struct expected *e, const struct rmi_rec_params *params)
{
	uint8_t desc[DESC_SIZE] = {0};

	if (!(params->flags & RMI_REC_RUNNABLE))
		return;
	memset(page, 0, sizeof(page));
	put(page + 0x000, params->flags, 8);
	put(page + 0x200, params->pc, 8);
	for (unsigned int i = 0; i < RMI_REC_CREATE_GPRS; i++)
		put(page + 0x300 + 8 * i, params->gprs[i], 8);
	hash_digest(e->alg, page, sizeof(page), desc + 0x50);
	extend_rim(e, desc, 1);
}

void expect_extend(struct expected *e, unsigned int index, const void *value, uint64_t size)
{
	uint8_t input[2 * HASH_SIZE_MAX];
	size_t length = hash_size(e->alg);

	memcpy(input, e->slot[index], length);
	memcpy(input + length, value, size);
	hash_digest(e->alg, input, length + size, e->slot[index]);
}
