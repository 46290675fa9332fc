// SPDX-License-Identifier: BSD-3-Clause
/*
 * Eventfds, coalesced MMIO, routes of GSIs and the ITS: what each call answers, of /dev/kvm-cca
 * and, where it is there, of /dev/kvm, which must answer the same.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "kvm_api.h"

#define GITS_BASE  0x08080000UL
#define DOORBELL   (GITS_BASE + 0x10040)
#define MAX_ROUTES 4096
#define SPIS	   32

static struct side {
	const char *name;
	int device;
	unsigned long type;
	int vm, gic, its, vcpu;
} sides[2];
static unsigned int nr_sides;

/* ---- calls ---- */

static int irqfd(const struct side *s, int fd, uint32_t gsi, uint32_t flags, int resample)
{
	struct kvm_irqfd args = {
		.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = (uint32_t)resample};

	return ioctl(s->vm, KVM_IRQFD, &args);
}

static int ioeventfd(const struct side *s, int fd, uint64_t addr, uint32_t len, uint32_t flags,
		     uint64_t match)
{
	struct kvm_ioeventfd args = {
		.fd = fd, .addr = addr, .len = len, .flags = flags, .datamatch = match};

	return ioctl(s->vm, KVM_IOEVENTFD, &args);
}

static struct {
	struct kvm_irq_routing head;
	struct kvm_irq_routing_entry entry[MAX_ROUTES + 1];
} routing;

static int set_routes(const struct side *s, uint32_t nr)
{
	routing.head.nr = nr;
	return ioctl(s->vm, KVM_SET_GSI_ROUTING, &routing);
}

static struct kvm_irq_routing_entry *route(unsigned int i, uint32_t gsi, uint32_t type)
{
	routing.head.flags = 0;
	routing.entry[i] = (struct kvm_irq_routing_entry){.gsi = gsi, .type = type};
	return &routing.entry[i];
}

static int signal_msi(const struct side *s, uint64_t address, uint32_t flags, uint32_t device)
{
	struct kvm_msi args = {
		.address_lo = (uint32_t)address,
		.address_hi = address >> 32,
		.flags = flags,
		.devid = device,
	};

	return ioctl(s->vm, KVM_SIGNAL_MSI, &args);
}

static int attr(int fd, unsigned long call, uint32_t group, uint64_t number, void *value)
{
	struct kvm_device_attr a = {.group = group, .attr = number, .addr = (uintptr_t)value};

	return ioctl(fd, call, &a);
}

static int create_device(int vm, uint32_t type)
{
	struct kvm_create_device create = {.type = type};

	return ioctl(vm, KVM_CREATE_DEVICE, &create) ? -1 : (int)create.fd;
}

static uint64_t count_of(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static int new_eventfd(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* ---- IOEVENTFD ---- */

#define MATCH	 KVM_IOEVENTFD_FLAG_DATAMATCH
#define PIO	 KVM_IOEVENTFD_FLAG_PIO
#define DEASSIGN KVM_IOEVENTFD_FLAG_DEASSIGN
#define CCW	 KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY

struct io_row {
	uint64_t addr;
	uint32_t len;
	uint32_t flags;
	uint64_t match;
	int want;
	const char *name;
};

/* In this order. */
static const struct io_row io_rows[] = {
	{0x1000, 3, 0, 0, EINVAL, "a length of 3"},
	{0x1000, 16, 0, 0, EINVAL, "a length of 16"},
	{0x1000, 4, 1 << 5, 0, EINVAL, "an unknown flag"},
	{-2UL, 4, 0, 0, EINVAL, "an address that wraps"},
	{0x1000, 0, MATCH, 0, EINVAL, "no length and a match"},
	{0x3000, 0, PIO, 0, 0, "no length on the other bus"},
	{0x3000, 0, PIO | DEASSIGN, 0, 0, "deassign that"},
	{0x1000, 4, DEASSIGN, 0, ENOENT, "none is there to deassign"},
	{0x1000, 4, MATCH, 7, 0, "a match"},
	{0x1000, 4, MATCH, 7, EEXIST, "the same again"},
	{0x1000, 4, 0, 0, EEXIST, "without a match, over one"},
	{0x1000, 0, 0, 0, EEXIST, "of any length, over one"},
	{0x1000, 4, MATCH, 8, 0, "another match"},
	{0x1000, 2, 0, 0, 0, "another length"},
	{0x1000, 4, PIO, 0, 0, "another bus"},
	{0x1000, 4, CCW, 0, 0, "a third bus"},
	{0x2000, 0, 0, 0, 0, "of any length"},
	{0x2000, 8, MATCH, 1, EEXIST, "a match over one of any length"},
	{0x1000, 4, DEASSIGN, 0, ENOENT, "deassign without its match"},
	{0x1000, 4, MATCH | DEASSIGN, 9, ENOENT, "deassign with another match"},
	{0x1000, 8, MATCH | DEASSIGN, 7, ENOENT, "deassign with another length"},
	{0x1008, 4, MATCH | DEASSIGN, 7, ENOENT, "deassign at another address"},
	{0x1000, 4, MATCH | DEASSIGN, 7, 0, "deassign"},
	{0x1000, 4, MATCH | DEASSIGN, 7, ENOENT, "deassign twice"},
	{0x1000, 4, MATCH | DEASSIGN, 8, 0, "deassign the other match"},
	{0x1000, 2, DEASSIGN, 0, 0, "deassign the other length"},
	{0x1000, 4, PIO | DEASSIGN, 0, 0, "deassign on the other bus"},
	{0x1000, 4, CCW | DEASSIGN, 0, 0, "deassign on the third"},
	{0x2000, 0, DEASSIGN, 0, 0, "deassign of any length"},
};

static void ioeventfds(const struct side *s)
{
	int fd = new_eventfd(), other = new_eventfd();
	unsigned int i;

	for (i = 0; i < sizeof(io_rows) / sizeof(io_rows[0]); i++) {
		const struct io_row *r = &io_rows[i];

		expect(ioeventfd(s, fd, r->addr, r->len, r->flags, r->match), r->want,
		       "%s: IOEVENTFD, %s", s->name, r->name);
	}
	expect(ioeventfd(s, -1, 0x1000, 4, 0, 0), EBADF, "%s: IOEVENTFD, no file", s->name);
	expect(ioeventfd(s, s->vm, 0x1000, 4, 0, 0), EINVAL, "%s: IOEVENTFD, no eventfd", s->name);
	expect(ioeventfd(s, -1, 0x1000, 4, DEASSIGN, 0), EBADF, "%s: IOEVENTFD, deassign no file",
	       s->name);
	expect(ioeventfd(s, fd, 0x1000, 4, 0, 0), 0, "%s: IOEVENTFD, one", s->name);
	expect(ioeventfd(s, other, 0x1000, 4, DEASSIGN, 0), ENOENT,
	       "%s: IOEVENTFD, deassign another's", s->name);
	expect(ioctl(s->vm, KVM_IOEVENTFD, (void *)8), EFAULT, "%s: IOEVENTFD from nowhere",
	       s->name);
	/* One that stays is the VM's to drop. */
	close(fd);
	close(other);
}

#define IOEVENTFDS_MAX 4096

static void ioeventfds_have_an_end(const struct side *s)
{
	int fd = new_eventfd(), ret = 0;
	unsigned int i;

	for (i = 0; i < IOEVENTFDS_MAX + 10 && !ret; i++)
		ret = ioeventfd(s, fd, 0x100000 + 8UL * i, 8, 0, 0);
	expect(ret, ENOSPC, "IOEVENTFD: %u are too many", i);
	for (i = 0; i < IOEVENTFDS_MAX && !ioeventfd(s, fd, 0x100000 + 8UL * i, 8, DEASSIGN, 0);)
		i++;
	ok(i > 4000, "IOEVENTFD: %u are deassigned", i);
	close(fd);
}

/* ---- coalesced MMIO ---- */

static int zone(const struct side *s, unsigned long call, uint64_t addr, uint32_t size,
		uint32_t pio)
{
	struct kvm_coalesced_mmio_zone args = {.addr = addr, .size = size, .pio = pio};

	return ioctl(s->vm, call, &args);
}

#define ADD  KVM_REGISTER_COALESCED_MMIO
#define DROP KVM_UNREGISTER_COALESCED_MMIO

static void zones(const struct side *s)
{
	ok(ioctl(s->vm, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO) == 1,
	   "%s: the ring of coalesced MMIO is page 1", s->name);
	ok(ioctl(s->vm, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_PIO) == 1,
	   "%s: another bus may be told", s->name);
	expect(zone(s, ADD, 0x4000, 0x1000, 2), EINVAL, "%s: a zone of an unknown bus", s->name);
	expect(zone(s, DROP, 0x4000, 0x1000, 2), EINVAL, "%s: nor is it removed", s->name);
	expect(zone(s, ADD, 0x4000, 0x1000, 0), 0, "%s: a zone", s->name);
	expect(zone(s, ADD, 0x4800, 0x1000, 0), 0, "%s: one over it", s->name);
	expect(zone(s, ADD, 0x4000, 0x1000, 1), 0, "%s: one of another bus", s->name);
	expect(zone(s, DROP, 0x4800, 8, 0), 0, "%s: both are removed", s->name);
	expect(zone(s, DROP, 0x4800, 8, 0), 0, "%s: and may be once more", s->name);
	expect(zone(s, DROP, 0x4000, 8, 1), 0, "%s: so is the other bus's", s->name);
	expect(ioctl(s->vm, ADD, (void *)8), EFAULT, "%s: a zone from nowhere", s->name);
}

static void zones_have_an_end(const struct side *s)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < 200 && !ret; i++)
		ret = zone(s, ADD, 0x4000, 0x1000, 0);
	expect(ret, ENOSPC, "coalesced MMIO: %u zones are too many", i);
	expect(zone(s, DROP, 0x4000, 8, 0), 0, "coalesced MMIO: all are removed");
	expect(zone(s, ADD, 0x4000, 8, 0), 0, "coalesced MMIO: and there is room again");
}

/* ---- routes ---- */

static void routes(const struct side *s)
{
	unsigned int i;

	route(0, 0, KVM_IRQ_ROUTING_IRQCHIP)->u.irqchip.pin = 987;
	expect(set_routes(s, 1), 0, "%s: a route to the last SPI", s->name);
	routing.entry[0].u.irqchip.pin = 988;
	expect(set_routes(s, 1), EINVAL, "%s: a route to a pin behind it", s->name);
	route(0, 0, KVM_IRQ_ROUTING_IRQCHIP)->u.irqchip.irqchip = 1;
	expect(set_routes(s, 1), EINVAL, "%s: a route to a second chip", s->name);
	route(0, 0, KVM_IRQ_ROUTING_IRQCHIP)->flags = 1;
	expect(set_routes(s, 1), EINVAL, "%s: a route to a pin with a flag", s->name);
	route(0, 4095, KVM_IRQ_ROUTING_IRQCHIP);
	expect(set_routes(s, 1), 0, "%s: the last GSI", s->name);
	route(0, 4096, KVM_IRQ_ROUTING_IRQCHIP);
	expect(set_routes(s, 1), EINVAL, "%s: a GSI behind it", s->name);
	route(0, 3, 0);
	expect(set_routes(s, 1), EINVAL, "%s: a route of type 0", s->name);
	route(0, 3, 77);
	expect(set_routes(s, 1), EINVAL, "%s: a route of type 77", s->name);
	route(0, 3, KVM_IRQ_ROUTING_IRQCHIP);
	route(1, 3, KVM_IRQ_ROUTING_IRQCHIP);
	expect(set_routes(s, 2), EINVAL, "%s: a GSI twice", s->name);
	route(1, 3, KVM_IRQ_ROUTING_MSI);
	expect(set_routes(s, 2), EINVAL, "%s: a GSI twice, of two kinds", s->name);
	route(0, 3, KVM_IRQ_ROUTING_MSI)->flags = KVM_MSI_VALID_DEVID;
	expect(set_routes(s, 1), 0, "%s: a message", s->name);
	routing.entry[0].flags = 2;
	expect(set_routes(s, 1), EINVAL, "%s: a message with an unknown flag", s->name);
	routing.head.flags = 1;
	expect(set_routes(s, 0), EINVAL, "%s: routes with flags", s->name);
	routing.head.flags = 0;
	for (i = 0; i < MAX_ROUTES; i++)
		route(i, i, KVM_IRQ_ROUTING_MSI);
	expect(set_routes(s, MAX_ROUTES), 0, "%s: 4096 routes", s->name);
	expect(set_routes(s, MAX_ROUTES + 1), EINVAL, "%s: 4097 routes", s->name);
	expect(set_routes(s, 0), 0, "%s: no routes", s->name);
	expect(ioctl(s->vm, KVM_SET_GSI_ROUTING, (void *)8), EFAULT, "%s: routes from nowhere",
	       s->name);
}

/* ---- IRQFD ---- */

#define RESAMPLE KVM_IRQFD_FLAG_RESAMPLE
#define REMOVE	 KVM_IRQFD_FLAG_DEASSIGN

static void irqfds_before(const struct side *s)
{
	int fd = new_eventfd();

	expect(irqfd(s, fd, 0, 0, 0), EAGAIN, "%s: IRQFD before the vGIC's INIT", s->name);
	expect(irqfd(s, fd, 0, 4, 0), EINVAL, "%s: IRQFD before it, unknown flag", s->name);
	expect(irqfd(s, fd, 0, REMOVE, 0), 0, "%s: IRQFD before it, deassign", s->name);
	close(fd);
}

static void irqfds(const struct side *s)
{
	int fd = new_eventfd(), other = new_eventfd(), resample = new_eventfd(), copy = dup(fd);

	expect(irqfd(s, fd, 0, 4, 0), EINVAL, "%s: IRQFD, unknown flag", s->name);
	expect(irqfd(s, -1, 0, 0, 0), EBADF, "%s: IRQFD, no file", s->name);
	expect(irqfd(s, s->vm, 0, 0, 0), EINVAL, "%s: IRQFD, no eventfd", s->name);
	expect(irqfd(s, -1, 0, REMOVE, 0), EBADF, "%s: IRQFD, deassign no file", s->name);
	expect(irqfd(s, s->vm, 0, REMOVE, 0), EINVAL, "%s: IRQFD, deassign no eventfd", s->name);
	expect(irqfd(s, fd, 5, 0, 0), 0, "%s: IRQFD", s->name);
	expect(irqfd(s, fd, 5, 0, 0), EBUSY, "%s: IRQFD, the same eventfd again", s->name);
	expect(irqfd(s, copy, 6, 0, 0), EBUSY, "%s: IRQFD, by another descriptor", s->name);
	expect(irqfd(s, other, 5, 0, 0), 0, "%s: IRQFD, a second eventfd of the GSI", s->name);
	expect(irqfd(s, other, 6, REMOVE, 0), 0, "%s: IRQFD, deassign from another GSI", s->name);
	expect(irqfd(s, other, 6, 0, 0), EBUSY, "%s: IRQFD, which it is not", s->name);
	expect(irqfd(s, other, 5, REMOVE, 0), 0, "%s: IRQFD, deassign", s->name);
	expect(irqfd(s, other, 5, REMOVE, 0), 0, "%s: IRQFD, deassign twice", s->name);
	expect(irqfd(s, other, 100000, 0, 0), 0, "%s: IRQFD, a GSI that leads nowhere", s->name);
	expect(irqfd(s, other, 100000, REMOVE, 0), 0, "%s: IRQFD, and deassign", s->name);
	expect(irqfd(s, other, 7, RESAMPLE, -1), EBADF, "%s: IRQFD, no resampler", s->name);
	expect(irqfd(s, other, 7, RESAMPLE, s->vm), EINVAL, "%s: IRQFD, a resampler that is none",
	       s->name);
	expect(irqfd(s, other, 7, RESAMPLE, resample), 0, "%s: IRQFD with a resampler", s->name);
	expect(irqfd(s, other, 7, REMOVE, 0), 0, "%s: IRQFD, deassign that", s->name);
	expect(ioctl(s->vm, KVM_IRQFD, (void *)8), EFAULT, "%s: IRQFD from nowhere", s->name);
	close(copy);
	close(resample);
	close(other);
	close(fd); /* assigned still */
}

/* Signals are consumed while one is assigned, and only then; one that is closed is gone. */
static void signals_are_taken(const struct side *s)
{
	int fd = new_eventfd(), i, lost = 0;

	expect(irqfd(s, fd, 3, 0, 0), 0, "%s: an eventfd for a GSI", s->name);
	eventfd_write(fd, 5);
	ok(!count_of(fd), "%s: its signal is taken", s->name);
	irqfd(s, fd, 3, REMOVE, 0);
	eventfd_write(fd, 5);
	ok(count_of(fd) == 5, "%s: and no more after the deassign", s->name);
	close(fd);
	for (i = 0; i < 1000; i++) {
		fd = new_eventfd();
		lost += irqfd(s, fd, i % 40, i % 3 ? 0 : RESAMPLE, fd) != 0;
		eventfd_write(fd, 1);
		close(fd);
	}
	ok(!lost, "%s: a thousand that are closed while they are assigned (%d)", s->name, lost);
}

/* ---- messages, the ITS ---- */

static void messages_before(const struct side *s)
{
	expect(signal_msi(s, DOORBELL, 2, 0), EINVAL, "%s: a message with an unknown flag",
	       s->name);
	expect(signal_msi(s, DOORBELL, 1, 0), ENODEV, "%s: a message without an ITS", s->name);
	ok(ioctl(s->vm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID) == 0, "%s: no MSI_DEVID without it",
	   s->name);
	expect(ioctl(s->device, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID), EINVAL,
	       "%s: MSI_DEVID is no question to the device", s->name);
}

static void messages(const struct side *s)
{
	ok(ioctl(s->vm, KVM_CHECK_EXTENSION, KVM_CAP_MSI_DEVID) == 1, "%s: MSI_DEVID with it",
	   s->name);
	expect(signal_msi(s, DOORBELL, 2, 0), EINVAL, "%s: a message with an unknown flag",
	       s->name);
	expect(signal_msi(s, DOORBELL, 0, 0), EINVAL, "%s: a message of no device", s->name);
	expect(signal_msi(s, 0x1000, 1, 0), EINVAL, "%s: a message to no doorbell", s->name);
	expect(signal_msi(s, DOORBELL, 1, 8), EBUSY, "%s: a message to an ITS that is off",
	       s->name);
	expect(ioctl(s->vm, KVM_SIGNAL_MSI, (void *)8), EFAULT, "%s: a message from nowhere",
	       s->name);
}

#define HAS KVM_HAS_DEVICE_ATTR
#define SET KVM_SET_DEVICE_ATTR
#define GET KVM_GET_DEVICE_ATTR

static void its_address(struct side *s)
{
	uint64_t odd = GITS_BASE + 0x1000, far = 1UL << 52, base = GITS_BASE;

	s->its = create_device(s->vm, KVM_DEV_TYPE_ARM_VGIC_ITS);
	ok(s->its >= 0, "%s: an ITS", s->name);
	expect(attr(s->its, HAS, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, NULL), 0, "%s: it has an address",
	       s->name);
	expect(attr(s->its, HAS, KVM_DEV_ARM_VGIC_GRP_ADDR, 2, NULL), ENXIO,
	       "%s: it has no distributor", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL), 0,
	       "%s: INIT before ADDR", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 2, &base), ENODEV,
	       "%s: the address of a distributor", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, (void *)8), EFAULT,
	       "%s: an address from nowhere", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, &odd), EINVAL,
	       "%s: an address that is not aligned", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, &far), E2BIG,
	       "%s: an address beyond the end", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, &base), 0, "%s: an address",
	       s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, &base), EEXIST,
	       "%s: an address twice", s->name);
	base = 0;
	expect(attr(s->its, GET, KVM_DEV_ARM_VGIC_GRP_ADDR, 4, &base), 0, "%s: the address",
	       s->name);
	ok(base == GITS_BASE, "%s: is what was said", s->name);
	expect(attr(s->its, SET, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL), 0,
	       "%s: INIT after ADDR", s->name);
}

static void its_registers(const struct side *s)
{
	const uint32_t regs = KVM_DEV_ARM_VGIC_GRP_ITS_REGS, ctrl = KVM_DEV_ARM_VGIC_GRP_CTRL;
	uint64_t value = 0;

	expect(attr(s->its, HAS, regs, 0x0, NULL), 0, "%s: it has GITS_CTLR", s->name);
	expect(attr(s->its, HAS, regs, 0x138, NULL), 0, "%s: GITS_BASER7", s->name);
	expect(attr(s->its, HAS, regs, 0x140, NULL), ENXIO, "%s: none behind it", s->name);
	expect(attr(s->its, HAS, regs, 0x84, NULL), EINVAL, "%s: no half of GITS_CBASER", s->name);
	expect(attr(s->its, HAS, regs, 0x2, NULL), EINVAL, "%s: no half of GITS_CTLR", s->name);
	expect(attr(s->its, HAS, regs, 0xffe8, NULL), 0, "%s: GITS_PIDR2", s->name);
	expect(attr(s->its, GET, regs, 0x8, &value), 0, "%s: GITS_TYPER", s->name);
	ok(value & 1, "%s: has physical LPIs (%#lx)", s->name, (long)value);
	expect(attr(s->its, GET, regs, 0x140, &value), ENXIO, "%s: a register that is not",
	       s->name);
	expect(attr(s->its, GET, regs, 0x84, &value), EINVAL, "%s: half a register", s->name);
	value = 0x80;
	expect(attr(s->its, SET, regs, 0x80, &value), 0, "%s: GITS_CBASER is set", s->name);
	expect(attr(s->its, SET, regs, 0x88, &value), 0, "%s: GITS_CWRITER is set", s->name);
	value = 0;
	expect(attr(s->its, GET, regs, 0x88, &value), 0, "%s: GITS_CWRITER is read", s->name);
	ok(value == 0x80, "%s: as it was set (%#lx)", s->name, (long)value);
	expect(attr(s->its, HAS, ctrl, KVM_DEV_ARM_ITS_CTRL_RESET, NULL), 0, "%s: it has a reset",
	       s->name);
	expect(attr(s->its, SET, ctrl, KVM_DEV_ARM_ITS_CTRL_RESET, NULL), 0, "%s: a reset",
	       s->name);
	expect(attr(s->its, HAS, ctrl, KVM_DEV_ARM_ITS_SAVE_TABLES, NULL), 0,
	       "%s: its tables can be saved", s->name);
	expect(attr(s->its, SET, ctrl, KVM_DEV_ARM_ITS_SAVE_TABLES, NULL), 0, "%s: they are",
	       s->name);
	value = 1;
	expect(attr(s->its, GET, regs, 0x80, &value), 0, "%s: GITS_CBASER after it", s->name);
	ok(!(value >> 63), "%s: is not valid (%#lx)", s->name, (long)value);
	expect(attr(s->its, HAS, ctrl, 77, NULL), ENXIO, "%s: no other control", s->name);
	expect(attr(s->its, HAS, 77, 0, NULL), ENXIO, "%s: no other group", s->name);
}

static void many_its(const struct side *s)
{
	unsigned int i, n = 0;
	int fds[40];

	for (i = 0; i < 40; i++) {
		fds[i] = create_device(s->vm, KVM_DEV_TYPE_ARM_VGIC_ITS);
		n += fds[i] >= 0;
	}
	ok(n > 20 && n < 40 && errno == ENOSPC, "%u more ITSs, and then there are enough", n);
	for (i = 0; i < 40; i++)
		close(fds[i]);
}

/* ---- set-up ---- */

static bool open_side(struct side *s, const char *name, int device, unsigned long type)
{
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1u << KVM_ARM_VCPU_PSCI_0_2}};

	*s = (struct side){.name = name, .device = device, .type = type};
	s->vm = ioctl(device, KVM_CREATE_VM, type);
	s->gic = create_device(s->vm, KVM_DEV_TYPE_ARM_VGIC_V3);
	s->vcpu = ioctl(s->vm, KVM_CREATE_VCPU, 0UL);
	return s->vm >= 0 && s->gic >= 0 && s->vcpu >= 0 &&
	       !ioctl(s->vcpu, KVM_ARM_VCPU_INIT, &init);
}

static void init_gic(struct side *s)
{
	uint64_t dist = 0x08000000, redist = 0x080a0000;
	uint32_t irqs = 32 + SPIS;

	ok(!attr(s->gic, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist) &&
		   !attr(s->gic, SET, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST,
			 &redist) &&
		   !attr(s->gic, SET, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs) &&
		   !attr(s->gic, SET, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL),
	   "%s: a vGIC is made ready", s->name);
}

static void test_side(struct side *s)
{
	ioeventfds(s);
	zones(s);
	irqfds_before(s);
	routes(s);
	messages_before(s);
	its_address(s);
	init_gic(s);
	messages(s);
	its_registers(s);
	irqfds(s);
	signals_are_taken(s);
}

static void close_side(struct side *s)
{
	close(s->its);
	close(s->vcpu);
	close(s->gic);
	close(s->vm);
}

void test_events(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int i;

	nr_sides = 0;
	if (open_side(&sides[nr_sides], "kvm-cca", dev, KVM_CCA_VM_TYPE_REALM | IPA_BITS))
		nr_sides++;
	ok(nr_sides == 1, "a Realm VM with a vGIC");
	if (kvm >= 0 && open_side(&sides[nr_sides], "kvm", kvm, 0))
		nr_sides++;
	for (i = 0; i < nr_sides; i++)
		test_side(&sides[i]);
	ioeventfds_have_an_end(&sides[0]);
	zones_have_an_end(&sides[0]);
	many_its(&sides[0]);
	for (i = 0; i < nr_sides; i++)
		close_side(&sides[i]);
	close(kvm);
	expect_nothing_left("the events group");
}
