/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own map of all memory, out of which this takes pages that another world has. An
 * access to such a page is fatal to the kernel (a granule protection fault), and the kernel makes
 * some that it does not mean: it reads file names by words, and the last word of a name may begin
 * in one page and end in the next. Such a read expects that there may be a hole in the map, and
 * copes.
 */
#ifndef HOST_GRANULE_LINEAR_MAP_H
#define HOST_GRANULE_LINEAR_MAP_H

#include "host/compat/kernel.h"

/*
 * To be called at load, before the first page goes to another world. Finds out whether the kernel
 * maps memory by pages, so that a hole can be made: it does with rodata=full, or where KFENCE may
 * be switched on. If it does not, the functions below do nothing, even for a part that is mapped by
 * pages.
 */
void linear_map_init(void);
bool linear_map_has_pages(void);

/*
 * Takes n pages out of the map, on all CPUs, or puts them back. The pages belong to the caller.
 * False: not all of them could be taken out.
 */
bool linear_map_hide(struct page *page, unsigned long n);
void linear_map_show(struct page *page, unsigned long n);

#endif
