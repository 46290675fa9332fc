/* SPDX-License-Identifier: BSD-3-Clause */
/* monitor/boot/layout.c: where things lie in DRAM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>
#include <util.h>

#include "monitor/boot/layout.h"
#include "monitor/gpt/format.h"
#include "tests/unit/monitor/boot/capture.h"

#define RMM_IMAGE MIB(3)
#define KERNEL	  MIB(40)
#define INITRD	  MIB(20)

static struct layout l;

static struct machine machine(uint64_t size)
{
	return (struct machine){
		.nr_dram = 1,
		.dram = {{GIB(1), size}},
		.top = GIB(1024),
	};
}

static void assert_region(struct region r, uint64_t base, uint64_t size)
{
	assert_int_equal(r.base, base);
	assert_int_equal(r.size, size);
}

static void assert_plans(const struct machine *m, unsigned int l0gptsz, uint64_t rmm)
{
	capture_clear();
	if (layout_plan(m, l0gptsz, rmm, KERNEL, INITRD, &l))
		fail_msg("refused: %s", captured());
	assert_string_equal(captured(), "");
}

static void carve_outs_are_at_the_top_of_the_first_bank(void **state)
{
	struct machine m = machine(MIB(512));

	memset(&l, 0xaa, sizeof(l));
	assert_plans(&m, 0, RMM_IMAGE);
	assert_int_equal(l.gpt_pps, 2);
	assert_int_equal(l.gpt_l0_shift, 30);
	assert_region(l.gpt, MIB(1536 - 2), MIB(2));
	assert_region(l.gpt_l0, l.gpt.base, 8192);
	assert_region(l.gpt_l1, l.gpt.base + KIB(128), 2 * KIB(128));
	/* 16 MiB for the image, 8 + 2 MiB (one GiB begun) for the pool. */
	assert_region(l.rmm, MIB(1536 - 2 - 26), MIB(26));
	assert_region(l.rmm_image, l.rmm.base, MIB(16));
	assert_region(l.rmm_pool, l.rmm.base + MIB(16), MIB(10) - GRANULE_SIZE);
	assert_region(l.shared, l.gpt.base - GRANULE_SIZE, GRANULE_SIZE);
	assert_int_equal(l.fdt, GIB(1));
	assert_region(l.kernel, GIB(1) + MIB(2), KERNEL);
	assert_region(l.initrd, GIB(1) + MIB(42), INITRD);
}

static void carve_outs_stay_below_2_gib(void **state)
{
	struct machine m = machine(GIB(8));

	assert_plans(&m, 0, RMM_IMAGE);
	assert_int_equal(l.gpt.base + l.gpt.size, GIB(2));
	assert_int_equal(l.rmm.base + l.rmm.size, l.gpt.base);
	assert_int_equal(l.rmm_pool.size + l.shared.size, MIB(8 + 2 * 8));
	assert_int_equal(l.gpt_l1.size, (1 + 8) * KIB(128));
}

static void a_large_image_gets_a_larger_window(void **state)
{
	struct machine m = machine(GIB(1));

	assert_plans(&m, 0, MIB(8));
	assert_int_equal(l.rmm_image.size, MIB(16));
	assert_plans(&m, 0, MIB(8) + 1);
	assert_int_equal(l.rmm_image.size, MIB(18));
}

static void without_an_rmm_only_the_gpt_is_carved_out(void **state)
{
	struct machine m = machine(GIB(1));

	assert_plans(&m, 0, 0);
	assert_int_equal(l.rmm.size, 0);
	assert_int_equal(l.rmm_image.size, 0);
	assert_int_equal(l.rmm_pool.size, 0);
	assert_int_equal(l.shared.size, 0);
	assert_region(l.gpt, GIB(2) - MIB(2), MIB(2));
}

static void without_a_kernel_or_initrd_there_is_none(void **state)
{
	struct machine m = machine(GIB(1));

	assert_int_equal(layout_plan(&m, 0, 0, 0, 0, &l), 0);
	assert_int_equal(l.kernel.size, 0);
	assert_region(l.initrd, 0, 0);
}

static void pps_is_the_smallest_that_covers_the_machine(void **state)
{
	static const struct {
		uint64_t top;
		uint32_t pps;
	} sizes[] = {
		{GIB(2), 0},	      {GIB(4), 0},	 {GIB(4) + 1, 1},     {GIB(64), 1},
		{GIB(64) + 1, 2},     {GIB(1024), 2},	 {GIB(1024) + 1, 3},  {GIB(4096), 3},
		{GIB(4096) + 1, 4},   {GIB(16384), 4},	 {GIB(16384) + 1, 5}, {GIB(262144), 5},
		{GIB(262144) + 1, 6}, {GIB(4194304), 6},
	};
	struct machine m = machine(GIB(1));

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		m.top = sizes[i].top;
		assert_plans(&m, 0, RMM_IMAGE);
		assert_int_equal(l.gpt_pps, sizes[i].pps);
		assert_true(is_aligned(l.gpt_l0.base, l.gpt_l0.size));
		assert_true(l.gpt_l0.size >= GRANULE_SIZE);
	}
	assert_int_equal(l.gpt_l0.size, MIB(32));
	m.top = GIB(4194304) + 1;
	assert_int_equal(layout_plan(&m, 0, RMM_IMAGE, KERNEL, INITRD, &l), -EINVAL);
	assert_printed("beyond 4 PiB");
}

static void tables_follow_l0gptsz(void **state)
{
	static const struct {
		unsigned int l0gptsz;
		uint64_t l0_size;
		uint64_t l1_size; /* of one table */
		uint64_t tables;
	} sizes[] = {
		/* 1 TiB of PPS; DRAM from 1 to 9 GiB and from 512 to 513 GiB. */
		{0, 8192, KIB(128), 1 + 8 + 1},
		{4, 4096, MIB(2), 1 + 1},
		{6, 4096, MIB(8), 1 + 1},
		{9, 4096, MIB(64), 1 + 1},
	};
	struct machine m = machine(GIB(8));

	m.dram[m.nr_dram++] = (struct region){GIB(512), GIB(1)};
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_plans(&m, sizes[i].l0gptsz, RMM_IMAGE);
		assert_int_equal(l.gpt_l0_shift, 30 + sizes[i].l0gptsz);
		assert_int_equal(gpt_l1_size(l.gpt_l0_shift), sizes[i].l1_size);
		assert_int_equal(l.gpt_l0.size, sizes[i].l0_size);
		assert_int_equal(l.gpt_l1.size, sizes[i].tables * sizes[i].l1_size);
		assert_true(is_aligned(l.gpt_l1.base, sizes[i].l1_size));
		assert_true(l.gpt_l1.base >= l.gpt_l0.base + l.gpt_l0.size);
		assert_true(l.gpt_l1.base + l.gpt_l1.size <= l.gpt.base + l.gpt.size);
		assert_true(is_aligned(l.gpt.base | l.gpt.size, MIB(2)));
		assert_true(l.rmm.base + l.rmm.size <= l.gpt.base);
	}
	assert_int_equal(layout_plan(&m, 5, RMM_IMAGE, KERNEL, INITRD, &l), -EINVAL);
	assert_printed("unknown L0GPTSZ 5");
}

/* The table count and the predicate must tell the same story: the GPT is built from both. */
static void as_many_tables_as_entries_with_l1(void **state)
{
	struct machine m = machine(GIB(3));
	uint64_t tables = 0;

	m.dram[m.nr_dram++] = (struct region){GIB(4) + MIB(512), GIB(1)};
	m.dram[m.nr_dram++] = (struct region){GIB(5) + MIB(512), MIB(64)};
	m.dram[m.nr_dram++] = (struct region){GIB(100), GIB(2) + GRANULE_SIZE};
	assert_plans(&m, 0, RMM_IMAGE);
	for (uint64_t a = 0; a < m.top; a += GIB(1))
		tables += layout_has_l1(&m, 30, a);
	assert_int_equal(tables, 1 + 3 + 2 + 3);
	assert_int_equal(l.gpt_l1.size, tables * KIB(128));
	assert_true(layout_has_l1(&m, 30, GIB(1) - 1));
	assert_true(layout_has_l1(&m, 30, GIB(102)));
	assert_false(layout_has_l1(&m, 30, GIB(103)));
	assert_false(layout_has_l1(&m, 30, GIB(6)));
}

static void a_bank_below_1_gib_shares_the_first_table(void **state)
{
	struct machine m = machine(GIB(1));

	m.dram[0].base = MIB(512);
	assert_plans(&m, 0, 0);
	assert_int_equal(l.gpt_l1.size, 2 * KIB(128));
	assert_int_equal(l.gpt.base + l.gpt.size, MIB(1536));
}

static void what_is_missing_is_said(void **state)
{
	/* 2 MiB in front, kernel and initrd, RMM 26 MiB, GPTs 2 MiB. */
	uint64_t exact = MIB(2) + KERNEL + INITRD + MIB(26) + MIB(2);
	struct machine m = machine(exact);

	assert_plans(&m, 0, RMM_IMAGE);
	assert_int_equal(l.initrd.base + l.initrd.size, l.rmm.base);
	m.dram[0].size = exact - MIB(2);
	assert_int_equal(layout_plan(&m, 0, RMM_IMAGE, KERNEL, INITRD, &l), -ENOMEM);
	assert_printed("2048 KiB of DRAM below 2 GiB are missing");
	/* A kernel of one byte more: a 2 MiB step, as the initrd is aligned. */
	m.dram[0].size = exact;
	assert_int_equal(layout_plan(&m, 0, RMM_IMAGE, KERNEL + 1, INITRD, &l), -ENOMEM);
	assert_printed("2048 KiB of DRAM");
	assert_int_equal(layout_plan(&m, 0, RMM_IMAGE, KERNEL, INITRD + 1, &l), -ENOMEM);
	assert_printed("1 KiB of DRAM");
}

static void tiny_and_misplaced_memory_does_not_wrap(void **state)
{
	struct machine m = machine(MIB(1));

	m.dram[0].base = MIB(2);
	assert_int_equal(layout_plan(&m, 9, MIB(500), KERNEL, INITRD, &l), -ENOMEM);
	assert_printed("KiB of DRAM below 2 GiB are missing");
	m = machine(GIB(4));
	m.dram[0].base = GIB(4);
	assert_int_equal(layout_plan(&m, 0, RMM_IMAGE, KERNEL, INITRD, &l), -ENOMEM);
	assert_printed("missing");
}

static void absurd_input_is_refused(void **state)
{
	struct machine m = machine(GIB(1));

	assert_int_equal(layout_plan(&m, 0, UINT64_MAX, KERNEL, INITRD, &l), -EINVAL);
	assert_printed("more than 1 TiB");
	assert_int_equal(layout_plan(&m, 0, 0, UINT64_MAX - 5, INITRD, &l), -EINVAL);
	assert_printed("more than 1 TiB");
	assert_int_equal(layout_plan(&m, 0, 0, KERNEL, GIB(1025), &l), -EINVAL);
	assert_printed("more than 1 TiB");
	m.nr_dram = 0;
	assert_int_equal(layout_plan(&m, 0, 0, KERNEL, INITRD, &l), -EINVAL);
	assert_printed("no DRAM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carve_outs_are_at_the_top_of_the_first_bank),
		cmocka_unit_test(carve_outs_stay_below_2_gib),
		cmocka_unit_test(a_large_image_gets_a_larger_window),
		cmocka_unit_test(without_an_rmm_only_the_gpt_is_carved_out),
		cmocka_unit_test(without_a_kernel_or_initrd_there_is_none),
		cmocka_unit_test(pps_is_the_smallest_that_covers_the_machine),
		cmocka_unit_test(tables_follow_l0gptsz),
		cmocka_unit_test(as_many_tables_as_entries_with_l1),
		cmocka_unit_test(a_bank_below_1_gib_shares_the_first_table),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(tiny_and_misplaced_memory_does_not_wrap),
		cmocka_unit_test(absurd_input_is_refused),
	};

	return cmocka_run_group_tests_name("monitor/boot/layout", tests, NULL, NULL);
}
