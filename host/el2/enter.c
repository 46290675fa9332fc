// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the kernel's exception level to a REC: straight, or by the call HYP_ENTER of the stub or of
 * the hypervisor (el2.h).
 */
#include <asm/virt.h>

#include "abi/rmi.h"
#include "host/compat/kernel.h"
#include "host/el2/el2.h"
#include "host/el2/stub.h"

/*
 * A CPU that goes offline has given EL2 back already, and the thread is about to be moved away from
 * it.
 */
static void call_el2(struct cca_switch *sw)
{
	struct cca_switch *shared;
	u64 result;

	shared = this_cpu_read(cca_el2_shared);
	if (!shared) {
		sw->status = RMI_BUSY;
		return;
	}
	shared->rec = sw->rec;
	shared->run = sw->run;
	shared->used_lrs = sw->used_lrs;
	shared->sve_hint = sw->sve_hint;
	hyp_copy_gic(shared, sw, sw->used_lrs, sw->nr_aprs);
	result = CONDUIT_CALL("hvc", HYP_ENTER, sizeof(*shared), 0);
	if (unlikely(result != HYP_SUCCESS)) {
		sw->status = RMI_ERROR_INPUT;
		return;
	}
	hyp_copy_gic(sw, shared, sw->used_lrs, sw->nr_aprs);
	hyp_copy_results(sw, shared);
}

void cca_el2_enter(struct cca_switch *sw)
{
	if (is_kernel_in_hyp_mode())
		cca_switch_enter(sw);
	else
		call_el2(sw);
}
