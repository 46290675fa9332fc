/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory plan. See layout.h. */
#include <errno.h>
#include <string.h>
#include <print.h>
#include <util.h>

#include "monitor/boot/layout.h"
#include "monitor/gpt/format.h"

#define BLOCK	       MIB(2)
#define LOW_DRAM_END   GIB(2)
/* An RMM may keep memory of its own behind its image: TF-RMM's default build takes 13 MiB in all.
 */
#define RMM_WINDOW_MIN MIB(16)
#define RMM_POOL_BASE  MIB(8)
#define RMM_POOL_GIB   MIB(2)

/* Larger sizes are refused, so that no sum below can wrap. */
#define SIZE_LIMIT GIB(1024)

static bool touches(const struct region *bank, unsigned int l0_shift, uint64_t index)
{
	return bank->base >> l0_shift <= index &&
	       (bank->base + bank->size - 1) >> l0_shift >= index;
}

bool layout_has_l1(const struct machine *m, unsigned int l0_shift, uint64_t addr)
{
	uint64_t index = addr >> l0_shift;

	if (index == 0)
		return true;
	for (uint32_t i = 0; i < m->nr_dram; i++) {
		if (touches(&m->dram[i], l0_shift, index))
			return true;
	}
	return false;
}

/* Number of L0 entries that layout_has_l1() names. Banks ascend. */
static uint64_t count_l1(const struct machine *m, unsigned int l0_shift)
{
	uint64_t next = 1, count = 1;

	for (uint32_t i = 0; i < m->nr_dram; i++) {
		uint64_t first = m->dram[i].base >> l0_shift;
		uint64_t last = (m->dram[i].base + m->dram[i].size - 1) >> l0_shift;

		if (first < next)
			first = next;
		if (last < first)
			continue;
		count += last - first + 1;
		next = last + 1;
	}
	return count;
}

static int choose_pps(uint64_t top, uint32_t *pps)
{
	for (*pps = 0; *pps < GPT_PPS_VALUES; ++*pps) {
		if (top <= BIT(gpt_pps_bits(*pps)))
			return 0;
	}
	print("layout: the machine's addresses reach beyond 4 PiB\n");
	return -EINVAL;
}

static uint64_t l0_size(uint32_t pps, unsigned int l0_shift)
{
	uint64_t size = gpt_l0_entries(pps, l0_shift) * sizeof(uint64_t);

	return size < GRANULE_SIZE ? GRANULE_SIZE : size;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Sizes and offsets inside the GPT region, which is not placed yet. Returns its alignment. */
static uint64_t plan_gpt(const struct machine *m, struct layout *l)
{
	uint64_t l1_size = gpt_l1_size(l->gpt_l0_shift);

	l->gpt_l0.size = l0_size(l->gpt_pps, l->gpt_l0_shift);
	l->gpt_l1.base = align_up(l->gpt_l0.size, l1_size);
	l->gpt_l1.size = count_l1(m, l->gpt_l0_shift) * l1_size;
	l->gpt.size = align_up(l->gpt_l1.base + l->gpt_l1.size, BLOCK);
	return max(BLOCK, max(l->gpt_l0.size, l1_size));
}

static void place_gpt(struct layout *l, uint64_t base)
{
	l->gpt.base = base;
	l->gpt_l0.base = base;
	l->gpt_l1.base += base;
}

static uint64_t dram_gib(const struct machine *m)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < m->nr_dram; i++)
		bytes += m->dram[i].size;
	return align_up(bytes, GIB(1)) / GIB(1);
}

static void plan_rmm(const struct machine *m, uint64_t image_size, struct layout *l)
{
	if (!image_size)
		return;
	l->rmm_image.size = max(RMM_WINDOW_MIN, align_up(2 * image_size, BLOCK));
	l->shared.size = GRANULE_SIZE;
	l->rmm_pool.size = RMM_POOL_BASE + RMM_POOL_GIB * dram_gib(m) - l->shared.size;
	l->rmm.size = l->rmm_image.size + l->rmm_pool.size + l->shared.size;
}

static void place_rmm(struct layout *l, uint64_t base)
{
	if (!l->rmm.size)
		return;
	l->rmm.base = base;
	l->rmm_image.base = base;
	l->rmm_pool.base = base + l->rmm_image.size;
	l->shared.base = l->rmm_pool.base + l->rmm_pool.size;
}

/* Returns the end of what was placed. */
static uint64_t place_host(struct layout *l, uint64_t dram, uint64_t kernel, uint64_t initrd)
{
	l->fdt = dram;
	l->kernel = (struct region){align_up(dram, BLOCK) + BLOCK, kernel};
	if (!initrd)
		return l->kernel.base + kernel;
	l->initrd = (struct region){align_up(l->kernel.base + kernel, BLOCK), initrd};
	return l->initrd.base + initrd;
}

static int check_input(const struct machine *m, unsigned int l0gptsz, uint64_t rmm, uint64_t kernel,
		       uint64_t initrd)
{
	if (l0gptsz != 0 && l0gptsz != 4 && l0gptsz != 6 && l0gptsz != 9) {
		print("layout: unknown L0GPTSZ %u\n", l0gptsz);
		return -EINVAL;
	}
	if (max(rmm, max(kernel, initrd)) > SIZE_LIMIT) {
		print("layout: an image of more than 1 TiB\n");
		return -EINVAL;
	}
	if (!m->nr_dram) {
		print("layout: no DRAM\n");
		return -EINVAL;
	}
	return 0;
}

int layout_plan(const struct machine *m, unsigned int l0gptsz, uint64_t rmm_image_size,
		uint64_t kernel_size, uint64_t initrd_size, struct layout *l)
{
	uint64_t host_end, end, align;
	int64_t gpt, rmm;
	int err = check_input(m, l0gptsz, rmm_image_size, kernel_size, initrd_size);

	memset(l, 0, sizeof(*l));
	l->gpt_l0_shift = 30 + l0gptsz;
	if (!err)
		err = choose_pps(m->top, &l->gpt_pps);
	if (err)
		return err;

	align = plan_gpt(m, l);
	plan_rmm(m, rmm_image_size, l);
	host_end = place_host(l, m->dram[0].base, kernel_size, initrd_size);
	end = m->dram[0].base + m->dram[0].size;
	if (end > LOW_DRAM_END)
		end = LOW_DRAM_END;

	/* Signed: where memory lacks, the results are below zero instead of wrapping. */
	gpt = (int64_t)align_down(end - l->gpt.size, align);
	rmm = (int64_t)align_down((uint64_t)gpt, BLOCK) - (int64_t)l->rmm.size;
	if (rmm < (int64_t)host_end) {
		print("layout: %lu KiB of DRAM below 2 GiB are missing: it ends at 0x%lx, GPTs "
		      "and RMM take %lu KiB, kernel and initrd end at 0x%lx\n",
		      ((uint64_t)((int64_t)host_end - rmm) + KIB(1) - 1) / KIB(1), end,
		      (l->gpt.size + l->rmm.size) / KIB(1), host_end);
		return -ENOMEM;
	}
	place_gpt(l, (uint64_t)gpt);
	place_rmm(l, (uint64_t)rmm);
	return 0;
}
