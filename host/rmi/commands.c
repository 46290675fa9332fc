// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RMI commands as functions (commands.h): each puts its arguments into registers and its
 * results where the caller wants them.
 */
#include "abi/rmi_ext.h"
#include "host/rmi/call.h"
#include "host/rmi/commands.h"
#include "host/rmi/op.h"
#include "host/stats.h"

u64 rmi_realm_create(struct cca_pool *pool, u64 rd, const struct rmi_realm_params *params)
{
	struct rmi_regs r = {{RMI_REALM_CREATE, rd, virt_to_phys(params)}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_realm_activate(u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_ACTIVATE, rd}};

	return rmi_run(&r);
}

u64 rmi_realm_terminate(struct cca_pool *pool, u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_TERMINATE, rd}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_realm_destroy(struct cca_pool *pool, u64 rd)
{
	struct rmi_regs r = {{RMI_REALM_DESTROY, rd}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_rec_create(struct cca_pool *pool, u64 rd, u64 rec, const struct rmi_rec_params *params)
{
	struct rmi_regs r = {{RMI_REC_CREATE, rd, rec, virt_to_phys(params)}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_rec_destroy(struct cca_pool *pool, u64 rec)
{
	struct rmi_regs r = {{RMI_REC_DESTROY, rec}};

	return rmi_run_memory(pool, &r);
}

u64 rmi_psci_complete(u64 calling_rec, u64 target_rec, u64 psci_status)
{
	struct rmi_regs with_target = {{RMI_PSCI_COMPLETE, calling_rec, target_rec, psci_status}};
	struct rmi_regs without = {{RMI_PSCI_COMPLETE, calling_rec, psci_status}};
	u64 status;

	/*
	 * Drafts differ in whether there is a target, and no register tells which is meant. Each
	 * form fails with INPUT where the other is expected, because the address of a REC is no
	 * PSCI status, and a PSCI status is no REC.
	 */
	status = rmi_run(&without);
	if (RMI_STATUS(status) == RMI_ERROR_INPUT)
		status = rmi_run(&with_target);
	return status;
}

u64 rmi_rtt_create(u64 rd, u64 rtt, u64 ipa, int level)
{
	struct rmi_regs r = {{RMI_RTT_CREATE, rd, rtt, ipa, level}};

	return rmi_run(&r);
}

u64 rmi_rtt_destroy(u64 rd, u64 ipa, int level, u64 *rtt, u64 *next)
{
	struct rmi_regs r = {{RMI_RTT_DESTROY, rd, ipa, level}};
	u64 status = rmi_run(&r);

	*rtt = r.x[1];
	*next = r.x[2];
	return status;
}

u64 rmi_rtt_fold(u64 rd, u64 ipa, int level, u64 *rtt)
{
	struct rmi_regs r = {{RMI_RTT_FOLD, rd, ipa, level}};

	return rmi_run_out(&r, rtt);
}

u64 rmi_rtt_read_entry(u64 rd, u64 ipa, int level, struct rmi_rtt_entry *entry)
{
	struct rmi_regs r = {{RMI_RTT_READ_ENTRY, rd, ipa, level}};
	u64 status = rmi_run(&r);

	entry->level = r.x[1];
	entry->state = r.x[2];
	entry->desc = r.x[3];
	entry->ripas = r.x[4];
	return status;
}

u64 rmi_rtt_init_ripas(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_INIT_RIPAS, rd, base, top}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_rtt_set_ripas(u64 rd, u64 rec, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_SET_RIPAS, rd, rec, base, top}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_map_init(u64 rd, u64 pa, u64 ipa, u64 src, u64 flags)
{
	struct rmi_regs r = {{RMI_RTT_DATA_MAP_INIT, rd, pa, ipa, src, flags}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run(&r);
}

u64 rmi_data_map_init_range(u64 rd, u64 base, u64 top, u64 flags, u64 pa, u64 list, u64 *out_top)
{
	struct rmi_regs r = {{RMI_EXT_DATA_MAP_INIT_RANGE, rd, base, top, flags, pa, list}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_map(u64 rd, u64 base, u64 top, u64 desc, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_DATA_MAP, rd, base, top, RMI_MAP_OADDR_SINGLE, desc}};

	cca_stat_inc(STAT_MAP_CALLS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_data_unmap(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_DATA_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_map(u64 rd, u64 base, u64 top, u64 attr_flags, u64 desc, u64 *out_top)
{
	struct rmi_regs r = {
		{RMI_RTT_UNPROT_MAP, rd, base, top, attr_flags | RMI_MAP_OADDR_SINGLE, desc}};

	cca_stat_inc(STAT_SHARED_MAPS);
	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_unmap(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_UNPROT_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};

	return rmi_run_range(&r, base, out_top);
}

u64 rmi_unprot_unmap_now(u64 rd, u64 base, u64 top, u64 *out_top)
{
	struct rmi_regs r = {{RMI_RTT_UNPROT_UNMAP, rd, base, top, RMI_MAP_OADDR_NONE, 0}};
	u64 status = rmi_run_now(&r);

	*out_top = r.x[1];
	return status;
}
