/* SPDX-License-Identifier: BSD-3-Clause */
/* Fills struct machine from the machine's device tree. Used by the boot stage alone. */
#ifndef MONITOR_BOOT_MACHINE_H
#define MONITOR_BOOT_MACHINE_H

#include "monitor/include/machine.h"

/*
 * Reads all of *m from the tree (QEMU's virt machine with secure=on, or one described like it):
 * nodes are found by device_type and compatible, never by name. CPUs stay in tree order: that is
 * the linear CPU index, and the number Linux gives them. Adjacent DRAM banks are joined. With
 * several PL011 the one /chosen (or /secure-chosen) stdout-path names is taken, else the first.
 *
 * 0, or after one printed line saying what is wrong: -EINVAL malformed tree, -ENODEV something the
 * monitor cannot do without is missing, -ENOSPC more of something than struct machine holds,
 * -ENOTSUP a form of hardware the monitor does not know. *m is then of no use.
 */
int machine_from_fdt(const void *fdt, struct machine *m);

#endif
