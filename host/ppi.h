/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The physical per-CPU interrupts that end a REC run: both EL1 timers and GIC maintenance. KVM owns
 * them while it is active; without it they are ours. Called by module load and unload.
 */
#ifndef HOST_PPI_H
#define HOST_PPI_H

/* 0, or an errno: without these interrupts a Realm would never see its timers. */
int cca_ppi_init(void);
void cca_ppi_exit(void);

#endif
