/* SPDX-License-Identifier: BSD-3-Clause */
/* See points.h. */
#include <string.h>
#include <util.h>

#include "vmm/gdb/points.h"

#define ENABLED	     BIT(0)
#define EL0_AND_EL1  (3ULL << 1)
#define INSTRUCTION  (0xfULL << 5) /* all four bytes */
#define READS	     BIT(3)
#define WRITES	     BIT(4)
#define BYTES_AT     5
#define WORD	     8 /* a watchpoint is on bytes of one of these */
#define ADDRESS_MASK MASK(52, 0)
#define SIGN	     BIT(52)

/* Bits above 52 repeat that one. */
static uint64_t extend(uint64_t address)
{
	address &= ADDRESS_MASK;
	return address & SIGN ? address | ~ADDRESS_MASK : address;
}

/* One register pair: control and value. */
struct pair {
	uint64_t control, value;
};

static bool make(enum gdb_point kind, uint64_t address, uint64_t size, struct pair *p)
{
	static const uint64_t directions[] = {
		[GDB_WATCH_WRITE] = WRITES,
		[GDB_WATCH_READ] = READS,
		[GDB_WATCH_ANY] = READS | WRITES,
	};
	uint64_t offset = address % WORD;

	p->control = ENABLED | EL0_AND_EL1;
	if (kind == GDB_BREAK_SOFT || kind == GDB_BREAK) {
		p->control |= INSTRUCTION;
		p->value = extend(address);
		return is_aligned(address, 4);
	}
	if (size == 0 || size > WORD - offset)
		return false;
	p->control |= directions[kind] | MASK(size - 1, 0) << offset << BYTES_AT;
	p->value = extend(address - offset);
	return true;
}

/* Puts `to` in the place of `from`: one in the list, or a free place (all 0). */
static bool replace(uint64_t *controls, uint64_t *values, unsigned int count, struct pair from,
		    struct pair to)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (controls[i] != from.control || values[i] != from.value)
			continue;
		controls[i] = to.control;
		values[i] = to.value;
		return true;
	}
	return false;
}

static bool change(struct gdb_points *p, enum gdb_point kind, struct pair from, struct pair to)
{
	if (kind == GDB_BREAK_SOFT || kind == GDB_BREAK)
		return replace(p->bcr, p->bvr, p->breaks, from, to);
	return replace(p->wcr, p->wvr, p->watches, from, to);
}

bool gdb_points_set(struct gdb_points *p, enum gdb_point kind, uint64_t address, uint64_t size)
{
	static const struct pair none;
	struct pair wanted;

	if (!make(kind, address, size, &wanted))
		return false;
	/* The same one again is no other one. */
	return change(p, kind, wanted, wanted) || change(p, kind, none, wanted);
}

bool gdb_points_clear(struct gdb_points *p, enum gdb_point kind, uint64_t address, uint64_t size)
{
	static const struct pair none;
	struct pair wanted;

	return make(kind, address, size, &wanted) && change(p, kind, wanted, none);
}

void gdb_points_forget(struct gdb_points *p)
{
	memset(p->bcr, 0, sizeof(p->bcr));
	memset(p->bvr, 0, sizeof(p->bvr));
	memset(p->wcr, 0, sizeof(p->wcr));
	memset(p->wvr, 0, sizeof(p->wvr));
}
