/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of the module, files of /sys/kernel/debug/kvm-cca/. delegated, rtts, recs, realms and
 * vms are zero when no VM is left; leaked is zero always.
 */
#ifndef HOST_STATS_H
#define HOST_STATS_H

#include <linux/atomic.h>

enum cca_stat {
	STAT_VMS,
	STAT_REALMS,
	STAT_RECS,
	STAT_RTTS,
	STAT_DELEGATED,	 /* granules now in Realm PAS by our doing */
	STAT_PRIVATE,	 /* of them pages of guest_memfds */
	STAT_LEAKED,	 /* granules that could not be given back */
	STAT_RMM_OWNED,	 /* granules given to the RMM itself at its activation */
	STAT_RMM_FOUND,	 /* 1: the RMM was active before this load */
	STAT_MAP_CALLS,	 /* RTT_DATA_MAP and DATA_MAP_INIT */
	STAT_MAP_BLOCKS, /* of them with 2 MiB blocks */
	STAT_SHARED_MAPS,
	STAT_FOLDS,
	STAT_EXIT_SYNC,
	STAT_EXIT_IRQ,
	STAT_EXIT_TIMER, /* of them with another level of a timer */
	STAT_EXIT_EOI,	 /* of them with an end of interrupt that was asked for */
	STAT_EXIT_FIQ,
	STAT_EXIT_PSCI,
	STAT_EXIT_RIPAS,
	STAT_EXIT_HOST_CALL,
	STAT_EXIT_SERROR,
	STAT_EXIT_OTHER,
	STAT_EXIT_FAILED, /* REC_ENTER answered an error */
	STAT_EXIT_USER,	  /* KVM_RUN came back to user space */
	STAT_IRQ_INJECTED,
	STAT_IRQ_TAKEN,	  /* acknowledged by a Realm */
	STAT_LR_OVERFLOW, /* more pending than list registers */
	STAT_VGIC_WAITS,  /* runs ended for an access of another vCPU to the GIC */
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
