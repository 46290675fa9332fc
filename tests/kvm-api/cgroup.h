/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A memory cgroup: it limits what a process may have, and still counts what nobody freed once the
 * process is gone.
 */
#ifndef KVM_API_CGROUP_H
#define KVM_API_CGROUP_H

#include <stdbool.h>

/* Makes the one of these tests, without a limit. False, with a failed result, if there is none. */
bool cgroup_make(void);
/* The caller and the children it will have. */
void cgroup_enter(void);
/* What is charged to it, in bytes. */
long cgroup_current(void);
/* At most `bytes` more than now; negative: no limit. */
void cgroup_allow(long bytes);

/*
 * Runs a test in a child in the cgroup, which gets back what it returns: true is good. Waits until
 * its VMs have gone. What it said by ok() counts for the parent as one result.
 */
bool cgroup_run(bool (*test)(void), long *kept);

#endif
