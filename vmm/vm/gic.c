/* SPDX-License-Identifier: BSD-3-Clause */
/* Set-up of KVM's vGICv3 device, see gic.h; docs/spec/kvm-uapi.md section 12. */
#include <errno.h>
#include <string.h>

#include "vmm/lib/error.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/kvm.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

static int failed(int err, const char *what)
{
	return error_set(err, "GICv3: %s: %s", what, strerror(-err));
}

static int set_address(struct vm *vm, uint64_t attr, uint64_t address)
{
	int ret = kvm_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, attr, &address);

	return ret < 0 ? failed(ret, "its place was refused") : 0;
}

int gic_create(struct vm *vm)
{
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_V3};
	int ret = kvm_ioctl(vm->fd, KVM_CREATE_DEVICE, &create);

	if (ret < 0)
		return failed(ret, "this host has none for VMs");
	vm->gic = (int)create.fd;
	ret = set_address(vm, KVM_VGIC_V3_ADDR_TYPE_REDIST, MAP_GICR);
	return ret < 0 ? ret : set_address(vm, KVM_VGIC_V3_ADDR_TYPE_DIST, MAP_GICD);
}

int gic_create_its(struct vm *vm)
{
	static const uint64_t address = MAP_ITS;
	struct kvm_create_device create = {.type = KVM_DEV_TYPE_ARM_VGIC_ITS};
	int ret = kvm_ioctl(vm->fd, KVM_CREATE_DEVICE, &create);

	if (ret < 0)
		return failed(ret, "this host has no ITS for VMs, which devices need");
	vm->its = (int)create.fd;
	ret = kvm_set_attr(vm->its, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, &address);
	if (ret == 0)
		ret = kvm_set_attr(vm->its, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
				   NULL);
	return ret < 0 ? failed(ret, "the ITS was refused") : 0;
}

int gic_init(struct vm *vm)
{
	static const uint32_t irqs = MAP_IRQS;
	int ret = kvm_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);

	if (ret < 0)
		return failed(ret, "its number of interrupts was refused");
	ret = kvm_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	return ret < 0 ? failed(ret, "could not be initialised") : 0;
}

int gic_set_spi(struct vm *vm, unsigned int spi, bool level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (MAP_SPI_FIRST + spi),
		.level = level,
	};

	return kvm_ioctl(vm->fd, KVM_IRQ_LINE, &irq);
}

int gic_signal_msi(struct vm *vm, uint32_t device, uint64_t address, uint32_t data)
{
	struct kvm_msi msi = {
		.address_lo = (uint32_t)address,
		.address_hi = (uint32_t)(address >> 32),
		.data = data,
		.flags = KVM_MSI_VALID_DEVID,
		.devid = device,
	};

	return kvm_ioctl(vm->fd, KVM_SIGNAL_MSI, &msi);
}
