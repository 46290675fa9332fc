/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of the RMM, one function per RMI command (abi/rmi.h). rmi.c issues the SMC, repeats it
 * while the RMM answers BUSY or BLOCKED, and drives stateful operations (donate, reclaim, cancel)
 * to their end, so that callers only see final results.
 *
 * Every function may sleep, takes no lock, and may be called under the mutexes of vm.h. Addresses
 * are physical (pa) or guest physical with the shared bit where it applies (ipa). The result is the
 * RMI status word, 0 for success: RMI_STATUS() and RMI_INDEX() take it apart, rmi_errno() turns it
 * into an errno. A BUSY that lasts RMI_BUSY_SECONDS is given back as it is.
 */
#ifndef HOST_RMI_H
#define HOST_RMI_H

#include "compat.h"

struct cca_pool;

#define RMI_BUSY_SECONDS 10

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

int rmi_errno(u64 status);

u64 rmi_granule_delegate(u64 base, u64 top, u64 *out_top);
u64 rmi_granule_undelegate(u64 base, u64 top, u64 *out_top);

/* Memory the operation asks for comes from the pool and what it gives back goes there. */
u64 rmi_realm_create(struct cca_pool *pool, u64 rd, const struct rmi_realm_params *params);
u64 rmi_realm_activate(u64 rd);
u64 rmi_realm_terminate(struct cca_pool *pool, u64 rd);
u64 rmi_realm_destroy(struct cca_pool *pool, u64 rd);
u64 rmi_rec_create(struct cca_pool *pool, u64 rd, u64 rec, const struct rmi_rec_params *params);
u64 rmi_rec_destroy(struct cca_pool *pool, u64 rec);

/* target_rec: the REC the CPU_ON is for. Drafts with and without that argument are both served. */
u64 rmi_psci_complete(u64 calling_rec, u64 target_rec, u64 psci_status);

u64 rmi_rtt_create(u64 rd, u64 rtt, u64 ipa, int level);
u64 rmi_rtt_destroy(u64 rd, u64 ipa, int level, u64 *rtt, u64 *next);
u64 rmi_rtt_fold(u64 rd, u64 ipa, int level, u64 *rtt);
struct rmi_rtt_entry {
	s64 level; /* where the walk ended */
	u64 state; /* RMI_UNASSIGNED and so on */
	u64 desc;
	u64 ripas; /* RMI_RIPAS_x */
};
u64 rmi_rtt_read_entry(u64 rd, u64 ipa, int level, struct rmi_rtt_entry *entry);
u64 rmi_rtt_init_ripas(u64 rd, u64 base, u64 top, u64 *out_top);
u64 rmi_rtt_set_ripas(u64 rd, u64 rec, u64 base, u64 top, u64 *out_top);

u64 rmi_data_map_init(u64 rd, u64 pa, u64 ipa, u64 src, u64 flags);
/* list: address of the sources' addresses. Only where extensions has DATA_MAP_INIT_RANGE. */
u64 rmi_data_map_init_range(u64 rd, u64 base, u64 top, u64 flags, u64 pa, u64 list, u64 *out_top);
/* desc: one range descriptor, see rmi_desc(). */
u64 rmi_data_map(u64 rd, u64 base, u64 top, u64 desc, u64 *out_top);
u64 rmi_data_unmap(u64 rd, u64 base, u64 top, u64 *out_top);
u64 rmi_unprot_map(u64 rd, u64 base, u64 top, u64 attr_flags, u64 desc, u64 *out_top);
u64 rmi_unprot_unmap(u64 rd, u64 base, u64 top, u64 *out_top);
/* The same without a sleep; RMI_BUSY if that would take one. */
u64 rmi_unprot_unmap_now(u64 rd, u64 base, u64 top, u64 *out_top);

/* A range descriptor of count blocks of the size of an RTT level (1..3), delegated. */
static inline u64 rmi_desc(u64 pa, int level, u64 count)
{
	return pa | count << RMI_DESC_COUNT_SHIFT | (u64)(3 - level);
}

#endif
