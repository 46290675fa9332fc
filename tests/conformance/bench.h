/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the conformance payload's figures share. Costs in instructions, for runs under
 * -icount shift=0, where the counter (1 GHz) advances by one with each instruction.
 */
#ifndef CONFORMANCE_BENCH_H
#define CONFORMANCE_BENCH_H

#include "tests/conformance/conformance.h"

/* One SMC with as little around it as the calling convention allows: X0, and X1 and X2 in out. */
uint64_t bench_call(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
		    uint64_t *out);

/* The same, with nothing but the call between two looks at the counter: it adds their difference.
 */
uint64_t bench_timed(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5,
		     uint64_t *out, uint64_t *ticks);

/* Prints "NAME VALUE instructions": the average of the rounds. One check: ok. */
void bench_figure(bool ok, const char *name, uint64_t total, uint64_t rounds);

/*
 * A command that does the same in several situations has one figure: that of the situation in which
 * it costs most. The other costs are printed as notes.
 */
struct worst {
	const char *name;
	uint64_t ticks;
	bool failed;
};

/* The figure of one situation. */
void worst_add(struct worst *w, bool ok, uint64_t ticks, const char *situation);
void worst_figure(const struct worst *w);

/* Tables (bench_tables.c), single granules (bench_granules.c), Realms and RECs (bench_objects.c).
 */
void bench_tables(void);
void bench_granules(void);
void bench_objects(void);

#endif
