// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared pages of a guest_memfd that user space may map (gmem_object.h). They are ordinary
 * pages of the host. A page of the file is private or shared, never both, so a conversion gives up
 * the page that there was, and the other kind begins with zeros. That is all a VMM may expect of
 * Realms, whose RMM wipes what changes its world.
 */
#include <linux/pagemap.h>

#include "host/mem/gmem_object.h"
#include "host/stats.h"

static struct page *shared_add(struct cca_gmem *gmem, pgoff_t index)
{
	struct page *page;
	int ret;

	if (!cca_gmem_host_has_room())
		return ERR_PTR(-ENOMEM);
	page = alloc_page(GFP_HIGHUSER | __GFP_ZERO | __GFP_ACCOUNT | __GFP_RETRY_MAYFAIL |
			  __GFP_NOWARN);
	if (!page)
		return ERR_PTR(-ENOMEM);
	ret = xa_err(xa_store(&gmem->shared, index, page, GFP_KERNEL));
	if (ret) {
		__free_page(page);
		return ERR_PTR(ret);
	}
	cca_stat_inc(STAT_FILE_SHARED);
	return page;
}

struct page *cca_gmem_shared_page(struct cca_gmem *gmem, pgoff_t index)
{
	struct page *page;
	u64 last;

	if (index >= gmem->nr_pages || cca_states_at(&gmem->states, index, &last))
		return ERR_PTR(-EFAULT);
	page = xa_load(&gmem->shared, index);
	if (!page)
		return shared_add(gmem, index);
	return PageHWPoison(page) ? ERR_PTR(-EHWPOISON) : page;
}

/*
 * A fault of user space keeps its page locked until the page is in the tables, and takes the lock
 * with private_lock held. So afterwards no fault is left that could still enter one of the pages.
 */
static void wait_for_faults(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	unsigned long index;
	struct page *page;

	xa_for_each_range(&gmem->shared, index, page, start, end - 1) {
		lock_page(page);
		unlock_page(page);
		cond_resched();
	}
}

void cca_gmem_hide(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	wait_for_faults(gmem, start, end);
	unmap_mapping_range(gmem->mapping, (loff_t)start << PAGE_SHIFT,
			    (loff_t)(end - start) << PAGE_SHIFT, 1);
}

pgoff_t cca_gmem_find_used(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	unsigned long index;
	struct page *page;

	xa_for_each_range(&gmem->shared, index, page, start, end - 1) {
		if (page_count(page) > 1)
			return index;
		cond_resched();
	}
	return end;
}

/* Others who have a reference keep the page, which then is no longer the file's. */
void cca_gmem_drop_shared(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	unsigned long index;
	struct page *page;

	xa_for_each_range(&gmem->shared, index, page, start, end - 1) {
		xa_erase(&gmem->shared, index);
		put_page(page);
		cca_stat_add(STAT_FILE_SHARED, -1);
		cond_resched();
	}
}

/* ---- user space's mappings ---- */

/*
 * The page is locked and has a reference before private_lock is given up. The kernel unlocks it
 * once it is in the tables of user space (wait_for_faults()).
 */
static vm_fault_t shared_fault(struct vm_fault *vmf)
{
	struct cca_gmem *gmem = vmf->vma->vm_file->private_data;
	struct page *page;

	mutex_lock(&gmem->vm->private_lock);
	page = cca_gmem_shared_page(gmem, vmf->pgoff);
	if (!IS_ERR(page)) {
		get_page(page);
		lock_page(page);
	}
	mutex_unlock(&gmem->vm->private_lock);
	if (IS_ERR(page))
		return PTR_ERR(page) == -EHWPOISON ? VM_FAULT_HWPOISON : VM_FAULT_SIGBUS;
	vmf->page = page;
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct shared_vm_ops = {
	.fault = shared_fault,
};

int cca_gmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct cca_gmem *gmem = file->private_data;

	if (!gmem->mappable)
		return -ENODEV;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYSHARE)) != (VM_SHARED | VM_MAYSHARE))
		return -EINVAL;
	/*
	 * VM_DONTEXPAND also keeps mlock() away, which holds references to pages for a while. Those
	 * would make conversions fail.
	 */
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &shared_vm_ops;
	return 0;
}
