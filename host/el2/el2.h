/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exception level of the kernel, and what follows from it. At EL2 (VHE) the module enters RECs
 * itself. At EL1 with EL2 free it puts the stub of host/hyp there and calls it (docs/host-
 * modes.md), unless the project's hypervisor has it. For everybody above el2/.
 */
#ifndef HOST_EL2_EL2_H
#define HOST_EL2_EL2_H

#include <linux/types.h>

struct cca_switch;

/*
 * Can this kernel have Realms? 0 at EL2, and at EL1 if nobody has EL2; else -ENODEV and the reason
 * in *why. Changes nothing.
 */
int cca_el2_probe(const char **why);

/* At EL1: takes EL2 on every CPU that is or comes online. 0, or an errno and *why. At EL2: 0. */
int cca_el2_start(const char **why);

/* Gives EL2 back on every CPU, if it was taken. */
void cca_el2_stop(void);

/* Who has EL2 if the kernel has not: words to go on with in the log, or "". */
const char *cca_el2_owner(void);

/* ICH_VTR_EL2, the same on every CPU; 0 before cca_el2_start(). */
u64 cca_el2_ich_vtr(void);

/*
 * cca_switch_enter() at EL2, from either level. Interrupts masked. A CPU that goes offline has
 * given EL2 back: there nothing is entered at EL1, and sw->status is RMI_BUSY.
 */
void cca_el2_enter(struct cca_switch *sw);

#endif
