/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the process may still do when a guest runs: nothing is opened, connected or executed any
 * more. A guest that takes the VMM over, by a fault in a device, has what is open then and the
 * system calls of filter.c.
 *
 * Landlock (landlock.h) holds the thread that asks for it and those that it starts, and so comes
 * before any other thread is there. The filter holds all.
 */
#ifndef VMM_CONFINE_CONFINE_H
#define VMM_CONFINE_CONFINE_H

#include <stdbool.h>

/*
 * Confines the process for the rest of its life. It may still remove files in the folder that `dir`
 * is a descriptor of (-1: in none; without Landlock in none, either). A forbidden system call ends
 * the process, after `before_end` was called, which must be async-signal-safe; opening a file fails
 * with EACCES. An error has a text; a kernel without Landlock is none.
 */
int confine(int dir, void (*before_end)(void));

/* The parts, for confine.c. */
int landlock_hold(int dir); /* 1 if it holds files, 0 if the kernel does not have it */
int filter_hold(bool files_are_held);

#endif
