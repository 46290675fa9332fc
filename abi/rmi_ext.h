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
 * DATA_MAP_INIT_RANGE does RTT_DATA_MAP_INIT for each page of [base, top) in ascending order. The
 * Realm and its measurement are afterwards as after one call for each page. The call ends early at
 * the end of a table, at the end of the list's page, before a page that could not be mapped, and
 * when an interrupt waits, but never before one page is done. The host goes on at out_top.
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
 * TIMER_LR: a flag of rec_enter with which the host lets the RMM deliver the Realm's timers.
 *
 * The host sets a list register aside for a timer: vINTID is that of the timer's PPI, and State, HW
 * and EOI are 0. The register counts as long as no other register that is not empty has the same
 * vINTID, because REC_ENTER refuses two of one kind. When the timer's output goes high while the
 * REC runs, or is high at the entry and the host has not been told of it, the RMM sets State to
 * pending and EOI to 1 and the run goes on; group and priority are what the host has put there. A
 * timer without such a register leads to an IRQ exit, as without the flag. An output that goes low
 * is no reason for an exit with this flag.
 *
 * Each exit tells the timers' state as without the flag. It also tells, in the 64 bits at offset
 * 0xff8 of the run page, how many interrupts the RMM has delivered in this run; without the flag
 * these bits are not written.
 */
#define RMI_ENTER_EXT_TIMER_LR	   (1ULL << 63)
#define RMI_EXT_EXIT_TIMERS_OFFSET 0xff8

/*
 * WFI: an exit with ESR.EC WFx and TI 0 comes from a WFI and never from a WFIT. Realms are not
 * shown FEAT_WFxT, because no draft of RMI has a place for the deadline in its exit. An RMM that
 * does not set this bit may show Realms FEAT_WFxT and then report a WFIT as a WFI.
 */

#endif
