/* SPDX-License-Identifier: BSD-3-Clause */
/* What the steps of a hostile host (hostile.h) are made of. */
#ifndef TESTS_HOSTILE_STEP_H
#define TESTS_HOSTILE_STEP_H

#include "hostile.h"
#include "pool.h"
#include "rmm/rmi2/rmi.h"
#include "rmm/run/run.h"

/* ---- decisions and values: step.c ---- */

/* A number below `below`; 0 when the fuzz input is used up. */
uint32_t rnd(struct hostile *h, uint32_t below);
bool rarely(struct hostile *h);

/* Mostly one of the pool that may be such an object; rarely any page, or none. */
uint64_t any_page(struct hostile *h);
uint64_t any_rd(struct hostile *h);
uint64_t any_rec(struct hostile *h);
uint64_t any_ipa(struct hostile *h);

/* A few places in both halves of a 32-bit IPA space, some of them in the same tables. */
#define HOSTILE_BASES 5
extern const uint64_t hostile_bases[HOSTILE_BASES];

/* addr, mostly aligned to what an entry of the level covers. */
uint64_t block_of(struct hostile *h, uint64_t addr, int level);

/* An address range descriptor: n blocks of the level from pa on. */
uint64_t addr_desc(int level, uint64_t pa, uint64_t n);

/* A page for an object: usually one the host takes care to delegate before. */
uint64_t fresh_page_at(struct hostile *h, uint64_t pa);
uint64_t fresh_page(struct hostile *h);

/* ---- calls: step.c ---- */

/* An RMI call; returns its status without the index. */
uint64_t rmi_call(struct rmi_regs *r, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
		  uint64_t x4, uint64_t x5);

/* The same, counted in hostile_done[kind]. True: SUCCESS or INCOMPLETE. */
bool counted_call(enum hostile_kind kind, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
		  uint64_t x4, uint64_t x5);
void count_success(enum hostile_kind kind);

/* Gives the operation of a call what it asks for, until it ends or does not want it. */
uint64_t drive_op(struct hostile *h, uint64_t handle, struct rmi_regs r);

/* ---- sequences that several steps use: objects.c ---- */

void realm_create_at(struct hostile *h, uint64_t rd);
bool rec_create_one(struct hostile *h, uint64_t rd, uint64_t rec, uint64_t mpidr, bool runnable);

/* Ends all that is left over of operations, RECs and Realms, wherever it lies. */
void sweep(struct hostile *h);

/* ---- what a Realm does when it runs: realms.c ---- */

void realm_plays(struct rec *rec, const struct rec_enter *enter, struct rec_exit *exit);

/* ---- the steps: objects.c, memory.c, realms.c ---- */

#define HOSTILE_STEP(name, one_in) void hostile_##name(struct hostile *h);
HOSTILE_KINDS(HOSTILE_STEP)

#endif
