/* SPDX-License-Identifier: BSD-3-Clause */
/* A plan carried out by KVM: plan_load() of plan.h. */
#include "vmm/boot/plan.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"

static int load_piece(void *vm, const struct plan_piece *piece)
{
	return memory_load(vm, piece->what, piece->gpa, piece->data, piece->size);
}

static int set_entry(void *vm, uint64_t pc, uint64_t x0)
{
	return vcpu_set_entry(vm, pc, x0);
}

int plan_load(const struct plan *p, struct vm *vm)
{
	static const struct plan_steps steps = {.piece = load_piece, .entry = set_entry};

	return plan_walk(p, &steps, vm);
}
