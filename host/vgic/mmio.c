// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of the distributor and the redistributors, see model.h. One Security state, affinity
 * routing always on, LPIs if the VM has an ITS; no message-based SPIs, no 1-of-N routing.
 */
#include "host/mpidr.h"
#include "host/vgic/model.h"

#define GICD_CTLR     0x0000
#define GICD_TYPER    0x0004
#define GICD_IIDR     0x0008
#define GICD_IROUTER  0x6000
#define GICD_ROUTERS  0x8000 /* end of IROUTER */
#define GIC_PIDR2     0xffe8
#define GICR_CTLR     0x0000
#define GICR_IIDR     0x0004
#define GICR_TYPER    0x0008
#define GICR_WAKER    0x0014
#define GICR_PROPBASE 0x0070
#define GICR_PENDBASE 0x0078
#define GICR_SGI_BASE 0x10000
#define BANK_FIRST    0x0080 /* registers with some bits per interrupt */
#define BANK_END      0x0d00

#define CTLR_DS	       (1 << 6)
#define CTLR_ARE       (1 << 4)
#define TYPER_ID_BITS  (9 << 19) /* minus one */
#define TYPER_ID_LPIS  (15 << 19)
#define TYPER_LPIS     (1 << 17)
#define TYPER_A3V      (1 << 24)
#define TYPER_NO1N     (1 << 25)
#define IIDR	       0x43b /* JEP106 code of Arm, and no product number */
#define PIDR2_GICV3    0x30
#define RTYPER_LAST    (1 << 4)
#define RTYPER_PLPIS   (1 << 0)
#define RCTLR_LPIS     (1 << 0)
/* What a guest writes of a table's memory attributes is kept for it to read, without effect. */
#define ATTRIBUTES     (7ULL << 56 | 3 << 10 | 7 << 7)
#define PROPBASE_BITS  (ATTRIBUTES | 0xffffffffff000ULL | 0x1f)
#define PENDBASE_BITS  (ATTRIBUTES | 0xfffffffff0000ULL)
#define WAKER_SLEEP    (1 << 1)
#define WAKER_CHILDREN (1 << 2)

#define HELD_READ  1
#define HELD_WRITE 2
#define HELD_BOTH  (HELD_READ | HELD_WRITE)

/*
 * A bank of registers that have `bits` for each interrupt. Both kinds of frame have them from
 * BANK_FIRST on.
 */
struct bank {
	u16 start;
	u16 end;
	u8 bits;
	bool ones; /* only bits written as 1 have an effect */
	u8 held;   /* HELD_x: which accesses concern list registers of running vCPUs */
	u32 (*read)(const struct vgic_irq *irq);
	void (*write)(struct vgic_model *model, struct vgic_irq *irq, u32 value);
};

static u32 read_group(const struct vgic_irq *irq)
{
	return irq->group1;
}

static void write_group(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	if (irq->in_lr && irq->group1 != value)
		vgic_kick(irq->home);
	irq->group1 = value;
	vgic_irq_update(model, irq);
}

static u32 read_enable(const struct vgic_irq *irq)
{
	return irq->enabled;
}

static void set_enable(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	irq->enabled = true;
	vgic_irq_update(model, irq);
}

static void clear_enable(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	irq->enabled = false;
	/*
	 * In a list register the interrupt could still be taken. The kick ends the run, and then it
	 * leaves the register.
	 */
	if (irq->in_lr)
		vgic_kick(irq->home);
	vgic_irq_update(model, irq);
}

static u32 read_pending(const struct vgic_irq *irq)
{
	return vgic_irq_pending(irq);
}

static void set_pending(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	vgic_irq_set_pending(model, irq);
}

static void clear_pending(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	vgic_irq_clear_pending(model, irq);
}

static u32 read_active(const struct vgic_irq *irq)
{
	return irq->active;
}

static void set_active(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	vgic_irq_set_active(model, irq, true);
}

static void clear_active(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	vgic_irq_set_active(model, irq, false);
}

static u32 read_priority(const struct vgic_irq *irq)
{
	return irq->priority;
}

static void write_priority(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	irq->priority = value & VGIC_PRIO_MASK;
}

static u32 read_config(const struct vgic_irq *irq)
{
	return irq->edge ? 2 : 0;
}

/*
 * How private interrupts are wired cannot be changed: SGIs are edges, the timers' PPIs are levels.
 */
static void write_config(struct vgic_model *model, struct vgic_irq *irq, u32 value)
{
	if (irq->intid < VGIC_PRIVATE)
		return;
	irq->edge = value & 2;
	vgic_irq_update(model, irq);
}

static const struct bank banks[] = {
	{0x080, 0x100, 1, false, 0, read_group, write_group},
	{0x100, 0x180, 1, true, 0, read_enable, set_enable},
	{0x180, 0x200, 1, true, HELD_WRITE, read_enable, clear_enable},
	{0x200, 0x280, 1, true, HELD_READ, read_pending, set_pending},
	{0x280, 0x300, 1, true, HELD_BOTH, read_pending, clear_pending},
	{0x300, 0x380, 1, true, HELD_BOTH, read_active, set_active},
	{0x380, 0x400, 1, true, HELD_BOTH, read_active, clear_active},
	{0x400, 0x800, 8, false, 0, read_priority, write_priority},
	{0xc00, 0xd00, 2, false, 0, read_config, write_config},
};

static const struct bank *bank_find(u32 offset)
{
	unsigned int i;

	for (i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		if (offset >= banks[i].start && offset < banks[i].end)
			return &banks[i];
	}
	return NULL;
}

/* Bits of a bank beyond the private interrupts are reserved in a redistributor. */
static bool private_bank(u32 offset)
{
	const struct bank *bank = bank_find(offset);

	return bank && (offset - bank->start) * 8 / bank->bits < VGIC_PRIVATE;
}

/*
 * Reads fields of a bank. cpu: whose private interrupts; NULL for the distributor, which has none.
 */
static u32 bank_read(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len)
{
	const struct bank *bank = bank_find(offset);
	unsigned int i, first;
	u32 value = 0;

	if (!bank)
		return 0;
	first = (offset - bank->start) * 8 / bank->bits;
	for (i = 0; i < len * 8 / bank->bits; i++) {
		struct vgic_irq *irq = vgic_irq(model, cpu, first + i);

		if (irq)
			value |= bank->read(irq) << (i * bank->bits);
	}
	return value;
}

static void bank_write(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len,
		       u32 value)
{
	const struct bank *bank = bank_find(offset);
	unsigned int i, first;

	/* Only priorities may be written in parts of a word. */
	if (!bank || (len < 4 && bank->bits != 8))
		return;
	first = (offset - bank->start) * 8 / bank->bits;
	for (i = 0; i < len * 8 / bank->bits; i++) {
		struct vgic_irq *irq = vgic_irq(model, cpu, first + i);
		u32 field = value >> (i * bank->bits) & ((1U << bank->bits) - 1);

		if (irq && (field || !bank->ones))
			bank->write(model, irq, field);
	}
}

static bool run_matters(const struct vgic_cpu *cpu, u64 since)
{
	return cpu->used_lrs && cpu->filled <= since;
}

/*
 * A running vCPU that has one of these interrupts in a list register; bit 0 is interrupt `first`.
 */
static struct vgic_cpu *holder_of_bits(struct vgic_model *model, struct vgic_cpu *redist,
				       unsigned int first, u64 bits, u64 since)
{
	for (; bits; bits &= bits - 1) {
		struct vgic_irq *irq = vgic_irq(model, redist, first + __builtin_ctzll(bits));

		if (irq && irq->in_lr && run_matters(irq->home, since))
			return irq->home;
	}
	return NULL;
}

static bool holds_disabled_group(const struct vgic_model *model, const struct vgic_cpu *cpu)
{
	unsigned int i;

	for (i = 0; i < cpu->used_lrs; i++) {
		if (!vgic_irq_group_on(model, cpu->lr_irq[i]))
			return true;
	}
	return false;
}

/*
 * A running vCPU that has an interrupt of a disabled group in a list register. For after a write of
 * GICD_CTLR.
 */
static struct vgic_cpu *holder_of_group(const struct vgic_model *model, u64 since)
{
	unsigned int i;

	for (i = 0; i < model->nr_cpus; i++) {
		struct vgic_cpu *cpu = model->cpus[i];

		if (run_matters(cpu, since) && holds_disabled_group(model, cpu))
			return cpu;
	}
	return NULL;
}

struct vgic_cpu *vgic_access_holder(struct vgic_model *model, const struct vgic_access *access,
				    u64 since)
{
	u32 offset = access->redist ? access->offset - GICR_SGI_BASE : access->offset;
	const struct bank *bank = bank_find(offset);
	u64 bits = access->write ? access->value : ~0ULL;

	if (!access->redist && offset == GICD_CTLR && access->write)
		return holder_of_group(model, since);
	if (!bank || !(bank->held & (access->write ? HELD_WRITE : HELD_READ)))
		return NULL;
	/* A part of a word is read with the whole word, and a write of it is ignored. */
	if (access->len < 4 && access->write)
		return NULL;
	offset &= ~3U;
	if (access->len != 8)
		bits &= 0xffffffff;
	if (access->redist)
		bits = private_bank(offset) ? bits & 0xffffffff : 0;
	return holder_of_bits(model, access->redist, (offset - bank->start) * 8, bits, since);
}

static struct vgic_irq *router_irq(struct vgic_model *model, u32 offset)
{
	if (offset < GICD_IROUTER || offset >= GICD_ROUTERS)
		return NULL;
	return vgic_irq(model, NULL, (offset - GICD_IROUTER) / 8);
}

/* A 32-bit half of a 64-bit register. */
static u32 half(u64 value, u32 offset)
{
	return offset & 4 ? value >> 32 : value;
}

static u32 dist_read_word(struct vgic_model *model, u32 offset)
{
	struct vgic_irq *irq = router_irq(model, offset);

	if (irq)
		return half(irq->route, offset);
	switch (offset) {
	case GICD_CTLR:
		return model->ctlr | CTLR_DS | CTLR_ARE;
	case GICD_TYPER:
		return (model->nr_irqs / 32 - 1) | TYPER_A3V | TYPER_NO1N |
		       (model->has_its ? TYPER_ID_LPIS | TYPER_LPIS : TYPER_ID_BITS);
	case GICD_IIDR:
		return IIDR;
	case GIC_PIDR2:
		return PIDR2_GICV3;
	default:
		return 0;
	}
}

static void dist_write_word(struct vgic_model *model, u32 offset, u32 value)
{
	struct vgic_irq *irq = router_irq(model, offset);

	if (irq && offset & 4)
		vgic_irq_set_route(model, irq, (u64)value << 32 | (u32)irq->route);
	else if (irq)
		vgic_irq_set_route(model, irq, (irq->route >> 32) << 32 | value);
	else if (offset == GICD_CTLR)
		vgic_set_ctlr(model, value);
}

static bool in_banks(u32 offset)
{
	return offset >= BANK_FIRST && offset < BANK_END;
}

/* Bytes and halfwords of a register that is read as a word. */
static u64 part_of_word(u32 word, u32 offset, unsigned int len)
{
	u32 value = word >> (offset & 3) * 8;

	return len == 4 ? value : value & ((1U << len * 8) - 1);
}

u64 vgic_dist_read(struct vgic_model *model, u32 offset, unsigned int len)
{
	if (len == 8)
		return vgic_dist_read(model, offset, 4) | vgic_dist_read(model, offset + 4, 4)
								  << 32;
	if (in_banks(offset))
		return part_of_word(bank_read(model, NULL, offset & ~3U, 4), offset, len);
	return part_of_word(dist_read_word(model, offset & ~3U), offset, len);
}

void vgic_dist_write(struct vgic_model *model, u32 offset, unsigned int len, u64 value)
{
	struct vgic_irq *irq = router_irq(model, offset);

	if (len == 8 && irq) {
		vgic_irq_set_route(model, irq, value);
	} else if (len == 8) {
		vgic_dist_write(model, offset, 4, value & 0xffffffff);
		vgic_dist_write(model, offset + 4, 4, value >> 32);
	} else if (in_banks(offset)) {
		bank_write(model, NULL, offset, len, value);
	} else if (len == 4) {
		dist_write_word(model, offset, value);
	}
}

static u64 redist_typer(const struct vgic_model *model, const struct vgic_cpu *cpu)
{
	return (u64)mpidr_packed(cpu->mpidr) << 32 | (u64)cpu->index << 8 |
	       (cpu->last ? RTYPER_LAST : 0) | (model->has_its ? RTYPER_PLPIS : 0);
}

static u32 redist_read_word(const struct vgic_model *model, const struct vgic_cpu *cpu, u32 offset)
{
	switch (offset) {
	case GICR_CTLR:
		return cpu->lpis_on ? RCTLR_LPIS : 0;
	case GICR_PROPBASE:
	case GICR_PROPBASE + 4:
		return half(model->propbaser, offset);
	case GICR_PENDBASE:
	case GICR_PENDBASE + 4:
		return half(cpu->pendbaser, offset);
	case GICR_IIDR:
		return IIDR;
	case GICR_TYPER:
	case GICR_TYPER + 4:
		return half(redist_typer(model, cpu), offset);
	case GICR_WAKER:
		return cpu->waker;
	case GIC_PIDR2:
	case GICR_SGI_BASE + GIC_PIDR2:
		return PIDR2_GICV3;
	default:
		return 0;
	}
}

/* A write of a 32-bit half. */
static u64 with_half(u64 old, u32 offset, u32 value, u64 bits)
{
	u64 written = offset & 4 ? (u64)value << 32 | (u32)old : (old >> 32) << 32 | value;

	return written & bits;
}

/* The tables are fixed while LPIs are on. What turning them on or off does is vgic_lpi_sync(). */
static void redist_write_lpis(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, u32 value)
{
	if (!model->has_its)
		return;
	if (offset == GICR_CTLR) {
		cpu->lpis_switched |= cpu->lpis_on != (value & RCTLR_LPIS);
		cpu->lpis_on = value & RCTLR_LPIS;
	} else if (cpu->lpis_on) {
		return;
	} else if ((offset & ~4U) == GICR_PROPBASE) {
		model->propbaser = with_half(model->propbaser, offset, value, PROPBASE_BITS);
	} else if ((offset & ~4U) == GICR_PENDBASE) {
		cpu->pendbaser = with_half(cpu->pendbaser, offset, value, PENDBASE_BITS);
	}
}

bool vgic_take_lpi_switch(struct vgic_model *model, const struct vgic_access *access)
{
	bool switched = access->redist && access->redist->lpis_switched;

	if (!access->write || !model->has_its)
		return false;
	if (!access->redist)
		return access->offset == GICD_CTLR;
	access->redist->lpis_switched = false;
	return switched;
}

u64 vgic_redist_read(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len)
{
	u32 word = offset & ~3U;

	if (len == 8)
		return vgic_redist_read(model, cpu, offset, 4) |
		       vgic_redist_read(model, cpu, offset + 4, 4) << 32;
	if (offset >= GICR_SGI_BASE && private_bank(word - GICR_SGI_BASE))
		return part_of_word(bank_read(model, cpu, word - GICR_SGI_BASE, 4), offset, len);
	return part_of_word(redist_read_word(model, cpu, word), offset, len);
}

void vgic_redist_write(struct vgic_model *model, struct vgic_cpu *cpu, u32 offset, unsigned int len,
		       u64 value)
{
	if (len == 8) {
		vgic_redist_write(model, cpu, offset, 4, value & 0xffffffff);
		vgic_redist_write(model, cpu, offset + 4, 4, value >> 32);
	} else if (offset >= GICR_SGI_BASE && private_bank(offset - GICR_SGI_BASE)) {
		bank_write(model, cpu, offset - GICR_SGI_BASE, len, value);
	} else if (offset == GICR_WAKER && len == 4) {
		cpu->waker = value & WAKER_SLEEP ? WAKER_SLEEP | WAKER_CHILDREN : 0;
	} else if (len == 4) {
		redist_write_lpis(model, cpu, offset, value);
	}
}
