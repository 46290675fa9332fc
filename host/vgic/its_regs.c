// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of an ITS, see its_model.h.
 */
#include "host/vgic/its_model.h"

#define GITS_CTLR    0x0000
#define GITS_IIDR    0x0004
#define GITS_TYPER   0x0008
#define GITS_CBASER  0x0080
#define GITS_CWRITER 0x0088
#define GITS_CREADR  0x0090
#define GITS_BASER   0x0100 /* eight of them */
#define GITS_BASERS  0x0140
#define GITS_IDREGS  0xffd0
#define GITS_PIDR2   0xffe8
#define GITS_FRAME   0x10000 /* the next one has only GITS_TRANSLATER, which is for devices */

#define CTLR_ENABLED   (1U << 0)
#define CTLR_QUIESCENT (1U << 31)
#define IIDR	       0x43b
#define PIDR2_GICV3    0x30
#define VALID	       (1ULL << 63)

/*
 * Physical LPIs (bit 0), entries of 8 bytes, bits of events and of devices less one, RDbase is a
 * processor number, and a limit of collections (CIL) of 10 bits.
 */
#define TYPER                                                                                      \
	(1ULL | 7 << 4 | (ITS_EVENT_BITS - 1) << 8 | (ITS_DEVICE_BITS - 1) << 13 |                 \
	 (10ULL - 1) << 32 | 1ULL << 36)

/* Attributes of memory are kept for the guest to read. */
#define BASER_ATTRIBUTES  (7ULL << 59 | 7ULL << 53 | 3 << 10)
#define CBASER_BITS	  (VALID | BASER_ATTRIBUTES | 0xffffffffff000ULL | 0xff)
#define BASER_INDIRECT	  (1ULL << 62)
#define BASER_BITS	  (VALID | BASER_ATTRIBUTES | 0xfffffffff000ULL | 0xff)
#define BASER_PAGE_64K	  (2ULL << 8)
#define BASER_ENTRY	  (7ULL << 48) /* 8 bytes */
#define BASER_DEVICES	  (1ULL << 56)
#define BASER_COLLECTIONS (4ULL << 56)

#define QUEUE_OFFSET 0xfffe0U

static u32 queue_size(const struct its_model *its)
{
	return ((its->cbaser & 0xff) + 1) << 12;
}

/* A 64-bit register, at its own offset. */
static u64 reg64(const struct its_model *its, u32 offset)
{
	switch (offset) {
	case GITS_TYPER:
		return TYPER;
	case GITS_CBASER:
		return its->cbaser;
	case GITS_CWRITER:
		return its->cwriter;
	case GITS_CREADR:
		return its->creadr;
	case GITS_BASER:
		return its->device_table | BASER_DEVICES | BASER_ENTRY | BASER_PAGE_64K;
	case GITS_BASER + 8:
		return its->collection_table | BASER_COLLECTIONS | BASER_ENTRY | BASER_PAGE_64K;
	default:
		return 0;
	}
}

static u32 reg32(const struct its_model *its, u32 offset)
{
	switch (offset) {
	case GITS_CTLR:
		return (its->enabled ? CTLR_ENABLED : 0) | (its->busy ? 0 : CTLR_QUIESCENT);
	case GITS_IIDR:
		return IIDR;
	case GITS_PIDR2:
		return PIDR2_GICV3;
	default:
		return reg64(its, offset & ~7U) >> (offset & 4) * 8;
	}
}

u64 its_reg_read(const struct its_model *its, u32 offset, unsigned int len)
{
	u32 value;

	if (offset >= GITS_FRAME)
		return 0;
	if (len == 8)
		return reg32(its, offset) | (u64)reg32(its, offset + 4) << 32;
	value = reg32(its, offset & ~3U) >> (offset & 3) * 8;
	return len == 4 ? value : value & ((1U << len * 8) - 1);
}

static void write_ctlr(struct its_model *its, u32 value)
{
	bool on = value & CTLR_ENABLED;

	if (on && !(its->cbaser & its->device_table & its->collection_table & VALID))
		return;
	its->age += its->enabled != on;
	its->enabled = on;
}

/* A new queue is empty. */
static void write_cbaser(struct its_model *its, u64 value)
{
	if (its->enabled)
		return;
	its->cbaser = value & CBASER_BITS;
	its->cwriter = its->creadr = 0;
	its->age++;
}

static void write_cwriter(struct its_model *its, u64 value)
{
	if ((value & QUEUE_OFFSET) < queue_size(its))
		its->cwriter = value & QUEUE_OFFSET;
}

static void write_device_table(struct its_model *its, u64 value)
{
	if (its->enabled)
		return;
	its->device_table = value & (BASER_BITS | BASER_INDIRECT);
	if (value & VALID)
		return;
	its->forget_devices = true;
	its->forget_at = 0;
}

static void write_collection_table(struct its_model *its, u64 value)
{
	if (its->enabled)
		return;
	its->collection_table = value & BASER_BITS;
	its->forget_collections |= !(value & VALID);
}

static void write64(struct its_model *its, u32 offset, u64 value)
{
	switch (offset) {
	case GITS_CBASER:
		write_cbaser(its, value);
		break;
	case GITS_CWRITER:
		write_cwriter(its, value);
		break;
	case GITS_BASER:
		write_device_table(its, value);
		break;
	case GITS_BASER + 8:
		write_collection_table(its, value);
		break;
	}
}

void its_reg_write(struct its_model *its, u32 offset, unsigned int len, u64 value)
{
	u64 old;

	if (offset == GITS_CTLR && len >= 4) {
		write_ctlr(its, value);
	} else if (len == 8) {
		write64(its, offset, value);
	} else if (len == 4) {
		old = reg64(its, offset & ~7U);
		value = offset & 4 ? value << 32 | (u32)old : (old >> 32) << 32 | (u32)value;
		write64(its, offset & ~7U, value);
	}
}

unsigned int its_reg_size(u32 offset)
{
	bool wide = offset == GITS_TYPER || offset == GITS_CBASER || offset == GITS_CWRITER ||
		    offset == GITS_CREADR || (offset >= GITS_BASER && offset < GITS_BASERS);

	if (wide)
		return 8;
	if (offset == GITS_CTLR || offset == GITS_IIDR)
		return 4;
	return offset >= GITS_IDREGS && offset < GITS_FRAME ? 4 : 0;
}

void its_reg_set(struct its_model *its, u32 offset, u64 value)
{
	if (offset != GITS_CREADR)
		its_reg_write(its, offset, its_reg_size(offset), value);
	else if ((value & QUEUE_OFFSET) < queue_size(its) && !its->enabled)
		its->creadr = value & QUEUE_OFFSET;
}
