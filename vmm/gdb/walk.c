/* SPDX-License-Identifier: BSD-3-Clause */
/* See walk.h. */
#include <util.h>

#include "vmm/gdb/walk.h"

#define SCTLR_M	  BIT(0)
#define TCR_DS	  BIT(59) /* with it descriptors and tables have 52-bit addresses */
#define LAST	  3
#define VALID	  BIT(0)
#define TABLE	  BIT(1) /* or, in the last level, a page */
#define ASID_CNP  (MASK(63, 48) | BIT(0))
#define TAG_BITS  8
#define ADDRESSES 64

/* What TCR_EL1 says of one half of the address space. */
struct half {
	unsigned int size_field; /* T0SZ or T1SZ: bits at the top that are all the same */
	unsigned int shift;	 /* of a page; 0: a value that is reserved */
	bool ds, ignores_tag;
};

static struct half half_of(uint64_t tcr, bool upper)
{
	static const uint8_t low_shifts[] = {12, 16, 14, 0}, high_shifts[] = {0, 14, 12, 16};

	return (struct half){
		.size_field = (unsigned int)(upper ? FIELD(tcr, 21, 16) : FIELD(tcr, 5, 0)),
		.shift = upper ? high_shifts[FIELD(tcr, 31, 30)] : low_shifts[FIELD(tcr, 15, 14)],
		.ds = tcr & TCR_DS,
		.ignores_tag = tcr & (upper ? BIT(38) : BIT(37)),
	};
}

/* Where a descriptor points to. With 52 bits the topmost ones are elsewhere in it. */
static uint64_t address_of(uint64_t descriptor, const struct half *h)
{
	uint64_t address = descriptor & MASK(47, h->shift);

	if (h->shift == 16)
		return address | FIELD(descriptor, 15, 12) << 48;
	if (h->ds)
		return (descriptor & MASK(49, h->shift)) | FIELD(descriptor, 9, 8) << 50;
	return address;
}

/* Where the first table is, which may be smaller than a page. */
static uint64_t base_of(uint64_t ttbr, const struct half *h)
{
	uint64_t base = ttbr & ~ASID_CNP & MASK(47, 0);

	return h->ds || h->shift == 16 ? (base & ~MASK(5, 0)) | FIELD(ttbr, 5, 2) << 48 : base;
}

/* An address whose top bits are not all like bit 55 is in neither half. */
static bool is_in_half(uint64_t va, const struct half *h, bool upper)
{
	unsigned int bits = ADDRESSES - h->size_field, top = h->ignores_tag ? 63 - TAG_BITS : 63;
	uint64_t mask = bits > top ? 0 : MASK(top, bits);

	return (va & mask) == (upper ? mask : 0);
}

/* The level at which the walk starts: as many as the bits above the page take. */
static unsigned int levels_of(const struct half *h)
{
	unsigned int bits = ADDRESSES - h->size_field - h->shift, each = h->shift - 3;

	return (bits + each - 1) / each;
}

bool walk_address(const struct walk *w, uint64_t va, uint64_t *pa, uint64_t *size)
{
	bool upper = va & BIT(55);
	const struct half h = half_of(w->tcr, upper);
	unsigned int level, shift, bits = ADDRESSES - h.size_field;
	uint64_t table, descriptor, offset;

	if (!(w->sctlr & SCTLR_M)) {
		*pa = va;
		*size = BIT(12) - (va & MASK(11, 0));
		return true;
	}
	if (!h.shift || h.size_field < 12 || bits <= h.shift || !is_in_half(va, &h, upper))
		return false;
	table = base_of(w->ttbr[upper], &h);
	va &= MASK(bits - 1, 0);
	for (level = levels_of(&h); level > 0; level--) {
		shift = h.shift + (level - 1) * (h.shift - 3);
		offset = va >> shift;
		if (!w->read(w->owner, table + 8 * (offset & MASK(h.shift - 4, 0)), &descriptor) ||
		    !(descriptor & VALID))
			return false;
		table = address_of(descriptor, &h);
		if (level > 1 && descriptor & TABLE)
			continue;
		if (level == 1 && !(descriptor & TABLE))
			return false;
		offset = va & MASK(shift - 1, 0);
		*pa = align_down(table, BIT(shift)) + offset;
		*size = BIT(shift) - offset;
		return true;
	}
	return false;
}
