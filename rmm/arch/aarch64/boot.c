/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot of a CPU, called by boot.S. The first part of the cold boot runs with the MMU off: no
 * atomics, no unaligned accesses. docs/spec/rmm-el3.md sections 2 and 3; the order of checks and
 * codes is that page's.
 */
#include <mbedtls_port.h>
#include <print.h>
#include <string.h>
#include <version.h>

#include "abi/rmm_el3.h"
#include "rmm/arch/aarch64/boot.h"
#include "rmm/arch/aarch64/cpu.h"
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/aarch64/mmu.h"
#include "rmm/arch/aarch64/regs.h"
#include "rmm/arch/arch.h"
#include "rmm/core/core.h"
#include "rmm/core/granule.h"

_Static_assert(RMM_MAX_CPUS == 64, "boot.S has its own MAX_CPUS");
_Static_assert(offsetof(struct boot_regs, hcr) == BOOT_HCR, "BOOT_HCR");
_Static_assert(offsetof(struct boot_regs, mair) == BOOT_MAIR, "BOOT_MAIR");
_Static_assert(offsetof(struct boot_regs, tcr) == BOOT_TCR, "BOOT_TCR");
_Static_assert(offsetof(struct boot_regs, ttbr0) == BOOT_TTBR0, "BOOT_TTBR0");
_Static_assert(offsetof(struct boot_regs, sctlr) == BOOT_SCTLR, "BOOT_SCTLR");

#define EL3_VERSION_MAJOR(v) FIELD(v, 30, 16)
#define EL3_VERSION_MINOR(v) FIELD(v, 15, 0)
#define MANIFEST_MINOR_MIN   3

/* M, C, SA, SA0, CP15BEN, nAA, EOS, I, nTWI, nTWE, WXN, TSCXT, EIS, SPAN, nTLSMD, LSMAOE */
#define SCTLR_VALUE                                                                                \
	(BIT(0) | BIT(2) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(11) | BIT(12) | BIT(16) |       \
	 BIT(18) | BIT(19) | BIT(20) | BIT(22) | BIT(23) | BIT(28) | BIT(29))

/* The granule table, when EL3 has no memory to reserve: enough for this much DRAM. */
#ifndef RMM_POOL_DRAM_GIB
#define RMM_POOL_DRAM_GIB 4
#endif
#define POOL_SIZE (RMM_POOL_DRAM_GIB * (GIB(1) >> GRANULE_SHIFT) * sizeof(uint16_t))

/* X0-X3 of the cold entry. */
struct boot_args {
	uint64_t cpu, version, num_cpus, shared;
};

int64_t boot_cold_early(const struct boot_args *args);
int64_t boot_cpu(uint64_t index, bool warm);

extern char image_start[], rodata_start[], data_start[], stacks_start[], stacks_end[], image_end[];

/* Read by later CPUs with the MMU off. */
uint32_t boot_cold_done __attribute__((section(".data")));
struct boot_regs boot_regs __attribute__((section(".data")));

void *boot_shared_buffer;
uintptr_t boot_console;

static uint8_t pool[POOL_SIZE] __attribute__((section(".noinit"), aligned(4096)));
static struct cpu cpus[RMM_MAX_CPUS] __attribute__((aligned(64)));
static uint64_t num_cpus;
static struct granule_bank banks[GRANULE_MAX_BANKS];
static size_t num_banks;
static void *granule_table;
static size_t table_size;

static int64_t check_args(const struct boot_args *a)
{
	if (EL3_VERSION_MAJOR(a->version) != EL3_VERSION_MAJOR(RMM_EL3_VERSION_2_0))
		return RMM_BOOT_VERSION_MISMATCH;
	if (a->num_cpus > RMM_MAX_CPUS)
		return RMM_BOOT_CPUS_OUT_OF_RANGE;
	if (a->cpu >= a->num_cpus)
		return RMM_BOOT_CPU_ID_OUT_OF_RANGE;
	if (!a->shared || !granule_aligned(a->shared) || a->shared >= MMU_PA_LIMIT)
		return RMM_BOOT_BAD_SHARED_BUFFER;
	return RMM_BOOT_SUCCESS;
}

/* The elements of a manifest list, or NULL: outside the page, or the checksum is wrong. */
static const void *list_elements(const struct rmm_manifest *m, const struct rmm_manifest_list *list,
				 size_t element_size)
{
	uint64_t offset = list->list - (uint64_t)m, sum = list->num + list->list + list->checksum;
	const uint64_t *words = (const uint64_t *)list->list;

	if (offset >= RMM_EL3_SHARED_SIZE || !is_aligned(offset, 8) ||
	    list->num > (RMM_EL3_SHARED_SIZE - offset) / element_size)
		return NULL;
	for (size_t i = 0; i < list->num * element_size / sizeof(*words); i++)
		sum += words[i];
	return sum == 0 ? words : NULL;
}

/* Banks that are out of order or overlap are refused by granule_table_size(). */
static bool read_banks(const struct rmm_manifest *m)
{
	const struct rmm_manifest_bank *bank = list_elements(m, &m->dram, sizeof(*bank));

	if (!bank || m->dram.num == 0 || m->dram.num > GRANULE_MAX_BANKS)
		return false;
	num_banks = m->dram.num;
	for (size_t i = 0; i < num_banks; i++) {
		if (!bank[i].base || bank[i].base >= MMU_PA_LIMIT ||
		    bank[i].size > MMU_PA_LIMIT - bank[i].base)
			return false;
		banks[i] = (struct granule_bank){pa_of(bank[i].base), bank[i].size};
	}
	table_size = granule_table_size(banks, num_banks);
	return table_size != 0;
}

/* The first PL011 is the console of panics. */
static bool read_console(const struct rmm_manifest *m, struct rmm_manifest_console *console)
{
	const struct rmm_manifest_console *list;

	memset(console, 0, sizeof(*console));
	if (m->console.num == 0)
		return true;
	list = list_elements(m, &m->console, sizeof(*list));
	if (!list)
		return false;
	for (uint64_t i = 0; i < m->console.num; i++) {
		if (memcmp(list[i].name, "pl011", sizeof("pl011")) == 0 &&
		    granule_aligned(list[i].base) && list[i].base < MMU_PA_LIMIT &&
		    list[i].map_pages > 0 && list[i].map_pages <= 16) {
			*console = list[i];
			break;
		}
	}
	return true;
}

static bool reserve_table(bool *outside)
{
	uint64_t pa = el3_reserve(align_up(table_size, GRANULE_SIZE));

	*outside = pa && pa < MMU_PA_LIMIT;
	granule_table = *outside ? (void *)pa : pool;
	return *outside || table_size <= sizeof(pool);
}

static bool map_image(void)
{
	uint64_t start = (uint64_t)image_start, rodata = (uint64_t)rodata_start,
		 data = (uint64_t)data_start, stacks = (uint64_t)stacks_start;
	bool ok =
		mmu_map(MMU_CODE, start, rodata - start) &&
		mmu_map(MMU_RODATA, rodata, data - rodata) &&
		mmu_map(MMU_DATA, data, stacks - data) &&
		mmu_map(MMU_DATA, (uint64_t)stacks_end, (uint64_t)image_end - (uint64_t)stacks_end);

	for (uint64_t at = stacks; ok && at < (uint64_t)stacks_end; at += BIT(RMM_STACK_SHIFT))
		ok = mmu_map(MMU_GUARD, at, BIT(RMM_STACK_GUARD)) &&
		     mmu_map(MMU_DATA, at + BIT(RMM_STACK_GUARD), BIT(RMM_STACK_GUARD));
	return ok;
}

static bool map_all(const struct boot_args *a, const struct rmm_manifest_console *console,
		    bool table_outside)
{
	bool ok = map_image() && mmu_map(MMU_DATA, a->shared, RMM_EL3_SHARED_SIZE);

	if (table_outside)
		ok = ok &&
		     mmu_map(MMU_DATA, (uint64_t)granule_table, align_up(table_size, GRANULE_SIZE));
	if (console->map_pages)
		ok = ok && mmu_map(MMU_DEVICE_NS, console->base, console->map_pages * GRANULE_SIZE);
	for (size_t i = 0; ok && i < num_banks; i++)
		ok = mmu_map(MMU_DATA, banks[i].base.v, banks[i].size) &&
		     mmu_map(MMU_DATA_NS, banks[i].base.v, banks[i].size);
	return ok;
}

int64_t boot_cold_early(const struct boot_args *args)
{
	const struct rmm_manifest *m = (const struct rmm_manifest *)args->shared;
	struct rmm_manifest_console console;
	int64_t code = check_args(args);
	bool table_outside;

	if (code)
		return code;
	if (EL3_VERSION_MAJOR(m->version) != 0 ||
	    EL3_VERSION_MINOR(m->version) < MANIFEST_MINOR_MIN)
		return RMM_BOOT_MANIFEST_VERSION;
	if (!read_banks(m) || !read_console(m, &console))
		return RMM_BOOT_MANIFEST_DATA;
	if (!reserve_table(&table_outside) || !map_all(args, &console, table_outside))
		return RMM_BOOT_NO_MEMORY;
	num_cpus = args->num_cpus;
	boot_shared_buffer = (void *)args->shared;
	if (console.map_pages)
		boot_console = (uintptr_t)mmu_ns_ptr(pa_of(console.base));
	boot_regs = (struct boot_regs){
		.hcr = HCR_RMM,
		.mair = mmu_mair(),
		.tcr = mmu_tcr(),
		.ttbr0 = mmu_ttbr0(),
		.sctlr = SCTLR_VALUE,
	};
	return RMM_BOOT_SUCCESS;
}

/*
 * For the variables that later CPUs read with the MMU off. One cache line each is enough, because
 * neither crosses 64 bytes.
 */
static void clean_to_memory(const void *p)
{
	__asm__ volatile("dc civac, %0" ::"r"(p) : "memory");
	dsb(sy);
}

static void init_cpu(struct cpu *cpu)
{
	write_sysreg(tpidr_el2, cpu);
	isb();
	write_sysreg(cptr_el2, CPTR_CLOSED);
	write_sysreg(mdcr_el2, MDCR_REALM | machine.pmu_counters);
	write_sysreg(hstr_el2, 0);
	write_sysreg(hacr_el2, 0);
	write_sysreg(cnthctl_el2, CNTHCTL_REALM);
	write_sysreg(cntvoff_el2, 0);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vttbr_el2, 0);
	/* Counters of the host do not count what happens in this world. */
	write_sysreg(pmcr_el0, read_sysreg(pmcr_el0) & ~(PMCR_E | PMCR_P | PMCR_C));
	isb();
	cpu->cnthctl = CNTHCTL_REALM;
	cpu->last_rec = 0;
	cpu->hcrx_set = false;
	cpu->untrapped = false;
}

/* The crypto library is the only code that has stack guards. */
static void seed_stack_guard(void)
{
	uintptr_t guard;

	if (arch_random(&guard, sizeof(guard)))
		__stack_chk_guard = guard;
}

/* A debugger needs the base: the image is linked at 0 and runs where EL3 has put it. */
static void announce(void)
{
	print("rmm: kvm-cca " KVM_CCA_VERSION " at %lx, %lu CPUs\n", (uint64_t)image_start,
	      num_cpus);
}

static int64_t boot_cold_late(void)
{
	el3_probe();
	machine_init();
	arch_zero(granule_table, align_up(table_size, GRANULE_SIZE));
	core_init(banks, num_banks, granule_table);
	seed_stack_guard();
	boot_attestation();
	fp_restore_host();
	announce();
	return RMM_BOOT_SUCCESS;
}

int64_t boot_cpu(uint64_t index, bool warm)
{
	int64_t code = RMM_BOOT_SUCCESS;

	if (index >= num_cpus)
		return RMM_BOOT_CPU_ID_OUT_OF_RANGE;
	cpus[index].index = index;
	init_cpu(&cpus[index]);
	if (warm)
		return code;
	code = boot_cold_late();
	if (code == RMM_BOOT_SUCCESS) {
		init_cpu(&cpus[index]);
		boot_cold_done = 1;
		clean_to_memory(&boot_regs);
		clean_to_memory(&boot_cold_done);
	}
	return code;
}
