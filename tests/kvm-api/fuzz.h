/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random calls: what the files of the group fuzz share. fuzz.c has the threads and chooses;
 * fuzz_memory.c, fuzz_vcpu.c and fuzz_events.c make the calls.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <pthread.h>

#include "kvm_api.h"

#define EACH	    6 /* descriptors of a kind */
#define FILE_SIZE   (4 * BLOCK)
#define USER_SIZE   (2 * FILE_SIZE)
#define DIST_BASE   0x8000000UL
#define REDIST_BASE 0x80a0000UL
#define ITS_BASE    0x8080000UL

enum kind { VM, GMEM, VCPU, GIC, ITS, EVENT, KINDS };

struct fuzzer {
	pthread_t thread;
	pid_t tid;
	const char *doing;
	unsigned int seed;
};

/* A step makes a call and returns what that has returned. */
struct step {
	const char *name;
	int (*call)(struct fuzzer *f);
	unsigned int weight;
	bool must; /* of many some have to be good */
	unsigned long good, all;
};

#define STEP(name, call, weight, must)                                                             \
	{                                                                                          \
		name, call, weight, must, 0, 0                                                     \
	}

/* Each ends with one that has no name. */
extern struct step fuzz_memory_steps[], fuzz_vcpu_steps[], fuzz_event_steps[];

extern struct kvm_run *fuzz_runs[EACH]; /* a place for each vCPU's pages, always mapped */
extern char *fuzz_user;			/* USER_SIZE bytes of ordinary memory */

unsigned int rnd(struct fuzzer *f, unsigned int n);
/* Mostly true. */
bool often(struct fuzzer *f);
/* A number at which something may go wrong. */
uint64_t odd(struct fuzzer *f);
/* An address in the Realm's memory and a size of it, mostly. */
uint64_t place(struct fuzzer *f);
uint64_t length(struct fuzzer *f);

/* One of the descriptors of a kind, any or that of a number; -1: there is none now. */
int any(struct fuzzer *f, enum kind kind);
int nth(enum kind kind, unsigned int i);
/* A new descriptor in place of an old one; -1 only closes. */
void keep(enum kind kind, unsigned int i, int fd);
/* The same in any place, if it is none that says an error; returns it. */
int keep_any(struct fuzzer *f, enum kind kind, int fd);

/* Beginning and end of the memory that fuzz_memory.c has. */
void fuzz_memory_begin(void);
void fuzz_memory_end(void);

#endif
