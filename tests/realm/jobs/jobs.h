/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What kvm-api-test's small VMM (machine.c) and the bare-metal Realm it runs (jobs.c) agree on: the
 * job in X0 of the first vCPU, and 64-bit writes to a device that is not there: REPORT << 32 |
 * value.
 */
#ifndef REALM_JOBS_H
#define REALM_JOBS_H

#define JOBS_IPA_BITS  40
#define JOBS_SHARED    (1UL << (JOBS_IPA_BITS - 1))
#define JOBS_RAM       0x40000000UL
#define JOBS_GICD      0x08000000UL
#define JOBS_GICR      0x080a0000UL
#define JOBS_GITS      0x08080000UL
#define JOBS_DEVICE    0x09000000UL
#define JOBS_DOORBELL  0x0a000000UL /* of job LPI: writes that signal eventfds */
#define JOBS_CPUS_MAX  8
/* The page the Realm shares in job SHARE, amid those that the host may map together. */
#define JOBS_WINDOW    (JOBS_RAM + (4UL << 20) + (32UL << 12))
#define JOBS_SPIS      20 /* from 32 on */
#define JOBS_WFIT_MS   20
#define JOBS_CALLS     0x80000000, 0xc5000001, 0xc5000010, 0xc5000020
#define JOBS_ROUNDS    64 /* of job ACTIVE */
/* Of job LPI: a device whose events lead to LPIs of the same order, and SPIs. */
#define JOBS_LPI       8192
#define JOBS_MSI_ID    24
#define JOBS_EVENTS    4
#define JOBS_SPI_EDGE  33
#define JOBS_SPI_LEVEL 34
/* Of job PMU. */
#define JOBS_PPI_PMU   23
#define JOBS_OVERFLOWS 20
#define JOBS_REWRITES  20000 /* between READY 0 and 1, with an overflow pending */

enum job {
	JOB_OFF,   /* vCPUs exit all the time, then the first powers off; X0 >> 8 vCPUs, >> 16 delay
		    */
	JOB_SPIN,  /* for ever, without an exit */
	JOB_WFI,   /* for ever, with nothing that could end it */
	JOB_EDGE,  /* SPIs: all pending at once, one handled after the other */
	JOB_DIR,   /* SPIs: all active at once, deactivated later in another order */
	JOB_LEVEL, /* SPIs: level-sensitive, the device drops its line on DONE */
	JOB_SHARE, /* a page is shared; X0 >> 8 reads and writes on the VMM's word */
	JOB_NO_ISV,  /* MMIO by an instruction that has no syndrome */
	JOB_VECTORS, /* V registers over MMIO, X0 >> 8 times with X0 >> 16 turns of a loop */
	JOB_WFIT,    /* FEAT_WFxT, and milliseconds that a WFIT and a WFET of JOBS_WFIT_MS take */
	JOB_TIMER,   /* WFI for ever, a timer as X0 >> 8 says, its interrupt disabled in the GIC */
	JOB_CALLS,   /* a HOST_CALL of each function in JOBS_CALLS; X0 and X30 of the answers */
	JOB_ACTIVE,  /* two vCPUs: the second reads what is in the first one's list registers */
	JOB_LPI,     /* two vCPUs: an ITS in shared memory, eventfds; READY by enum job_lpi */
	JOB_PMU, /* two vCPUs: counters overflow; VALUEs by enum job_pmu, then two for each vCPU */
};

/* The first VALUEs of job PMU. */
enum job_pmu {
	PMU_VERSION,  /* ID_AA64DFR0_EL1.PMUVer */
	PMU_COUNTERS, /* PMCR_EL0.N */
	PMU_COUNTED,  /* cycles, at most 32 bits of them */
	PMU_EARLY,    /* interrupts taken while they were masked: none */
	PMU_WRONG, /* of each vCPU: interrupts that were not those of the counter they were due from
		    */
	PMU_TAKEN, /* of each vCPU: interrupts, JOBS_OVERFLOWS and one more of the first vCPU */
};

/* What the VMM does at each READY of job LPI, and the Realm waits for. */
enum job_lpi {
	LPI_SIGNAL,   /* SIGNAL_MSI of event 0 */
	LPI_IRQFD,    /* an eventfd that leads to event 1 */
	LPI_MOVED,    /* event 0, which now is the second vCPU's */
	LPI_DISABLED, /* event 0, disabled: it is taken when it is enabled again */
	LPI_EDGE,     /* an eventfd that leads to JOBS_SPI_EDGE */
	LPI_LEVEL,    /* one with a resampler, to JOBS_SPI_LEVEL; twice */
	LPI_LEVEL_AGAIN,
	LPI_LEVEL_GONE, /* the same, whose eventfds are taken away then: nothing is taken */
	LPI_DOORBELL,	/* the Realm has written to JOBS_DOORBELL */
	LPI_GONE,	/* event 1, which is discarded */
};

enum job_timer { JOB_TIMER_PAST, JOB_TIMER_MASKED, JOB_TIMER_FAR };

enum report {
	REPORT_READY = 1, /* the VMM does its part before it lets the vCPU go on */
	REPORT_TAKEN,	  /* an interrupt, by its number */
	REPORT_VALUE,
	REPORT_END,
	REPORT_DIED, /* an exception nobody expected: its ESR */
};

#endif
