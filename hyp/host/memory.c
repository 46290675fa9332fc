/* SPDX-License-Identifier: BSD-3-Clause */
/* What the host has of the memory and of the machine: the host's stage 2 (s2.h) on the CPUs. */
#include <sysreg.h>
#include <util.h>

#include "hyp/host/s2.h"
#include "hyp/hyp.h"

/* QEMU's machine takes ten. */
#define TABLES 48

static uint64_t tables[TABLES][S2_ENTRIES] __attribute__((aligned(S2_ROOT_ALIGN)));
static struct s2 s2;
static struct tree tree;
static struct region hyp;

void memory_init(const struct hyp_boot *boot, struct region shared)
{
	tree = boot->tree;
	hyp = boot->hyp;
	s2_init(&s2, tables, TABLES, (unsigned int)FIELD(read_sysreg(id_aa64mmfr0_el1), 3, 0));
	if (s2_map_host(&s2, &tree, &hyp) || s2_map(&s2, S2_RW, shared))
		hyp_panic("the host's memory cannot be mapped");
	/* Walks of other CPUs see the tables. */
	dsb(ishst);
}

void memory_on(void)
{
	write_sysreg(vtcr_el2, s2_vtcr(&s2));
	write_sysreg(vttbr_el2, s2_vttbr(&s2));
	isb();
	tlbi(alle1);
	dsb(nsh);
	isb();
}

bool host_has_page(uint64_t pa)
{
	return is_aligned(pa, GRANULE_SIZE) && tree_is_dram(&tree, pa, GRANULE_SIZE) &&
	       !(pa >= hyp.base && pa - hyp.base < hyp.size);
}
