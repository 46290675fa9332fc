/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own map of all memory, and what of it another world has. An access there is fatal to
 * the kernel (a granule protection fault), and it makes some that it does not mean: names of files
 * are read by words, and the last word of one may begin in a page and end in the next. In front of
 * a hole in the map that is harmless, because such reads expect one.
 */
#ifndef HOST_GRANULE_LINEAR_MAP_H
#define HOST_GRANULE_LINEAR_MAP_H

#include "host/compat/kernel.h"

/*
 * At load, before the first page goes to another world: finds out whether the kernel maps memory by
 * pages, so that a hole can be made, as it does with rodata=full or where KFENCE may be switched
 * on. Where it does not, the functions below do nothing, also in the odd part that is mapped by
 * pages.
 */
void linear_map_init(void);
bool linear_map_has_pages(void);

/*
 * Takes n pages out of the map, on all CPUs, or puts them back. They are the caller's alone. False:
 * not all of them could be taken out.
 */
bool linear_map_hide(struct page *page, unsigned long n);
void linear_map_show(struct page *page, unsigned long n);

#endif
