/* SPDX-License-Identifier: BSD-3-Clause */
/* Encoding of stage-2 descriptors and registers. Pure functions. */
#include "rmm/arch/arch.h"
#include "rmm/core/rtt_entry.h"

/* Bits of a descriptor for an output address: the reverse of rtte_pa(). */
static uint64_t encode_pa(const struct s2 *s2, pa_t pa)
{
	if (!s2->lpa2)
		return pa.v;
	return (pa.v & MASK(49, 12)) | FIELD(pa.v, 51, 50) << 8;
}

static uint64_t leaf(const struct s2 *s2, int level, pa_t pa)
{
	return encode_pa(s2, pa) | RTTE_VALID | (level == RTT_LEVEL_LEAF ? RTTE_TABLE_PAGE : 0) |
	       (s2->lpa2 ? 0 : RTTE_SH_INNER) | RTTE_AF;
}

uint64_t rtte_table(const struct s2 *s2, pa_t pa)
{
	return encode_pa(s2, pa) | RTTE_VALID | RTTE_TABLE_PAGE;
}

uint64_t rtte_unassigned(enum ripas ripas)
{
	return (uint64_t)ripas << RTTE_RIPAS_SHIFT;
}

uint64_t rtte_data(const struct s2 *s2, int level, enum ripas ripas, pa_t pa)
{
	if (ripas != RIPAS_RAM)
		return encode_pa(s2, pa) | RTTE_SW_ASSIGNED | rtte_unassigned(ripas);
	return leaf(s2, level, pa) | RTTE_NORMAL_WB | RTTE_S2AP;
}

uint64_t rtte_ns(const struct s2 *s2, int level, pa_t pa, uint64_t attr)
{
	return leaf(s2, level, pa) | (attr & RTTE_NS_ATTR) | RTTE_XN | RTTE_NS;
}

static struct rtte decode_valid(const struct s2 *s2, int level, uint64_t raw)
{
	struct rtte e = {.kind = RTTE_ASSIGNED, .ripas = RIPAS_RAM, .pa = rtte_pa(s2, raw)};

	if (level < RTT_LEVEL_LEAF && rtte_is_table(raw)) {
		e.kind = RTTE_TABLE;
		e.ripas = RIPAS_EMPTY;
	} else if (raw & RTTE_NS) {
		e.kind = RTTE_ASSIGNED_NS;
		e.ripas = RIPAS_EMPTY;
		e.attr = raw & RTTE_NS_ATTR;
	}
	return e;
}

struct rtte rtte_decode(const struct s2 *s2, int level, uint64_t raw)
{
	struct rtte e = {.kind = RTTE_UNASSIGNED};

	if (raw & RTTE_VALID)
		return decode_valid(s2, level, raw);
	if (raw & RTTE_NS) {
		e.kind = RTTE_UNASSIGNED_NS;
		return e;
	}
	e.ripas = (enum ripas)FIELD(raw, 2, 1);
	if (raw & RTTE_SW_ASSIGNED) {
		e.kind = RTTE_ASSIGNED;
		e.pa = rtte_pa(s2, raw);
	}
	return e;
}

/* VTCR_EL2.PS by PA bits, from 32 on in steps of 2. A table, as each TLB invalidation asks. */
static uint64_t vtcr_ps(unsigned int pa_bits)
{
	static const uint8_t ps[] = {0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 6};

	return ps[(pa_bits - 32) / 2];
}

/* VTCR_EL2.SL0 and SL2 by start level, for 4K granules. */
static uint64_t vtcr_start_level(int level)
{
	static const uint8_t sl0[] = {2, 1, 0, 3};

	return level < 0 ? BIT(33) : (uint64_t)sl0[level] << 6;
}

uint64_t s2_vtcr(const struct s2 *s2)
{
	/* RES1, NSA, SH0 inner, ORGN0 and IRGN0 write-back, TG0 4K. */
	uint64_t vtcr = UINT64_C(0xc0003500);

	vtcr |= 64u - s2->ipa_bits;
	vtcr |= vtcr_start_level(s2->start_level);
	vtcr |= vtcr_ps(arch_features.pa_bits) << 16;
	vtcr |= arch_features.vmid16 ? BIT(19) : 0;
	vtcr |= s2->lpa2 ? BIT(32) : 0;
	return vtcr;
}

uint64_t s2_vttbr(const struct s2 *s2)
{
	uint64_t baddr = s2->root.v & MASK(47, 1);

	/* With 52-bit PAs [5:2] hold PA[51:48]: root tables are aligned to 64 bytes and more. */
	if (s2->lpa2)
		baddr |= FIELD(s2->root.v, 51, 48) << 2;
	return (uint64_t)s2->vmid << 48 | baddr;
}

/* Largest number of IPA bits a root at this level can resolve, concatenation included. */
static unsigned int root_bits_max(int level, bool lpa2)
{
	unsigned int below = 9 * (RTT_LEVEL_LEAF - level);

	if (level < 0)
		return below + 16;
	return below + 21 + (level > 0 || lpa2 ? 4 : 0);
}

bool s2_params_valid(uint64_t ipa_bits, int64_t level, uint64_t num_root, bool lpa2)
{
	unsigned int below;

	if (ipa_bits < 32 || ipa_bits > arch_features.pa_bits || ipa_bits > (lpa2 ? 52 : 48))
		return false;
	if (level < (lpa2 ? -1 : 0) || level > RTT_LEVEL_LEAF)
		return false;
	if (level == 0 && arch_features.pa_bits < 44)
		return false;
	below = 9 * (unsigned int)(RTT_LEVEL_LEAF - level);
	if (ipa_bits < below + 13 || ipa_bits > root_bits_max((int)level, lpa2))
		return false;
	return num_root == (ipa_bits <= below + 21 ? 1 : UINT64_C(1) << (ipa_bits - below - 21));
}
