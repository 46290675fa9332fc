/* SPDX-License-Identifier: BSD-3-Clause */
/* See serve.h; docs/control.md says what the answers mean. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "vmm/cmd/options.h"
#include "vmm/cmd/serve.h"
#include "vmm/ctl/server.h"
#include "vmm/dev/console.h"
#include "vmm/dev/device.h"
#include "vmm/lib/error.h"
#include "vmm/vm/vm.h"

static long long to_ms(const struct timespec *t)
{
	return t->tv_sec * 1000LL + t->tv_nsec / 1000000;
}

static long long now_ms(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_BOOTTIME, &t);
	return to_ms(&t);
}

static json_t *status(void *owner)
{
	struct serve *s = owner;

	return json_pack("{s:s, s:i, s:s, s:I, s:i, s:I, s:i}", "name", s->name.text, "pid",
			 (int)getpid(), "type", s->options->vm.realm ? "realm" : "normal", "memory",
			 (json_int_t)s->options->vm.mem, "cpus", (int)s->options->vm.cpus,
			 "uptime-ms", (json_int_t)(now_ms() - s->started_ms), "restarts",
			 (int)s->restarts);
}

static json_int_t cpu_ms(const struct vcpu *v)
{
	struct timespec t = {0};
	clockid_t clock;

	if (!v->started || pthread_getcpuclockid(v->thread, &clock) || clock_gettime(clock, &t))
		return 0;
	return to_ms(&t);
}

static json_t *exits(struct vcpu *v)
{
	return json_pack("{s:I, s:I, s:I}", "mmio", (json_int_t)atomic_load(&v->exits.mmio),
			 "memory", (json_int_t)atomic_load(&v->exits.memory), "other",
			 (json_int_t)atomic_load(&v->exits.other));
}

static json_t *vcpus(struct vm *vm)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < vm->cpus; i++) {
		json_t *one = json_pack("{s:I, s:o}", "cpu-ms", cpu_ms(&vm->vcpus[i]), "exits",
					exits(&vm->vcpus[i]));

		json_array_append_new(list, one);
	}
	return list;
}

static json_int_t of_timeval(struct timeval t)
{
	return t.tv_sec * 1000LL + t.tv_usec / 1000;
}

static json_t *stats(void *owner)
{
	struct serve *s = owner;
	struct rusage used = {0};

	getrusage(RUSAGE_SELF, &used);
	return json_pack("{s:I, s:i, s:I, s:I, s:I, s:o}", "uptime-ms",
			 (json_int_t)(now_ms() - s->started_ms), "restarts", (int)s->restarts,
			 "user-ms", of_timeval(used.ru_utime), "system-ms",
			 of_timeval(used.ru_stime), "resident-max-kib", (json_int_t)used.ru_maxrss,
			 "vcpus", vcpus(s->vm));
}

static const char *stop(void *owner)
{
	struct serve *s = owner;

	switch (devices_press_key(s->devices)) {
	case 0:
		return NULL;
	case -EAGAIN:
		return "the guest has not taken the last presses of its power key";
	default:
		return "the guest does not listen to its power key (Linux does with the modules "
		       "virtio_mmio, virtio_input and evdev)";
	}
}

static void kill_vm(void *owner)
{
	struct serve *s = owner;

	vm_end(s->vm, VM_END_CONSOLE);
}

static void attach(void *owner, int fd)
{
	struct serve *s = owner;

	const struct console_guest *guest = &s->console->guest;

	if (guest->attach)
		guest->attach(guest->owner, fd);
}

static void show(void *owner, const void *bytes, size_t count)
{
	control_console(owner, bytes, count);
}

static const struct control_ops ops = {
	.status = status, .stats = stats, .stop = stop, .kill = kill_vm, .attach = attach};

int serve_begin(struct serve *s, const struct options *o)
{
	char text[NAME_SIZE_MAX];

	*s = (struct serve){
		.options = o,
		.name = {.dir.fd = -1, .lock = -1, .socket = -1},
		.started_ms = now_ms(),
	};
	if (o->name)
		return name_take(&s->name, o->name);
	snprintf(text, sizeof(text), "vm-%d", (int)getpid());
	/* Nobody has asked for it: where there is no place for names, the VM has none. */
	if (name_take(&s->name, text) < 0)
		error_clear();
	return 0;
}

int serve_open(struct serve *s, struct loop *loop, struct vm *vm, struct devices *devices,
	       struct console *console)
{
	s->vm = vm;
	s->devices = devices;
	s->console = console;
	if (s->name.socket < 0)
		return 0;
	s->control = calloc(1, sizeof(*s->control));
	if (!s->control)
		return error_set(-ENOMEM, "out of memory");
	console->watcher = (struct console_watcher){.owner = s->control, .show = show};
	return control_open(s->control, loop, s->name.socket, &ops, s);
}

static void close_control(struct serve *s)
{
	if (!s->control)
		return;
	s->console->watcher.show = NULL;
	control_close(s->control);
	free(s->control);
	s->control = NULL;
}

void serve_end(struct serve *s)
{
	close_control(s);
	name_give_back(&s->name);
}
