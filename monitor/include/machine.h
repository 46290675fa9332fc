/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the monitor knows of the machine (read from the device tree) and how it shares out the
 * memory. Filled by the boot stage; the resident stage gets what it needs through handoff.h.
 */
#ifndef MONITOR_MACHINE_H
#define MONITOR_MACHINE_H

#include <stdint.h>

#define MAX_CPUS	32
#define MAX_DRAM_BANKS	8
#define MAX_DEV_REGIONS 8

/* [base, base + size), physical, bytes. */
struct region {
	uint64_t base;
	uint64_t size;
};

struct machine {
	uint32_t nr_cpus;
	uint64_t mpidr[MAX_CPUS]; /* affinity fields as in MPIDR_EL1 */
	uint32_t nr_dram;
	struct region dram[MAX_DRAM_BANKS]; /* ascending, 4 KiB aligned, not overlapping */
	uint32_t nr_coh_dev;
	struct region coh_dev[MAX_DEV_REGIONS]; /* DMA-coherent PCIe windows and ECAM */
	struct region uart; /* Non-secure PL011: the host's and the RMM's console */
	uint64_t uart_clk_hz;
	struct region secure_uart; /* the monitor's console, size 0 if absent */
	struct region secure_gpio; /* PL061: line 0 powers off, line 1 resets */
	struct region gicd;
	struct region gicr;
	struct region secure_sram;
	struct region secure_flash;
	/* The first address above everything the device tree names: PPS must cover it. */
	uint64_t top;
};

/*
 * The carve-outs. `rmm` is Realm PAS: image first, then memory for RESERVE_MEMORY, the last granule
 * is the shared buffer. All but `shared` are multiples of 2 MiB, at the top of the DRAM below
 * 2 GiB. Without an RMM image, rmm and shared have size 0.
 */
struct layout {
	struct region gpt;     /* Root PAS: L0 table, then L1 tables */
	struct region gpt_l0;  /* inside gpt, aligned to its size */
	struct region gpt_l1;  /* inside gpt: one table per L0 entry that layout_has_l1() names */
	uint32_t gpt_pps;      /* GPCCR_EL3.PPS: covers machine.top */
	uint32_t gpt_l0_shift; /* log2 of the bytes one L0 entry describes: 30 + L0GPTSZ */
	struct region rmm;
	struct region rmm_image; /* start of rmm: the image and room for what follows it */
	struct region rmm_pool;	 /* what RESERVE_MEMORY hands out */
	struct region shared;
	struct region kernel; /* Non-secure: where the host's Image goes, size = its image_size */
	struct region initrd;
	uint64_t fdt; /* Non-secure: the device tree stays where the machine put it */
};

#endif
