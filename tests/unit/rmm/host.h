/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A host for tests: calls RMI commands on the simulated machine and builds Realms. Everything that
 * can fail and must not, stops the test.
 */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "abi/rmi.h"
#include "machine.h"
#include "rule.h"
#include "rmm/rmi2/rmi.h"

/* X0..X7 after a command. Unused arguments are 0. */
struct rmi_regs rmi_call(uint64_t fid, const uint64_t *args, size_t n);
#define RMI(fid, ...)                                                                              \
	rmi_call(fid, (const uint64_t[]){0, ##__VA_ARGS__} + 1,                                    \
		 sizeof((const uint64_t[]){0, ##__VA_ARGS__}) / 8 - 1)

/* The command's X0 is `status`. */
#define assert_rmi(status, fid, ...)                                                               \
	assert_int_equal(RMI(fid, ##__VA_ARGS__).x[0], (uint64_t)(status))
#define assert_ok(fid, ...) assert_rmi(RMI_SUCCESS, fid, ##__VA_ARGS__)
#define RTT_ERROR(level)    RMI_STATUS_INDEX((uint64_t)RMI_ERROR_RTT, (uint64_t)(level))

/* Group set-up of every program that uses this file: machine and RMM_ACTIVATE. */
int host_setup(void **state);

/* n granules of host memory, aligned to their size; never handed out again. */
uint64_t host_pages(size_t n);
/* The same, delegated. */
uint64_t host_delegated(size_t n);

void delegate(uint64_t pa, size_t n);
void undelegate(uint64_t pa, size_t n);

#define TEST_RECS_MAX	4
#define TEST_TABLES_MAX 64
#define TEST_PAGES_MAX	64

struct realm {
	uint64_t rd;
	uint64_t params_pa;
	struct rmi_realm_params *params; /* host memory */
	uint64_t rec[TEST_RECS_MAX];
	unsigned int recs;
	struct {
		uint64_t pa, ipa;
		int level;
	} table[TEST_TABLES_MAX];
	unsigned int tables;
	struct {
		uint64_t pa, ipa;
	} page[TEST_PAGES_MAX];
	unsigned int pages;
};

/* Default parameters: 40-bit IPA, start level 1 with 2 tables, SHA-256. Not created. */
void realm_init(struct realm *r);
void realm_create(struct realm *r);
/* realm_init and realm_create. */
void realm_new(struct realm *r);
/* One REC more, runnable or not. Its params page is reused by the next. */
void realm_add_rec(struct realm *r, bool runnable);
/* The same in a certain granule, which is delegated. */
void realm_add_rec_at(struct realm *r, uint64_t rec, bool runnable);
void realm_activate(struct realm *r);
/* Tables down to `level` for ipa, where missing. */
void realm_tables(struct realm *r, uint64_t ipa, int level);
/* A page of zeroes, or of content (NEW), at ipa, with the tables it needs. Returns its PA. */
uint64_t realm_map(struct realm *r, uint64_t ipa);
uint64_t realm_map_init(struct realm *r, uint64_t ipa, const void *content);
void realm_ripas_ram(struct realm *r, uint64_t base, uint64_t top);
/* Takes apart whatever the Realm has and checks that all of it comes back. */
void realm_destroy(struct realm *r);

/* Drives an operation that returned INCOMPLETE to its end. */
struct rmi_regs op_finish(struct rmi_regs first);

const struct s2 *realm_s2(const struct realm *r);
struct rec *realm_rec(const struct realm *r, unsigned int i);
struct rd *realm_rd(const struct realm *r);

struct rmi_rec_run *run_page(uint64_t *pa);

#define DESC(level, pa, count)                                                                     \
	((uint64_t)(3 - (level)) | (uint64_t)(count) << RMI_DESC_COUNT_SHIFT | (uint64_t)(pa))

#endif
