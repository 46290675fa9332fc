/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a machine supplies to the boot stage. Each machine has a folder in monitor/platform/, of
 * which the build takes one; the folder also has platform_memory.h. Used by one CPU.
 */
#ifndef MONITOR_PLATFORM_H
#define MONITOR_PLATFORM_H

#include <stddef.h>

#include "monitor/include/machine.h"

/*
 * Reads all of *m from the tree. Nodes are found by device_type and compatible, never by name. CPUs
 * stay in tree order, which is the order of the linear CPU index and of Linux's numbers. Adjacent
 * DRAM banks are joined. Of several PL011 the one that stdout-path of /chosen (or /secure-chosen)
 * names is taken, else the first.
 *
 * 0, or after one printed line saying what is wrong: -EINVAL malformed tree, -ENODEV something the
 * monitor cannot do without is missing, -ENOSPC more of something than struct machine holds,
 * -ENOTSUP a form of hardware the monitor does not know. After an error *m is not to be used.
 */
int machine_from_fdt(const void *fdt, struct machine *m);

/*
 * The machine as it has to be, for reference values (evidence.h): its devices, and where its DRAM
 * begins. Without CPUs and sizes of DRAM, which whoever starts the machine chooses. Not in the
 * monitor.
 */
extern const struct machine platform_reference;

/* The ends of the monitor's messages to somebody who started a machine that cannot boot. */
extern const char platform_how_to_rme[];    /* to have a CPU with RME */
extern const char platform_how_to_kernel[]; /* to hand over the host's kernel */

/* What the host is to boot with. */
enum platform_file {
	PLATFORM_KERNEL,
	PLATFORM_INITRD,
	PLATFORM_CMDLINE, /* with its terminating NUL */
};

/*
 * Makes the files reachable, on the device that the tree names (machine_from_fdt() has accepted the
 * tree). scratch: a page of Non-secure DRAM, mapped flat, that is the platform's until the last
 * file is read. 0, -ENODEV if the tree names no such device, or another negative errno.
 */
int platform_files_init(const void *fdt, void *scratch);

/* Bytes of a file; 0 when there is none. 0 or a negative errno. */
int platform_file_size(enum platform_file file, uint32_t *size);

/* The first n bytes of a file, to Non-secure DRAM that is mapped flat. 0 or a negative errno. */
int platform_file_read(enum platform_file file, void *dst, size_t n);

#endif
