/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_memfd of the module: the file that has the private pages of a Realm. User space never maps
 * them. They are allocated at the first fault or populate, in 2 MiB blocks if the host has them. A
 * private page of the file is absent, delegated, or leaked. It is given up by hole punching,
 * conversion to shared, and the release of the file, and always in this order: unmap from the
 * Realm, undelegate, free.
 *
 * A file made to be mapped has shared pages as well, at those offsets that are not private.
 *
 * Everything here is protected by vm->private_lock. Only for the files of mem/; what other rooms
 * may ask of guest_memfds is in mem.h.
 */
#ifndef HOST_MEM_GMEM_H
#define HOST_MEM_GMEM_H

#include "host/mem/slot.h"

#define GMEM_BLOCK_SHIFT 21
#define GMEM_BLOCK_PAGES (1UL << (GMEM_BLOCK_SHIFT - PAGE_SHIFT))

/*
 * Makes [offset, offset + size of slot) of the file the private memory of a slot. -EBADF: fd is no
 * guest_memfd; -EINVAL: it is another VM's, the range is beyond its end, or taken by another slot.
 */
int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset);
void cca_gmem_unbind(struct cca_slot *slot);

/*
 * The address of the delegated page at an index, which is allocated if it is absent. *block: the
 * whole aligned 2 MiB around it are one delegated block. 0, or -ENOMEM, -EHWPOISON (its memory has
 * failed) and other errnos.
 */
int cca_gmem_get(struct cca_gmem *gmem, pgoff_t index, u64 *pa, bool *block);

/* The VMM is about to be told that there is no memory: frees what was kept for it till then. */
void cca_gmem_give_way(struct cca_gmem *gmem);

/* Frees pages [start, end). They are unmapped from the Realm. */
void cca_gmem_free(struct cca_gmem *gmem, pgoff_t start, pgoff_t end);

/*
 * A chunk that is mapped as a block has a spare granule, which becomes the table when the block is
 * split. Whoever maps a block puts one there first, so that no split fails for want of memory. The
 * granule goes back to the VM's pool with the last page of the chunk.
 *
 * Returns the place where the granule's address is kept (0: there is none), for a page that is
 * present; NULL if the chunk has no pages.
 */
u64 *cca_gmem_spare(struct cca_gmem *gmem, pgoff_t index);

/* Which pages of the file are private, if the file keeps that; NULL: vm->states says so. */
struct cca_states *cca_gmem_states(struct cca_gmem *gmem);

/*
 * The shared page at an index, which is allocated if it is absent, or an ERR_PTR: -EFAULT if the
 * page is private or beyond the end, -ENOMEM, -EHWPOISON if its memory has failed. It is the file's
 * until private_lock is given up. For files that can be mapped.
 */
struct page *cca_gmem_shared_page(struct cca_gmem *gmem, pgoff_t index);

#endif
