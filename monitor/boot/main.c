/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot stage: reads the machine from its device tree, loads host and RMM, builds the GPT and
 * hands over to the resident stage. Order: docs/booting.md "Firmware".
 */
#include <pl011.h>
#include <print.h>
#include <stdarg.h>
#include <string.h>
#include <sysreg.h>
#include <util.h>
#include <version.h>

#include "abi/firme.h"
#include "monitor/boot/attest.h"
#include "monitor/boot/boot.h"
#include "monitor/boot/host_fdt.h"
#include "monitor/boot/image.h"
#include "monitor/boot/layout.h"
#include "monitor/boot/manifest.h"
#include "monitor/boot/mmu.h"
#include "monitor/include/handoff.h"
#include "monitor/include/platform.h"

#define SRAM_ROOT_END (BOOT_RAM_BASE + BOOT_RAM_SIZE)

/*
 * What is in the DRAM below the kernel: the device tree, and at the end two pages, for the
 * beginning of a file and for the platform's own use.
 */
#define FDT_ROOM	 (PLATFORM_FDT_SIZE - 2 * GRANULE_SIZE)
#define FILE_SCRATCH	 ((void *)(PLATFORM_FDT + FDT_ROOM))
#define PLATFORM_SCRATCH ((void *)(PLATFORM_FDT + FDT_ROOM + GRANULE_SIZE))

#define RNDR S3_3_C2_C4_0

uint64_t boot_tables(void);
void boot_main(void) __attribute__((noreturn));
void boot_exception(uint64_t esr, uint64_t elr, uint64_t far) __attribute__((noreturn));

extern char __flash_end[], __tables_start[], __tables_end[], __stack_top[];
extern char resident_image[], resident_image_end[];

static const char *const file_names[] = {"kernel", "initramfs", "command line"};

static struct machine machine;
static struct layout layout;
static struct mmu_tables tables;

void print_char(char c)
{
	pl011_putc_cooked(PLATFORM_SECURE_UART, c);
}

void boot_panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("\nmonitor: cannot boot: ");
	vprint(format, args);
	print("\n");
	va_end(args);
	for (;;)
		wfi();
}

void boot_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	boot_panic("exception in the boot stage, esr %lx elr %lx far %lx", esr, elr, far);
}

/* Behind the monitor in flash: a page with the identity, one that says an RMM follows, the RMM. */
static uint64_t flash_page(unsigned int index)
{
	return (uint64_t)__flash_end + index * GRANULE_SIZE;
}

static const struct rmm_package *rmm_package(void)
{
	const struct rmm_package *package = (const void *)flash_page(1);

	if (package->magic != RMM_PACKAGE_MAGIC || !package->size)
		return NULL;
	if (package->size > PLATFORM_FLASH_SIZE - flash_page(2))
		boot_panic("the RMM image in flash says it has %lu bytes", package->size);
	return package;
}

static const struct resident_header *resident_header(void)
{
	return (const void *)(resident_image + (RESIDENT_HEADER - RESIDENT_BASE));
}

static struct region resident_text(void)
{
	return (struct region){RESIDENT_BASE, resident_header()->data_start - RESIDENT_BASE};
}

static struct region resident_data(void)
{
	const struct resident_header *header = resident_header();

	return (struct region){header->data_start, header->bss_end - header->data_start};
}

/* What is executed cannot be written once the MMU is on, so the image is copied before. */
static void copy_resident(void)
{
	struct region data = resident_data();

	memset((void *)data.base, 0, data.size);
	memcpy((void *)RESIDENT_BASE, resident_image,
	       (size_t)(resident_image_end - resident_image));
}

/* With the MMU off: maps flash, devices, secure SRAM and the device tree. */
uint64_t boot_tables(void)
{
	struct region memory = {(uint64_t)__tables_start,
				(uint64_t)(__tables_end - __tables_start)};

	copy_resident();
	mmu_tables_init(&tables, memory);
	mmu_map(&tables, (struct region){0, PLATFORM_FLASH_SIZE}, MMU_NORMAL | MMU_RO | MMU_EXEC);
	mmu_map(&tables, (struct region){PLATFORM_DEVICES, PLATFORM_DEVICES_SIZE}, MMU_DEVICE);
	mmu_map(&tables, resident_text(), MMU_NORMAL | MMU_RO | MMU_EXEC);
	mmu_map(&tables, resident_data(), MMU_NORMAL);
	mmu_map(&tables, (struct region){BOOT_RAM_BASE, BOOT_RAM_SIZE}, MMU_NORMAL);
	mmu_map(&tables, (struct region){PERCPU_BASE, BOOT_RAM_BASE - PERCPU_BASE}, MMU_NORMAL);
	mmu_map(&tables, (struct region){PLATFORM_FDT, PLATFORM_FDT_SIZE}, MMU_NORMAL | MMU_NS);
	return (uint64_t)tables.root;
}

static void clean_to_memory(struct region range)
{
	for (uint64_t pa = range.base; pa < range.base + range.size; pa += 64)
		__asm__ volatile("dc cvac, %0" ::"r"(pa) : "memory");
	dsb(sy);
}

/* The code at EL3 relies on these features without looking again. */
static void check_cpu(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);

	if (!FIELD(pfr0, 55, 52))
		boot_panic("the CPU has no RME: %s", platform_how_to_rme);
	if (!FIELD(read_sysreg(id_aa64mmfr1_el1), 11, 8))
		boot_panic("the CPU has no FEAT_VHE");
	if (!FIELD(pfr0, 31, 28))
		boot_panic("the CPU has no FEAT_RAS");
	if (FIELD(read_sysreg(id_aa64mmfr2_el1), 27, 24) < 2)
		boot_panic("the CPU has no FEAT_NV2");
	if (!FIELD(read_sysreg(id_aa64isar0_el1), 63, 60))
		boot_panic("the CPU has no FEAT_RNG");
	if (FIELD(read_sysreg(ctr_el0), 19, 16) != 4)
		boot_panic("the CPU's data cache lines are not of 64 bytes");
}

static void read_machine(void)
{
	if (machine_from_fdt((const void *)PLATFORM_FDT, &machine))
		boot_panic("the device tree at 0x%x is not usable", PLATFORM_FDT);
	if (machine.dram[0].base != PLATFORM_FDT)
		boot_panic("the device tree is not at the start of DRAM");
	if (machine.secure_sram.base != RESIDENT_BASE ||
	    machine.secure_sram.size < SRAM_ROOT_END - RESIDENT_BASE)
		boot_panic("no 2 MiB of secure memory at 0x%x", RESIDENT_BASE);
	if (platform_files_init((const void *)PLATFORM_FDT, PLATFORM_SCRATCH))
		boot_panic("the device that has the host's kernel is missing or does not answer");
}

/* DRAM is mapped after the carve-outs are known, each with its PAS. */
static void map_dram(void)
{
	uint64_t carved = layout.rmm.size ? layout.rmm.base : layout.gpt.base;
	uint64_t carved_end = layout.gpt.base + layout.gpt.size;

	for (uint32_t i = 0; i < machine.nr_dram; i++) {
		struct region bank = machine.dram[i];
		uint64_t end = bank.base + bank.size;

		if (i == 0) {
			bank.base += PLATFORM_FDT_SIZE;
			mmu_map(&tables, (struct region){bank.base, carved - bank.base},
				MMU_NORMAL | MMU_NS);
			bank.base = carved_end;
		}
		mmu_map(&tables, (struct region){bank.base, end - bank.base}, MMU_NORMAL | MMU_NS);
	}
	mmu_map(&tables, layout.gpt, MMU_NORMAL);
	mmu_map(&tables, layout.rmm, MMU_NORMAL | MMU_REALM);
	dsb(sy);
	isb();
}

static uint32_t file_size(enum platform_file file)
{
	uint32_t size;

	if (platform_file_size(file, &size))
		boot_panic("the size of the host's %s cannot be read", file_names[file]);
	return size;
}

static void read_file(enum platform_file file, void *dst, uint64_t size)
{
	if (size && platform_file_read(file, dst, size))
		boot_panic("the host's %s cannot be read", file_names[file]);
}

static void load_file(enum platform_file file, uint64_t pa, uint64_t size)
{
	read_file(file, (void *)pa, size);
	clean_to_memory((struct region){pa, size});
}

static unsigned int l0gptsz(void)
{
	return (unsigned int)FIELD(read_sysreg(GPCCR_EL3), 23, 20);
}

/* Plans the memory, loads kernel and initrd. Returns the kernel's entry point. */
static uint64_t load_host(void)
{
	static uint8_t header[IMAGE_HEADER_SIZE] __attribute__((aligned(8)));
	const struct rmm_package *package = rmm_package();
	uint32_t kernel_size = file_size(PLATFORM_KERNEL);
	uint32_t initrd_size = file_size(PLATFORM_INITRD);
	struct image image;
	uint64_t entry;

	if (kernel_size < sizeof(header))
		boot_panic("no host kernel: %s", platform_how_to_kernel);
	read_file(PLATFORM_KERNEL, FILE_SCRATCH, sizeof(header));
	memcpy(header, FILE_SCRATCH, sizeof(header));
	if (image_parse(header, sizeof(header), kernel_size, &image))
		boot_panic("the host kernel is not an arm64 Image");
	if (layout_plan(&machine, l0gptsz(), package ? package->size : 0,
			image.text_offset + image.size, initrd_size, &layout))
		boot_panic("the machine's memory is too small");
	map_dram();
	entry = layout.kernel.base + image.text_offset;
	load_file(PLATFORM_KERNEL, entry, kernel_size);
	load_file(PLATFORM_INITRD, layout.initrd.base, initrd_size);
	return entry;
}

static void edit_device_tree(void)
{
	char *bootargs = FILE_SCRATCH;
	uint32_t size = file_size(PLATFORM_CMDLINE);

	if (size > GRANULE_SIZE)
		boot_panic("the host's command line is longer than 4 KiB");
	read_file(PLATFORM_CMDLINE, bootargs, size);
	if (size)
		bootargs[size - 1] = '\0';
	if (host_fdt_edit((void *)PLATFORM_FDT, FDT_ROOM, &machine, &layout,
			  size ? bootargs : NULL))
		boot_panic("the device tree cannot be edited");
	clean_to_memory((struct region){PLATFORM_FDT, PLATFORM_FDT_SIZE});
}

static void load_rmm(void)
{
	const struct rmm_package *package = rmm_package();
	struct region image = layout.rmm_image;

	if (!package)
		return;
	memset((void *)image.base, 0, image.size);
	memcpy((void *)image.base, (const void *)flash_page(2), package->size);
	clean_to_memory(image);
	attest_measure((const void *)flash_page(0), &machine,
		       (struct region){0, (uint64_t)__flash_end},
		       (struct region){flash_page(2), package->size});
	memset((void *)layout.shared.base, 0, layout.shared.size);
	if (!manifest_write((void *)layout.shared.base, layout.shared.base, &machine, &layout))
		boot_panic("the RMM boot manifest does not fit its page");
	clean_to_memory(layout.shared);
}

static void assign(struct gpt *gpt, struct region range, uint32_t gpi)
{
	if (range.size && gpt_assign(gpt, range, gpi) != GPT_OK)
		boot_panic("no granule protection for %lx-%lx", range.base,
			   range.base + range.size - 1);
}

static void build_gpt(struct gpt *gpt)
{
	struct region sram = machine.secure_sram;
	uint64_t l1 = layout.gpt_l1.base;

	memset(gpt, 0, sizeof(*gpt));
	gpt_init(gpt, (uint64_t *)layout.gpt_l0.base, layout.gpt_l0_shift, layout.gpt_pps);
	for (uint64_t i = 0; i < gpt->l0_entries; i++) {
		uint64_t pa = i << layout.gpt_l0_shift;

		if (!layout_has_l1(&machine, layout.gpt_l0_shift, pa))
			continue;
		gpt_add_l1(gpt, pa, (uint64_t *)l1);
		l1 += gpt_l1_size(layout.gpt_l0_shift);
	}
	gpt->keep = layout.rmm;
	assign(gpt, machine.secure_flash, GPI_ROOT);
	assign(gpt, (struct region){sram.base, SRAM_ROOT_END - sram.base}, GPI_ROOT);
	assign(gpt, (struct region){SRAM_ROOT_END, sram.base + sram.size - SRAM_ROOT_END},
	       GPI_SECURE);
	assign(gpt, machine.secure_uart, GPI_ROOT);
	assign(gpt, machine.secure_gpio, GPI_ROOT);
	/* One set of registers with a view for each world: the GIC itself keeps them apart. */
	assign(gpt, machine.gicd, GPI_ANY);
	assign(gpt, machine.gicr, GPI_ANY);
	/* The console the manifest names: TF-RMM maps it as Realm, the host as Non-secure. */
	assign(gpt, machine.uart, GPI_ANY);
	assign(gpt, layout.gpt, GPI_ROOT);
	assign(gpt, layout.rmm, GPI_REALM);
	clean_to_memory(layout.gpt);
}

/* Random bits for the Realm attestation key; a key of zero is as unlikely as guessing it. */
static void make_rak(uint8_t *rak)
{
	for (unsigned int i = 0; i < RAK_SIZE; i += 8) {
		uint64_t value = 0;
		uint32_t ok = 0;

		for (unsigned int tries = 0; !ok && tries < 100; tries++)
			__asm__ volatile("mrs %0, " SYSREG_STR(RNDR) "\n"
								     "cset %w1, ne"
					 : "=r"(value), "=r"(ok)::"cc");
		if (!ok)
			boot_panic("the CPU gives no random numbers");
		memcpy(rak + i, &value, 8);
	}
	/* Below the order of P-384, whose first 24 bytes are all ones. */
	rak[0] &= 0x7f;
}

static uint64_t resident_tables(void)
{
	struct mmu_tables resident;

	memset((void *)RESIDENT_TABLES, 0, RESIDENT_TABLES_MAX);
	mmu_tables_init(&resident, (struct region){RESIDENT_TABLES, RESIDENT_TABLES_MAX});
	mmu_map(&resident, resident_text(), MMU_NORMAL | MMU_RO | MMU_EXEC);
	mmu_map(&resident, resident_data(), MMU_NORMAL);
	mmu_map(&resident, (struct region){PERCPU_BASE, machine.nr_cpus * PERCPU_SIZE}, MMU_NORMAL);
	/* Mapped for wiping it; nothing reaches it any more once its granules are Secure. */
	mmu_map(&resident, (struct region){BOOT_RAM_BASE, BOOT_RAM_SIZE}, MMU_NORMAL);
	mmu_map(&resident, machine.secure_uart, MMU_DEVICE);
	mmu_map(&resident, machine.secure_gpio, MMU_DEVICE);
	mmu_map(&resident, machine.gicd, MMU_DEVICE);
	mmu_map(&resident, machine.gicr, MMU_DEVICE);
	mmu_map(&resident, layout.gpt, MMU_NORMAL);
	mmu_map(&resident, layout.shared, MMU_NORMAL | MMU_REALM);
	return (uint64_t)resident.root;
}

static void fill_handoff(uint64_t host_entry)
{
	struct handoff *handoff = (void *)resident_header()->handoff;

	handoff->machine = machine;
	handoff->layout = layout;
	handoff->nr_cpus = machine.nr_cpus;
	memcpy(handoff->mpidr, machine.mpidr, sizeof(handoff->mpidr));
	handoff->mair = mmu_mair();
	handoff->tcr = mmu_tcr();
	handoff->host_entry = host_entry;
	handoff->sign_token = attest_sign_token;
	handoff->boot_stack = (uint64_t)__stack_top;
	make_rak(handoff->rak);
	handoff->ttbr = resident_tables();
	build_gpt(&handoff->gpt);
	clean_to_memory(resident_data());
	clean_to_memory((struct region){RESIDENT_TABLES, RESIDENT_TABLES_MAX});
}

void boot_main(void)
{
	uint64_t host_entry;

	pl011_enable(PLATFORM_SECURE_UART);
	print("monitor: kvm-cca " KVM_CCA_VERSION ", EL3 monitor\n");
	check_cpu();
	read_machine();
	host_entry = load_host();
	load_rmm();
	edit_device_tree();
	fill_handoff(host_entry);
	print("monitor: %u CPUs, host at %lx\n", machine.nr_cpus, host_entry);
	if (layout.rmm.size)
		print("monitor: RMM at %lx\n", layout.rmm_image.base);
	else
		print("monitor: no RMM in flash: no Realms\n");
	((void (*)(void))RESIDENT_COLD_ENTRY)();
	__builtin_unreachable();
}
