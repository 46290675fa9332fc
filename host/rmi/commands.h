/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The RMI commands, one function each (abi/rmi.h). They repeat a call while the RMM is busy and
 * drive stateful operations (donate, reclaim, cancel) to their end, so that callers only see final
 * results. For everybody above granule/.
 *
 * Every function may sleep, takes no lock, and may be called under the mutexes of vm/vm.h.
 * Addresses are physical (pa) or guest physical with the shared bit where it applies (ipa). Results
 * are as in call.h.
 */
#ifndef HOST_RMI_COMMANDS_H
#define HOST_RMI_COMMANDS_H

#include "host/granule/pool.h"
#include "host/rmi/call.h"

/* The memory that these ask for comes from the pool, and what they give back goes there. */
u64 rmi_realm_create(struct cca_pool *pool, u64 rd, const struct rmi_realm_params *params);
u64 rmi_realm_activate(u64 rd);
u64 rmi_realm_terminate(struct cca_pool *pool, u64 rd);
u64 rmi_realm_destroy(struct cca_pool *pool, u64 rd);
u64 rmi_rec_create(struct cca_pool *pool, u64 rd, u64 rec, const struct rmi_rec_params *params);
u64 rmi_rec_destroy(struct cca_pool *pool, u64 rec);

/* target_rec: the REC that the CPU_ON is for. Drafts with and without that argument are served. */
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
/*
 * list: the address of an array with the addresses of the sources. To be called only if
 * rmi_info.extensions has DATA_MAP_INIT_RANGE.
 */
u64 rmi_data_map_init_range(u64 rd, u64 base, u64 top, u64 flags, u64 pa, u64 list, u64 *out_top);
/* desc: one range descriptor, see rmi_desc(). */
u64 rmi_data_map(u64 rd, u64 base, u64 top, u64 desc, u64 *out_top);
u64 rmi_data_unmap(u64 rd, u64 base, u64 top, u64 *out_top);
u64 rmi_unprot_map(u64 rd, u64 base, u64 top, u64 attr_flags, u64 desc, u64 *out_top);
u64 rmi_unprot_unmap(u64 rd, u64 base, u64 top, u64 *out_top);
/* The same without a sleep; RMI_BUSY if that would take one. */
u64 rmi_unprot_unmap_now(u64 rd, u64 base, u64 top, u64 *out_top);

/*
 * The range descriptor of count delegated blocks from pa on, each of the size of RTT level 1 to 3.
 */
static inline u64 rmi_desc(u64 pa, int level, u64 count)
{
	return pa | count << RMI_DESC_COUNT_SHIFT | (u64)(3 - level);
}

#endif
