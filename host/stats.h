/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of the module: the files of /sys/kernel/debug/kvm-cca/. When no VM is left, delegated,
 * rtts, recs, realms and vms are zero. leaked is always zero unless an RMM misbehaves.
 */
#ifndef HOST_STATS_H
#define HOST_STATS_H

#include <linux/atomic.h>

enum cca_stat {
	STAT_VMS,
	STAT_REALMS,
	STAT_RECS,
	STAT_RTTS,
	STAT_DELEGATED,	  /* granules that this module has delegated and not got back */
	STAT_PRIVATE,	  /* how many of these are pages of guest_memfds */
	STAT_FILE_SHARED, /* shared pages of guest_memfds */
	STAT_LEAKED,	  /* granules that could not be given back */
	STAT_RMM_OWNED,	  /* granules given to the RMM itself at its activation */
	STAT_RMM_FOUND,	  /* 1: the RMM was active before this load */
	STAT_MAP_CALLS,	  /* RTT_DATA_MAP and DATA_MAP_INIT */
	STAT_MAP_BLOCKS,  /* how many of these mapped a 2 MiB block */
	STAT_SHARED_MAPS,
	STAT_FOLDS,
	STAT_EXIT_SYNC,
	STAT_EXIT_IRQ,
	STAT_EXIT_TIMER, /* how many of these came with a timer's output changed */
	STAT_EXIT_EOI,	 /* how many of these came for an end of interrupt that was asked for */
	STAT_EXIT_FIQ,
	STAT_EXIT_PSCI,
	STAT_EXIT_RIPAS,
	STAT_EXIT_HOST_CALL,
	STAT_EXIT_SERROR,
	STAT_EXIT_OTHER,
	STAT_EXIT_FAILED, /* REC_ENTER answered an error */
	STAT_EXIT_USER,	  /* KVM_RUN came back to user space */
	STAT_IRQ_INJECTED,
	STAT_IRQ_TAKEN,	  /* interrupts that a Realm has acknowledged */
	STAT_LR_OVERFLOW, /* entries with more interrupts pending than list registers */
	STAT_VGIC_WAITS,  /* runs that were ended because another vCPU accessed the GIC */
	STAT_MSI_SENT,	  /* messages that became an LPI */
	STAT_MSI_BLOCKED, /* those that the guest has not mapped or not enabled */
	STAT_IOEVENTFD,	  /* writes of a Realm that signalled an eventfd */
	STAT_COUNT,
};

extern atomic64_t cca_stats[STAT_COUNT];

static inline void cca_stat_add(enum cca_stat stat, s64 n)
{
	atomic64_add(n, &cca_stats[stat]);
}

static inline void cca_stat_inc(enum cca_stat stat)
{
	atomic64_inc(&cca_stats[stat]);
}

void cca_stats_init(void);
void cca_stats_exit(void);

#endif
