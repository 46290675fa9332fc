// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the EL2 stub: HVC #0 from EL1, function in X0 (docs/host-modes.md). Those of the
 * kernel's hyp-stub are here; HYP_ENTER is enter.c.
 *
 * The table is a switch, because one of function pointers would have to be relocated, and the image
 * runs from any page as it is.
 */
#include <asm/sysreg.h>

#include "host/hyp/calls.h"

#define VECTORS_ALIGN 2048
#define CODE_ALIGN    4

static u32 refuse(struct hyp_frame *frame)
{
	frame->x[0] = HVC_STUB_ERR;
	return HYP_RETURN;
}

/*
 * May EL2 go on at an address that EL1 names? It must be aligned, in memory, and not in the stub's.
 */
static bool is_kernels(const struct hyp_cpu *cpu, u64 pa, u64 align)
{
	return !(pa & (align - 1)) && pa >= cpu->ram_start && pa < cpu->ram_end &&
	       !(pa >= cpu->start && pa < cpu->end);
}

static u32 reset_vectors(const struct hyp_cpu *cpu)
{
	write_sysreg(cpu->old_vbar, vbar_el2);
	return HYP_LEAVE;
}

static u32 set_vectors(const struct hyp_cpu *cpu, struct hyp_frame *frame)
{
	if (!is_kernels(cpu, frame->x[1], VECTORS_ALIGN))
		return refuse(frame);
	write_sysreg(frame->x[1], vbar_el2);
	return HYP_LEAVE;
}

static u32 soft_restart(const struct hyp_cpu *cpu, struct hyp_frame *frame)
{
	if (!is_kernels(cpu, frame->x[1], CODE_ALIGN))
		return refuse(frame);
	write_sysreg(cpu->old_vbar, vbar_el2);
	return HYP_RESTART;
}

static u32 enter(struct hyp_cpu *cpu, struct hyp_frame *frame)
{
	frame->x[0] = hyp_enter(cpu, frame->x[1]);
	return HYP_ENTERED;
}

u32 hyp_call(struct hyp_cpu *cpu, struct hyp_frame *frame)
{
	switch (frame->x[0]) {
	case HYP_ENTER:
		return enter(cpu, frame);
	case HVC_RESET_VECTORS:
		return reset_vectors(cpu);
	case HVC_SET_VECTORS:
		return set_vectors(cpu, frame);
	case HVC_SOFT_RESTART:
		return soft_restart(cpu, frame);
	default: /* HVC_FINALISE_EL2 too: this kernel has been through it */
		return refuse(frame);
	}
}
