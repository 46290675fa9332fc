// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters in debugfs: one file each, read-only.
 */
#include <linux/debugfs.h>

#include "host/compat/kernel.h"
#include "host/stats.h"

static const char *const stat_names[STAT_COUNT] = {
	[STAT_VMS] = "vms",
	[STAT_REALMS] = "realms",
	[STAT_RECS] = "recs",
	[STAT_RTTS] = "rtts",
	[STAT_DELEGATED] = "delegated",
	[STAT_PRIVATE] = "private",
	[STAT_FILE_SHARED] = "file_shared",
	[STAT_LEAKED] = "leaked",
	[STAT_RMM_OWNED] = "rmm_owned",
	[STAT_RMM_FOUND] = "rmm_found_active",
	[STAT_MAP_CALLS] = "map_calls",
	[STAT_MAP_BLOCKS] = "map_blocks",
	[STAT_SHARED_MAPS] = "shared_maps",
	[STAT_FOLDS] = "folds",
	[STAT_EXIT_SYNC] = "exit_sync",
	[STAT_EXIT_IRQ] = "exit_irq",
	[STAT_EXIT_TIMER] = "exit_timer",
	[STAT_EXIT_EOI] = "exit_eoi",
	[STAT_EXIT_FIQ] = "exit_fiq",
	[STAT_EXIT_PSCI] = "exit_psci",
	[STAT_EXIT_RIPAS] = "exit_ripas",
	[STAT_EXIT_HOST_CALL] = "exit_host_call",
	[STAT_EXIT_SERROR] = "exit_serror",
	[STAT_EXIT_OTHER] = "exit_other",
	[STAT_EXIT_FAILED] = "exit_failed",
	[STAT_EXIT_USER] = "exit_user",
	[STAT_IRQ_INJECTED] = "irq_injected",
	[STAT_IRQ_TAKEN] = "irq_taken",
	[STAT_LR_OVERFLOW] = "lr_overflow",
	[STAT_VGIC_WAITS] = "vgic_waits",
	[STAT_MSI_SENT] = "msi_sent",
	[STAT_MSI_BLOCKED] = "msi_blocked",
	[STAT_IOEVENTFD] = "ioeventfd",
};

atomic64_t cca_stats[STAT_COUNT];
static struct dentry *stats_dir;

static int stat_get(void *data, u64 *value)
{
	*value = atomic64_read((atomic64_t *)data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(stat_fops, stat_get, NULL, "%llu\n");

void cca_stats_init(void)
{
	int i;

	stats_dir = debugfs_create_dir("kvm-cca", NULL);
	for (i = 0; i < STAT_COUNT; i++)
		debugfs_create_file_unsafe(stat_names[i], 0444, stats_dir, &cca_stats[i],
					   &stat_fops);
}

void cca_stats_exit(void)
{
	debugfs_remove(stats_dir);
}
