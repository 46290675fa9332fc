/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The RMM as a whole: its activation and deactivation, for main.c, and what it can do (rmi_info),
 * for all rooms above.
 */
#ifndef HOST_RMI_PROBE_H
#define HOST_RMI_PROBE_H

#include "host/compat/kernel.h"

/* What the RMM says of itself. Valid once rmi_probe() has returned 0; it never changes. */
struct rmi_info {
	u64 version;
	u64 features[5];
	u64 extensions; /* RMI_FEATURE_EXT_x of abi/rmi_ext.h */
};
extern struct rmi_info rmi_info;

/* The most event counters that a Realm's PMU can have, plus one; 0: the RMM has no PMU. */
static inline unsigned int rmi_pmu_max(void)
{
	u64 f = rmi_info.features[0];

	return f & RMI_FEATURE0_PMU ? (f >> RMI_FEATURE0_PMU_NUM_CTRS_SHIFT & 0x1f) + 1 : 0;
}

/* Finds the RMM and activates it. 0, or an errno with *why = the reason for the log. */
int rmi_probe(const char **why);
/*
 * After a sleep in which the machine may have been off: activates the RMM if it is not active, and
 * takes back the memory that its predecessor had of the host. 0, or an errno and in *why the reason
 * why there are no Realms.
 */
int rmi_resume(const char **why);
/*
 * Deactivates the RMM if rmi_probe() activated it, the RMM knows how, and it has nothing of ours.
 * No VM is left.
 */
void rmi_deactivate(void);
/*
 * The same for unload. If the RMM stays active it also keeps the memory that its activation took.
 */
void rmi_release(void);

#endif
