/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's side of the EL2 stub. Only for the files of el2/. */
#ifndef HOST_EL2_STUB_H
#define HOST_EL2_STUB_H

#include <linux/percpu.h>

#include "host/hyp/hyp.h"

/* The stub's memory for all possible CPUs, with the image in it, ready to be run. 0 or -ENOMEM. */
int cca_stub_make(void);
/* Does nothing if there is none. */
void cca_stub_free(void);
/* Where it is: the image comes first. */
u64 cca_stub_pa(void);
/* A CPU's page; the one that the CPU shares with EL2 follows (hyp_shared()). */
struct hyp_cpu *cca_stub_cpu(unsigned int cpu);
/* Cleans memory that EL2 reads first with its MMU and caches off. */
void cca_stub_clean(const void *start, size_t size);

/* Is the stub at EL2 of this CPU. Interrupts masked. */
DECLARE_PER_CPU(bool, cca_stub_installed);

#endif
