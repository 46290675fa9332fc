// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a GSI leads to: an SPI of the vGIC or a message for an ITS. A table replaces the one before
 * as a whole; readers are in RCU.
 */
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>

#include "host/vgic/its.h"
#include "host/vgic/route.h"
#include "host/vgic/routing.h"
#include "host/vgic/state.h"

struct cca_routes {
	struct rcu_head rcu;
	unsigned int nr;
	struct cca_route route[];
};

/*
 * So many entries are freed some time after the last reader. A larger table is waited for: whoever
 * sets routes in a loop could pile them up.
 */
#define FREE_LATER 256

static struct cca_routes *routes_new(unsigned int nr)
{
	struct cca_routes *routes;

	routes = kvzalloc(struct_size(routes, route, nr), GFP_KERNEL_ACCOUNT);
	if (routes)
		routes->nr = nr;
	return routes;
}

static void routes_replace(struct cca_vm *vm, struct cca_routes *routes)
{
	struct cca_routes *old;

	mutex_lock(&vm->events_lock);
	old = rcu_replace_pointer(vm->routes, routes, lockdep_is_held(&vm->events_lock));
	mutex_unlock(&vm->events_lock);
	if (old && old->nr <= FREE_LATER) {
		kvfree_rcu(old, rcu);
	} else if (old) {
		synchronize_rcu_expedited();
		kvfree(old);
	}
}

int cca_routes_default(struct cca_vm *vm, unsigned int spis)
{
	struct cca_routes *routes = routes_new(spis);
	unsigned int i;

	if (!routes)
		return -ENOMEM;
	for (i = 0; i < spis; i++)
		routes->route[i] = (struct cca_route){.type = ROUTE_SPI, .intid = 32 + i};
	routes_replace(vm, routes);
	return 0;
}

/* The entries as they came from user space, all of them at once. */
static int routes_from(struct cca_vm *vm, const struct kvm_irq_routing_entry *entries,
		       unsigned int n)
{
	unsigned int i, nr = cca_routes_end(entries, n);
	struct cca_routes *routes;
	int ret = 0;

	if (nr > CCA_MAX_ROUTES)
		return -EINVAL;
	routes = routes_new(nr);
	if (!routes)
		return -ENOMEM;
	for (i = 0; i < n && !ret; i++)
		ret = cca_route_parse(routes->route, nr, &entries[i]);
	if (ret)
		kvfree(routes);
	else
		routes_replace(vm, routes);
	return ret;
}

int cca_routes_set(struct cca_vm *vm, const void __user *arg)
{
	struct kvm_irq_routing_entry *entries = NULL;
	struct kvm_irq_routing head;
	int ret;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.nr > CCA_MAX_ROUTES || head.flags)
		return -EINVAL;
	if (head.nr) {
		entries = kvmalloc_array(head.nr, sizeof(*entries), GFP_KERNEL_ACCOUNT);
		if (!entries)
			return -ENOMEM;
		if (copy_from_user(entries, arg + sizeof(head), head.nr * sizeof(*entries))) {
			kvfree(entries);
			return -EFAULT;
		}
	}
	ret = routes_from(vm, entries, head.nr);
	kvfree(entries);
	return ret;
}

/* A copy, of type ROUTE_NONE if the GSI leads nowhere. */
static struct cca_route route_of(struct cca_vm *vm, u32 gsi)
{
	struct cca_route route = {.type = ROUTE_NONE};
	const struct cca_routes *routes;

	rcu_read_lock();
	routes = rcu_dereference(vm->routes);
	if (routes && gsi < routes->nr)
		route = routes->route[array_index_nospec(gsi, routes->nr)];
	rcu_read_unlock();
	return route;
}

void cca_gsi_set(struct cca_vm *vm, u32 gsi, bool level)
{
	struct cca_route route = route_of(vm, gsi);

	if (route.type == ROUTE_SPI)
		cca_vgic_set_spi(vm, route.intid, level);
	else if (route.type == ROUTE_MSI && level)
		cca_its_send(vm, &route.msi);
}

bool cca_gsi_is_spi(struct cca_vm *vm, u32 gsi, unsigned int intid)
{
	struct cca_route route = route_of(vm, gsi);

	return route.type == ROUTE_SPI && route.intid == intid;
}

int cca_signal_msi(struct cca_vm *vm, const void __user *arg)
{
	struct kvm_msi args;
	struct cca_msi msi;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (!READ_ONCE(vm->vgic) || args.flags & ~KVM_MSI_VALID_DEVID)
		return -EINVAL;
	msi = (struct cca_msi){
		.address = (u64)args.address_hi << 32 | args.address_lo,
		.data = args.data,
		.device = args.devid,
		.has_device = args.flags,
	};
	return cca_its_send(vm, &msi);
}

void cca_routes_free(struct cca_vm *vm)
{
	routes_replace(vm, NULL);
}
