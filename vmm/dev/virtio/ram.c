/* SPDX-License-Identifier: BSD-3-Clause */
/* See ram.h. */
#include <util.h>

#include "vmm/dev/virtio/ram.h"
#include "vmm/vm/map.h"
#include "vmm/vm/vm.h"

void virtio_ram_init(struct virtio_ram *r, const struct vm *vm)
{
	*r = (struct virtio_ram){
		.region = {.base = MAP_RAM,
			   .size = vm->ram_size,
			   .host = vm->ram,
			   .fd = vm->ram_fd},
		.vm_end = &vm->end,
		.shared_bit = vm->realm ? BIT(map_ipa_bits(vm->ram_size) - 1) : 0,
	};
}

/* Of a Realm's memory only that which it shares is mapped here, and its drivers have to know. */
void virtio_ram_give(struct virtio_ram *r, struct virtio *v)
{
	v->memory = (struct guest_memory){
		.regions = &r->region, .count = 1, .shared_bit = r->shared_bit};
	v->vm_end = r->vm_end;
	if (r->shared_bit)
		v->required |= VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
}
