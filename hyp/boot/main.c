/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot stage: runs where the loader put it, in front of the kernel, copies hyp to the top of
 * memory and goes on there (hyp_main). Its own 2 MiB are the host's afterwards; the device tree for
 * the kernel lies in their upper half.
 */
#include <libfdt.h>
#include <string.h>
#include <util.h>

#include "hyp/hyp.h"
#include "hyp/mmu.h"

#define FDT_MAX		  MIB(2)
#define HEADER_IMAGE_SIZE 16 /* of hyp and kernel together */
#define FDT_PLACE	  (HYP_IMAGE_MAX / 2)

/* With the MMU off: maps this image and the device tree, wherever it lies in its 2 MiB and the
 * next. */
void boot_early(uint64_t fdt)
{
	mmu_init();
	if (!mmu_map(MMU_ALL, (uint64_t)image_start, HYP_IMAGE_MAX) ||
	    !mmu_map(MMU_RODATA, align_down(fdt, FDT_MAX), 2 * FDT_MAX))
		hyp_panic("no room for tables");
}

static char *copy_image(uint64_t base)
{
	char *copy = (char *)base;

	if (!mmu_map(MMU_ALL, base, HYP_IMAGE_MAX))
		hyp_panic("no room for tables");
	memcpy(copy, image_start, (size_t)(data_end - image_start));
	memset(copy + (bss_start - image_start), 0, (size_t)(image_end - bss_start));
	relocate(copy);
	clean_to_memory(base, (uint64_t)(image_end - image_start));
	__asm__ volatile("ic iallu\n\tdsb nsh\n\tisb" ::: "memory");
	return copy;
}

void boot_main(uint64_t fdt)
{
	static struct hyp_boot boot;
	uint64_t start = (uint64_t)image_start;
	void *to = image_start + FDT_PLACE;

	if (tree_read((void *)fdt, &boot.tree))
		hyp_panic("the device tree cannot be read");
	boot.kernel = start + HYP_IMAGE_MAX;
	boot.fdt = (uint64_t)to;
	if (tree_take(&boot.tree, start, *(uint64_t *)(image_start + HEADER_IMAGE_SIZE)) ||
	    tree_take(&boot.tree, fdt, fdt_totalsize((void *)fdt)) ||
	    tree_place(&boot.tree, HYP_IMAGE_MAX, &boot.hyp))
		hyp_panic("no memory for hyp");
	if (tree_edit((void *)fdt, to, HYP_IMAGE_MAX - FDT_PLACE, &boot.hyp))
		hyp_panic("the device tree cannot be edited");
	clean_to_memory(boot.fdt, HYP_IMAGE_MAX - FDT_PLACE);
	boot_jump(&boot, copy_image(boot.hyp.base));
}
