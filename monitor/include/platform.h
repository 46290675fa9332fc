/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a machine supplies to the boot stage, each by a folder of monitor/platform/ that the build
 * chooses, which also has platform_memory.h. Used by one CPU.
 */
#ifndef MONITOR_PLATFORM_H
#define MONITOR_PLATFORM_H

#include <stddef.h>

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

/* What the host is to boot with. */
enum platform_file {
	PLATFORM_KERNEL,
	PLATFORM_INITRD,
	PLATFORM_CMDLINE, /* with its terminating NUL */
};

/*
 * Makes the files reachable. scratch: a page of Non-secure DRAM, mapped flat, that is the
 * platform's until the last file is read. 0 or a negative errno.
 */
int platform_files_init(const struct machine *m, void *scratch);

/* Bytes of a file; 0 when there is none. 0 or a negative errno. */
int platform_file_size(enum platform_file file, uint32_t *size);

/* The first n bytes of a file, to Non-secure DRAM that is mapped flat. 0 or a negative errno. */
int platform_file_read(enum platform_file file, void *dst, size_t n);

#endif
