/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's side of the EL2 stub, and of the hypervisor. Only for the files of el2/. */
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

/* The page that this CPU shares with who has EL2; NULL: HYP_ENTER is not served now. */
DECLARE_PER_CPU(struct cca_switch *, cca_el2_shared);

/* ICH_VTR_EL2, the same on every CPU. */
extern u64 cca_el2_vtr;

/* hypervisor.c: is there a hypervisor of ours below this kernel? */
bool cca_hypervisor_found(void);
/* CPU hotplug: the CPU has its shared page while it is online. */
int cca_hypervisor_online(unsigned int cpu);
int cca_hypervisor_offline(unsigned int cpu);
/* Gives the mappings of the shared pages back. Does nothing if there are none. */
void cca_hypervisor_forget(void);

#endif
