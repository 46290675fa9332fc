/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Breakpoints and watchpoints that the debugger has set, as the CPU's debug registers hold them
 * (Arm ARM D2.9, D2.10). All vCPUs have the same. Pure.
 */
#ifndef VMM_GDB_POINTS_H
#define VMM_GDB_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#define GDB_POINTS_MAX 16

/* What may be told of a point; the numbers of gdb's Z packets. */
enum gdb_point {
	GDB_BREAK_SOFT,
	GDB_BREAK,
	GDB_WATCH_WRITE,
	GDB_WATCH_READ,
	GDB_WATCH_ANY,
};

struct gdb_points {
	unsigned int breaks, watches;			   /* how many the host's CPU has */
	uint64_t bcr[GDB_POINTS_MAX], bvr[GDB_POINTS_MAX]; /* a control of 0: free */
	uint64_t wcr[GDB_POINTS_MAX], wvr[GDB_POINTS_MAX];
};

/* Sets or removes a point. False: there are too many, or it cannot be one. */
bool gdb_points_set(struct gdb_points *p, enum gdb_point kind, uint64_t address, uint64_t size);
bool gdb_points_clear(struct gdb_points *p, enum gdb_point kind, uint64_t address, uint64_t size);

/* All are removed. */
void gdb_points_forget(struct gdb_points *p);

#endif
