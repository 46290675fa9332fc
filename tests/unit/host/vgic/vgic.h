/* SPDX-License-Identifier: BSD-3-Clause */
/* A small machine around the vGIC's model, for its tests: four vCPUs, 64 SPIs. */
#ifndef UNIT_HOST_VGIC_H
#define UNIT_HOST_VGIC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "host/vgic/lpi.h"

#define CPUS  4
#define IRQS  96
#define LRS   4
#define TIMER 27
#define SPI   40
#define NONE  1023

/* PMR open, both groups on. */
#define VMCR (0xf8ULL << VGIC_VMCR_PMR_SHIFT | VGIC_VMCR_ENG0 | VGIC_VMCR_ENG1)

extern struct vgic_model gic;
extern struct vgic_cpu cpus[CPUS];
extern int kicks[CPUS];

/* Memory that the guest shares. */
#define GUEST	   0x40000000ULL
#define GUEST_SIZE 0x400000
extern u8 guest[GUEST_SIZE];
extern unsigned int guest_reads;
/* Allocations that succeed before one fails; -1: all do. */
extern int fail_allocation;
/* What other vCPUs do: called wherever a model does not hold its lock. NULL: nothing. */
extern void (*meanwhile)(void);

/* All of it as after reset, both groups enabled in the distributor. cmocka's set-up function. */
int gic_reset(void **state);

/* A run of one vCPU between gic_enter() and gic_leave(): the hardware's part of the work. */
struct run {
	struct vgic_cpu *cpu;
	u64 lr[VGIC_MAX_LRS];
	u64 hcr;
	unsigned int used;
};

void gic_enter(struct run *run, struct vgic_cpu *cpu, u64 vmcr);
void gic_leave(struct run *run);

/* Acknowledges what is most urgent and pending in the list registers; its INTID or NONE. */
unsigned int gic_ack(struct run *run);
/* Deactivates; one that is in no list register is counted in EOIcount. */
void gic_eoi(struct run *run, unsigned int intid);
/* The list register of an interrupt, or 0. */
u64 gic_lr(const struct run *run, unsigned int intid);
/* Whether a maintenance interrupt is asserted: EOI, NPIE or LRENPIE. */
bool gic_maintenance(const struct run *run);

struct vgic_irq *enable(struct vgic_cpu *cpu, unsigned int intid);
/* Sends the line of an interrupt up or down. */
void line(struct vgic_cpu *cpu, unsigned int intid, bool level);
bool has_pending(struct vgic_cpu *cpu);

#endif
