/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the RMM-EL3 boot manifest 0.5 (abi/rmm_el3.h). Used by the boot stage alone. */
#ifndef MONITOR_BOOT_MANIFEST_H
#define MONITOR_BOOT_MANIFEST_H

#include <stddef.h>
#include "monitor/include/machine.h"

/*
 * Fills the shared page (RMM_EL3_SHARED_SIZE bytes at `page`; the RMM will see it at page_pa, 4 KiB
 * aligned). DRAM banks leave out the GPTs and the RMM, because the RMM may offer all DRAM that it
 * is told of to the host as granules. Device regions are those that are coherent, have an L1 table
 * (so EL3 can change them granule by granule) and do not touch DRAM. SMMUs and root complexes are
 * not listed: devices cannot be assigned to Realms. The caller cleans the page to memory: the RMM
 * reads it with its MMU off.
 *
 * Bytes used from the start of the page, or 0 if page_pa is not aligned, no DRAM is left or the
 * lists do not fit.
 */
size_t manifest_write(void *page, uint64_t page_pa, const struct machine *m,
		      const struct layout *l);

#endif
