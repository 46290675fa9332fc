/* SPDX-License-Identifier: BSD-3-Clause */
/* A guest's driver of an ITS, for the tests of its model: tables in its memory, a queue of
 * commands. */
#ifndef UNIT_HOST_ITS_H
#define UNIT_HOST_ITS_H

#include "host/vgic/its_model.h"
#include "tests/unit/host/vgic/vgic.h"

#define LPI	   8192
#define QUEUE	   (GUEST + 0x100000)
#define DEVICES	   (GUEST + 0x200000)
#define LEVEL_2	   (GUEST + 0x280000)
#define PROPERTIES (GUEST + 0x300000) /* of 64 KiB - 8 KiB LPIs */
#define PENDING(c) (GUEST + 0x340000 + (c)*0x10000ULL)

#define GITS_CTLR    0x0000
#define GITS_IIDR    0x0004
#define GITS_TYPER   0x0008
#define GITS_CBASER  0x0080
#define GITS_CWRITER 0x0088
#define GITS_CREADR  0x0090
#define GITS_BASER0  0x0100
#define GITS_BASER1  0x0108
#define VALID	     (1ULL << 63)
#define INDIRECT     (1ULL << 62)

#define ENABLED(prio) ((u8)((prio) | 1))

extern struct its_model its;

/* The vGIC as gic_reset() leaves it, with one ITS that is enabled and LPIs on for every vCPU. */
int its_setup(void **state);
/* Checks that what the tables of all ITSs say fits together. */
void its_check(struct its_model *const *all, unsigned int n);
/* Checks so, and that nothing is leaked. */
int its_teardown(void **state);

void its_command(u64 w0, u64 w1, u64 w2, u64 w3);
/* Tells the ITS of the commands, and lets it work until it has done all. */
void its_ring(void);

/* One command, carried out. */
void mapd(u32 device, unsigned int bits);
void unmapd(u32 device);
void mapc(u16 collection, unsigned int cpu);
void unmapc(u16 collection);
void mapti(u32 device, u32 event, u32 lpi, u16 collection);
void movi(u32 device, u32 event, u16 collection);
void movall(unsigned int from, unsigned int to);
void invall(u16 collection);
enum { INT = 0x03, CLEAR = 0x04, SYNC = 0x05, MAPI = 0x0b, INV = 0x0c, DISCARD = 0x0f };
void simple(unsigned int command, u32 device, u32 event);

void property(u32 lpi, u8 value);
/* Device 1 with four events, of which event 0 is LPI 8192 in collection 0, on vCPU 0, enabled. */
void map_one(void);
/* The interrupt a vCPU takes next, in a run of its own; NONE. */
unsigned int take(unsigned int cpu);
u64 read_reg(u32 offset);
void write_reg(u32 offset, u64 value);

#endif
