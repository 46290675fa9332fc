/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What gdb asks of a machine, and the answers (appendix E of gdb's manual): registers of the core,
 * memory by virtual addresses, points, steps. A thread of gdb's is a vCPU; all stop together. Knows
 * nothing of KVM or sockets.
 */
#ifndef VMM_GDB_STUB_H
#define VMM_GDB_STUB_H

#include "vmm/gdb/packet.h"
#include "vmm/gdb/points.h"

/* Registers by gdb's numbers: x0 to x30, then these. */
#define GDB_SP	 31
#define GDB_PC	 32
#define GDB_CPSR 33
#define GDB_REGS 34

#define GDB_SIGINT  2
#define GDB_SIGTRAP 5
#define GDB_ALL	    (-1) /* instead of a vCPU that steps */

/* What the stub needs of the machine. It is stopped but for `interrupt`. */
struct gdb_ops {
	bool (*read_register)(void *owner, unsigned int cpu, unsigned int number, uint64_t *value);
	bool (*write_register)(void *owner, unsigned int cpu, unsigned int number, uint64_t value);
	/* How many bytes; less than asked for where there is no memory. */
	size_t (*read_memory)(void *owner, unsigned int cpu, uint64_t at, void *to, size_t size);
	size_t (*write_memory)(void *owner, unsigned int cpu, uint64_t at, const void *from,
			       size_t size);
	bool (*set_point)(void *owner, enum gdb_point kind, uint64_t at, uint64_t size, bool on);
	/* All vCPUs go on, or one executes an instruction. gdb_stub_stopped() says when they stop.
	 */
	void (*go)(void *owner, int step);
	void (*interrupt)(void *owner);
	/* gdb leaves: no point is left, and the guest runs. */
	void (*detach)(void *owner);
	void (*kill)(void *owner);
	void (*send)(void *owner, const char *text, size_t size);
};

struct gdb_stub {
	const struct gdb_ops *ops;
	void *owner;
	unsigned int cpus;
	unsigned int cpu;     /* that the next packets are about */
	unsigned int stopped; /* that stopped last */
	bool running, no_acks;
	struct gdb_in in;
	struct gdb_out out;
};

/* A new connection to a machine that is stopped. */
void gdb_stub_begin(struct gdb_stub *s, const struct gdb_ops *ops, void *owner, unsigned int cpus);

/* What gdb has sent. */
void gdb_stub_take(struct gdb_stub *s, const char *bytes, size_t count);

/*
 * The machine has stopped: tells gdb which vCPU it was and by which signal, and what it would have
 * accessed if a watchpoint did it (else NULL).
 */
void gdb_stub_stopped(struct gdb_stub *s, unsigned int cpu, int signal, const uint64_t *watched);

/* The machine is gone. */
void gdb_stub_ended(struct gdb_stub *s);

#endif
