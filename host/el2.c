// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes EL2 from the kernel's hyp-stub, holds it for REC entry, gives it back. See el2.h.
 *
 * The stub is installed on a CPU by SOFT_RESTART, which runs its entry at EL2, and leaves by
 * RESET_VECTORS. A CPU that comes online or back from a power state begins with the kernel's
 * hyp-stub again; one that goes is given back before.
 */
#include <linux/arm-smccc.h>
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>

#include <asm/cpufeature.h>
#include <asm/virt.h>

#include "compat.h"
#include "el2.h"
#include "ppi.h"

#include "hyp/hyp.h"

#define TABLE_PAGES 8 /* of four levels; level 3 may need one more for each 2 MiB */
#define PA_BITS	    48

/* Stage 1 of EL2 without VHE: 4K pages, 48 bits, attribute 0 = Normal write-back. */
#define HYP_TCR	  (BIT(31) | BIT(23) | 3UL << 12 | 1UL << 10 | 1UL << 8 | (64 - PA_BITS))
#define HYP_MAIR  0xffUL
#define HYP_SCTLR 0x30cd183dUL /* RES1; WXN, I, SA, C, M */
#define TCR_PS(n) ((u64)(n) << 16)

#define DESC_TABLE   3UL
#define DESC_PAGE    (BIT(10) | 3UL << 8 | BIT(6) | 3UL) /* AF, inner shareable, AP[1] RES1 */
#define DESC_RO	     BIT(7)
#define DESC_XN	     BIT(54)
#define DESC_ADDRESS GENMASK_ULL(47, 12)

#define HVC_UNKNOWN 0xc600ccffUL /* a function nobody has */

extern const char cca_hyp_image[], cca_hyp_image_end[];

static struct {
	bool at_el1;
	bool active;
	void *memory; /* image, tables, two pages per possible CPU */
	size_t size;
	size_t image_size;
	unsigned int tables; /* used ones */
	u64 vtr;
	int hotplug;
} el2;

static DEFINE_PER_CPU(bool, el2_installed);

/* ---- who has EL2 ---- */

/* Only a kernel that was started at EL2 ticks with the physical timer at EL1. */
static bool started_at_el2(void)
{
	return cca_ppi_taken(PPI_TIMER_PHYSICAL);
}

/* KVM takes the virtual timer's interrupt and keeps it, whether its code is at EL2 now or not. */
static bool kvm_is_there(void)
{
	return cca_ppi_taken(PPI_TIMER_VIRTUAL);
}

#define EL2_HINT                                                                                   \
	"boot without kvm-arm.mode=nvhe, kvm-arm.mode=protected and id_aa64mmfr1.vh=0, or with "   \
	"kvm-arm.mode=none id_aa64mmfr1.vh=0"

int cca_el2_probe(const char **why)
{
	if (is_kernel_in_hyp_mode())
		return 0;
	if (cpus_have_cap(ARM64_KVM_PROTECTED_MODE))
		*why = "the kernel is at EL1 and pKVM owns EL2; " EL2_HINT;
	else if (!started_at_el2())
		*why = "the kernel was started at EL1; start it at EL2";
	else if (kvm_is_there())
		*why = "the kernel is at EL1 and KVM owns EL2; " EL2_HINT;
	else if (CONDUIT_CALL("hvc", HVC_UNKNOWN, 0, 0) != HVC_STUB_ERR)
		*why = "the kernel is at EL1 and EL2 is not free; " EL2_HINT;
	else
		return 0;
	return -ENODEV;
}

/* ---- memory of the stub ---- */

static struct hyp_cpu *hyp_cpu(unsigned int cpu)
{
	return el2.memory + el2.image_size + (TABLE_PAGES + 2UL * cpu) * PAGE_SIZE;
}

static u64 *table(unsigned int n)
{
	return el2.memory + el2.image_size + n * PAGE_SIZE;
}

/* Maps a page of the stub flat. */
static int map_page(void *page, u64 attributes)
{
	u64 pa = virt_to_phys(page);
	u64 *entry = table(0);
	unsigned int shift;

	for (shift = PA_BITS - 9; shift >= PAGE_SHIFT; shift -= 9) {
		entry += pa >> shift & 511;
		if (shift == PAGE_SHIFT)
			break;
		if (!*entry) {
			if (el2.tables == TABLE_PAGES)
				return -ENOMEM;
			*entry = virt_to_phys(table(el2.tables++)) | DESC_TABLE;
		}
		entry = phys_to_virt(*entry & DESC_ADDRESS);
	}
	*entry = pa | DESC_PAGE | attributes;
	return 0;
}

static int map_all(void)
{
	void *page;
	int ret = 0;

	el2.tables = 1;
	for (page = el2.memory; !ret && page < (void *)table(0); page += PAGE_SIZE)
		ret = map_page(page, DESC_RO);
	for (page = hyp_cpu(0); !ret && page < el2.memory + el2.size; page += PAGE_SIZE)
		ret = map_page(page, DESC_XN);
	return ret;
}

/* EL2 reads it first with its MMU and caches off. */
static void clean(const void *start, size_t size)
{
	u64 line = 4UL << (read_sanitised_ftr_reg(SYS_CTR_EL0) >> 16 & 0xf);
	u64 at = (u64)start & ~(line - 1);

	for (; at < (u64)start + size; at += line)
		asm volatile("dc cvac, %0" ::"r"(at) : "memory");
	dsb(sy);
}

static void fill_cpu(struct hyp_cpu *cpu)
{
	u64 parange = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1) & 0xf;

	cpu->ttbr0 = virt_to_phys(table(0));
	cpu->tcr = HYP_TCR | TCR_PS(min(parange, 5ULL));
	cpu->mair = HYP_MAIR;
	cpu->sctlr = HYP_SCTLR;
	cpu->start = virt_to_phys(el2.memory);
	cpu->end = cpu->start + el2.size;
	/* Not PHYS_OFFSET: that is no address where a kernel for 52 bits has to do with 48. */
	cpu->ram_start = virt_to_phys((void *)_PAGE_OFFSET(vabits_actual));
	cpu->ram_end = virt_to_phys(high_memory - 1) + 1;
}

static int make_memory(void)
{
	unsigned int cpu;

	el2.image_size = cca_hyp_image_end - cca_hyp_image;
	el2.size = el2.image_size + (TABLE_PAGES + 2UL * nr_cpu_ids) * PAGE_SIZE;
	el2.memory = alloc_pages_exact(el2.size, GFP_KERNEL | __GFP_ZERO);
	if (!el2.memory)
		return -ENOMEM;
	if (virt_to_phys(el2.memory + el2.size - 1) >> PA_BITS)
		return -ENOMEM;
	memcpy(el2.memory, cca_hyp_image, el2.image_size);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		fill_cpu(hyp_cpu(cpu));
	if (map_all())
		return -ENOMEM;
	clean(el2.memory, el2.size);
	asm volatile("ic ialluis\n\tdsb ish\n\tisb" ::: "memory");
	return 0;
}

static void free_memory(void)
{
	if (el2.memory)
		free_pages_exact(el2.memory, el2.size);
	el2.memory = NULL;
}

/* ---- each CPU; interrupts masked ---- */

static bool install_here(void)
{
	struct hyp_cpu *cpu = hyp_cpu(smp_processor_id());
	unsigned int pre;

	if (this_cpu_read(el2_installed))
		return true;
	clean(cpu, sizeof(*cpu));
	if (CONDUIT_CALL("hvc", HVC_SOFT_RESTART, virt_to_phys(el2.memory), virt_to_phys(cpu)) !=
	    HYP_SUCCESS)
		return false;
	pre = (cpu->vtr >> 26 & 7) + 1;
	cpu->nr_lrs = min_t(u32, (cpu->vtr & 0x1f) + 1, SWITCH_MAX_LRS);
	cpu->nr_aprs = pre < 6 ? 1 : 1U << (pre - 5);
	WRITE_ONCE(el2.vtr, cpu->vtr);
	this_cpu_write(el2_installed, true);
	return true;
}

static void leave_here(void *unused)
{
	if (!this_cpu_read(el2_installed))
		return;
	this_cpu_write(el2_installed, false);
	CONDUIT_CALL("hvc", HVC_RESET_VECTORS, 0, 0);
}

static int el2_cpu_online(unsigned int cpu)
{
	bool done;

	local_irq_disable();
	done = install_here();
	local_irq_enable();
	return done ? 0 : -EBUSY;
}

static int el2_cpu_offline(unsigned int cpu)
{
	local_irq_disable();
	leave_here(NULL);
	local_irq_enable();
	return 0;
}

static int el2_cpu_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == CPU_PM_ENTER)
		leave_here(NULL);
	else if (action == CPU_PM_EXIT || action == CPU_PM_ENTER_FAILED)
		WARN_ON_ONCE(!install_here());
	return NOTIFY_OK;
}

static struct notifier_block cpu_pm = {.notifier_call = el2_cpu_pm};

/* ---- start and stop ---- */

int cca_el2_start(const char **why)
{
	int ret;

	if (is_kernel_in_hyp_mode()) {
		el2.vtr = read_sysreg_s(SYS_ICH_VTR_EL2);
		return 0;
	}
	el2.at_el1 = true;
	*why = "no memory for the EL2 stub";
	ret = make_memory();
	if (ret)
		goto no_memory;
	*why = "EL2 cannot be taken";
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kvm-cca:el2", el2_cpu_online,
				el2_cpu_offline);
	if (ret < 0)
		goto no_memory;
	el2.hotplug = ret;
	cpu_pm_register_notifier(&cpu_pm);
	el2.active = true;
	return 0;
no_memory:
	free_memory();
	return ret;
}

void cca_el2_stop(void)
{
	if (!el2.active)
		return;
	el2.active = false;
	cpu_pm_unregister_notifier(&cpu_pm);
	cpuhp_remove_state(el2.hotplug);
	free_memory();
}

bool cca_el2_is_stub(void)
{
	return el2.active;
}

u64 cca_el2_ich_vtr(void)
{
	return READ_ONCE(el2.vtr);
}

/* ---- entering a REC ---- */

/* A CPU that goes offline has given EL2 back already; the thread is about to be moved from it. */
static void stub_enter(struct cca_switch *sw)
{
	struct cca_switch *shared;
	u64 result;

	if (!this_cpu_read(el2_installed)) {
		sw->status = RMI_BUSY;
		return;
	}
	shared = hyp_shared(hyp_cpu(smp_processor_id()));
	shared->rec = sw->rec;
	shared->run = sw->run;
	shared->used_lrs = sw->used_lrs;
	shared->sve_hint = sw->sve_hint;
	hyp_copy_gic(shared, sw, sw->used_lrs, sw->nr_aprs);
	result = CONDUIT_CALL("hvc", HYP_ENTER, sizeof(*shared), 0);
	if (unlikely(result != HYP_SUCCESS)) {
		sw->status = RMI_ERROR_INPUT;
		return;
	}
	hyp_copy_gic(sw, shared, sw->used_lrs, sw->nr_aprs);
	hyp_copy_results(sw, shared);
}

void cca_el2_enter(struct cca_switch *sw)
{
	if (el2.at_el1)
		stub_enter(sw);
	else
		cca_switch_enter(sw);
}
