/* SPDX-License-Identifier: BSD-3-Clause */
/* See its.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/host/vgic/its.h"

#define QUEUE_SIZE 0x10000

struct its_model its;

static unsigned int queued;

u64 read_reg(u32 offset)
{
	return its_reg_read(&its, offset, 8);
}

void write_reg(u32 offset, u64 value)
{
	its_reg_write(&its, offset, 8, value);
}

int its_setup(void **state)
{
	unsigned int i;

	gic_reset(state);
	memset(&its, 0, sizeof(its));
	its.gic = &gic;
	its.id = 3;
	gic.has_its = true;
	gic.propbaser = PROPERTIES | 15;
	for (i = 0; i < CPUS; i++) {
		cpus[i].pendbaser = PENDING(i);
		cpus[i].lpis_on = true;
	}
	write_reg(GITS_CBASER, VALID | QUEUE | 15);
	write_reg(GITS_BASER0, VALID | DEVICES);
	write_reg(GITS_BASER1, VALID | (DEVICES + 0x10000));
	its_reg_write(&its, GITS_CTLR, 4, 1);
	assert_true(its.enabled);
	queued = 0;
	return 0;
}

static unsigned int references[VGIC_LPI_END];

static u32 count_device(const struct its_device *device)
{
	u32 i;

	for (i = 0; i < device->nr_events; i++)
		references[device->lpi[i]]++;
	return device->nr_events;
}

static void count_its(const struct its_model *one)
{
	unsigned int i, j;
	u32 events = 0;

	for (i = 0; i < sizeof(one->pages) / sizeof(one->pages[0]); i++) {
		const struct its_page *page = one->pages[i];

		for (j = 0; page && j < ITS_PAGE; j++)
			events += page->device[j] ? count_device(page->device[j]) : 0;
	}
	assert_int_equal(events, one->nr_events);
	assert_true(events <= ITS_MAX_EVENTS);
	assert_true(one->creadr < ((one->cbaser & 0xff) + 1) << 12);
	assert_false(one->busy);
}

void its_check(struct its_model *const *all, unsigned int n)
{
	unsigned int i;

	memset(references, 0, sizeof(references));
	for (i = 0; i < n; i++)
		count_its(all[i]);
	for (i = VGIC_LPI_FIRST; i < VGIC_LPI_END; i++) {
		struct vgic_lpi *lpi = vgic_lpi(&gic, i);

		assert_int_equal(references[i], lpi ? lpi->events : 0);
		if (lpi && !lpi->events)
			assert_true(!lpi->irq.owner && !vgic_irq_pending(&lpi->irq));
	}
}

int its_teardown(void **state)
{
	struct its_model *all[] = {&its};

	its_check(all, 1);
	its_free(&its);
	return gic_reset(state);
}

void its_command(u64 w0, u64 w1, u64 w2, u64 w3)
{
	u64 words[4] = {w0, w1, w2, w3};

	memcpy(guest + (QUEUE - GUEST) + queued, words, sizeof(words));
	queued = (queued + sizeof(words)) % QUEUE_SIZE;
}

void its_ring(void)
{
	write_reg(GITS_CWRITER, queued);
	while (its_work(&its, 100))
		;
}

static void one(u64 w0, u64 w1, u64 w2, u64 w3)
{
	its_command(w0, w1, w2, w3);
	its_ring();
	assert_int_equal(read_reg(GITS_CREADR), queued);
}

void mapd(u32 device, unsigned int bits)
{
	one(0x08 | (u64)device << 32, bits - 1, VALID | (GUEST + 0x2000), 0);
}

void unmapd(u32 device)
{
	one(0x08 | (u64)device << 32, 0, 0, 0);
}

void mapc(u16 collection, unsigned int cpu)
{
	one(0x09, 0, VALID | (u64)cpu << 16 | collection, 0);
}

void unmapc(u16 collection)
{
	one(0x09, 0, collection, 0);
}

void mapti(u32 device, u32 event, u32 lpi, u16 collection)
{
	one(0x0a | (u64)device << 32, (u64)lpi << 32 | event, collection, 0);
}

void movi(u32 device, u32 event, u16 collection)
{
	one(0x01 | (u64)device << 32, event, collection, 0);
}

void movall(unsigned int from, unsigned int to)
{
	one(0x0e, 0, (u64)from << 16, (u64)to << 16);
}

void invall(u16 collection)
{
	one(0x0d, 0, collection, 0);
}

void simple(unsigned int command, u32 device, u32 event)
{
	one(command | (u64)device << 32, event, 0, 0);
}

void property(u32 lpi, u8 value)
{
	guest[PROPERTIES - GUEST + lpi - VGIC_LPI_FIRST] = value;
}

void map_one(void)
{
	property(LPI, ENABLED(0xa0));
	mapd(1, 2);
	mapc(0, 0);
	mapti(1, 0, LPI, 0);
}

unsigned int take(unsigned int cpu)
{
	struct run run;
	unsigned int intid;

	gic_enter(&run, &cpus[cpu], VMCR);
	intid = gic_ack(&run);
	if (intid != NONE)
		gic_eoi(&run, intid);
	gic_leave(&run);
	return intid;
}
