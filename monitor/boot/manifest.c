/* SPDX-License-Identifier: BSD-3-Clause */
/* The RMM's boot manifest. See manifest.h. */
#include <stdbool.h>
#include <string.h>
#include <util.h>

#include "abi/rmm_el3.h"
#include "monitor/boot/layout.h"
#include "monitor/boot/manifest.h"

#define CONSOLE_BAUD_RATE   115200
#define RC_INFO_VERSION_0_1 RMM_EL3_VERSION(0, 1)

/* Where the next list goes. */
struct writer {
	uint8_t *page;
	uint64_t page_pa;
	size_t used;
	bool full;
};

static uint64_t sum_words(const void *data, size_t size)
{
	const uint64_t *word = data;
	uint64_t sum = 0;

	for (size_t i = 0; i < size / sizeof(*word); i++)
		sum += word[i];
	return sum;
}

/* Room for one more element of the list that is being written, or NULL. */
static void *append(struct writer *w, size_t size)
{
	void *p = w->page + w->used;

	if (w->full || size > RMM_EL3_SHARED_SIZE - w->used) {
		w->full = true;
		return NULL;
	}
	w->used += size;
	return p;
}

/* Closes a list that started at offset `start`; an empty one stays all zero ("none"). */
static void finish_list(struct writer *w, struct rmm_manifest_list *list, size_t start, size_t num)
{
	if (!num)
		return;
	list->num = num;
	list->list = w->page_pa + start;
	list->checksum = -(list->num + list->list + sum_words(w->page + start, w->used - start));
}

static size_t append_bank(struct writer *w, uint64_t base, uint64_t end)
{
	struct rmm_manifest_bank *bank = base < end ? append(w, sizeof(*bank)) : NULL;

	if (!bank)
		return 0;
	*bank = (struct rmm_manifest_bank){base, end - base};
	return 1;
}

/* [base, end) without what is carved out of it; carve-outs ascend. */
static size_t append_without(struct writer *w, uint64_t base, uint64_t end,
			     const struct region *carved, size_t nr_carved)
{
	size_t num = 0;

	for (size_t i = 0; i < nr_carved; i++) {
		uint64_t carved_end = carved[i].base + carved[i].size;

		if (!carved[i].size || carved_end <= base || carved[i].base >= end)
			continue;
		num += append_bank(w, base, carved[i].base);
		base = carved_end;
	}
	return num + append_bank(w, base, end);
}

static void write_dram(struct writer *w, const struct machine *m, const struct layout *l,
		       struct rmm_manifest_list *list)
{
	bool rmm_first = l->rmm.base < l->gpt.base;
	struct region carved[2] = {rmm_first ? l->rmm : l->gpt, rmm_first ? l->gpt : l->rmm};
	size_t start = w->used, num = 0;

	for (uint32_t i = 0; i < m->nr_dram; i++)
		num += append_without(w, m->dram[i].base, m->dram[i].base + m->dram[i].size, carved,
				      ARRAY_SIZE(carved));
	finish_list(w, list, start, num);
}

static void write_console(struct writer *w, const struct machine *m, struct rmm_manifest_list *list)
{
	size_t start = w->used;
	struct rmm_manifest_console *console = append(w, sizeof(*console));

	if (!console)
		return;
	*console = (struct rmm_manifest_console){
		.base = m->uart.base,
		.map_pages = align_up(m->uart.size, GRANULE_SIZE) / GRANULE_SIZE,
		.name = "pl011",
		.clk_in_hz = m->uart_clk_hz,
		.baud_rate = CONSOLE_BAUD_RATE,
	};
	finish_list(w, list, start, 1);
}

static bool overlaps(const struct region *a, const struct region *b)
{
	return a->base < b->base + b->size && b->base < a->base + a->size;
}

/* A device without an L1 table is left out: its granules can never be delegated to the RMM. */
static bool device_listed(const struct machine *m, const struct layout *l, const struct region *dev)
{
	uint64_t end = dev->base + dev->size;
	uint64_t step = BIT(l->gpt_l0_shift);

	for (uint32_t i = 0; i < m->nr_dram; i++) {
		if (overlaps(dev, &m->dram[i]))
			return false;
	}
	for (uint64_t a = dev->base; a < end; a = align_down(a, step) + step) {
		if (!layout_has_l1(m, l->gpt_l0_shift, a))
			return false;
	}
	return dev->base && is_aligned(dev->base | dev->size, GRANULE_SIZE);
}

static void write_devices(struct writer *w, const struct machine *m, const struct layout *l,
			  struct rmm_manifest_list *list)
{
	size_t start = w->used, num = 0;

	for (uint32_t i = 0; i < m->nr_coh_dev; i++) {
		const struct region *dev = &m->coh_dev[i];

		if (device_listed(m, l, dev))
			num += append_bank(w, dev->base, dev->base + dev->size);
	}
	finish_list(w, list, start, num);
}

size_t manifest_write(void *page, uint64_t page_pa, const struct machine *m, const struct layout *l)
{
	struct rmm_manifest *manifest = page;
	struct writer w = {page, page_pa, sizeof(*manifest), false};

	if (!is_aligned(page_pa, GRANULE_SIZE))
		return 0;
	memset(page, 0, RMM_EL3_SHARED_SIZE);
	manifest->version = RMM_EL3_MANIFEST_VERSION_0_5;
	manifest->rc_info_version = RC_INFO_VERSION_0_1;
	write_dram(&w, m, l, &manifest->dram);
	write_console(&w, m, &manifest->console);
	write_devices(&w, m, l, &manifest->coh_region);
	return w.full || !manifest->dram.num ? 0 : w.used;
}
