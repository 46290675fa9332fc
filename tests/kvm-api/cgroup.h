/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A memory cgroup: it limits what a process may have, and still counts what nobody freed once the
 * process is gone.
 */
#ifndef KVM_API_CGROUP_H
#define KVM_API_CGROUP_H

#include <stdbool.h>

/* Makes the cgroup of these tests, without a limit. False, with a failed result, if it cannot. */
bool cgroup_make(void);
/* Moves the caller, and so the children it will have, into the cgroup. */
void cgroup_enter(void);
/* How many bytes are charged to the cgroup. */
long cgroup_current(void);
/*
 * Limits the cgroup to `bytes` more than it has now; negative: no limit. Before it sets a limit, it
 * locks all that the caller has and will map in memory: no madvise() drops it from then on.
 */
void cgroup_allow(long bytes);
/* After cgroup_allow(): takes the limit down to what the cgroup has. */
void cgroup_tighten(void);

/*
 * Runs a test in a child in the cgroup and returns what the test returns: true is good. Waits until
 * the child's VMs have gone, and stores in *kept what is still charged then. All results that the
 * child reports by ok() count for the parent as this one.
 */
bool cgroup_run(bool (*test)(void), long *kept);

#endif
