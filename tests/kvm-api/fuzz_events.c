// SPDX-License-Identifier: BSD-3-Clause
/* Random calls on eventfds, routes, messages and ITSs. */
#include <sys/eventfd.h>

#include "fuzz.h"

/* Where an ITS has its queue: in the Realm's memory, behind what the Realm runs. */
#define QUEUE_AT   BLOCK
#define QUEUE_SIZE (16 * PAGE)

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

/*
 * Commands for all ITSs whose memory this is, mostly of the few numbers that there are and for few
 * devices. Somebody may be reading them.
 */
static int write_commands(struct fuzzer *f)
{
	static const uint8_t numbers[] = {0x01, 0x03, 0x04, 0x05, 0x08, 0x08, 0x09,
					  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
	volatile uint64_t *queue =
		(uint64_t *)(fuzz_user + QUEUE_AT + rnd(f, 2) * BLOCK + rnd(f, 64) * 32);
	unsigned int i;

	for (i = 0; i < 4 * 16; i += 4) {
		queue[i] = (uint64_t)rnd(f, 8) << 32 |
			   (often(f) ? numbers[rnd(f, sizeof(numbers))] : rnd(f, 256));
		queue[i + 1] = often(f) ? (uint64_t)(8192 + rnd(f, 4)) << 32 | rnd(f, 17) : odd(f);
		queue[i + 2] = (often(f) ? 1UL << 63 : 0) | rnd(f, 4) | (uint64_t)rnd(f, 3) << 16;
		queue[i + 3] = (uint64_t)rnd(f, 3) << 16;
	}
	return 0;
}

/* A queue and tables in the Realm's memory, which has whatever is there for commands. */
static int set_its(struct fuzzer *f)
{
	static const uint64_t offsets[] = {0, 0x80, 0x88, 0x90, 0x100, 0x108};
	unsigned int what = rnd(f, 8), i = rnd(f, 6);
	uint64_t value = 1UL << 63 | (RAM_BASE + QUEUE_AT) | rnd(f, QUEUE_SIZE / PAGE);
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

struct step fuzz_event_steps[] = {
	STEP("an eventfd", make_event, 8, true),
	STEP("IRQFD", irqfd, 16, true),
	STEP("IOEVENTFD", ioeventfd, 16, true),
	STEP("COALESCED_MMIO", coalesce, 8, true),
	STEP("SET_GSI_ROUTING", set_routes, 8, true),
	STEP("SIGNAL_MSI", signal_msi, 8, false),
	STEP("a signal", signal_event, 16, true),
	STEP("CREATE_DEVICE, an ITS", make_its, 8, true),
	STEP("an ITS's commands", write_commands, 16, true),
	STEP("an ITS's attributes", set_its, 32, true),
	{},
};
