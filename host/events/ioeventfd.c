// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IOEVENTFD: a write of a Realm to an address of no memory signals an eventfd, and the vCPU
 * goes on without an exit to user space. The table is an array sorted by address, which a change
 * replaces; readers are in RCU.
 */
#include <linux/eventfd.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>

#include "host/events/ioevent.h"
#include "host/events/ioeventfd.h"
#include "host/stats.h"

#define MAX_IOEVENTFDS 4096
#define FREE_LATER     256 /* entries; see table_free() */

struct cca_ioeventfds {
	struct rcu_head rcu;
	unsigned int nr;
	struct cca_ioevent event[];
};

bool cca_ioeventfd_write(struct cca_vm *vm, u64 gpa, unsigned int len, u64 data)
{
	const struct cca_ioeventfds *table;
	const struct cca_ioevent *event = NULL;

	rcu_read_lock();
	table = rcu_dereference(vm->ioeventfds);
	if (table)
		event = cca_ioevent_match(table->event, table->nr, gpa, len, data);
	if (event)
		eventfd_signal(event->eventfd);
	rcu_read_unlock();
	if (event)
		cca_stat_inc(STAT_IOEVENTFD);
	return event;
}

/* A table with room for nr entries; NULL: there is no memory. */
static struct cca_ioeventfds *table_new(unsigned int nr)
{
	struct cca_ioeventfds *table;

	table = kvmalloc(struct_size(table, event, nr), GFP_KERNEL_ACCOUNT);
	if (table)
		table->nr = nr;
	return table;
}

/*
 * A small table is freed some time after the last reader. A large one is waited for: whoever
 * assigns and deassigns in a loop could pile them up.
 */
static void table_free(struct cca_ioeventfds *old)
{
	if (old->nr <= FREE_LATER) {
		kvfree_rcu(old, rcu);
		return;
	}
	synchronize_rcu_expedited();
	kvfree(old);
}

static struct cca_ioeventfds *table_of(struct cca_vm *vm)
{
	return rcu_dereference_protected(vm->ioeventfds, lockdep_is_held(&vm->events_lock));
}

static int insert(struct cca_vm *vm, const struct cca_ioevent *event)
{
	struct cca_ioeventfds *table, *old = table_of(vm);
	unsigned int nr = old ? old->nr : 0;

	if (nr && cca_ioevent_collides(old->event, nr, event))
		return -EEXIST;
	if (nr == MAX_IOEVENTFDS)
		return -ENOSPC;
	table = table_new(nr + 1);
	if (!table)
		return -ENOMEM;
	cca_ioevent_insert(table->event, old ? old->event : NULL, nr, event);
	rcu_assign_pointer(vm->ioeventfds, table);
	if (old)
		table_free(old);
	return 0;
}

/*
 * On success the reference that the table had of the eventfd is the caller's, to be put after a
 * grace period.
 */
static int remove(struct cca_vm *vm, const struct cca_ioevent *event)
{
	struct cca_ioeventfds *table, *old = table_of(vm);
	int at = old ? cca_ioevent_find(old->event, old->nr, event) : -ENOENT;

	if (at < 0)
		return at;
	table = table_new(old->nr - 1);
	if (!table)
		return -ENOMEM;
	memcpy(table->event, old->event, at * sizeof(*event));
	memcpy(table->event + at, old->event + at + 1, (old->nr - at - 1) * sizeof(*event));
	rcu_assign_pointer(vm->ioeventfds, table);
	table_free(old);
	return 0;
}

static int assign(struct cca_vm *vm, struct cca_ioevent *event)
{
	int ret;

	mutex_lock(&vm->events_lock);
	ret = insert(vm, event);
	mutex_unlock(&vm->events_lock);
	if (ret)
		eventfd_ctx_put(event->eventfd);
	return ret;
}

/* Nobody signals it for this VM any more when this returns. */
static int deassign(struct cca_vm *vm, struct cca_ioevent *event)
{
	int ret;

	mutex_lock(&vm->events_lock);
	ret = remove(vm, event);
	mutex_unlock(&vm->events_lock);
	if (!ret) {
		synchronize_rcu_expedited();
		eventfd_ctx_put(event->eventfd); /* the table's */
	}
	eventfd_ctx_put(event->eventfd);
	return ret;
}

int cca_ioeventfd(struct cca_vm *vm, const void __user *arg)
{
	struct kvm_ioeventfd args;
	struct cca_ioevent event;
	bool remove_it;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	remove_it = args.flags & KVM_IOEVENTFD_FLAG_DEASSIGN;
	if (!remove_it && cca_ioevent_check(&args))
		return -EINVAL;
	event = cca_ioevent_of(&args);
	event.eventfd = eventfd_ctx_fdget(args.fd);
	if (IS_ERR(event.eventfd))
		return PTR_ERR(event.eventfd);
	return remove_it ? deassign(vm, &event) : assign(vm, &event);
}

void cca_ioeventfd_free(struct cca_vm *vm)
{
	struct cca_ioeventfds *table = rcu_dereference_protected(vm->ioeventfds, true);
	unsigned int i;

	for (i = 0; table && i < table->nr; i++)
		eventfd_ctx_put(table->event[i].eventfd);
	kvfree(table);
	RCU_INIT_POINTER(vm->ioeventfds, NULL);
}
