// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IRQFD: an eventfd that raises the interrupt of a GSI.
 *
 * An irqfd waits on its eventfd. What a signal does is all done in the wake-up, under the lock of
 * the eventfd's wait queue, so that nothing goes on any more once the irqfd has left the queue.
 *
 * Whoever takes an irqfd off the VM's list owns its end: DEASSIGN, the end of the VM, or the
 * wake-up that tells that the eventfd is closed. That one runs under the queue's lock and leaves by
 * itself; the memory goes after a grace period, because readers of the list may still be at it.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/wait.h>

#include "host/vgic/irqfd.h"
#include "host/vgic/routing.h"
#include "host/vgic/state.h"

#define MAX_IRQFDS 8192

struct cca_irqfd {
	struct cca_vm *vm;
	u32 gsi;
	struct eventfd_ctx *eventfd;
	struct eventfd_ctx *resample; /* signalled when the guest ends the interrupt; or NULL */
	struct list_head node;	      /* of vm->irqfds.list */
	wait_queue_entry_t wait;
	poll_table poll;
	struct rcu_head rcu;
};

static void irqfd_raise(struct cca_irqfd *irqfd)
{
	cca_gsi_set(irqfd->vm, irqfd->gsi, true);
	/* With a resampler the line stays up until the guest has ended the interrupt. */
	if (!irqfd->resample)
		cca_gsi_set(irqfd->vm, irqfd->gsi, false);
}

static void irqfd_free(struct cca_irqfd *irqfd)
{
	if (!IS_ERR_OR_NULL(irqfd->resample))
		eventfd_ctx_put(irqfd->resample);
	if (!IS_ERR_OR_NULL(irqfd->eventfd))
		eventfd_ctx_put(irqfd->eventfd);
	kfree(irqfd);
}

static void irqfd_free_rcu(struct rcu_head *rcu)
{
	irqfd_free(container_of(rcu, struct cca_irqfd, rcu));
}

static bool gsi_has_resampler(const struct cca_irqfds *irqfds, u32 gsi)
{
	const struct cca_irqfd *irqfd;

	list_for_each_entry(irqfd, &irqfds->list, node) {
		if (irqfd->resample && irqfd->gsi == gsi)
			return true;
	}
	return false;
}

/* Nobody would look at the end of the interrupt any more, so the line is not left up. */
static void resampler_gone(struct cca_irqfds *irqfds, struct cca_irqfd *irqfd)
{
	irqfds->nr_resamplers--;
	if (!gsi_has_resampler(irqfds, irqfd->gsi))
		cca_gsi_set(irqfd->vm, irqfd->gsi, false);
}

/*
 * Takes an irqfd off the list. irqfds->lock held. True: the caller has it to itself then, but for
 * readers of the list; false: somebody else has.
 */
static bool irqfd_take(struct cca_irqfds *irqfds, struct cca_irqfd *irqfd)
{
	if (!irqfd->node.prev)
		return false;
	list_del_rcu(&irqfd->node);
	irqfd->node.prev = NULL; /* it is off the list */
	irqfds->nr--;
	if (irqfd->resample)
		resampler_gone(irqfds, irqfd);
	return true;
}

/* ---- wake-ups ---- */

/* The eventfd is closed. The wait queue's lock is held. */
static void irqfd_closed(struct cca_irqfd *irqfd)
{
	struct cca_irqfds *irqfds = &irqfd->vm->irqfds;
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&irqfds->lock, flags);
	mine = irqfd_take(irqfds, irqfd);
	spin_unlock_irqrestore(&irqfds->lock, flags);
	if (!mine)
		return;
	list_del_init(&irqfd->wait.entry);
	call_rcu(&irqfd->rcu, irqfd_free_rcu);
}

static int irqfd_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct cca_irqfd *irqfd = container_of(wait, struct cca_irqfd, wait);
	__poll_t events = key_to_poll(key);
	u64 count;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(irqfd->eventfd, &count);
		irqfd_raise(irqfd);
	}
	if (events & EPOLLHUP)
		irqfd_closed(irqfd);
	return 0;
}

static void irqfd_queue(struct file *file, wait_queue_head_t *queue, poll_table *poll)
{
	struct cca_irqfd *irqfd = container_of(poll, struct cca_irqfd, poll);

	add_wait_queue(queue, &irqfd->wait);
}

/* ---- assign ---- */

/*
 * The irqfd of an eventfd, or NULL. In RCU, because the list may be long and others need its lock
 * with interrupts masked; events_lock held, so that none is added.
 */
static struct cca_irqfd *irqfd_of(struct cca_irqfds *irqfds, const struct eventfd_ctx *eventfd)
{
	struct cca_irqfd *irqfd;

	list_for_each_entry_rcu(irqfd, &irqfds->list, node)
	{
		if (irqfd->eventfd == eventfd)
			return irqfd;
	}
	return NULL;
}

/* events_lock held. */
static int irqfd_list(struct cca_irqfds *irqfds, struct cca_irqfd *irqfd)
{
	bool used;

	rcu_read_lock();
	used = irqfd_of(irqfds, irqfd->eventfd);
	rcu_read_unlock();
	if (used)
		return -EBUSY;
	if (READ_ONCE(irqfds->nr) == MAX_IRQFDS)
		return -ENOSPC;
	spin_lock_irq(&irqfds->lock);
	list_add_tail_rcu(&irqfd->node, &irqfds->list);
	irqfds->nr++;
	irqfds->nr_resamplers += !!irqfd->resample;
	spin_unlock_irq(&irqfds->lock);
	return 0;
}

/* After an error irqfd_free() puts what there is: it knows a pointer that is an error. */
static int irqfd_get_eventfds(struct cca_irqfd *irqfd, struct file *file,
			      const struct kvm_irqfd *args)
{
	irqfd->eventfd = eventfd_ctx_fileget(file);
	if (IS_ERR(irqfd->eventfd))
		return PTR_ERR(irqfd->eventfd);
	if (args->flags & KVM_IRQFD_FLAG_RESAMPLE)
		irqfd->resample = eventfd_ctx_fdget(args->resamplefd);
	return PTR_ERR_OR_ZERO(irqfd->resample);
}

/*
 * file: its eventfd's, which is not closed meanwhile because the caller has it. A count that is
 * there already raises the interrupt, and stays for the next signal to add to.
 */
static void irqfd_start(struct cca_irqfd *irqfd, struct file *file)
{
	if (vfs_poll(file, &irqfd->poll) & EPOLLIN)
		irqfd_raise(irqfd);
}

static int irqfd_assign_file(struct cca_vm *vm, const struct kvm_irqfd *args, struct file *file)
{
	struct cca_irqfds *irqfds = &vm->irqfds;
	struct cca_irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!irqfd)
		return -ENOMEM;
	irqfd->vm = vm;
	irqfd->gsi = args->gsi;
	init_waitqueue_func_entry(&irqfd->wait, irqfd_wake);
	init_poll_funcptr(&irqfd->poll, irqfd_queue);
	ret = irqfd_get_eventfds(irqfd, file, args);
	if (ret) {
		irqfd_free(irqfd);
		return ret;
	}
	mutex_lock(&vm->events_lock);
	irqfds->used = true;
	ret = irqfd_list(irqfds, irqfd);
	if (ret)
		irqfd_free(irqfd);
	else
		irqfd_start(irqfd, file);
	mutex_unlock(&vm->events_lock);
	return ret;
}

static int irqfd_assign(struct cca_vm *vm, const struct kvm_irqfd *args)
{
	struct file *file;
	int ret;

	if (!cca_vgic_initialised(vm))
		return -EAGAIN;
	file = fget(args->fd);
	if (!file)
		return -EBADF;
	if (args->flags & KVM_IRQFD_FLAG_RESAMPLE)
		cca_vgic_want_eois(vm);
	ret = irqfd_assign_file(vm, args, file);
	fput(file);
	return ret;
}

/* ---- deassign ---- */

/* Off the list already. Waits for a wake-up that is under way. */
static void irqfd_end(struct cca_irqfd *irqfd)
{
	u64 count;

	eventfd_ctx_remove_wait_queue(irqfd->eventfd, &irqfd->wait, &count);
	call_rcu(&irqfd->rcu, irqfd_free_rcu);
}

/* Takes that of an eventfd and a GSI off the list. events_lock held. */
static struct cca_irqfd *irqfd_take_of(struct cca_irqfds *irqfds, const struct eventfd_ctx *eventfd,
				       u32 gsi)
{
	struct cca_irqfd *irqfd;

	rcu_read_lock();
	irqfd = irqfd_of(irqfds, eventfd);
	if (irqfd) {
		spin_lock_irq(&irqfds->lock);
		if (irqfd->gsi != gsi || !irqfd_take(irqfds, irqfd))
			irqfd = NULL;
		spin_unlock_irq(&irqfds->lock);
	}
	rcu_read_unlock();
	return irqfd;
}

static int irqfd_deassign(struct cca_vm *vm, const struct kvm_irqfd *args)
{
	struct cca_irqfds *irqfds = &vm->irqfds;
	struct eventfd_ctx *eventfd = eventfd_ctx_fdget(args->fd);
	struct cca_irqfd *irqfd;
	bool resampler;

	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	/* With this lock every irqfd of the list is in its eventfd's wait queue, too. */
	mutex_lock(&vm->events_lock);
	irqfd = irqfd_take_of(irqfds, eventfd, args->gsi);
	resampler = irqfd && irqfd->resample;
	if (irqfd)
		irqfd_end(irqfd);
	mutex_unlock(&vm->events_lock);
	/* Afterwards cca_irqfds_eoi() does not signal the resampler's eventfd any more. */
	if (resampler)
		synchronize_rcu_expedited();
	eventfd_ctx_put(eventfd);
	return 0;
}

int cca_irqfd(struct cca_vm *vm, const void __user *arg)
{
	struct kvm_irqfd args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	if (args.flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	if (args.flags & KVM_IRQFD_FLAG_DEASSIGN)
		return irqfd_deassign(vm, &args);
	return irqfd_assign(vm, &args);
}

/* ---- the end of an interrupt ---- */

void cca_irqfds_eoi(struct cca_vm *vm, unsigned int intid)
{
	struct cca_irqfds *irqfds = &vm->irqfds;
	struct cca_irqfd *irqfd;
	bool lowered = false;

	if (!READ_ONCE(irqfds->nr_resamplers))
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(irqfd, &irqfds->list, node)
	{
		if (!irqfd->resample || !cca_gsi_is_spi(vm, irqfd->gsi, intid))
			continue;
		/* A device that wants the interrupt on raises it again when it is asked. */
		if (!lowered)
			cca_vgic_set_spi(vm, intid, false);
		lowered = true;
		eventfd_signal(irqfd->resample);
	}
	rcu_read_unlock();
}

/* ---- life ---- */

void cca_irqfds_init(struct cca_vm *vm)
{
	spin_lock_init(&vm->irqfds.lock);
	INIT_LIST_HEAD(&vm->irqfds.list);
}

static struct cca_irqfd *irqfd_take_first(struct cca_irqfds *irqfds)
{
	struct cca_irqfd *irqfd;

	spin_lock_irq(&irqfds->lock);
	irqfd = list_first_entry_or_null(&irqfds->list, struct cca_irqfd, node);
	if (irqfd)
		irqfd_take(irqfds, irqfd);
	spin_unlock_irq(&irqfds->lock);
	return irqfd;
}

void cca_irqfds_free(struct cca_vm *vm)
{
	struct cca_irqfd *irqfd;

	while ((irqfd = irqfd_take_first(&vm->irqfds))) {
		irqfd_end(irqfd);
		cond_resched();
	}
	/* A wake-up of an eventfd that was closed just now may be leaving. */
	if (vm->irqfds.used)
		synchronize_rcu_expedited();
}

void cca_irqfds_exit(void)
{
	rcu_barrier();
}
