/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a host asks the hypervisor below it (hyp/, docs/protected.md). Discovery is by SMC: without
 * hyp the firmware answers it with "not supported". HYP_ENTER is an HVC.
 */
#ifndef ABI_HYP_H
#define ABI_HYP_H

/* SMC, SMCCC's call for the UID of a vendor's hypervisor: HYP_UID_0..3 in W0 to W3. */
#define HYP_CALL_UID 0x8600ff01
#define HYP_UID_0    0xcca0b1e5
#define HYP_UID_1    0x4f3e6b7a
#define HYP_UID_2    0x9c1d2e8f
#define HYP_UID_3    0x6a5b3c4d

/*
 * SMC: X0 = 0, X1 = HYP_PROMISE_*, X2 = physical address of the calling CPU's shared page (struct
 * cca_switch), X3 = ICH_VTR_EL2.
 */
#define HYP_CALL_INFO 0xc6000010

/* SMC: X0 = 0, X1 = how many aborts hyp has given to the host since the boot, for accesses to what
 * the host does not have. A host that does no wrong gets none. */
#define HYP_CALL_ABORTS 0xc6000011

/*
 * HVC #0, function in X0: enters a REC with what is in this CPU's shared page. X1: the page's size,
 * sizeof(struct cca_switch), or it is no caller of ours. Result in X0; X1 to X17 may change. The
 * EL2 stub of the module (host/hyp/) has the same call.
 */
#define HYP_ENTER   0xc600cc00
#define HYP_SUCCESS 0
#define HYP_INVALID 1 /* an argument is out of range: the REC was not entered */

/* Bits of X1: what hyp protects. None is set: hyp keeps the host out of its own memory alone. */
#define HYP_PROMISE_MEMORY 1 /* pages of protected VMs, against CPUs and the RMM */

#endif
