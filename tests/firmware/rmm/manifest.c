/* SPDX-License-Identifier: BSD-3-Clause */
/* Test RMM, cold boot: the boot manifest 0.5 (RMM-EL3 interface 2.0, section "Boot manifest"). */
#include <string.h>
#include "tests/firmware/rmm/rmm.h"

#define MAX_BANKS 32

static uint64_t page;

static bool in_page(uint64_t pa, uint64_t size)
{
	return pa >= page && size <= RMM_EL3_SHARED_SIZE && pa - page <= RMM_EL3_SHARED_SIZE - size;
}

static uint64_t sum_words(uint64_t pa, uint64_t size)
{
	const uint64_t *words = (const uint64_t *)pa;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < size / 8; i++)
		sum += words[i];
	return sum;
}

/* True if the entries can be looked at. */
static bool check_list(const struct rmm_manifest_list *list, uint64_t entry_size, const char *name)
{
	if (!list->num) {
		check_eq(list->list, 0, "manifest: empty list of %s has no pointer", name);
		check_eq(list->checksum, 0, "manifest: empty list of %s has checksum 0", name);
		return false;
	}
	if (!check(list->num <= MAX_BANKS && is_aligned(list->list, 8) &&
			   in_page(list->list, list->num * entry_size),
		   "manifest: list of %s lies in the shared page", name))
		return false;
	return check_eq(list->num + list->list + list->checksum +
				sum_words(list->list, list->num * entry_size),
			0, "manifest: checksum of %s", name);
}

static bool bank_ok(const struct rmm_manifest_bank *bank)
{
	return bank->base && bank->size && is_aligned(bank->base | bank->size, GRANULE_SIZE) &&
	       bank->base + bank->size > bank->base;
}

static void check_banks(const struct rmm_manifest_list *list, const char *name)
{
	const struct rmm_manifest_bank *banks = (const void *)list->list;
	bool ascending = true, valid = true;

	if (!check_list(list, sizeof(*banks), name))
		return;
	for (uint64_t i = 0; i < list->num; i++) {
		record_note("%s 0x%lx + 0x%lx", name, banks[i].base, banks[i].size);
		valid = valid && bank_ok(&banks[i]);
		if (i && banks[i].base < banks[i - 1].base + banks[i - 1].size)
			ascending = false;
	}
	check(valid, "manifest: every bank of %s is page aligned, not empty and not at 0", name);
	check(ascending, "manifest: banks of %s are ascending and do not overlap", name);
}

static bool dram_holds(const struct rmm_manifest *manifest, uint64_t pa)
{
	const struct rmm_manifest_bank *banks = (const void *)manifest->dram.list;

	for (uint64_t i = 0; i < manifest->dram.num; i++) {
		if (pa >= banks[i].base && pa - banks[i].base < banks[i].size)
			return true;
	}
	return false;
}

static void check_consoles(const struct rmm_manifest_list *list)
{
	const struct rmm_manifest_console *console = (const void *)list->list;

	if (!check_list(list, sizeof(*console), "consoles"))
		return;
	check(is_aligned(console->base, GRANULE_SIZE) && console->base,
	      "manifest: console is at a page");
	check(!probe_read32(console->base + 0x18).esr &&
		      !probe_read32(console->base + 0x18 + MMU_NS_WINDOW).esr,
	      "manifest: the console is there for the RMM in both address spaces");
	check(console->map_pages >= 1, "manifest: console has pages to map");
	check(!strncmp(console->name, "pl011", sizeof(console->name)),
	      "manifest: console is a pl011");
}

static void check_root_complexes(const struct rmm_manifest *manifest)
{
	if (!manifest->rc_num) {
		check_eq(manifest->rc_list, 0, "manifest: no root complex, no pointer");
		check_eq(manifest->rc_checksum, 0, "manifest: no root complex, checksum 0");
		return;
	}
	check_eq(manifest->rc_info_version, RMM_EL3_VERSION(0, 1),
		 "manifest: root complex list version 0.1");
	check(in_page(manifest->rc_list, manifest->rc_num * 24),
	      "manifest: root complex list lies in the shared page");
}

void cold_check_manifest(uint64_t shared)
{
	const struct rmm_manifest *manifest = (const void *)shared;

	page = shared;
	check_eq(manifest->version, RMM_EL3_MANIFEST_VERSION_0_5, "manifest: version 0.5");
	check_eq(manifest->padding, 0, "manifest: padding is 0");
	check(!manifest->plat_data || in_page(manifest->plat_data, 8),
	      "manifest: plat_data is none or in the shared page");
	check_banks(&manifest->dram, "DRAM");
	check(manifest->dram.num > 0, "manifest: there is DRAM");
	check(!dram_holds(manifest, shared) && !dram_holds(manifest, (uint64_t)&page),
	      "manifest: DRAM for the host's granules is without the RMM's own memory");
	check_consoles(&manifest->console);
	check_banks(&manifest->ncoh_region, "non-coherent device regions");
	check_banks(&manifest->coh_region, "coherent device regions");
	check_list(&manifest->smmu, 16, "SMMUs");
	check_eq(manifest->rc_padding, 0, "manifest: root complex padding is 0");
	check_root_complexes(manifest);
}
