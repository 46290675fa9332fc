/* SPDX-License-Identifier: BSD-3-Clause */
/* See vhost.h. */
#include <errno.h>
#include <linux/vhost.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/dev/virtio/vhost.h"
#include "vmm/lib/error.h"
#include "vmm/loop/event.h"

#define REGIONS_MAX 8

/* As struct vhost_memory, with room. */
struct memory_table {
	uint32_t nregions;
	uint32_t padding;
	struct vhost_memory_region regions[REGIONS_MAX];
};

_Static_assert(offsetof(struct memory_table, regions) == offsetof(struct vhost_memory, regions),
	       "the kernel's layout");

int vhost_ioctl(struct vhost *h, unsigned long request, void *arg)
{
	return ioctl(h->fd, request, arg) < 0 ? -errno : 0;
}

/*
 * The driver's addresses are those of the guest, with the bit that says shared or without it: the
 * kernel's driver gets each region at both places. It needs no translation (ACCESS_PLATFORM).
 */
static int set_memory(struct vhost *h)
{
	struct memory_table table = {0};
	const struct guest_memory *m = &h->device->memory;
	struct vhost_memory_region *to = table.regions;
	size_t i;

	if (2 * m->count > REGIONS_MAX)
		return -E2BIG;
	for (i = 0; i < m->count; i++) {
		const struct guest_region *r = &m->regions[i];

		*to++ = (struct vhost_memory_region){.guest_phys_addr = r->base,
						     .memory_size = r->size,
						     .userspace_addr = (uintptr_t)r->host};
		if (!m->shared_bit)
			continue;
		*to = to[-1];
		to++->guest_phys_addr |= m->shared_bit;
	}
	table.nregions = (uint32_t)(to - table.regions);
	return vhost_ioctl(h, VHOST_SET_MEM_TABLE, &table);
}

static void gave_up(void *owner)
{
	struct vhost *h = owner;

	if (!event_take(h->broken.fd))
		return;
	pthread_mutex_lock(&h->device->lock);
	if (virtio_is_running(h->device))
		virtio_break(h->device);
	pthread_mutex_unlock(&h->device->lock);
}

int vhost_opened(struct vhost *h)
{
	int ret = set_memory(h);

	if (ret < 0)
		return error_set(ret, "vhost: the guest's memory: %s", strerror(-ret));
	h->broken = (struct loop_source){
		.fd = event_create(), .events = POLLIN, .ready = gave_up, .owner = h};
	ret = h->broken.fd < 0 ? h->broken.fd : loop_add(&h->device->loop, &h->broken);
	return ret < 0 ? ret : virtio_calls_open(&h->calls, h->device, h->queues);
}

static int set_queue(struct vhost *h, unsigned int i)
{
	const struct virtio_queue *q = &h->device->queues[i];
	struct vhost_vring_state size = {.index = i, .num = q->size}, base = {.index = i};
	struct vhost_vring_addr places = {
		.index = i,
		.desc_user_addr = (uintptr_t)q->desc_at,
		.avail_user_addr = (uintptr_t)q->driver_at,
		.used_user_addr = (uintptr_t)q->device_at,
	};
	struct vhost_vring_file kick = {.index = i, .fd = h->device->kicks[i].fd};
	struct vhost_vring_file call = {.index = i, .fd = h->calls.list[i].source.fd};
	struct vhost_vring_file broken = {.index = i, .fd = h->broken.fd};
	int ret = q->enabled ? 0 : -EINVAL;

	ret = ret ?: vhost_ioctl(h, VHOST_SET_VRING_NUM, &size);
	ret = ret ?: vhost_ioctl(h, VHOST_SET_VRING_BASE, &base);
	ret = ret ?: vhost_ioctl(h, VHOST_SET_VRING_ADDR, &places);
	ret = ret ?: vhost_ioctl(h, VHOST_SET_VRING_KICK, &kick);
	ret = ret ?: vhost_ioctl(h, VHOST_SET_VRING_CALL, &call);
	return ret ?: vhost_ioctl(h, VHOST_SET_VRING_ERR, &broken);
}

int vhost_start(struct vhost *h)
{
	uint64_t features = h->device->accepted & h->features;
	unsigned int i;
	int ret = vhost_ioctl(h, VHOST_SET_FEATURES, &features);

	for (i = 0; i < h->queues && ret == 0; i++)
		ret = set_queue(h, i);
	return ret;
}

int vhost_init(struct vhost *h, struct virtio *v, int fd, unsigned int queues, const char *what)
{
	int ret;

	*h = (struct vhost){.fd = fd, .device = v, .queues = queues, .broken.fd = -1};
	virtio_calls_init(&h->calls);
	ret = vhost_ioctl(h, VHOST_SET_OWNER, NULL);
	if (ret == 0)
		ret = vhost_ioctl(h, VHOST_GET_FEATURES, &h->features);
	if (ret < 0)
		return error_set(ret, "%s: vhost: %s", what, strerror(-ret));
	/* With it the kernel's driver would ask the VMM for a translation of each address. */
	h->features &= ~VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	v->withheld = ~h->features & ~VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM);
	return 0;
}

void vhost_close(struct vhost *h)
{
	close(h->fd);
	virtio_calls_close(&h->calls);
	event_close(&h->broken.fd);
}
