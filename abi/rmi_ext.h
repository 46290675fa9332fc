/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extensions of RMI 2.0 (abi/rmi.h) that this project's RMM has and its host uses where it finds
 * them. RMI_FEATURES with an index that an RMM does not know gives 0, so a host that asks here and
 * gets 0 does without, and a host that does not ask never meets them.
 */
#ifndef ABI_RMI_EXT_H
#define ABI_RMI_EXT_H

#include "abi/rmi.h"

/* The feature register with one bit for each extension. */
#define RMI_FEATURES_EXT		    0x6b766d63 /* "kvmc" */
#define RMI_FEATURE_EXT_DATA_MAP_INIT_RANGE (1 << 0)
#define RMI_FEATURE_EXT_TIMER_LR	    (1 << 1)
#define RMI_FEATURE_EXT_WFI		    (1 << 2)

/*
 * RTT_DATA_MAP_INIT for each page of [base, top) in ascending order: the Realm, its measurement
 * included, is afterwards as if it had been called for each. It ends early at the end of a table,
 * at the end of the list's page, before a page that could not be mapped, and when an interrupt
 * waits, but not without a page done; the host goes on at out_top.
 *
 *	X1 rd	X2 base	X3 top	X4 flags of DATA_MAP_INIT
 *	X5 address of the first page, delegated; the others lie behind it
 *	X6 list of the sources' addresses, 8 bytes each, in a page of the host
 *	-> X0 status, X1 out_top
 *
 * Failure of the first page, in this order: INPUT: flags, data or list not aligned, list not in a
 * page of the host, rd. REALM: not new. INPUT: the range (empty, not aligned, not protected). RTT:
 * no table of level 3. Then as DATA_MAP_INIT: INPUT: data out of range, source. RTT: not
 * unassigned. INPUT or BUSY: data.
 */
#define RMI_EXT_DATA_MAP_INIT_RANGE RMI_FID(0x2c0)

/*
 * TIMER_LR: a flag of rec_enter with which the host lets the RMM deliver the Realm's timers. A list
 * register with the vINTID of a timer's PPI, State, HW and EOI 0, is for that timer as long as no
 * other that is not empty has this vINTID (REC_ENTER refuses two of one kind): when the output
 * goes high while the REC runs, or is high when it is entered and the host has not heard of it, the
 * RMM sets State to pending and EOI to 1, and the run goes on. Group and priority are what the host
 * has put there. Without such a register it is an IRQ exit as ever. An output that goes low is no
 * exit with this flag. An exit tells the timers' state as ever, and how many interrupts the RMM has
 * delivered in this run: 64 bits at offset 0xff8 of the run page, not written without the flag.
 */
#define RMI_ENTER_EXT_TIMER_LR	   (1ULL << 63)
#define RMI_EXT_EXIT_TIMERS_OFFSET 0xff8

/*
 * WFI: an exit with ESR.EC WFx and TI 0 is by WFI, never by WFIT: Realms are not shown FEAT_WFxT,
 * because no draft's exit has a deadline. An RMM without this bit may show it, and then report a
 * WFIT as WFI.
 */

#endif
