// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random calls by several threads on descriptors they share: VMs, guest_memfds, vCPUs, vGICs, ITSs,
 * eventfds and the device. Most calls are nearly right, so that Realms come to life and run; some
 * are anything at all. Descriptors are closed meanwhile. FUZZ_SECONDS says how long, FUZZ_SEED
 * where the random numbers begin.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "kvm_api.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define THREADS	    4
#define EACH	    6 /* descriptors of a kind */
#define FILE_SIZE   (4 * BLOCK)
#define WORDS	    512	    /* room for the longest answer, a list of registers */
#define SIGNAL_NS   5000000 /* a vCPU that runs holds up its thread */
#define DIST_BASE   0x8000000UL
#define REDIST_BASE 0x80a0000UL
#define ITS_BASE    0x8080000UL

enum kind { VM, GMEM, VCPU, GIC, ITS, EVENT, KINDS };

static int fds[KINDS][EACH];
static struct kvm_run *runs[EACH]; /* a place for each vCPU's page, always mapped */
static char *user;
static volatile bool over;

struct fuzzer {
	pthread_t thread;
	pid_t tid;
	const char *doing;
	unsigned int seed;
};

static unsigned int rnd(struct fuzzer *f, unsigned int n)
{
	return (unsigned int)rand_r(&f->seed) % n;
}

static bool often(struct fuzzer *f)
{
	return rnd(f, 8);
}

static uint64_t odd(struct fuzzer *f)
{
	static const uint64_t values[] = {
		0,
		1,
		PAGE,
		BLOCK,
		BLOCK - PAGE,
		RAM_BASE,
		1UL << 31,
		1UL << 39,
		1UL << 40,
		-PAGE,
		~0UL,
		1UL << 63,
		DIST_BASE,
		REDIST_BASE,
		8UL << 20,
		1UL << 56,
		1 + (1UL << 32),
	};

	return values[rnd(f, sizeof(values) / sizeof(values[0]))];
}

static uint64_t place(struct fuzzer *f)
{
	return often(f) ? RAM_BASE + rnd(f, FILE_SIZE / PAGE) * PAGE : odd(f);
}

static uint64_t length(struct fuzzer *f)
{
	return often(f) ? (1 + rnd(f, rnd(f, 4) ? 16 : FILE_SIZE / PAGE)) * PAGE : odd(f);
}

static int any(struct fuzzer *f, enum kind kind)
{
	return __atomic_load_n(&fds[kind][rnd(f, EACH)], __ATOMIC_SEQ_CST);
}

/* A new descriptor in place of an old one; -1 only closes. */
static void keep(enum kind kind, unsigned int i, int fd)
{
	int old = __atomic_exchange_n(&fds[kind][i], fd, __ATOMIC_SEQ_CST);

	if (old >= 0)
		close(old);
}

static int keep_any(struct fuzzer *f, enum kind kind, int fd)
{
	if (fd >= 0)
		keep(kind, rnd(f, EACH), fd);
	return fd;
}

/* ---- steps: what the call returned ---- */

static int make_vm(struct fuzzer *f)
{
	unsigned long type = KVM_CCA_VM_TYPE_REALM | (often(f) ? IPA_BITS : 32 + rnd(f, 21));

	return keep_any(f, VM, ioctl(dev, KVM_CREATE_VM, rnd(f, 16) ? type : odd(f)));
}

static int make_file(struct fuzzer *f)
{
	return keep_any(f, GMEM,
			new_gmem_with(any(f, VM), often(f) ? FILE_SIZE : length(f),
				      often(f) ? rnd(f, 4) : odd(f)));
}

static int make_slot(struct fuzzer *f)
{
	return set_slot(any(f, VM), often(f) ? rnd(f, 3) : (uint32_t)odd(f),
			often(f) ? RAM_BASE : place(f), rnd(f, 4) ? FILE_SIZE : length(f),
			often(f) ? user + rnd(f, 2) * BLOCK : (char *)odd(f),
			rnd(f, 3) ? any(f, GMEM) : -1, rnd(f, 4) ? 0 : length(f));
}

static int drop_slot(struct fuzzer *f)
{
	return set_slot(any(f, VM), rnd(f, 3), 0, 0, NULL, -1, 0);
}

static int convert(struct fuzzer *f)
{
	return set_private(any(f, VM), place(f), length(f), rnd(f, 3));
}

static int convert_file(struct fuzzer *f)
{
	return set_file_private(any(f, GMEM), place(f) - RAM_BASE, length(f), rnd(f, 3));
}

/* User space's own use of a file: the pages come, or the answer is an error and no signal. */
static int touch_file(struct fuzzer *f)
{
	char *at = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, any(f, GMEM), 0);
	int ret;

	if (at == MAP_FAILED)
		return -1;
	ret = madvise(at + rnd(f, 512) * PAGE, (1 + rnd(f, 16)) * PAGE, MADV_POPULATE_WRITE);
	munmap(at, FILE_SIZE);
	return ret;
}

static int pre_fault(struct fuzzer *f)
{
	struct kvm_pre_fault_memory range = {.gpa = place(f), .size = length(f)};

	return ioctl(any(f, VCPU), KVM_PRE_FAULT_MEMORY, &range);
}

static int fill(struct fuzzer *f)
{
	struct kvm_cca_populate p = {
		.base = place(f),
		.size = length(f) % (4 * BLOCK),
		.source_uaddr = often(f) ? (uintptr_t)user + rnd(f, 512) * PAGE : odd(f),
		.flags = rnd(f, 2),
	};

	return ioctl(any(f, VM), KVM_CCA_POPULATE, &p);
}

static int init_vcpu(struct fuzzer *f, int fd)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = {1u << KVM_ARM_VCPU_PSCI_0_2 | (often(f) ? 0 : 1u << rnd(f, 12))},
	};

	return ioctl(fd, KVM_ARM_VCPU_INIT, &init);
}

static int make_vcpu(struct fuzzer *f)
{
	int fd = ioctl(any(f, VM), KVM_CREATE_VCPU, often(f) ? rnd(f, 4) : odd(f));
	unsigned int i = rnd(f, EACH);

	if (fd < 0)
		return fd;
	mmap(runs[i], 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (often(f))
		init_vcpu(f, fd);
	keep(VCPU, i, fd);
	return fd;
}

static int init_again(struct fuzzer *f)
{
	return init_vcpu(f, any(f, VCPU));
}

static int make_gic(struct fuzzer *f)
{
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	int ret;

	if (!often(f)) {
		create.type = rnd(f, 12);
		create.flags = rnd(f, 3);
	}
	ret = ioctl(any(f, VM), KVM_CREATE_DEVICE, &create);
	if (!ret && !create.flags)
		keep_any(f, GIC, (int)create.fd);
	return ret;
}

static int set_attr(unsigned int i, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = attr, .addr = (uintptr_t)value};

	return ioctl(fds[GIC][i], KVM_SET_DEVICE_ATTR, &a);
}

static int set_gic(struct fuzzer *f, uint32_t group, uint64_t attr, const void *value)
{
	return set_attr(rnd(f, EACH), group, attr, value);
}

static int place_dist(struct fuzzer *f)
{
	uint64_t base = often(f) ? DIST_BASE : odd(f);

	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &base);
}

static int place_redist(struct fuzzer *f)
{
	uint64_t base = often(f) ? REDIST_BASE : odd(f);

	if (rnd(f, 4))
		return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &base);
	base |= (1UL + rnd(f, 4)) << 52 | rnd(f, 2);
	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, &base);
}

static int init_gic(struct fuzzer *f)
{
	uint32_t irqs = often(f) ? 64 : (uint32_t)odd(f);

	if (!rnd(f, 4))
		return set_gic(f, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	return set_gic(f, KVM_DEV_ARM_VGIC_GRP_CTRL,
		       often(f) ? KVM_DEV_ARM_VGIC_CTRL_INIT : rnd(f, 6), NULL);
}

static int raise_line(struct fuzzer *f)
{
	struct kvm_irq_level level = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (32 + rnd(f, 32)),
		.level = rnd(f, 2),
	};

	if (!often(f))
		level.irq = rnd(f, 4) << KVM_ARM_IRQ_TYPE_SHIFT |
			    rnd(f, 4) << KVM_ARM_IRQ_VCPU_SHIFT | rnd(f, 1100);
	return ioctl(any(f, VM), KVM_IRQ_LINE, &level);
}

/* ---- events ---- */

static int make_event(struct fuzzer *f)
{
	return keep_any(f, EVENT, eventfd(rnd(f, 4) ? 0 : 1, EFD_CLOEXEC | EFD_NONBLOCK));
}

static int irqfd(struct fuzzer *f)
{
	struct kvm_irqfd args = {
		.fd = (uint32_t)any(f, EVENT),
		.gsi = often(f) ? rnd(f, 32) : (uint32_t)odd(f),
		.flags = often(f) ? rnd(f, 4) : (uint32_t)odd(f),
		.resamplefd = (uint32_t)any(f, EVENT),
	};

	return ioctl(any(f, VM), KVM_IRQFD, &args);
}

static int ioeventfd(struct fuzzer *f)
{
	struct kvm_ioeventfd args = {
		.datamatch = rnd(f, 2),
		.addr = often(f) ? rnd(f, 8) * 4 : odd(f),
		.len = often(f) ? rnd(f, 3) * 4 : (uint32_t)odd(f),
		.fd = any(f, EVENT),
		.flags = rnd(f, often(f) ? 8 : 64),
	};

	return ioctl(any(f, VM), KVM_IOEVENTFD, &args);
}

static int coalesce(struct fuzzer *f)
{
	struct kvm_coalesced_mmio_zone zone = {
		.addr = often(f) ? rnd(f, 8) * 4 : odd(f),
		.size = often(f) ? rnd(f, 32) : (uint32_t)odd(f),
		.pio = rnd(f, often(f) ? 2 : 4),
	};

	return ioctl(any(f, VM),
		     rnd(f, 4) ? KVM_REGISTER_COALESCED_MMIO : KVM_UNREGISTER_COALESCED_MMIO,
		     &zone);
}

static int set_routes(struct fuzzer *f)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[32];
	} routes = {.head.nr = often(f) ? rnd(f, 32) : (uint32_t)odd(f)};
	unsigned int i;

	for (i = 0; i < 32; i++) {
		routes.entry[i].gsi = often(f) ? i : (uint32_t)odd(f);
		routes.entry[i].type = 1 + rnd(f, 2);
		if (routes.entry[i].type == KVM_IRQ_ROUTING_IRQCHIP) {
			routes.entry[i].u.irqchip.pin = rnd(f, 40);
			continue;
		}
		routes.entry[i].flags = KVM_MSI_VALID_DEVID;
		routes.entry[i].u.msi.address_lo = ITS_BASE + 0x10040;
		routes.entry[i].u.msi.data = rnd(f, 8);
		routes.entry[i].u.msi.devid = rnd(f, 8);
	}
	return ioctl(any(f, VM), KVM_SET_GSI_ROUTING, &routes);
}

static int signal_msi(struct fuzzer *f)
{
	struct kvm_msi msi = {
		.address_lo = often(f) ? ITS_BASE + 0x10040 : (uint32_t)odd(f),
		.data = rnd(f, 8),
		.flags = often(f) ? KVM_MSI_VALID_DEVID : rnd(f, 4),
		.devid = often(f) ? rnd(f, 8) : (uint32_t)odd(f),
	};

	return ioctl(any(f, VM), KVM_SIGNAL_MSI, &msi);
}

static int signal_event(struct fuzzer *f)
{
	return eventfd_write(any(f, EVENT), 1 + rnd(f, 3));
}

static int make_its(struct fuzzer *f)
{
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS};
	int ret = ioctl(any(f, VM), KVM_CREATE_DEVICE, &create);

	return ret ? ret : keep_any(f, ITS, (int)create.fd);
}

/* A queue and tables in the Realm's memory, which has whatever is there for commands. */
static int set_its(struct fuzzer *f)
{
	static const uint64_t offsets[] = {0, 0x80, 0x88, 0x90, 0x100, 0x108};
	unsigned int what = rnd(f, 8), i = rnd(f, 6);
	uint64_t value = 1UL << 63 | RAM_BASE | rnd(f, 16);
	struct kvm_device_attr a = {.addr = (uintptr_t)&value};

	a.group = what ? KVM_DEV_ARM_VGIC_GRP_ITS_REGS : KVM_DEV_ARM_VGIC_GRP_ADDR;
	a.attr = what ? offsets[i] : KVM_VGIC_ITS_ADDR_TYPE;
	if (!what || !i)
		value = what ? 1 : ITS_BASE;
	if (i == 2 || i == 3)
		value = rnd(f, 64) * 32;
	if (!often(f)) {
		a.group = rnd(f, 2) ? KVM_DEV_ARM_VGIC_GRP_CTRL : rnd(f, 12);
		a.attr = rnd(f, 2) ? KVM_DEV_ARM_ITS_CTRL_RESET : odd(f);
	}
	return ioctl(any(f, ITS), KVM_SET_DEVICE_ATTR, &a);
}

/* The VMM may write anything into the vCPU's pages, kvm_run and a ring, at any time. */
static int run(struct fuzzer *f)
{
	unsigned int i = rnd(f, EACH);

	runs[i]->immediate_exit = !rnd(f, 4);
	if (!often(f))
		((volatile uint64_t *)runs[i])[rnd(f, rnd(f, 4) ? 300 : 1024)] = odd(f);
	return ioctl(fds[VCPU][i], KVM_RUN, 0);
}

static int reg(struct fuzzer *f)
{
	uint64_t value[8] = {rnd(f, 2) ? RAM_BASE : odd(f)};
	uint64_t core = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE;
	uint64_t other = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | (uint64_t)(0x10 + rnd(f, 8)) << 16;
	struct kvm_one_reg one = {
		.id = rnd(f, 2) ? core + 2 * rnd(f, 0x70) : other + rnd(f, 0x10000),
		.addr = often(f) ? (uintptr_t)value : odd(f),
	};

	if (!often(f))
		one.id ^= 1UL << rnd(f, 64);
	return ioctl(any(f, VCPU), rnd(f, 2) ? KVM_SET_ONE_REG : KVM_GET_ONE_REG, &one);
}

static int punch(struct fuzzer *f)
{
	return fallocate(any(f, GMEM), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
			 rnd(f, FILE_SIZE / PAGE) * PAGE, (off_t)(length(f) & INT64_MAX));
}

static int enable(struct fuzzer *f)
{
	struct kvm_enable_cap cap = {
		.cap = often(f) ? KVM_CCA_CAP_BASE + rnd(f, 8) : rnd(f, 256),
		.args = {rnd(f, 2) ? rnd(f, 3) : odd(f)},
	};

	return ioctl(any(f, VM), KVM_ENABLE_CAP, &cap);
}

static int power(struct fuzzer *f)
{
	struct kvm_mp_state state = {rnd(f, 2) ? KVM_MP_STATE_STOPPED : KVM_MP_STATE_RUNNABLE};

	return ioctl(any(f, VCPU), KVM_SET_MP_STATE, &state);
}

/* Makes a Realm with all its parts as they should be, for the other steps to go on with. */
static int make_realm(struct fuzzer *f)
{
	static const uint64_t dist = DIST_BASE, redist = REDIST_BASE;
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1u << KVM_ARM_VCPU_PSCI_0_2}};
	unsigned int i = rnd(f, EACH);
	int vm = new_vm(), file = new_gmem(vm, FILE_SIZE), vcpu, ret = -1;

	set_slot(vm, 0, RAM_BASE, FILE_SIZE, user, file, 0);
	set_private(vm, RAM_BASE, FILE_SIZE, true);
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0UL);
	if (vcpu >= 0) {
		mmap(runs[i], 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, vcpu, 0);
		ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	}
	if (!ioctl(vm, KVM_CREATE_DEVICE, &create)) {
		keep(GIC, i, (int)create.fd);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
		set_attr(i, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
		ret = populate(vm, RAM_BASE, user, PAGE);
	}
	keep(VM, i, vm);
	keep(GMEM, i, file);
	keep(VCPU, i, vcpu);
	return ret;
}

/* Any ioctl number on any descriptor, with any argument. */
static int anything(struct fuzzer *f)
{
	unsigned int size = rnd(f, 2) ? rnd(f, 256) : 0, i;
	uint64_t argument[WORDS];

	for (i = 0; i < WORDS; i++)
		argument[i] = rnd(f, 3) ? 0 : odd(f);
	return ioctl(rnd(f, 8) ? any(f, rnd(f, KINDS)) : dev,
		     _IOC(rnd(f, 4), KVMIO, rnd(f, 256), size),
		     rnd(f, 2) ? (unsigned long)argument : odd(f));
}

/* An ioctl number that is served, on any descriptor and with any argument. */
static int mixed_up(struct fuzzer *f)
{
	static const unsigned long calls[] = {
		KVM_CREATE_VM,
		KVM_CHECK_EXTENSION,
		KVM_CREATE_VCPU,
		KVM_SET_USER_MEMORY_REGION,
		KVM_SET_USER_MEMORY_REGION2,
		KVM_SET_MEMORY_ATTRIBUTES,
		KVM_CCA_SET_MEMORY_ATTRIBUTES2,
		KVM_PRE_FAULT_MEMORY,
		KVM_CREATE_GUEST_MEMFD,
		KVM_CCA_POPULATE,
		KVM_CCA_POPULATE_V12,
		KVM_ENABLE_CAP,
		KVM_CREATE_DEVICE,
		KVM_IRQ_LINE,
		KVM_IRQFD,
		KVM_IOEVENTFD,
		KVM_SET_GSI_ROUTING,
		KVM_SIGNAL_MSI,
		KVM_SET_DEVICE_ATTR,
		KVM_GET_DEVICE_ATTR,
		KVM_HAS_DEVICE_ATTR,
		KVM_ARM_VCPU_INIT,
		KVM_ARM_VCPU_FINALIZE,
		KVM_GET_ONE_REG,
		KVM_SET_ONE_REG,
		KVM_GET_REG_LIST,
		KVM_GET_MP_STATE,
		KVM_SET_VCPU_EVENTS,
		KVM_GET_VCPU_EVENTS,
		KVM_SET_SIGNAL_MASK,
		KVM_SET_GUEST_DEBUG,
		KVM_ARM_PREFERRED_TARGET,
	};
	unsigned long call = calls[rnd(f, sizeof(calls) / sizeof(calls[0]))];
	uint64_t argument[WORDS];
	unsigned int i;
	int ret;

	for (i = 0; i < WORDS; i++)
		argument[i] = rnd(f, 3) ? rnd(f, 8) : odd(f);
	ret = ioctl(any(f, rnd(f, KINDS)), call, rnd(f, 8) ? (unsigned long)argument : odd(f));
	if (ret >= 0 && (call == KVM_CREATE_VCPU || call == KVM_CREATE_GUEST_MEMFD))
		close(ret);
	return ret;
}

static int close_one(struct fuzzer *f)
{
	keep(rnd(f, KINDS), rnd(f, EACH), -1);
	return 0;
}

static struct step {
	const char *name;
	int (*call)(struct fuzzer *f);
	unsigned int weight;
	bool must; /* some have to be good */
	unsigned long good, all;
} steps[] = {
#define STEP(name, call, weight, must)                                                             \
	{                                                                                          \
		name, call, weight, must, 0, 0                                                     \
	}
	STEP("CREATE_VM", make_vm, 16, true),
	STEP("CREATE_GUEST_MEMFD", make_file, 16, true),
	STEP("SET_USER_MEMORY_REGION2", make_slot, 32, true),
	STEP("a slot deleted", drop_slot, 8, true),
	STEP("SET_MEMORY_ATTRIBUTES", convert, 32, true),
	STEP("SET_MEMORY_ATTRIBUTES2", convert_file, 32, true),
	STEP("a mapped guest_memfd", touch_file, 16, true),
	STEP("PRE_FAULT_MEMORY", pre_fault, 8, false),
	STEP("POPULATE", fill, 16, true),
	STEP("CREATE_VCPU", make_vcpu, 24, true),
	STEP("VCPU_INIT", init_again, 8, true),
	STEP("CREATE_DEVICE", make_gic, 16, true),
	STEP("the distributor's address", place_dist, 16, true),
	STEP("the redistributors' address", place_redist, 16, true),
	STEP("the vGIC's INIT", init_gic, 32, true),
	STEP("a whole Realm", make_realm, 8, true),
	STEP("IRQ_LINE", raise_line, 16, true),
	STEP("an eventfd", make_event, 8, true),
	STEP("IRQFD", irqfd, 16, true),
	STEP("IOEVENTFD", ioeventfd, 16, true),
	STEP("COALESCED_MMIO", coalesce, 8, true),
	STEP("SET_GSI_ROUTING", set_routes, 8, true),
	STEP("SIGNAL_MSI", signal_msi, 8, false),
	STEP("a signal", signal_event, 16, true),
	STEP("CREATE_DEVICE, an ITS", make_its, 8, true),
	STEP("an ITS's attributes", set_its, 32, true),
	STEP("KVM_RUN", run, 48, false),
	STEP("ONE_REG", reg, 16, true),
	STEP("a hole", punch, 16, true),
	STEP("ENABLE_CAP", enable, 16, true),
	STEP("MP_STATE", power, 16, true),
	STEP("any number", anything, 8, false),
	STEP("any of ours", mixed_up, 16, true),
	STEP("close", close_one, 4, true),
#undef STEP
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static struct step *choose(struct fuzzer *f)
{
	unsigned int i, sum = 0, at;

	for (i = 0; i < STEPS; i++)
		sum += steps[i].weight;
	at = rnd(f, sum);
	for (i = 0; at >= steps[i].weight; i++)
		at -= steps[i].weight;
	return &steps[i];
}

static void *fuzz(void *arg)
{
	struct fuzzer *f = arg;

	f->tid = gettid();
	while (!over) {
		struct step *step = choose(f);
		int ret;

		f->doing = step->name;
		ret = step->call(f);
		__atomic_fetch_add(&step->all, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&step->good, ret >= 0, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* ---- around it ---- */

static void on_signal(int signal)
{
}

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

/* Waits for the thread's end, at most SIGNAL_NS. */
static bool joined(struct fuzzer *f)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += SIGNAL_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return !pthread_timedjoin_np(f->thread, NULL, &until);
}

/* Where the kernel has a thread that does not end, as far as it tells. */
static void show(const struct fuzzer *f)
{
	static const char *const files[] = {"syscall", "status", "stack"};
	char path[64], line[256];
	unsigned int i;
	FILE *file;

	printf("# a thread is in: %s\n", f->doing);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/%s", (int)f->tid, files[i]);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file))
			printf("# %s", line);
		if (file)
			fclose(file);
	}
}

static void set_up(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	unsigned int i;

	sigaction(SIGUSR1, &action, NULL);
	user = user_memory(2 * FILE_SIZE);
	memset(user, 0x14, BLOCK); /* branches to somewhere */
	memset(fds, -1, sizeof(fds));
	for (i = 0; i < EACH; i++)
		runs[i] = user_memory(2 * PAGE);
}

static void clear_up(void)
{
	unsigned int i;
	enum kind kind;

	for (i = 0; i < EACH; i++) {
		for (kind = 0; kind < KINDS; kind++)
			keep(kind, i, -1);
		munmap(runs[i], 2 * PAGE);
	}
	munmap(user, 2 * FILE_SIZE);
	/* Random calls have made descriptors that nobody keeps track of. */
	closefrom(dev + 1);
}

static void interrupt_from(const struct fuzzer *f, unsigned int first)
{
	unsigned int i;

	for (i = first; i < THREADS; i++)
		pthread_kill(f[i].thread, SIGUSR1);
}

/*
 * Pulls all threads out of KVM_RUN until the time is over, and then until they have ended: a thread
 * that waits for a vCPU goes on only when the thread that runs this vCPU does.
 */
static bool run_until(struct fuzzer *f, long seconds)
{
	struct timespec start, now;
	unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		interrupt_from(f, 0);
		joined(&f[0]);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < seconds);
	over = true;
	for (i = 0; i < THREADS; i++) {
		while (!joined(&f[i])) {
			interrupt_from(f, i);
			clock_gettime(CLOCK_MONOTONIC, &now);
			if (now.tv_sec - start.tv_sec > seconds + 120) {
				show(&f[i]);
				return false;
			}
		}
	}
	return true;
}

void test_fuzz(void)
{
	long seed = number("FUZZ_SEED", time(NULL)), seconds = number("FUZZ_SECONDS", 20);
	long exits = counter("exit_sync") + counter("exit_irq");
	static struct fuzzer fuzzers[THREADS];
	unsigned int i;

	set_up();
	printf("# FUZZ_SEED=%ld\n", seed);
	for (i = 0; i < THREADS; i++) {
		fuzzers[i].seed = (unsigned int)(seed * THREADS + i);
		pthread_create(&fuzzers[i].thread, NULL, fuzz, &fuzzers[i]);
	}
	if (!run_until(fuzzers, seconds)) {
		ok(false, "no call lasts longer than a signal lets it");
		return;
	}
	clear_up();
	for (i = 0; i < STEPS; i++)
		ok(steps[i].good || !steps[i].must, "%s: %lu of %lu calls were good", steps[i].name,
		   steps[i].good, steps[i].all);
	exits = counter("exit_sync") + counter("exit_irq") - exits;
	ok(exits > 0, "Realms ran meanwhile (%ld exits)", exits);
	expect_nothing_left("random calls");
}
