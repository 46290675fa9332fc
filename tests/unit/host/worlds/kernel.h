/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of Linux as granule.c, pool.c and linear_map.c use, for tests that run them natively. It
 * takes the place of host/compat.h. There are MEMORY_PAGES pages, whose state the tests look at.
 */
#ifndef UNIT_HOST_WORLDS_KERNEL_H
#define UNIT_HOST_WORLDS_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef u64 phys_addr_t;
typedef unsigned int gfp_t;
typedef struct {
	s64 value;
} atomic64_t;

#include "abi/rmi.h"

#define HOST_COMPAT_H /* nobody includes the real one */

#define READ_ONCE(x)	    (*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)    (*(volatile __typeof__(x) *)&(x) = (v))
#define WARN_ON_ONCE(x)	    (!!(x))
#define pr_warn_once(...)   ((void)(0, ##__VA_ARGS__))
#define atomic64_add(n, v)  ((void)((v)->value += (n)))
#define atomic64_inc(v)	    atomic64_add(1, v)
#define min(a, b)	    ((a) < (b) ? (a) : (b))
#define GENMASK_ULL(hi, lo) ((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))

struct mutex {
	int held;
};
#define mutex_init(m)	((void)((m)->held = 0))
#define mutex_lock(m)	((void)(m)->held++)
#define mutex_unlock(m) ((void)(m)->held--)

/* ---- lists ---- */

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline void list_add(struct list_head *item, struct list_head *head)
{
	item->next = head->next;
	item->prev = head;
	head->next->prev = item;
	head->next = item;
}

static inline void list_add_tail(struct list_head *item, struct list_head *head)
{
	list_add(item, head->prev);
}

static inline void list_del(struct list_head *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
}

#define list_entry(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define list_for_each_entry(pos, head, member)                                                     \
	for (pos = list_entry((head)->next, __typeof__(*pos), member); &pos->member != (head);     \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_safe(pos, n, head, member)                                             \
	for (pos = list_entry((head)->next, __typeof__(*pos), member),                             \
	    n = list_entry(pos->member.next, __typeof__(*pos), member);                            \
	     &pos->member != (head);                                                               \
	     pos = n, n = list_entry(n->member.next, __typeof__(*n), member))

/* ---- bits: of one word ---- */

#define BITS_TO_LONGS(n)	  (((n) + 63) / 64)
#define bitmap_fill(map, n)	  ((void)(*(map) = (n) < 64 ? (1UL << (n)) - 1 : ~0UL))
#define bitmap_zero(map, n)	  ((void)((n), *(map) = 0))
#define find_first_bit(map, n)	  ((unsigned long)(*(map) ? __builtin_ctzl(*(map)) : (n)))
#define test_bit(i, map)	  (*(map) >> (i)&1)
#define __clear_bit(i, map)	  ((void)(*(map) &= ~(1UL << (i))))
#define struct_size(p, member, n) (sizeof(*(p)) + sizeof((p)->member[0]) * (n))

static inline bool __test_and_set_bit(unsigned long i, unsigned long *map)
{
	bool was = test_bit(i, map);

	*map |= 1UL << i;
	return was;
}

/* ---- memory ---- */

#define PAGE_SHIFT	   12
#define PAGE_SIZE	   (1UL << PAGE_SHIFT)
#define MEMORY_PAGES	   64
#define MEMORY_BASE	   0x40000000UL
#define GFP_KERNEL	   1u
#define GFP_KERNEL_ACCOUNT 2u
#define __GFP_NORETRY	   4u
#define __GFP_NOWARN	   8u
#define __GFP_NOFAIL	   16u

struct page {
	bool allocated;
	bool offline; /* PageOffline */
	bool hidden;  /* not in the linear map */
	bool away;    /* the RMM says it is in another world */
	unsigned long private;
};

extern struct page memory[MEMORY_PAGES];

#define page_to_phys(p)	       ((u64)(MEMORY_BASE + ((p)-memory) * PAGE_SIZE))
#define phys_to_page(pa)       (&memory[((pa)-MEMORY_BASE) >> PAGE_SHIFT])
#define page_address(p)	       ((void *)page_to_phys(p))
#define page_private(p)	       ((p)->private)
#define set_page_private(p, v) ((void)((p)->private = (v)))
#define PageOffline(p)	       ((p)->offline)
#define __SetPageOffline(p)    ((void)((p)->offline = true))
#define __ClearPageOffline(p)  ((void)((p)->offline = false))
#define split_page(p, order)   ((void)(p), (void)(order))
#define kzalloc(size, gfp)     ((void)(gfp), calloc(1, size))
#define kfree(p)	       free(p)
#define __get_free_page(gfp)   ((unsigned long)page_to_phys(alloc_pages(gfp, 0)))
#define free_page(address)     __free_page(phys_to_page(address))

struct page *alloc_pages(gfp_t gfp, unsigned int order);
void __free_page(struct page *page);
void page_offline_begin(void);
void page_offline_end(void);

/* ---- tables ---- */

typedef u64 pteval_t;
typedef struct {
	pteval_t value;
} pte_t;
typedef struct {
	bool leaf;
} pgd_t, p4d_t, pud_t, pmd_t;

#define PTE_VALID			1UL
#define PTE_CONT			(1UL << 52)
#define PTRS_PER_PTE			512UL
#define pte_val(pte)			((pte).value)
#define __pte(v)			((pte_t){v})
#define pte_index(address)		((address) >> PAGE_SHIFT & (PTRS_PER_PTE - 1))
#define read_sysreg(reg)		0UL
#define phys_to_virt(pa)		((void *)(uintptr_t)(pa))
#define pgd_none(x)			false
#define p4d_none(x)			false
#define pud_none(x)			false
#define pmd_none(x)			false
#define pud_leaf(x)			false
#define pmd_leaf(x)			((x).leaf)
#define pgd_offset_pgd(root, address)	((void)(root), (pgd_t *)test_pmd(address))
#define p4d_offset(pgd, address)	((p4d_t *)(pgd))
#define pud_offset(p4d, address)	((pud_t *)(p4d))
#define pmd_offset(pud, address)	((pmd_t *)(pud))
#define pte_offset_kernel(pmd, address) ((void)(pmd), test_pte(address))
#define dsb(kind)			((void)0)
#define isb()				((void)0)

pmd_t *test_pmd(unsigned long address);
pte_t *test_pte(unsigned long address);
void cca_flush_kernel_pages(unsigned long address, unsigned long n);

#endif
