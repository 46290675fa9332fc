/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch: loads ICH_*_EL2, enters a REC, reads ICH_*_EL2 back. Runs at EL2 with
 * interrupts masked: called straight by a kernel at EL2 (VHE), and by the EL2 stub of a kernel at
 * EL1 (host/hyp), of which it is part. So switch.c uses system registers and nothing of the kernel.
 */
#ifndef HOST_SWITCH_H
#define HOST_SWITCH_H

#include <linux/types.h>

#define SWITCH_MAX_LRS 16

struct cca_switch {
	/* in */
	u64 rec;
	u64 run;
	u32 nr_lrs;   /* the CPU's */
	u32 used_lrs; /* lr[0..used_lrs) are loaded and read back; others are 0 */
	u32 nr_aprs;
	u32 pad;
	/* in and out */
	u64 hcr; /* ICH_HCR_EL2: En and the enables in, EOIcount out */
	u64 lr[SWITCH_MAX_LRS];
	u64 ap0r[4];
	u64 ap1r[4];
	u64 vmcr;
	/* out */
	u64 status; /* X0 of REC_ENTER */
	u64 misr;
	u64 eisr;
	u64 elrsr;
};

/* Interrupts masked; leaves ICH_HCR_EL2 at 0. */
void cca_switch_enter(struct cca_switch *sw);

#endif
