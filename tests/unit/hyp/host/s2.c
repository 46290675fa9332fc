/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * hyp/host/s2.c: what the host has of the physical address space, as a CPU would walk the tables
 * from VTCR_EL2 and VTTBR_EL2 (DDI0487 D8).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "hyp/host/s2.h"
#include "tests/unit/monitor/boot/tree.h"

#define TABLES	   48
#define PARANGE_32 0
#define PARANGE_40 2
#define PARANGE_42 3
#define PARANGE_44 4
#define PARANGE_48 5
#define PARANGE_52 6
#define RAM	   UINT64_C(0x40000000)
#define OWN	   (RAM + GIB(1) - MIB(2))
#define OWN_SIZE   MIB(2)

static uint64_t tables[TABLES][S2_ENTRIES] __attribute__((aligned(S2_ROOT_ALIGN)));
static struct s2 s2;
static struct tree tree;
static const struct region own = {OWN, OWN_SIZE};

static void init(unsigned int parange)
{
	memset(tables, 0, sizeof(tables));
	s2_init(&s2, tables, TABLES, parange);
}

static int setup(void **state)
{
	init(PARANGE_48);
	memset(&tree, 0, sizeof(tree));
	tree.nr_dram = 1;
	tree.dram[0] = (struct region){RAM, GIB(1)};
	return 0;
}

/* What an address is mapped to; page is 0 if it is not. */
struct leaf {
	uint64_t pa, size, attributes;
};

static struct leaf walk(uint64_t ipa)
{
	uint64_t vtcr = s2_vtcr(&s2), in = 64 - FIELD(vtcr, 5, 0);
	int level = 2 - (int)FIELD(vtcr, 7, 6);
	uint64_t base = s2_vttbr(&s2);

	assert_int_equal(FIELD(vtcr, 15, 14), 0); /* TG0: 4K */
	assert_int_equal(FIELD(vtcr, 20, 19), 0); /* VMIDs of 8 bits, RES0 */
	assert_true(level >= 0 && level <= 3);
	if (ipa >> in)
		return (struct leaf){0};
	for (unsigned int top = (unsigned int)in; level <= 3; level++) {
		unsigned int low = 12 + 9 * (3 - (unsigned int)level);
		/* Up to 16 tables in a row are allowed at the first level. */
		uint64_t bits = top - low;
		uint64_t entry;

		assert_true(bits <= 13 && is_aligned(base, BIT(bits + 3)));
		entry = ((const uint64_t *)base)[FIELD(ipa, top - 1, low)];
		if (!(entry & 1))
			return (struct leaf){0};
		if (level == 3 || !(entry & 2)) {
			assert_true(level == 3 ? !!(entry & 2) : level > 0);
			return (struct leaf){
				(FIELD(entry, 47, 12) << 12) + (ipa & (BIT(low) - 1)),
				BIT(low),
				entry & ~MASK(47, 12) & ~(uint64_t)2,
			};
		}
		base = FIELD(entry, 47, 12) << 12;
		top = low;
	}
	fail();
	return (struct leaf){0};
}

/* Valid, MemAttr Normal write-back, S2AP read-write, inner shareable, AF; XN for devices. */
#define MEMORY UINT64_C(0x7fd)
#define DEVICE (UINT64_C(0x7fd) | BIT(54))

static void assert_mapped(uint64_t pa, uint64_t size, uint64_t attributes)
{
	struct leaf leaf = walk(pa);

	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.size, size);
	assert_int_equal(leaf.attributes, attributes);
}

static void assert_unmapped(uint64_t pa)
{
	assert_int_equal(walk(pa).size, 0);
}

static void addresses_are_the_cpus(void **state)
{
	static const struct {
		unsigned int parange, bits, level, root;
	} rows[] = {
		{PARANGE_32, 32, 1, 1}, {1, 36, 1, 1},		{PARANGE_40, 40, 1, 2},
		{PARANGE_42, 42, 1, 8}, {PARANGE_44, 44, 0, 1}, {PARANGE_48, 48, 0, 1},
		{PARANGE_52, 48, 0, 1}, {15, 48, 0, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t vtcr, last;

		init(rows[i].parange);
		vtcr = s2_vtcr(&s2);
		last = BIT(rows[i].bits) - 4096;
		assert_int_equal(64 - FIELD(vtcr, 5, 0), rows[i].bits);
		assert_int_equal(2 - FIELD(vtcr, 7, 6), rows[i].level);
		assert_int_equal(FIELD(vtcr, 18, 16),
				 rows[i].parange > PARANGE_48 ? PARANGE_48 : rows[i].parange);
		assert_int_equal(s2.used, rows[i].root);
		assert_int_equal(s2_map(&s2, S2_RWX, (struct region){last, 4096}), 0);
		assert_int_equal(s2_map(&s2, S2_RWX, (struct region){0, 4096}), 0);
		assert_mapped(last, 4096, MEMORY);
		assert_mapped(0, 4096, MEMORY);
		assert_unmapped(last - 4096);
		assert_int_equal(s2_map(&s2, S2_RWX, (struct region){last, 8192}), -ERANGE);
		assert_int_equal(s2_map(&s2, S2_RWX, (struct region){last + 8192, 4096}), -ERANGE);
		assert_int_equal(s2_map(&s2, S2_RWX, (struct region){4096, UINT64_MAX}), -ERANGE);
		assert_unmapped(4096);
	}
}

static void vmid_is_0(void **state)
{
	assert_int_equal(s2_vttbr(&s2) >> 48, 0);
}

static void largest_blocks_that_fit(void **state)
{
	assert_int_equal(s2_map(&s2, S2_RWX, (struct region){RAM - 4096, GIB(2) + 8192}), 0);
	assert_unmapped(RAM - 8192);
	assert_mapped(RAM - 4096, 4096, MEMORY);
	assert_mapped(RAM, GIB(1), MEMORY);
	assert_mapped(RAM + GIB(2) - 1, GIB(1), MEMORY);
	assert_mapped(RAM + GIB(2), 4096, MEMORY);
	assert_unmapped(RAM + GIB(2) + 4096);

	assert_int_equal(s2_map(&s2, S2_RW, (struct region){MIB(2), MIB(4)}), 0);
	assert_mapped(MIB(4) + 5, MIB(2), DEVICE);
	assert_unmapped(MIB(6));
}

static void what_is_mapped_stays(void **state)
{
	assert_int_equal(s2_map(&s2, S2_RWX, (struct region){MIB(2) + 4096, 4096}), 0);
	assert_int_equal(s2_map(&s2, S2_RWX, (struct region){MIB(6), MIB(2)}), 0);
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){0, MIB(10)}), 0);
	assert_mapped(0, MIB(2), DEVICE);
	assert_mapped(MIB(2), 4096, DEVICE);
	assert_mapped(MIB(2) + 4096, 4096, MEMORY);
	assert_mapped(MIB(4) - 4096, 4096, DEVICE);
	assert_mapped(MIB(4), MIB(2), DEVICE);
	assert_mapped(MIB(6), MIB(2), MEMORY);
	assert_mapped(MIB(8), MIB(2), DEVICE);
	assert_unmapped(MIB(10));
}

static void small_frames_are_their_pages(void **state)
{
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){0x0a000e00, 0x400}), 0);
	assert_mapped(0x0a000000, 4096, DEVICE);
	assert_mapped(0x0a001000, 4096, DEVICE);
	assert_unmapped(0x09fff000);
	assert_unmapped(0x0a002000);
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){0x0b000000, 0}), 0);
	assert_unmapped(0x0b000000);
}

static void says_when_tables_are_out(void **state)
{
	s2_init(&s2, tables, 8, PARANGE_48);
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(s2_map(&s2, S2_RW, (struct region){MIB(2) * i, 4096}), 0);
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){MIB(20), 4096}), -ENOSPC);
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){MIB(20), MIB(2)}), 0);
}

/* Each page of the memory but hyp's is the host's. */
static void host_has_all_but_hyp(void **state)
{
	tree.nr_devices = 1;
	tree.devices[0] = (struct region){OWN - 4096, OWN_SIZE + 8192};
	assert_int_equal(s2_map_host(&s2, &tree, &own), 0);
	assert_unmapped(RAM - 4096);
	assert_mapped(RAM, MIB(2), MEMORY);
	for (uint64_t pa = RAM; pa < RAM + GIB(1) + 4096; pa += 4096) {
		if (pa >= OWN && pa < OWN + OWN_SIZE)
			assert_unmapped(pa);
		else
			assert_int_equal(walk(pa).pa, pa);
	}
	/* The device's last page is behind the memory. */
	assert_mapped(RAM + GIB(1), 4096, DEVICE);
	assert_unmapped(RAM + GIB(1) + 4096);
}

static void hyp_may_lie_anywhere(void **state)
{
	const struct region at[] = {{RAM, MIB(2)}, {RAM + MIB(8), MIB(2)}, {RAM + GIB(3), MIB(2)}};

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		init(PARANGE_48);
		assert_int_equal(s2_map_host(&s2, &tree, &at[i]), 0);
		assert_unmapped(at[i].base);
		assert_unmapped(at[i].base + MIB(2) - 1);
		assert_int_equal(walk(RAM + MIB(4)).pa, RAM + MIB(4));
		assert_int_equal(walk(RAM + GIB(1) - 1).pa, RAM + GIB(1) - 1);
	}
}

/* The CPU's shared pages lie in hyp and are the host's too. */
static void pages_of_hyp_can_be_shared(void **state)
{
	assert_int_equal(s2_map_host(&s2, &tree, &own), 0);
	assert_int_equal(s2_map(&s2, S2_RW, (struct region){OWN + 8192, 4096}), 0);
	assert_unmapped(OWN + 4096);
	assert_mapped(OWN + 8192, 4096, DEVICE);
	assert_unmapped(OWN + 12288);
}

static void only_memory_must_be_in_reach(void **state)
{
	init(PARANGE_40);
	tree.nr_devices = 2;
	tree.devices[0] = (struct region){BIT(41), MIB(2)};
	tree.devices[1] = (struct region){MIB(2), MIB(2)};
	assert_int_equal(s2_map_host(&s2, &tree, &own), 0);
	assert_unmapped(BIT(41));
	assert_mapped(MIB(2), MIB(2), DEVICE);
	tree.dram[0].base = BIT(40);
	assert_int_equal(s2_map_host(&s2, &tree, &own), -ERANGE);
}

/* The devices of QEMU's machine, of which the fixture has those that matter here. */
static void devices_of_a_machine(void **state)
{
	const void *fdt = tree_load();

	assert_int_equal(tree_read(fdt, &tree), 0);
	assert_int_equal(s2_map_host(&s2, &tree, &own), 0);
	assert_mapped(0x09000000, 4096, DEVICE); /* UART */
	assert_unmapped(0x09040000);		 /* the secure one */
	assert_mapped(0x08000000, 4096, DEVICE); /* GICD */
	assert_unmapped(0x08010000);
	assert_mapped(0x080a0000, 4096, DEVICE); /* GICR */
	assert_mapped(0x08e00000, MIB(2), DEVICE);
	assert_mapped(0x04000000, MIB(2), DEVICE); /* flash */
	assert_unmapped(0);			   /* the monitor's */
	assert_unmapped(0x0e000000);		   /* Secure memory */
	assert_unmapped(0x0c000000);		   /* a bus without devices */
	assert_mapped(0x10000000, MIB(2), DEVICE); /* PCI: windows and configuration space */
	assert_mapped(0x3eff0000, MIB(2), DEVICE);
	assert_unmapped(0x3f000000);
	assert_mapped(0x4010000000, MIB(2), DEVICE);
	assert_mapped(0x8000000000, GIB(1), DEVICE);
	assert_mapped(0xffffffffff, GIB(1), DEVICE);
	assert_unmapped(0x10000000000);
	assert_mapped(RAM + GIB(2), GIB(1), MEMORY);
	assert_int_equal(s2.used, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(addresses_are_the_cpus, setup),
		cmocka_unit_test_setup(vmid_is_0, setup),
		cmocka_unit_test_setup(largest_blocks_that_fit, setup),
		cmocka_unit_test_setup(what_is_mapped_stays, setup),
		cmocka_unit_test_setup(small_frames_are_their_pages, setup),
		cmocka_unit_test_setup(says_when_tables_are_out, setup),
		cmocka_unit_test_setup(host_has_all_but_hyp, setup),
		cmocka_unit_test_setup(hyp_may_lie_anywhere, setup),
		cmocka_unit_test_setup(pages_of_hyp_can_be_shared, setup),
		cmocka_unit_test_setup(only_memory_must_be_in_reach, setup),
		cmocka_unit_test_setup(devices_of_a_machine, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
