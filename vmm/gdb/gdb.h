/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A debugger of an ordinary VM: gdb connects to a port of this machine (127.0.0.1), one at a time,
 * and sees the vCPUs as threads. The guest waits at its first instruction for a debugger to let it
 * go. A Realm has none: neither its registers nor its memory are the host's to see. Main thread
 * only.
 */
#ifndef VMM_GDB_GDB_H
#define VMM_GDB_GDB_H

#include <stdatomic.h>

#include "vmm/gdb/stub.h"
#include "vmm/loop/loop.h"

struct vm;

struct gdb {
	struct vm *vm;
	struct loop *loop;
	struct loop_source listener, connection, stops; /* fd -1: there is none */
	atomic_int stopped;				/* vCPU that came to a point; -1: none */
	bool is_stopped;				/* all vCPUs are held */
	struct gdb_stub stub;
	struct gdb_points points;
};

/*
 * Listens, and has the guest wait. Before vCPUs run, and while files and sockets may be opened. An
 * error has a text; gdb_close() comes after either result, and may come without it for a zeroed
 * one.
 */
int gdb_open(struct gdb *g, struct loop *loop, struct vm *vm, unsigned int port);

/* The VM has new vCPUs, which get the points that the debugger has set. They do not run yet. */
void gdb_renew(struct gdb *g);

/* The guest has ended: a debugger that is there is told. */
void gdb_close(struct gdb *g);

#endif
