/* SPDX-License-Identifier: BSD-3-Clause */
/* One VM from its files to its end, see run.h; order of calls: docs/spec/kvm-uapi.md section 8. */
#include "vmm/boot/plan.h"
#include "vmm/cmd/advice.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/serve.h"
#include "vmm/cmd/status.h"
#include "vmm/cmd/terminal.h"
#include "vmm/cmd/watch.h"
#include "vmm/confine/confine.h"
#include "vmm/dev/console.h"
#include "vmm/dev/device.h"
#include "vmm/dev/vhost_user/back_ends.h"
#include "vmm/gdb/gdb.h"
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

/* All that a running VM consists of. */
struct run {
	const struct options *options;
	struct plan plan;
	struct serve serve;
	struct loop loop;
	struct console console;
	struct vm vm;
	struct devices devices;
	struct back_ends back_ends;
	struct gdb gdb;
	const struct device *list[DEVICE_COUNT];
};

static int end_status(enum vm_end why, int signal)
{
	/*
	 * Somebody wanted these ends. An error that a vCPU met while it was being stopped only
	 * follows from them.
	 */
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

static int fill_vm(struct run *r)
{
	struct vm *vm = &r->vm;
	int ret = memory_create(vm);

	if (ret == 0)
		ret = gic_create(vm);
	if (ret == 0 && device_config_has_pci(&r->options->boot.devices))
		ret = gic_create_its(vm);
	if (ret == 0)
		ret = vcpu_create_all(vm, &r->options->vm);
	if (ret == 0)
		ret = gic_init(vm);
	if (ret == 0)
		ret = vcpu_init_pmu(vm, &r->options->vm);
	return ret < 0 ? ret : plan_load(&r->plan, vm);
}

/* Runs the vCPUs until the VM has ended. Returns the signal that ended it, 0 without one. */
static int run_vcpus(struct run *r, struct watch *w)
{
	int signal = 0;

	if (r->options->gdb)
		gdb_renew(&r->gdb);
	if (thread_start_all(&r->vm) == 0)
		signal = watch_run(w);
	thread_stop_all(&r->vm);
	return signal;
}

/*
 * The guest has asked for a reset: makes the same VM once more. Devices let go of the old one
 * first, while it is there.
 */
static int restart(struct run *r)
{
	int ret;

	error_clear();
	ret = plan_check(&r->plan);
	if (ret < 0)
		return ret;
	devices_reset(&r->devices);
	ret = vm_renew(&r->vm, &r->options->vm);
	if (ret == 0)
		ret = fill_vm(r);
	if (ret < 0)
		vm_end(&r->vm, VM_END_FAILED);
	r->serve.restarts++;
	return ret;
}

static bool is_to_restart(struct run *r)
{
	return vm_ended(&r->vm) == VM_END_RESET && !r->options->no_reboot;
}

/* Returns the process's status. */
static int run_to_the_end(struct run *r, struct watch *w, const char *advice)
{
	int signal = run_vcpus(r, w);

	while (is_to_restart(r) && restart(r) == 0)
		signal = run_vcpus(r, w);
	watch_end(w);
	if (is_worth_advice(vm_ended(&r->vm)) && !console_has_said(&r->console))
		error_advise(advice, false);
	return end_status(vm_ended(&r->vm), signal);
}

static int run_watched(struct run *r)
{
	const struct options *o = r->options;
	char advice[ADVICE_SIZE];
	struct watch w;

	advice_write(advice, map_ipa_bits(o->vm.mem), o->vm.realm, o->boot.append);
	if (watch_begin(&w, &r->vm, &r->loop, &r->console, advice, SILENCE_MS) == 0)
		return run_to_the_end(r, &w, advice);
	watch_end(&w);
	return STATUS_NOT_STARTED;
}

/* From here on the guest's accesses outside its memory come to the devices. */
static int open_devices(struct run *r)
{
	const struct device_config *config = &r->options->boot.devices;
	struct device_context c = {
		.vm = &r->vm,
		.loop = &r->loop,
		.console = &r->console,
		.config = config,
		.back_ends = &r->back_ends,
	};

	r->vm.bus = (struct vm_bus){.owner = &r->devices, .access = devices_access};
	return devices_open(&r->devices, r->list, devices_choose(config, r->list), &c);
}

static int start_vm(struct run *r)
{
	int ret = vm_create(&r->vm, &r->options->vm);

	r->vm.ram_is_file = r->back_ends.count > 0;
	if (ret == 0)
		ret = fill_vm(r);
	/* The guest has its own copy by now: the host gets the files' memory back. */
	if (r->options->no_reboot)
		plan_free(&r->plan);
	return ret;
}

/* All is open. What serves the guest from now on, threads of devices first, is confined. */
static int finish_start(struct run *r)
{
	int ret = serve_open(&r->serve, &r->loop, &r->vm, &r->devices, &r->console);

	if (ret == 0 && r->options->gdb)
		ret = gdb_open(&r->gdb, &r->loop, &r->vm, r->options->gdb);
	if (ret == 0)
		ret = confine(r->serve.name.dir.fd, terminal_restore);
	return ret < 0 ? ret : devices_start(&r->devices);
}

static int run_vm(struct run *r)
{
	int status = STATUS_NOT_STARTED;

	if (start_vm(r) == 0 && open_devices(r) == 0) {
		if (finish_start(r) == 0)
			status = run_watched(r);
		gdb_close(&r->gdb);
		console_finish(&r->console);
		devices_close(&r->devices);
	}
	vm_destroy(&r->vm);
	return status;
}

static int run_with_console(struct run *r)
{
	int status = STATUS_NOT_STARTED;

	if (console_open(&r->console, &r->vm, &r->loop, r->options->console) == 0)
		status = run_vm(r);
	console_close(&r->console);
	return status;
}

static int run_plan(struct run *r)
{
	int status = STATUS_NOT_STARTED;

	if (loop_init(&r->loop) == 0)
		status = run_with_console(r);
	loop_free(&r->loop);
	return status;
}

static int run_named(struct run *r)
{
	int status = STATUS_NOT_STARTED;

	if (plan_make(&r->plan, &r->options->boot, &r->options->vm) == 0)
		status = run_plan(r);
	plan_free(&r->plan);
	return status;
}

static int run_with_back_ends(struct run *r)
{
	int status = STATUS_NOT_STARTED;

	if (serve_begin(&r->serve, r->options) == 0)
		status = run_named(r);
	serve_end(&r->serve);
	return status;
}

/* The process that starts back ends is made first: it has nothing of the name's descriptors. */
int run(const struct options *o)
{
	struct run r = {.options = o};
	int status = STATUS_NOT_STARTED;

	if (back_ends_start(&r.back_ends, &o->boot.devices) == 0)
		status = run_with_back_ends(&r);
	back_ends_stop(&r.back_ends);
	return status;
}
