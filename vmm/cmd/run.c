/* SPDX-License-Identifier: BSD-3-Clause */
/* One VM from its files to its end, see run.h; order of calls: docs/spec/kvm-uapi.md section 8. */
#include <string.h>
#include <unistd.h>
#include <util.h>

#include "vmm/boot/fdt.h"
#include "vmm/boot/file.h"
#include "vmm/boot/initrd.h"
#include "vmm/cmd/advice.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/signals.h"
#include "vmm/cmd/terminal.h"
#include "vmm/dev/console.h"
#include "vmm/lib/error.h"
#include "vmm/loop/loop.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/map.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/thread.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

/* How long a guest may say nothing before the user is told what the causes may be. */
#define SILENCE_MS 60000

/* What is loaded, and where. */
struct payload {
	struct file kernel;
	struct file initrd;
	struct layout layout;
	uint64_t fdt_size;
};

static uint8_t fdt[LAYOUT_FDT_SIZE] __attribute__((aligned(GRANULE_SIZE)));

static void payload_close(struct payload *p)
{
	file_unmap(&p->kernel);
	file_unmap(&p->initrd);
}

static int open_files(struct payload *p, const struct options *o)
{
	int ret = file_map(&p->kernel, "kernel", o->kernel);

	if (ret < 0 || !o->initrd)
		return ret;
	return file_map(&p->initrd, "initrd", o->initrd);
}

/* True if a word of the kernel's command line starts like this. */
static bool has_word(const char *line, const char *start)
{
	const char *at = strstr(line, start);

	while (at && at != line && at[-1] != ' ')
		at = strstr(at + 1, start);
	return at != NULL;
}

static int place(struct payload *p, const struct options *o)
{
	const struct file *kernel = &p->kernel;
	struct image_linux version = image_find_linux(kernel->data, kernel->size);
	struct layout_request request = {
		.mem = o->mem,
		.initrd_size = p->initrd.size,
		.initrd_unpacked = initrd_unpacked_size(p->initrd.data, p->initrd.size),
		.linux_kernel = version.major != 0,
		.cma = !has_word(o->append, "cma="),
	};
	int ret = image_parse(o->kernel, kernel->data, kernel->size, kernel->size, &request.image);

	if (ret == 0 && o->realm)
		ret = image_check_realm(o->kernel, &version, kernel->data, kernel->size);
	return ret < 0 ? ret : layout_place(&request, &p->layout);
}

static int build_fdt(struct payload *p, const struct options *o)
{
	struct fdt_config config = {
		.ram_size = o->mem,
		.cpus = o->cpus,
		.initrd = p->layout.initrd,
		.initrd_size = p->initrd.size,
		.bootargs = o->append,
		.realm = o->realm,
	};
	int ret = fdt_build(fdt, sizeof(fdt), &config);

	if (ret < 0)
		return ret;
	p->fdt_size = (uint64_t)ret;
	return 0;
}

static int payload_open(struct payload *p, const struct options *o)
{
	int ret = open_files(p, o);

	if (ret == 0)
		ret = place(p, o);
	if (ret == 0)
		ret = build_fdt(p, o);
	if (ret < 0)
		payload_close(p);
	return ret;
}

/* In ascending order of addresses, which is part of the measurement. */
static int load(struct vm *vm, const struct payload *p)
{
	const struct layout *l = &p->layout;
	int ret = memory_load(vm, "kernel", l->kernel, p->kernel.data, p->kernel.size);

	if (ret == 0 && p->initrd.size)
		ret = memory_load(vm, "initrd", l->initrd, p->initrd.data, p->initrd.size);
	return ret < 0 ? ret : memory_load(vm, "device tree", l->fdt, fdt, p->fdt_size);
}

static int set_up(struct vm *vm, const struct options *o, const struct payload *p)
{
	int ret = memory_create(vm);

	if (ret == 0)
		ret = gic_create(vm);
	if (ret == 0)
		ret = vcpu_create_all(vm, o);
	if (ret == 0)
		ret = gic_init(vm);
	if (ret == 0)
		ret = load(vm, p);
	return ret < 0 ? ret : vcpu_set_entry(vm, p->layout.kernel, p->layout.fdt);
}

static int end_status(enum vm_end why, int signal)
{
	/* Nothing went wrong, whatever a vCPU met while it was stopped. */
	if (why == VM_END_POWER_OFF || why == VM_END_CONSOLE || why == VM_END_SIGNAL)
		error_clear();
	switch (why) {
	case VM_END_POWER_OFF:
		return STATUS_OK;
	case VM_END_RESET:
		return STATUS_RESET;
	case VM_END_CRASH:
		return STATUS_CRASH;
	case VM_END_CONSOLE:
		return STATUS_CONSOLE;
	case VM_END_SIGNAL:
		return STATUS_SIGNAL + signal;
	default:
		return STATUS_KVM;
	}
}

/* A guest that powers off has come to its end, with words or without. */
static bool is_worth_advice(enum vm_end why)
{
	return why != VM_END_NONE && why != VM_END_POWER_OFF;
}

/* The time the guest runs: threads, console, signals. */
static int run_console(struct vm *vm, struct console *console, const char *advice)
{
	int signals = signals_take();
	int signal = 0;

	if (signals < 0)
		return STATUS_NOT_STARTED;
	terminal_raw(console->in);
	if (thread_start_all(vm) == 0)
		signal = loop_run(vm, console, signals, advice, SILENCE_MS);
	thread_stop_all(vm);
	terminal_restore();
	close(signals);
	if (is_worth_advice(vm_ended(vm)) && !console_has_said(console))
		error_advise(advice, false);
	return end_status(vm_ended(vm), signal);
}

static int start(struct vm *vm, const struct options *o, struct payload *p)
{
	int ret = vm_create(vm, o, &p->layout);

	if (ret < 0)
		return ret;
	ret = set_up(vm, o, p);
	/* The guest has its copy; their pages and page tables are the host's to use. */
	payload_close(p);
	return ret;
}

static int run_with_console(struct vm *vm, struct console *console, const struct options *o,
			    struct payload *p)
{
	char advice[ADVICE_SIZE];
	int status = STATUS_NOT_STARTED;

	advice_write(advice, p->layout.ipa_bits, o->realm, o->append);
	if (start(vm, o, p) == 0) {
		vm->console = console;
		status = run_console(vm, console, advice);
		console_finish(console);
	}
	vm_destroy(vm);
	return status;
}

int run(const struct options *o)
{
	struct payload payload = {0};
	struct console console;
	struct vm vm;
	int status = STATUS_NOT_STARTED;

	if (payload_open(&payload, o) < 0)
		return status;
	if (console_open(&console, &vm, o->console) == 0)
		status = run_with_console(&vm, &console, o, &payload);
	console_close(&console);
	payload_close(&payload);
	return status;
}
