/* SPDX-License-Identifier: BSD-3-Clause */
/* hyp at its place at the top of memory: its own tables, its CPUs, and the way into the host. */
#include <pl011.h>
#include <print.h>
#include <sysreg.h>
#include <util.h>
#include <version.h>

#include "abi/psci.h"
#include "hyp/host/smc.h"
#include "hyp/hyp.h"
#include "hyp/mmu.h"

#define SHARED_SIZE 4096

static uint64_t uart;
static struct hyp_cpu cpus[HYP_MAX_CPUS];
static struct psci_cpu psci_cpus[HYP_MAX_CPUS];
static uint8_t shared[HYP_MAX_CPUS][SHARED_SIZE] __attribute__((aligned(SHARED_SIZE)));

_Static_assert(MAX_CPUS <= HYP_MAX_CPUS, "");

void print_char(char c)
{
	if (uart)
		pl011_putc_cooked(uart, c);
}

void hyp_panic(const char *what)
{
	uint64_t x[SMC_REGS] = {PSCI_SYSTEM_OFF};

	print("hyp: panic: %s\n", what);
	host_smc(x);
	while (true)
		wfi();
}

void own_trap(void)
{
	print("hyp: exception: esr %lx elr %lx far %lx\n", read_sysreg(esr_el2),
	      read_sysreg(elr_el2), read_sysreg(far_el2));
	hyp_panic("an exception at EL2");
}

/* Debian's libfdt has been compiled with stack protectors. */
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = (uintptr_t)0x5bd1e995c0de07ff;

_Noreturn void __stack_chk_fail(void);

void __stack_chk_fail(void)
{
	hyp_panic("a stack is broken");
}

static void map_own(const struct hyp_boot *boot)
{
	uint64_t start = (uint64_t)image_start, end = start + HYP_IMAGE_MAX;

	mmu_init();
	if (!mmu_map(MMU_CODE, start, (uint64_t)rodata_start - start) ||
	    !mmu_map(MMU_RODATA, (uint64_t)rodata_start,
		     (uint64_t)data_start - (uint64_t)rodata_start) ||
	    !mmu_map(MMU_DATA, (uint64_t)data_start, end - (uint64_t)data_start) ||
	    !mmu_map(MMU_DEVICE, boot->tree.uart.base, boot->tree.uart.size))
		hyp_panic("no room for tables");
	/* CPUs that start read the image with their caches off. */
	clean_to_memory(start, HYP_IMAGE_MAX);
	mmu_on();
}

static void make_cpus(const struct hyp_boot *boot)
{
	for (uint32_t i = 0; i < boot->tree.nr_cpus; i++) {
		psci_cpus[i].mpidr = boot->tree.mpidr[i];
		psci_cpus[i].context = (uint64_t)&cpus[i];
		cpus[i] = (struct hyp_cpu){
			.stack = (uint64_t)stacks_start + (i + 1) * HYP_STACK_SIZE,
			.psci = &psci_cpus[i],
			.shared = (uint64_t)shared[i],
		};
		enter_init(&cpus[i]);
	}
	clean_to_memory((uint64_t)cpus, sizeof(cpus));
}

static struct hyp_cpu *find_this_cpu(const struct hyp_boot *boot)
{
	uint64_t mpidr = read_sysreg(mpidr_el1) & UINT64_C(0xff00ffffff);

	for (uint32_t i = 0; i < boot->tree.nr_cpus; i++) {
		if (boot->tree.mpidr[i] == mpidr)
			return &cpus[i];
	}
	hyp_panic("the device tree does not name this CPU");
}

/*
 * Runs on the stack of the first CPU in the tree. If this CPU is another one, its own stack is
 * taken by host_start().
 */
void hyp_main(const struct hyp_boot *from)
{
	static struct hyp_boot boot;
	struct hyp_cpu *cpu;

	boot = *from;
	map_own(&boot);
	uart = boot.tree.uart.size ? boot.tree.uart.base : 0;
	make_cpus(&boot);
	cpu = find_this_cpu(&boot);
	host_init(&boot, psci_cpus);
	memory_init(&boot, (struct region){(uint64_t)shared, sizeof(shared)});
	print("hyp: kvm-cca " KVM_CCA_VERSION
	      " owns EL2, at %lx; it keeps the host out of that, and protects no VM yet\n",
	      boot.hyp.base);
	write_sysreg(tpidr_el2, cpu);
	el2_setup();
	host_start(boot.kernel, boot.fdt);
}

void hyp_cpu_main(struct hyp_cpu *cpu)
{
	uint64_t entry, value;

	psci_started(cpu->psci, &entry, &value);
	write_sysreg(tpidr_el2, cpu);
	el2_setup();
	host_start(entry, value);
}
