/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * monitor/boot/manifest.c: the RMM's boot manifest, checked as an RMM reads it (abi/rmm_el3.h; the
 * rules for lists are those of the RMM-EL3 specification and of TF-RMM's checks).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "abi/rmm_el3.h"
#include "monitor/boot/layout.h"
#include "monitor/boot/manifest.h"
#include "tests/unit/monitor/boot/capture.h"

#define PAGE_PA 0x7fdff000

static union {
	struct rmm_manifest manifest;
	uint8_t bytes[RMM_EL3_SHARED_SIZE];
	uint64_t words[RMM_EL3_SHARED_SIZE / 8];
} page;

static struct machine m;
static struct layout l;
static size_t used;

static void make_machine(uint64_t dram_size)
{
	m = (struct machine){
		.nr_dram = 1,
		.dram = {{GIB(1), dram_size}},
		.nr_coh_dev = 3,
		.coh_dev = {{0x10000000, 0x2eff0000}, {GIB(256), MIB(256)}, {GIB(512), GIB(512)}},
		.uart = {0x09000000, 0x1000},
		.uart_clk_hz = 24000000,
		.top = GIB(1024),
	};
}

static void plan(void)
{
	assert_int_equal(layout_plan(&m, 0, MIB(1), MIB(30), MIB(10), &l), 0);
}

/* The list's elements inside the page; checks place, alignment and checksum. */
static const void *list(const struct rmm_manifest_list *list, size_t element)
{
	uint64_t sum = list->num + list->list + list->checksum;
	uint64_t offset = list->list - PAGE_PA;

	assert_true(list->num > 0);
	assert_true(offset >= sizeof(struct rmm_manifest));
	assert_true(offset + list->num * element <= used);
	assert_true(is_aligned(offset, 8));
	for (uint64_t i = 0; i < list->num * element / 8; i++)
		sum += page.words[offset / 8 + i];
	assert_int_equal(sum, 0);
	return &page.bytes[offset];
}

static void assert_none(const struct rmm_manifest_list *list)
{
	assert_int_equal(list->num, 0);
	assert_int_equal(list->list, 0);
	assert_int_equal(list->checksum, 0);
}

static void write_manifest(void)
{
	memset(&page, 0x5a, sizeof(page));
	used = manifest_write(&page, PAGE_PA, &m, &l);
	assert_true(used >= sizeof(struct rmm_manifest) && used <= sizeof(page));
	for (size_t i = used; i < sizeof(page); i++)
		assert_int_equal(page.bytes[i], 0);
}

static void the_header_is_version_0_5(void **state)
{
	make_machine(GIB(1));
	plan();
	write_manifest();
	assert_int_equal(page.manifest.version, 5);
	assert_int_equal(page.manifest.padding, 0);
	assert_int_equal(page.manifest.plat_data, 0);
	assert_none(&page.manifest.ncoh_region);
	assert_none(&page.manifest.smmu);
	assert_int_equal(page.manifest.rc_num, 0);
	assert_int_equal(page.manifest.rc_info_version, 1);
	assert_int_equal(page.manifest.rc_padding, 0);
	assert_int_equal(page.manifest.rc_list, 0);
	assert_int_equal(page.manifest.rc_checksum, 0);
}

static void dram_ends_where_the_carve_outs_begin(void **state)
{
	const struct rmm_manifest_bank *bank;

	make_machine(GIB(1));
	plan();
	write_manifest();
	bank = list(&page.manifest.dram, sizeof(*bank));
	assert_int_equal(page.manifest.dram.num, 1);
	assert_int_equal(bank[0].base, GIB(1));
	assert_int_equal(bank[0].base + bank[0].size, l.rmm.base);
}

static void dram_above_2_gib_is_a_second_bank(void **state)
{
	const struct rmm_manifest_bank *bank;

	make_machine(GIB(3));
	plan();
	write_manifest();
	bank = list(&page.manifest.dram, sizeof(*bank));
	assert_int_equal(page.manifest.dram.num, 2);
	assert_int_equal(bank[0].base + bank[0].size, l.rmm.base);
	assert_int_equal(bank[1].base, GIB(2));
	assert_int_equal(bank[1].size, GIB(2));
}

/* Whatever the banks are: ascending, whole granules, no byte of a carve-out, every other byte. */
static void banks_are_the_dram_without_the_carve_outs(void **state)
{
	const struct rmm_manifest_bank *bank;
	uint64_t total = 0, last = 0;

	make_machine(GIB(2) + MIB(6));
	m.dram[m.nr_dram++] = (struct region){GIB(8), GRANULE_SIZE};
	m.dram[m.nr_dram++] = (struct region){GIB(20), GIB(3)};
	plan();
	/* A hole between the two carve-outs, the GPTs lying lower. */
	l.gpt.base = GIB(1) + MIB(512);
	write_manifest();
	bank = list(&page.manifest.dram, sizeof(*bank));
	assert_int_equal(page.manifest.dram.num, 5);
	for (uint64_t i = 0; i < page.manifest.dram.num; i++) {
		uint64_t end = bank[i].base + bank[i].size;

		assert_true(bank[i].size > 0 && is_aligned(bank[i].base | bank[i].size, 4096));
		assert_true(bank[i].base >= last);
		assert_true(end <= l.gpt.base || bank[i].base >= l.gpt.base + l.gpt.size);
		assert_true(end <= l.rmm.base || bank[i].base >= l.rmm.base + l.rmm.size);
		total += bank[i].size;
		last = end;
	}
	assert_int_equal(total + l.gpt.size + l.rmm.size, GIB(5) + MIB(6) + GRANULE_SIZE);
}

static void a_carve_out_may_cut_a_bank_at_its_start_or_whole(void **state)
{
	const struct rmm_manifest_bank *bank;

	make_machine(MIB(64));
	m.dram[m.nr_dram++] = (struct region){GIB(3), MIB(16)};
	l = (struct layout){.gpt = {GIB(1), MIB(64)}, .rmm = {GIB(3), MIB(2)}, .gpt_l0_shift = 30};
	write_manifest();
	bank = list(&page.manifest.dram, sizeof(*bank));
	assert_int_equal(page.manifest.dram.num, 1);
	assert_int_equal(bank[0].base, GIB(3) + MIB(2));
	assert_int_equal(bank[0].size, MIB(14));
}

static void the_console_is_the_hosts_pl011(void **state)
{
	const struct rmm_manifest_console *console;

	make_machine(GIB(1));
	plan();
	write_manifest();
	console = list(&page.manifest.console, sizeof(*console));
	assert_int_equal(page.manifest.console.num, 1);
	assert_int_equal(console->base, 0x09000000);
	assert_int_equal(console->map_pages, 1);
	assert_memory_equal(console->name, "pl011\0\0\0", 8);
	assert_int_equal(console->clk_in_hz, 24000000);
	assert_int_equal(console->baud_rate, 115200);
	assert_int_equal(console->flags, 0);
}

static void only_devices_with_an_l1_table_are_listed(void **state)
{
	const struct rmm_manifest_bank *bank;

	make_machine(GIB(1));
	plan();
	write_manifest();
	bank = list(&page.manifest.coh_region, sizeof(*bank));
	assert_int_equal(page.manifest.coh_region.num, 1);
	assert_int_equal(bank->base, 0x10000000);
	assert_int_equal(bank->size, 0x2eff0000);
}

static void a_device_partly_without_tables_is_left_out(void **state)
{
	make_machine(GIB(1));
	m.nr_coh_dev = 1;
	m.coh_dev[0] = (struct region){GIB(2) + MIB(1), GRANULE_SIZE};
	plan();
	write_manifest();
	assert_none(&page.manifest.coh_region);
	/* From below 1 GiB across DRAM, and a wide one that starts in a covered entry. */
	m.coh_dev[0] = (struct region){MIB(512), GIB(1)};
	write_manifest();
	assert_none(&page.manifest.coh_region);
	make_machine(MIB(512));
	m.nr_coh_dev = 1;
	m.coh_dev[0] = (struct region){GIB(1) + MIB(768), MIB(512)};
	write_manifest();
	assert_none(&page.manifest.coh_region);
	m.coh_dev[0].size = MIB(256);
	write_manifest();
	assert_int_equal(page.manifest.coh_region.num, 1);
}

static void unacceptable_devices_are_left_out(void **state)
{
	static const struct region bad[] = {
		{0, MIB(1)}, {0x10000800, 0x1000}, {0x10000000, 0x800}, {GIB(1) - 4096, 8192}};

	make_machine(GIB(1));
	plan();
	m.nr_coh_dev = 1;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		m.coh_dev[0] = bad[i];
		write_manifest();
		assert_none(&page.manifest.coh_region);
	}
}

static void nothing_is_written_for_a_bad_page_or_no_dram(void **state)
{
	make_machine(GIB(1));
	plan();
	assert_int_equal(manifest_write(&page, PAGE_PA + 8, &m, &l), 0);
	l.gpt = m.dram[0];
	l.rmm.size = 0;
	assert_int_equal(manifest_write(&page, PAGE_PA, &m, &l), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_version_0_5),
		cmocka_unit_test(dram_ends_where_the_carve_outs_begin),
		cmocka_unit_test(dram_above_2_gib_is_a_second_bank),
		cmocka_unit_test(banks_are_the_dram_without_the_carve_outs),
		cmocka_unit_test(a_carve_out_may_cut_a_bank_at_its_start_or_whole),
		cmocka_unit_test(the_console_is_the_hosts_pl011),
		cmocka_unit_test(only_devices_with_an_l1_table_are_listed),
		cmocka_unit_test(a_device_partly_without_tables_is_left_out),
		cmocka_unit_test(unacceptable_devices_are_left_out),
		cmocka_unit_test(nothing_is_written_for_a_bad_page_or_no_dram),
	};

	return cmocka_run_group_tests_name("monitor/boot/manifest", tests, NULL, NULL);
}
