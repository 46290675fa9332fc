/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * See measure.h. What KVM and its module make of a VM's shape is said here a second time, in
 * plan_parameters() and in the flags of pages and vCPU, because it is the host's code that says it
 * the first time (host/realm/realm.c). system/measure compares both.
 */
#include <abi/rmi.h>
#include <util.h>

#include "vmm/boot/measure.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

/* Numbers minus one, as the RMM has them, but for the PMU's counters. */
void plan_parameters(const struct vm_config *vm, struct measure_realm *realm)
{
	*realm = (struct measure_realm){
		.flags0 = vm->lpa2 ? RMI_REALM_LPA2 : 0,
		.s2sz = map_ipa_bits(vm->mem),
		.num_bps = vm->breakpoints - 1,
		.num_wps = vm->watchpoints - 1,
	};
	if (vm->sve) {
		realm->flags0 |= RMI_REALM_SVE;
		realm->sve_vl = vm->sve / VM_SVE_STEP - 1;
	}
	if (vm->pmu) {
		realm->flags0 |= RMI_REALM_PMU;
		realm->pmu_num_ctrs = vm->pmu;
	}
}

static int measure_piece(void *measurements, const struct plan_piece *piece)
{
	const uint8_t *data = piece->data;
	uint64_t at;

	for (at = 0; at < piece->size; at += GRANULE_SIZE)
		measure_data(measurements, piece->gpa + at, MEASURE_DATA_CONTENT, data + at);
	return 0;
}

/* Of the vCPUs the first alone can run at once, and only such are measured. */
static int measure_entry(void *measurements, uint64_t pc, uint64_t x0)
{
	measure_rec(measurements, RMI_REC_RUNNABLE, pc, (const uint64_t[8]){x0});
	return 0;
}

void plan_measure(const struct plan *p, const struct vm_config *vm, enum measure_rules rules,
		  struct measurements *m)
{
	static const struct plan_steps steps = {.piece = measure_piece, .entry = measure_entry};
	struct measure_realm realm;

	plan_parameters(vm, &realm);
	measure_start(m, rules, vm->hash, &realm);
	plan_walk(p, &steps, m);
}
