// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has EL2 (docs/host-modes.md).
 */
#include <linux/arm-smccc.h>

#include <asm/cpufeature.h>
#include <asm/virt.h>

#include "host/compat/kernel.h"
#include "host/el2/el2.h"
#include "host/el2/ppi.h"
#include "host/el2/stub.h"
#include "host/hyp/hyp.h"

#define HVC_UNKNOWN 0xc600ccffUL /* a function nobody has */

/* A kernel at EL1 ticks with the physical timer only if it was started at EL2. */
static bool started_at_el2(void)
{
	return cca_ppi_taken(PPI_TIMER_PHYSICAL);
}

/*
 * KVM has the virtual timer's interrupt for as long as it is there, whether its code is at EL2 now
 * or not.
 */
static bool kvm_is_there(void)
{
	return cca_ppi_taken(PPI_TIMER_VIRTUAL);
}

#define EL2_HINT                                                                                   \
	"boot without kvm-arm.mode=nvhe, kvm-arm.mode=protected and id_aa64mmfr1.vh=0, or with "   \
	"kvm-arm.mode=none id_aa64mmfr1.vh=0"

int cca_el2_probe(const char **why)
{
	if (is_kernel_in_hyp_mode() || cca_hypervisor_found())
		return 0;
	if (cpus_have_cap(ARM64_KVM_PROTECTED_MODE))
		*why = "the kernel is at EL1 and pKVM owns EL2; " EL2_HINT;
	else if (!started_at_el2())
		*why = "the kernel was started at EL1; start it at EL2";
	else if (kvm_is_there())
		*why = "the kernel is at EL1 and KVM owns EL2; " EL2_HINT;
	else if (CONDUIT_CALL("hvc", HVC_UNKNOWN, 0, 0) != HVC_STUB_ERR)
		*why = "the kernel is at EL1 and EL2 is not free; " EL2_HINT;
	else
		return 0;
	return -ENODEV;
}
