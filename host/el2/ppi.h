/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The physical per-CPU interrupts that end a REC run: those of the timers, of GIC maintenance and
 * of the PMU. KVM, the kernel's tick or perf may have some of them; the rest are requested here.
 * For main.c, el2/ and, where it says so, the run loop.
 */
#ifndef HOST_EL2_PPI_H
#define HOST_EL2_PPI_H

/*
 * The timers by their places in the device tree's node; place 0 is the secure one. ACPI names them.
 */
enum cca_ppi_timer { PPI_TIMER_PHYSICAL = 1, PPI_TIMER_VIRTUAL, PPI_TIMER_EL2 };

/* Does somebody handle this timer's interrupt? */
bool cca_ppi_taken(enum cca_ppi_timer timer);

/* 0, or an errno: without these interrupts a Realm would never see its timers. */
int cca_ppi_init(void);
void cca_ppi_exit(void);

/*
 * For the run loop, with interrupts masked: keeps the PMU's interrupt of this CPU from ending a
 * run, or lets it again. Nothing happens where no such interrupt is known; there overflows are seen
 * at the next exit.
 */
void cca_ppi_mask_pmu(bool masked);

#endif
