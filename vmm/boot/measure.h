/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plan hashed instead of loaded: the RIM that a Realm of this plan and shape has, and REMs of
 * zero. Needs neither a VM nor KVM.
 */
#ifndef VMM_BOOT_MEASURE_H
#define VMM_BOOT_MEASURE_H

#include <measure.h>

#include "vmm/boot/plan.h"

/* The parameters of a Realm of this shape that are measured, as the RMM is given them. */
void plan_parameters(const struct vm_config *vm, struct measure_realm *realm);

void plan_measure(const struct plan *p, const struct vm_config *vm, enum measure_rules rules,
		  struct measurements *m);

#endif
