/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object "guest_memfd" and what its files share: gmem.c has the private pages, gmem_shared.c
 * the shared ones, and gmem_file.c the descriptor. Everything is protected by vm->private_lock.
 */
#ifndef HOST_MEM_GMEM_OBJECT_H
#define HOST_MEM_GMEM_OBJECT_H

#include <linux/fs.h>

#include "host/mem/gmem.h"
#include "host/mem/states.h"

#define GMEM_RESERVE 64 /* pages: what a VMM needs to say that it ends, several times */

struct cca_gmem {
	struct cca_vm *vm;
	struct list_head node;	/* vm->gmems */
	struct list_head slots; /* cca_slot.gmem_node */
	pgoff_t nr_pages;
	struct xarray chunks;	       /* private pages */
	struct xarray shared;	       /* shared pages, if user space may map the file */
	struct address_space *mapping; /* by which they are taken out of user space */
	bool mappable;		       /* GUEST_MEMFD_FLAG_MMAP */
	bool keeps_states;	       /* and not the VM */
	unsigned int nr_reserve;
	struct page *reserve[GMEM_RESERVE]; /* cca_gmem_give_way() */
	struct cca_states states;
};

/*
 * Pages of a Realm are neither swapped nor reclaimed, so they are only had while the host still has
 * a reserve.
 */
bool cca_gmem_host_has_room(void);

/* ---- shared pages (gmem_shared.c) ---- */

/*
 * Takes [start, end) out of user space, which faults when it looks there again. For files that can
 * be mapped.
 */
void cca_gmem_hide(struct cca_gmem *gmem, pgoff_t start, pgoff_t end);
/*
 * The first page of [start, end) that somebody else has a reference to, or end. Right after
 * cca_gmem_hide().
 */
pgoff_t cca_gmem_find_used(struct cca_gmem *gmem, pgoff_t start, pgoff_t end);
/* Gives up the shared pages of [start, end), which no Realm has mapped. */
void cca_gmem_drop_shared(struct cca_gmem *gmem, pgoff_t start, pgoff_t end);
/* mmap() of the descriptor. */
int cca_gmem_mmap(struct file *file, struct vm_area_struct *vma);

#endif
