/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_memfd of the module: the private pages of a Realm. A file of pages that are never mapped by
 * user space, allocated on the first fault or populate in 2 MiB blocks if the host has them. Each
 * page is absent, the host's, delegated, or leaked. Freed by hole punching, conversion to shared
 * and the release of the file, always in the order unmap from the Realm, undelegate, free.
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
 * Ties [offset, offset + size of slot) of the file to a slot. -EBADF: no guest_memfd; -EINVAL: of
 * another VM, out of range, or taken.
 */
int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset);
void cca_gmem_unbind(struct cca_slot *slot);

/*
 * The delegated page at a page index, allocated if it is absent. *block: the whole 2 MiB block at
 * the aligned index is one delegated block. -ENOMEM and others.
 */
int cca_gmem_get(struct cca_gmem *gmem, pgoff_t index, u64 *pa, bool *block);

/* Frees pages [start, end) that are unmapped from the Realm. */
void cca_gmem_free(struct cca_gmem *gmem, pgoff_t start, pgoff_t end);

/*
 * Where the granule is kept that becomes a table when the block around a present page, mapped as a
 * block, is split: 0 if there is none. Whoever maps a block puts one there first, so that no split
 * fails for want of memory. It goes back to the VM's pool with the last page of the block.
 */
u64 *cca_gmem_spare(struct cca_gmem *gmem, pgoff_t index);

#endif
