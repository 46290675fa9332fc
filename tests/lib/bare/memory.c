/* SPDX-License-Identifier: BSD-3-Clause */
/* Which DRAM is free for granule tests, by the device tree. */
#include "tests/lib/bare/el2.h"

extern const char image_start[];
extern const char image_end[];

static struct region used[FDT_MAX_REGIONS + 4];
static uint32_t nr_used;

static void use(uint64_t base, uint64_t size)
{
	if (size)
		used[nr_used++] = (struct region){base, size};
}

void memory_init(void)
{
	use((uint64_t)image_start, (uint64_t)(image_end - image_start));
	use(fdt.self.base, fdt.self.size);
	use(fdt.initrd.base, fdt.initrd.size);
	for (uint32_t i = 0; i < fdt.nr_reserved; i++)
		use(fdt.reserved[i].base, fdt.reserved[i].size);
}

static bool overlaps(const struct region *region, uint64_t base, uint64_t size)
{
	return base < region->base + region->size && region->base < base + size;
}

bool memory_is_free(uint64_t base, uint64_t size)
{
	bool in_dram = false;

	for (uint32_t i = 0; i < fdt.nr_dram; i++) {
		const struct region *bank = &fdt.dram[i];

		if (base >= bank->base && base + size <= bank->base + bank->size)
			in_dram = true;
	}
	for (uint32_t i = 0; i < nr_used; i++) {
		if (overlaps(&used[i], base, size))
			return false;
	}
	return in_dram && base + size <= MMU_LIMIT;
}

bool memory_find(uint64_t size, uint64_t align, uint64_t *base)
{
	for (uint32_t i = 0; i < fdt.nr_dram; i++) {
		uint64_t end = fdt.dram[i].base + fdt.dram[i].size;

		for (uint64_t at = align_up(fdt.dram[i].base, align); at + size <= end;
		     at += align) {
			if (memory_is_free(at, size)) {
				*base = at;
				return true;
			}
		}
	}
	return false;
}
