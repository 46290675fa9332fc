/* SPDX-License-Identifier: BSD-3-Clause */
/* A plan carried out by KVM: plan_load() of plan.h. */
#include <util.h>

#include "vmm/boot/plan.h"
#include "vmm/lib/progress.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"

/* What is loaded at once: large enough that nobody waits for the parts, and whole blocks. */
#define PART MIB(8)

struct loading {
	struct vm *vm;
	struct progress progress;
};

/* Parts end where the guest's memory has a multiple of their size. */
static uint64_t part_size(const struct plan_piece *piece, uint64_t at)
{
	uint64_t to_boundary = PART - (piece->gpa + at) % PART;
	uint64_t left = piece->size - at;

	return left < to_boundary ? left : to_boundary;
}

static int load_piece(void *arg, const struct plan_piece *piece)
{
	struct loading *l = arg;
	uint64_t at = 0;
	int ret = 0;

	while (at < piece->size && ret == 0) {
		uint64_t size = part_size(piece, at);

		ret = memory_load(l->vm, piece->what, piece->gpa + at,
				  (const uint8_t *)piece->data + at, size);
		progress_add(&l->progress, size);
		at += size;
	}
	return ret;
}

static int set_entry(void *arg, uint64_t pc, uint64_t x0)
{
	struct loading *l = arg;

	return vcpu_set_entry(l->vm, pc, x0);
}

int plan_load(const struct plan *p, struct vm *vm)
{
	static const struct plan_steps steps = {.piece = load_piece, .entry = set_entry};
	struct loading l = {.vm = vm};
	uint64_t total = 0;
	size_t i;
	int ret;

	for (i = 0; i < p->count; i++)
		total += p->pieces[i].size;
	progress_begin(&l.progress, "loading the guest", total);
	ret = plan_walk(p, &steps, &l);
	progress_end(&l.progress);
	return ret;
}
