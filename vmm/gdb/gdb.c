/* SPDX-License-Identifier: BSD-3-Clause */
/* The debugger's socket, and what KVM has of vCPUs, see gdb.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <util.h>

#include "vmm/gdb/gdb.h"
#include "vmm/gdb/walk.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"
#include "vmm/vm/thread.h"
#include "vmm/vm/vm.h"

/* Registers by KVM's numbers; those of the core by their place in struct kvm_regs. */
#define CORE(at)   (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | (at) / 4)
#define REG_X(n)   CORE(8 * (n))
#define REG_SP_EL0 CORE(0xf8)
#define REG_PC	   CORE(0x100)
#define REG_PSTATE CORE(0x108)
#define REG_SP_EL1 CORE(0x110)
#define REG_SCTLR  ARM64_SYS_REG(3, 0, 1, 0, 0)
#define REG_TTBR0  ARM64_SYS_REG(3, 0, 2, 0, 0)
#define REG_TTBR1  ARM64_SYS_REG(3, 0, 2, 0, 1)
#define REG_TCR	   ARM64_SYS_REG(3, 0, 2, 0, 2)

#define PSTATE_SPSEL BIT(0) /* SP is that of the exception level */
#define EC(hsr)	     ((hsr) >> 26 & 0x3f)
#define EC_WATCH     0x34

static int vcpu_fd(const struct gdb *g, unsigned int cpu)
{
	return g->vm->vcpus[cpu].fd;
}

/* ---- Registers ---- */

/* gdb knows one stack pointer: the one in use. */
static uint64_t register_id(const struct gdb *g, unsigned int cpu, unsigned int number)
{
	uint64_t pstate = 0;

	switch (number) {
	case GDB_SP:
		kvm_get_reg(vcpu_fd(g, cpu), REG_PSTATE, &pstate);
		return pstate & PSTATE_SPSEL ? REG_SP_EL1 : REG_SP_EL0;
	case GDB_PC:
		return REG_PC;
	case GDB_CPSR:
		return REG_PSTATE;
	default:
		return REG_X(number);
	}
}

static bool read_register(void *owner, unsigned int cpu, unsigned int number, uint64_t *value)
{
	struct gdb *g = owner;

	return kvm_get_reg(vcpu_fd(g, cpu), register_id(g, cpu, number), value) == 0;
}

static bool write_register(void *owner, unsigned int cpu, unsigned int number, uint64_t value)
{
	struct gdb *g = owner;

	return kvm_set_reg(vcpu_fd(g, cpu), register_id(g, cpu, number), &value) == 0;
}

/* ---- Memory ---- */

static uint8_t *ram_at(const struct gdb *g, uint64_t address, uint64_t size)
{
	uint64_t offset = address - MAP_RAM;

	if (address < MAP_RAM || size > g->vm->ram_size || offset > g->vm->ram_size - size)
		return NULL;
	return g->vm->ram + offset;
}

static bool read_word(void *owner, uint64_t address, uint64_t *value)
{
	const uint8_t *at = ram_at(owner, address, sizeof(*value));

	if (at)
		memcpy(value, at, sizeof(*value));
	return at != NULL;
}

/* Where a virtual address lies in this process, and how many bytes follow; NULL: nowhere. */
static uint8_t *memory_at(struct gdb *g, unsigned int cpu, uint64_t va, uint64_t *size)
{
	struct walk w = {.read = read_word, .owner = g};
	int fd = vcpu_fd(g, cpu);
	uint64_t pa = 0;

	if (kvm_get_reg(fd, REG_SCTLR, &w.sctlr) || kvm_get_reg(fd, REG_TCR, &w.tcr) ||
	    kvm_get_reg(fd, REG_TTBR0, &w.ttbr[0]) || kvm_get_reg(fd, REG_TTBR1, &w.ttbr[1]) ||
	    !walk_address(&w, va, &pa, size))
		return NULL;
	/* Page by page, because a block may reach beyond the memory. */
	if (*size > GRANULE_SIZE - pa % GRANULE_SIZE)
		*size = GRANULE_SIZE - pa % GRANULE_SIZE;
	return ram_at(g, pa, *size);
}

static size_t copy(struct gdb *g, unsigned int cpu, uint64_t at, uint8_t *mine, size_t size,
		   bool write)
{
	size_t done = 0;

	while (done < size) {
		uint64_t part = 0;
		uint8_t *theirs = memory_at(g, cpu, at + done, &part);

		if (!theirs)
			break;
		part = part < size - done ? part : size - done;
		memcpy(write ? theirs : mine + done, write ? mine + done : theirs, part);
		done += part;
	}
	return done;
}

static size_t read_memory(void *owner, unsigned int cpu, uint64_t at, void *to, size_t size)
{
	return copy(owner, cpu, at, to, size, false);
}

static size_t write_memory(void *owner, unsigned int cpu, uint64_t at, const void *from,
			   size_t size)
{
	return copy(owner, cpu, at, (uint8_t *)from, size, true);
}

/* ---- Motion ---- */

/* The debug registers of a vCPU that does not run. A step ends the run that follows. */
static void set_debug(struct gdb *g, unsigned int cpu, bool step)
{
	struct kvm_guest_debug d = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW};

	_Static_assert(sizeof(d) == 520, "as confine/filter.c has it");
	if (step)
		d.control |= KVM_GUESTDBG_SINGLESTEP;
	memcpy(d.arch.dbg_bcr, g->points.bcr, sizeof(d.arch.dbg_bcr));
	memcpy(d.arch.dbg_bvr, g->points.bvr, sizeof(d.arch.dbg_bvr));
	memcpy(d.arch.dbg_wcr, g->points.wcr, sizeof(d.arch.dbg_wcr));
	memcpy(d.arch.dbg_wvr, g->points.wvr, sizeof(d.arch.dbg_wvr));
	kvm_ioctl(vcpu_fd(g, cpu), KVM_SET_GUEST_DEBUG, &d);
}

static void go(void *owner, int step)
{
	struct gdb *g = owner;
	unsigned int i;

	for (i = 0; i < g->vm->cpus; i++)
		set_debug(g, i, step == (int)i);
	g->is_stopped = false;
	atomic_store(&g->stopped, -1);
	thread_resume(g->vm, step);
}

static bool set_point(void *owner, enum gdb_point kind, uint64_t at, uint64_t size, bool on)
{
	struct gdb *g = owner;

	return on ? gdb_points_set(&g->points, kind, at, size)
		  : gdb_points_clear(&g->points, kind, at, size);
}

static void interrupt(void *owner)
{
	struct gdb *g = owner;

	thread_pause_all(g->vm);
	g->is_stopped = true;
	gdb_stub_stopped(&g->stub, g->stub.stopped, GDB_SIGINT, NULL);
}

/* A vCPU's thread: the first one that stops is the one that gdb is told of. */
static void point_reached(void *owner, struct vcpu *v)
{
	struct gdb *g = owner;
	int none = -1;

	thread_hold(v->vm);
	atomic_compare_exchange_strong(&g->stopped, &none, (int)v->index);
	event_signal(g->stops.fd);
}

/* The main thread. After an interrupt by the user such a stop is no news any more. */
static void tell_stop(void *owner)
{
	struct gdb *g = owner;
	int cpu = atomic_load(&g->stopped);
	const struct kvm_debug_exit_arch *why;

	if (!event_take(g->stops.fd) || cpu < 0 || g->is_stopped)
		return;
	thread_pause_all(g->vm);
	g->is_stopped = true;
	why = &g->vm->vcpus[cpu].run->debug.arch;
	gdb_stub_stopped(&g->stub, (unsigned int)cpu, GDB_SIGTRAP,
			 EC(why->hsr) == EC_WATCH ? (const uint64_t *)&why->far : NULL);
}

static void kill_guest(void *owner)
{
	struct gdb *g = owner;

	vm_end(g->vm, VM_END_CONSOLE);
}

static void detach(void *owner)
{
	struct gdb *g = owner;

	gdb_points_forget(&g->points);
	go(g, GDB_ALL);
}

/* ---- Connections ---- */

static void hang_up(struct gdb *g)
{
	if (g->connection.fd < 0)
		return;
	loop_remove(g->loop, &g->connection);
	close(g->connection.fd);
	g->connection.fd = -1;
	g->listener.paused = false;
}

/* A debugger that takes no answers is not waited for. */
static void send_text(void *owner, const char *text, size_t size)
{
	struct gdb *g = owner;

	if (g->connection.fd >= 0 &&
	    send(g->connection.fd, text, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size)
		shutdown(g->connection.fd, SHUT_RDWR);
}

static const struct gdb_ops ops = {
	.read_register = read_register,
	.write_register = write_register,
	.read_memory = read_memory,
	.write_memory = write_memory,
	.set_point = set_point,
	.go = go,
	.interrupt = interrupt,
	.detach = detach,
	.kill = kill_guest,
	.send = send_text,
};

static void take_bytes(void *owner)
{
	struct gdb *g = owner;
	char bytes[1024];
	ssize_t count = recv(g->connection.fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (count > 0) {
		gdb_stub_take(&g->stub, bytes, (size_t)count);
		return;
	}
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* A debugger that goes without a word leaves a guest that runs. */
	if (g->is_stopped)
		detach(g);
	else
		gdb_points_forget(&g->points);
	hang_up(g);
}

static void take_connection(void *owner)
{
	struct gdb *g = owner;
	int fd = accept4(g->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	g->connection =
		(struct loop_source){.fd = fd, .events = POLLIN, .ready = take_bytes, .owner = g};
	if (loop_add(g->loop, &g->connection) < 0) {
		close(fd);
		g->connection.fd = -1;
		return;
	}
	g->listener.paused = true;
	thread_pause_all(g->vm);
	g->is_stopped = true;
	gdb_stub_begin(&g->stub, &ops, g, g->vm->cpus);
}

static int listen_at(unsigned int port)
{
	static const int on = 1;
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons((uint16_t)port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* Connections inherit TCP_NODELAY. */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) || listen(fd, 1)) {
		int err = errno;

		if (fd >= 0)
			close(fd);
		return error_set(-err, "--gdb %u: %s", port, strerror(err));
	}
	return fd;
}

int gdb_open(struct gdb *g, struct loop *loop, struct vm *vm, unsigned int port)
{
	int ret;

	*g = (struct gdb){.vm = vm, .loop = loop, .stopped = -1};
	g->connection.fd = g->stops.fd = -1;
	g->points.breaks = (unsigned int)kvm_check(vm->fd, KVM_CAP_GUEST_DEBUG_HW_BPS);
	g->points.watches = (unsigned int)kvm_check(vm->fd, KVM_CAP_GUEST_DEBUG_HW_WPS);
	g->listener = (struct loop_source){
		.fd = listen_at(port), .events = POLLIN, .ready = take_connection, .owner = g};
	if (g->listener.fd < 0)
		return g->listener.fd;
	g->stops = (struct loop_source){
		.fd = event_create(), .events = POLLIN, .ready = tell_stop, .owner = g};
	if (g->stops.fd < 0)
		return g->stops.fd;
	vm->debugger = (struct vm_debugger){.owner = g, .stopped = point_reached};
	thread_hold(vm);
	ret = loop_add(loop, &g->listener);
	return ret < 0 ? ret : loop_add(loop, &g->stops);
}

void gdb_renew(struct gdb *g)
{
	unsigned int i;

	for (i = 0; i < g->vm->cpus; i++)
		set_debug(g, i, false);
}

void gdb_close(struct gdb *g)
{
	if (!g->vm)
		return;
	if (g->connection.fd >= 0)
		gdb_stub_ended(&g->stub);
	hang_up(g);
	loop_remove(g->loop, &g->listener);
	loop_remove(g->loop, &g->stops);
	event_close(&g->listener.fd);
	event_close(&g->stops.fd);
}
