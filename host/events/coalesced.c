// SPDX-License-Identifier: GPL-2.0-only
/* See coalesced.h. */
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "host/events/coalesced.h"
#include "host/events/zone.h"

#define MAX_ZONES 128

struct cca_coalesced {
	spinlock_t lock; /* the rest; taken by threads only */
	unsigned int nr;
	struct cca_zone zone[MAX_ZONES];
	struct kvm_coalesced_mmio_ring *ring; /* set once */
};

static bool in_zone(const struct cca_coalesced *coalesced, const struct cca_zone *bytes)
{
	unsigned int i;

	for (i = 0; i < coalesced->nr; i++) {
		if (cca_zone_has(&coalesced->zone[i], bytes))
			return true;
	}
	return false;
}

bool cca_coalesced_write(struct cca_vm *vm, u64 gpa, unsigned int len, u64 data)
{
	struct cca_zone bytes = {.address = gpa, .size = len};
	struct cca_coalesced *coalesced = vm->coalesced;
	bool done;

	if (!READ_ONCE(coalesced->nr))
		return false;
	spin_lock(&coalesced->lock);
	done = in_zone(coalesced, &bytes) && cca_ring_put(coalesced->ring, gpa, len, data);
	spin_unlock(&coalesced->lock);
	return done;
}

static int zone_change(struct cca_coalesced *coalesced, const struct cca_zone *zone, bool add)
{
	if (!add)
		coalesced->nr = cca_zone_remove(coalesced->zone, coalesced->nr, zone);
	else if (coalesced->nr == MAX_ZONES)
		return -ENOSPC;
	else
		coalesced->zone[coalesced->nr++] = *zone;
	return 0;
}

int cca_coalesced_zone(struct cca_vm *vm, const void __user *arg, bool add)
{
	struct cca_coalesced *coalesced = vm->coalesced;
	struct kvm_coalesced_mmio_zone args;
	struct cca_zone zone;
	int ret;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.pio > 1)
		return -EINVAL;
	zone = cca_zone_of(&args);
	spin_lock(&coalesced->lock);
	ret = zone_change(coalesced, &zone, add);
	spin_unlock(&coalesced->lock);
	return ret;
}

struct page *cca_coalesced_page(struct cca_vm *vm)
{
	return virt_to_page(vm->coalesced->ring);
}

int cca_coalesced_init(struct cca_vm *vm)
{
	struct cca_coalesced *coalesced = kzalloc(sizeof(*coalesced), GFP_KERNEL_ACCOUNT);

	vm->coalesced = coalesced;
	if (!coalesced)
		return -ENOMEM;
	spin_lock_init(&coalesced->lock);
	coalesced->ring = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return coalesced->ring ? 0 : -ENOMEM;
}

void cca_coalesced_free(struct cca_vm *vm)
{
	if (vm->coalesced)
		free_page((unsigned long)vm->coalesced->ring);
	kfree(vm->coalesced);
	vm->coalesced = NULL;
}
