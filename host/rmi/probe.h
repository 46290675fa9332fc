/* SPDX-License-Identifier: GPL-2.0-only */
/* The RMM as a whole: what it is, and its activation. For main.c; rmi_info is for everybody above.
 */
#ifndef HOST_RMI_PROBE_H
#define HOST_RMI_PROBE_H

#include "host/compat/kernel.h"

/* What the RMM said of itself; valid after rmi_probe() returned 0, never changes. */
struct rmi_info {
	u64 version;
	u64 features[5];
	u64 extensions; /* RMI_FEATURE_EXT_x of abi/rmi_ext.h */
};
extern struct rmi_info rmi_info;

/* Finds the RMM and activates it. 0, or an errno with *why = the reason for the log. */
int rmi_probe(const char **why);
/*
 * After a sleep in which the machine may have been off: brings an RMM to work that is not, and
 * takes back what its predecessor had of the host's memory. 0, or an errno and why there are no
 * Realms.
 */
int rmi_resume(const char **why);
/* Ends what rmi_probe() began, if the RMM can and nothing of ours is left in it. No VM is left. */
void rmi_deactivate(void);
/* The same at unload. Memory that the activation took stays the RMM's if that stays active. */
void rmi_release(void);

#endif
