/* SPDX-License-Identifier: BSD-3-Clause */
/* As much of KVM's ABI as the portable parts of the module's events use, as released headers have
 * it. */
#ifndef SHIM_KVM_H
#define SHIM_KVM_H

#include <linux/types.h>

#define KVM_IRQ_ROUTING_IRQCHIP 1
#define KVM_IRQ_ROUTING_MSI	2
#define KVM_MSI_VALID_DEVID	1u

struct kvm_irq_routing_entry {
	u32 gsi;
	u32 type;
	u32 flags;
	u32 pad;
	union {
		struct {
			u32 irqchip;
			u32 pin;
		} irqchip;
		struct {
			u32 address_lo;
			u32 address_hi;
			u32 data;
			u32 devid;
		} msi;
		u32 pad[8];
	} u;
};

#define KVM_IOEVENTFD_FLAG_DATAMATCH	     (1u << 0)
#define KVM_IOEVENTFD_FLAG_PIO		     (1u << 1)
#define KVM_IOEVENTFD_FLAG_DEASSIGN	     (1u << 2)
#define KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY (1u << 3)
#define KVM_IOEVENTFD_VALID_FLAG_MASK	     0x1fu

struct kvm_ioeventfd {
	u64 datamatch;
	u64 addr;
	u32 len;
	int fd;
	u32 flags;
	u8 pad[36];
};

struct kvm_coalesced_mmio_zone {
	u64 addr;
	u32 size;
	u32 pio;
};

struct kvm_coalesced_mmio {
	u64 phys_addr;
	u32 len;
	u32 pio;
	u8 data[8];
};

struct kvm_coalesced_mmio_ring {
	u32 first;
	u32 last;
	struct kvm_coalesced_mmio coalesced_mmio[];
};

#define KVM_COALESCED_MMIO_MAX                                                                     \
	((PAGE_SIZE - sizeof(struct kvm_coalesced_mmio_ring)) / sizeof(struct kvm_coalesced_mmio))

#endif
