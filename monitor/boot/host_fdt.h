/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns the machine's device tree into the host's. Used by the boot stage alone. */
#ifndef MONITOR_BOOT_HOST_FDT_H
#define MONITOR_BOOT_HOST_FDT_H

#include <stddef.h>
#include "monitor/include/machine.h"

/*
 * Edits the tree at `fdt` in place; it may grow to `room` bytes and is packed in the end. Adds PSCI
 * 1.x by SMC as every CPU's enable-method, no-map reservations of the GPTs (root@) and the RMM
 * (realm@), the initrd's place and, unless bootargs is NULL, the command line. Devices of the
 * monitor are left in: the tree has them disabled. Editing an edited tree gives the same tree.
 *
 * 0, or after one printed line: -ENOSPC (room is too small), -EINVAL (anything else libfdt objects
 * to, no CPUs). The tree is then half edited.
 */
int host_fdt_edit(void *fdt, size_t room, const struct machine *m, const struct layout *l,
		  const char *bootargs);

#endif
