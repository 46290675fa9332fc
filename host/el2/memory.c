// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of the EL2 stub (stub.h): one piece, which it sees through stage 1 tables that are
 * made here.
 */
#include <asm/cpufeature.h>

#include "host/compat/kernel.h"
#include "host/el2/stub.h"

#define TABLE_PAGES 8 /* of four levels; level 3 may need one more for each 2 MiB */
#define PA_BITS	    48

/* Stage 1 of EL2 without VHE: 4K pages, 48 bits, attribute 0 = Normal write-back. */
#define HYP_TCR	  (BIT(31) | BIT(23) | 3UL << 12 | 1UL << 10 | 1UL << 8 | (64 - PA_BITS))
#define HYP_MAIR  0xffUL
#define HYP_SCTLR 0x30cd183dUL /* RES1; WXN, I, SA, C, M */
#define TCR_PS(n) ((u64)(n) << 16)

#define DESC_TABLE   3UL
#define DESC_PAGE    (BIT(10) | 3UL << 8 | BIT(6) | 3UL) /* AF, inner shareable, AP[1] RES1 */
#define DESC_RO	     BIT(7)
#define DESC_XN	     BIT(54)
#define DESC_ADDRESS GENMASK_ULL(47, 12)

/* image.S */
extern const char cca_hyp_image[], cca_hyp_image_end[];

static struct {
	void *memory; /* image, tables, two pages per possible CPU */
	size_t size;
	size_t image_size;
	unsigned int tables; /* used ones */
} stub;

struct hyp_cpu *cca_stub_cpu(unsigned int cpu)
{
	return stub.memory + stub.image_size + (TABLE_PAGES + 2UL * cpu) * PAGE_SIZE;
}

static u64 *table(unsigned int n)
{
	return stub.memory + stub.image_size + n * PAGE_SIZE;
}

/* Maps a page of the stub flat. */
static int map_page(void *page, u64 attributes)
{
	u64 pa = virt_to_phys(page);
	u64 *entry = table(0);
	unsigned int shift;

	for (shift = PA_BITS - 9; shift >= PAGE_SHIFT; shift -= 9) {
		entry += pa >> shift & 511;
		if (shift == PAGE_SHIFT)
			break;
		if (!*entry) {
			if (stub.tables == TABLE_PAGES)
				return -ENOMEM;
			*entry = virt_to_phys(table(stub.tables++)) | DESC_TABLE;
		}
		entry = phys_to_virt(*entry & DESC_ADDRESS);
	}
	*entry = pa | DESC_PAGE | attributes;
	return 0;
}

static int map_all(void)
{
	void *page;
	int ret = 0;

	stub.tables = 1;
	for (page = stub.memory; !ret && page < (void *)table(0); page += PAGE_SIZE)
		ret = map_page(page, DESC_RO);
	for (page = cca_stub_cpu(0); !ret && page < stub.memory + stub.size; page += PAGE_SIZE)
		ret = map_page(page, DESC_XN);
	return ret;
}

void cca_stub_clean(const void *start, size_t size)
{
	u64 line = 4UL << (read_sanitised_ftr_reg(SYS_CTR_EL0) >> 16 & 0xf);
	u64 at = (u64)start & ~(line - 1);

	for (; at < (u64)start + size; at += line)
		asm volatile("dc cvac, %0" ::"r"(at) : "memory");
	dsb(sy);
}

static void fill_cpu(struct hyp_cpu *cpu)
{
	u64 parange = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1) & 0xf;

	cpu->ttbr0 = virt_to_phys(table(0));
	cpu->tcr = HYP_TCR | TCR_PS(min(parange, 5ULL));
	cpu->mair = HYP_MAIR;
	cpu->sctlr = HYP_SCTLR;
	cpu->start = virt_to_phys(stub.memory);
	cpu->end = cpu->start + stub.size;
	/*
	 * Not PHYS_OFFSET, which is no valid address if a kernel built for 52 bits runs on a CPU
	 * with 48.
	 */
	cpu->ram_start = virt_to_phys((void *)_PAGE_OFFSET(vabits_actual));
	cpu->ram_end = virt_to_phys(high_memory - 1) + 1;
}

int cca_stub_make(void)
{
	unsigned int cpu;

	stub.image_size = cca_hyp_image_end - cca_hyp_image;
	stub.size = stub.image_size + (TABLE_PAGES + 2UL * nr_cpu_ids) * PAGE_SIZE;
	stub.memory = alloc_pages_exact(stub.size, GFP_KERNEL | __GFP_ZERO);
	if (!stub.memory)
		return -ENOMEM;
	if (virt_to_phys(stub.memory + stub.size - 1) >> PA_BITS)
		return -ENOMEM;
	memcpy(stub.memory, cca_hyp_image, stub.image_size);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		fill_cpu(cca_stub_cpu(cpu));
	if (map_all())
		return -ENOMEM;
	cca_stub_clean(stub.memory, stub.size);
	asm volatile("ic ialluis\n\tdsb ish\n\tisb" ::: "memory");
	return 0;
}

void cca_stub_free(void)
{
	if (stub.memory)
		free_pages_exact(stub.memory, stub.size);
	stub.memory = NULL;
}

u64 cca_stub_pa(void)
{
	return virt_to_phys(stub.memory);
}
