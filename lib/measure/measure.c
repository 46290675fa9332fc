/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measurements of measure.h. Layouts from docs/spec/rmi-2.0.md section 12. Hashed pages that are
 * nearly all zero are fed to the hash piece by piece; no page is ever built.
 */
#include <string.h>

#include <measure.h>
#include <util.h>

#define PAGE_SIZE 4096

enum { DESC_DATA = 0, DESC_REC = 1, DESC_RIPAS = 2 };

/* The descriptor that extends the RIM, hashed whole. */
struct descriptor {
	uint8_t type;
	uint8_t pad0[7];
	uint64_t len;
	uint8_t rim[MEASURE_SIZE];
	union {
		struct {
			uint64_t ipa;
			uint64_t flags;
			uint8_t content[MEASURE_SIZE];
		} data;
		struct {
			uint8_t content[MEASURE_SIZE];
		} rec;
		struct {
			uint64_t base;
			uint64_t top;
		} ripas;
		uint8_t bytes[0x100 - 0x50];
	};
};

_Static_assert(sizeof(struct descriptor) == 0x100, "descriptor size");
_Static_assert(offsetof(struct descriptor, len) == 0x08, "descriptor len");
_Static_assert(offsetof(struct descriptor, rim) == 0x10, "descriptor rim");
_Static_assert(offsetof(struct descriptor, data.ipa) == 0x50, "descriptor ipa");
_Static_assert(offsetof(struct descriptor, data.flags) == 0x58, "descriptor flags");
_Static_assert(offsetof(struct descriptor, data.content) == 0x60, "descriptor content");
_Static_assert(offsetof(struct descriptor, rec.content) == 0x50, "descriptor rec content");
_Static_assert(offsetof(struct descriptor, ripas.base) == 0x50, "descriptor base");
_Static_assert(offsetof(struct descriptor, ripas.top) == 0x58, "descriptor top");

/* Start of rmi_realm_params with the measured fields; the rest of the page counts as zero. */
struct realm_params_head {
	uint64_t flags0;
	uint32_t s2sz, pad0;
	uint32_t sve_vl, pad1;
	uint32_t num_bps, pad2;
	uint32_t num_wps, pad3;
	uint32_t pmu_num_ctrs, pad4;
	uint8_t algorithm;
	uint8_t pad5[15];
};

_Static_assert(sizeof(struct realm_params_head) == 0x40, "params head");
_Static_assert(offsetof(struct realm_params_head, s2sz) == 0x08, "s2sz");
_Static_assert(offsetof(struct realm_params_head, sve_vl) == 0x10, "sve_vl");
_Static_assert(offsetof(struct realm_params_head, num_bps) == 0x18, "num_bps");
_Static_assert(offsetof(struct realm_params_head, num_wps) == 0x20, "num_wps");
_Static_assert(offsetof(struct realm_params_head, pmu_num_ctrs) == 0x28, "pmu_num_ctrs");
_Static_assert(offsetof(struct realm_params_head, algorithm) == 0x30, "algorithm");

/* Offsets in rmi_rec_params (docs/spec/rmi-2.0.md section 7). */
#define REC_PARAMS_PC	0x200
#define REC_PARAMS_GPRS 0x300

/* Feeds zeroes until the hash has seen `upto` bytes. */
static void zero_fill(struct hash *h, size_t upto)
{
	hash_zeroes(h, upto - h->bytes);
}

void measure_realm_create(struct measurements *m, enum hash_alg alg,
			  const struct measure_realm *realm)
{
	const struct realm_params_head head = {
		.flags0 = realm->flags0,
		.s2sz = realm->s2sz,
		.sve_vl = realm->sve_vl,
		.num_bps = realm->num_bps,
		.num_wps = realm->num_wps,
		.pmu_num_ctrs = realm->pmu_num_ctrs,
		.algorithm = (uint8_t)alg,
	};
	struct hash h;

	memset(m, 0, sizeof(*m));
	m->alg = alg;
	hash_init(&h, alg);
	hash_update(&h, &head, sizeof(head));
	zero_fill(&h, PAGE_SIZE);
	hash_final(&h, m->slot[MEASURE_RIM]);
}

/* A descriptor of this type, with the present RIM, ready for its own fields. */
static void start_descriptor(struct descriptor *desc, const struct measurements *m, uint8_t type)
{
	memset(desc, 0, sizeof(*desc));
	desc->type = type;
	desc->len = sizeof(*desc);
	memcpy(desc->rim, m->slot[MEASURE_RIM], sizeof(desc->rim));
}

static void extend_rim(struct measurements *m, const struct descriptor *desc)
{
	hash_digest(m->alg, desc, sizeof(*desc), m->slot[MEASURE_RIM]);
}

void measure_data(struct measurements *m, uint64_t ipa, uint64_t flags, const void *page)
{
	struct descriptor desc;

	start_descriptor(&desc, m, DESC_DATA);
	desc.data.ipa = ipa;
	desc.data.flags = flags;
	if (flags & MEASURE_DATA_CONTENT)
		hash_digest(m->alg, page, PAGE_SIZE, desc.data.content);
	extend_rim(m, &desc);
}

void measure_rec(struct measurements *m, uint64_t flags, uint64_t pc, const uint64_t gprs[8])
{
	struct descriptor desc;
	struct hash h;

	start_descriptor(&desc, m, DESC_REC);
	hash_init(&h, m->alg);
	hash_update(&h, &flags, sizeof(flags));
	zero_fill(&h, REC_PARAMS_PC);
	hash_update(&h, &pc, sizeof(pc));
	zero_fill(&h, REC_PARAMS_GPRS);
	hash_update(&h, gprs, 8 * sizeof(gprs[0]));
	zero_fill(&h, PAGE_SIZE);
	hash_final(&h, desc.rec.content);
	extend_rim(m, &desc);
}

void measure_ripas(struct measurements *m, uint64_t base, uint64_t top)
{
	struct descriptor desc;

	start_descriptor(&desc, m, DESC_RIPAS);
	desc.ripas.base = base;
	desc.ripas.top = top;
	extend_rim(m, &desc);
}

bool measure_extend(struct measurements *m, uint64_t slot, const void *value, uint64_t size)
{
	struct hash h;

	if (slot == MEASURE_RIM || slot >= MEASURE_SLOTS || size > MEASURE_SIZE)
		return false;
	slot = index_nospec(slot, MEASURE_SLOTS);
	hash_init(&h, m->alg);
	hash_update(&h, m->slot[slot], hash_size(m->alg));
	hash_update(&h, value, size);
	hash_final(&h, m->slot[slot]);
	return true;
}

bool measure_read(const struct measurements *m, uint64_t slot, uint64_t words[8])
{
	if (slot >= MEASURE_SLOTS)
		return false;
	memcpy(words, m->slot[index_nospec(slot, MEASURE_SLOTS)], MEASURE_SIZE);
	return true;
}
