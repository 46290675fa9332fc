// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_ARM_RMI_POPULATE: measured pages, copied by the RMM out of the VMM's memory into a Realm that
 * is not active yet (realm.h).
 */
#include <linux/sched/signal.h>

#include "host/mem/mem.h"
#include "host/realm/realm.h"

static int populate_check(const struct cca_vm *vm, const struct kvm_cca_populate *args)
{
	u64 end = args->base + args->size;

	if (args->reserved || args->flags & ~KVM_CCA_POPULATE_MEASURE)
		return -EINVAL;
	if (!PAGE_ALIGNED(args->base) || !PAGE_ALIGNED(args->size))
		return -EINVAL;
	if (!args->source_uaddr || !cca_user_range_ok(args->source_uaddr, args->size))
		return -EINVAL;
	if (end < args->base || end > cca_shared_bit(vm))
		return -EINVAL;
	return 0;
}

/* how many source pages are looked up, and held in memory, at a time */
#define POPULATE_BATCH 64

static void populate_advance(struct kvm_cca_populate *args, u64 bytes)
{
	args->base += bytes;
	args->source_uaddr += bytes;
	args->size -= bytes;
}

static int populate_batch(struct cca_vm *vm, struct kvm_cca_populate *args, const u64 *source,
			  int n)
{
	u64 flags = args->flags & KVM_CCA_POPULATE_MEASURE ? RMI_MEASURE_CONTENT : 0;
	int i = 0, ret = 0;

	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	while (i < n && !ret) {
		unsigned int done;

		ret = cca_mem_populate_pages(vm, args->base, source + i, n - i, flags, &done);
		populate_advance(args, (u64)done << PAGE_SHIFT);
		i += done;
	}
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}

/* Checked before each batch, because the Realm may be activated, or end, between two of them. */
static int populate_allowed(struct cca_vm *vm)
{
	if (vm->realm.state == REALM_DEAD)
		return -ENXIO;
	if (vm->realm.state == REALM_ACTIVE)
		return -EBUSY;
	return cca_realm_create(vm);
}

/*
 * Populates from n pages. source: a page for the list of their addresses, which the RMM reads; with
 * n = 0, which only creates the Realm, NULL.
 */
static int populate_locked(struct cca_vm *vm, struct kvm_cca_populate *args, struct page **pages,
			   int n, u64 *source)
{
	int i, ret;

	for (i = 0; i < n; i++)
		source[i] = page_to_phys(pages[i]);
	mutex_lock(&vm->config_lock);
	ret = populate_allowed(vm);
	if (!ret && n)
		ret = populate_batch(vm, args, source, n);
	mutex_unlock(&vm->config_lock);
	return ret;
}

/*
 * No lock is held while the sources of a batch are looked up. User space may take as long over a
 * page as it likes, and neither the end of the VM nor that of the host waits for it.
 */
static int populate_range(struct cca_vm *vm, struct kvm_cca_populate *args, u64 *source)
{
	struct page *pages[POPULATE_BATCH];
	int i, ret = 0;

	while (args->size && !ret) {
		int n = min_t(u64, args->size >> PAGE_SHIFT, POPULATE_BATCH);

		if (fatal_signal_pending(current))
			return -EINTR;
		n = get_user_pages_fast(args->source_uaddr, n, 0, pages);
		if (n <= 0)
			return n ? n : -EFAULT;
		ret = populate_locked(vm, args, pages, n, source);
		for (i = 0; i < n; i++)
			put_page(pages[i]);
		cond_resched();
	}
	return ret;
}

int cca_realm_populate(struct cca_vm *vm, struct kvm_cca_populate *args)
{
	int ret = populate_check(vm, args);
	u64 *source;

	if (!ret)
		ret = populate_locked(vm, args, NULL, 0, NULL);
	if (ret)
		return ret;
	source = (u64 *)__get_free_page(GFP_KERNEL);
	if (!source)
		return -ENOMEM;
	ret = populate_range(vm, args, source);
	free_page((unsigned long)source);
	return ret;
}
