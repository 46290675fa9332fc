// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_memfd (gmem.h). A file is a sparse array of 2 MiB chunks, so it costs nothing where it has
 * no pages, however large it is. The pages of a chunk come from one 2 MiB block of the host if
 * there is one to be had, and from single pages otherwise. A page of a block that was freed is
 * replaced by a single one. Pages are delegated as they are allocated. A block is one allocation
 * until part of it is freed: then it is split.
 */
#include <linux/anon_inodes.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "host/granule/granule.h"
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/stats.h"
#include "host/vcpu/kick.h"

#define GMEM_BLOCK_ORDER (GMEM_BLOCK_SHIFT - PAGE_SHIFT)
#define HOST_SHARE	 32 /* the host keeps 1/32 of its memory free */

struct gmem_chunk {
	struct page *block;  /* the 2 MiB block; pages of it may be freed already */
	struct page **pages; /* single pages, where not NULL */
	u64 spare;	     /* cca_gmem_spare() */
	unsigned int nr_present;
	DECLARE_BITMAP(present, GMEM_BLOCK_PAGES);
};

struct cca_gmem {
	struct cca_vm *vm;
	struct list_head node;	/* vm->gmems */
	struct list_head slots; /* cca_slot.gmem_node */
	pgoff_t nr_pages;
	struct xarray chunks;
};

static struct page *chunk_page(const struct gmem_chunk *chunk, unsigned long i)
{
	if (chunk->pages && chunk->pages[i])
		return chunk->pages[i];
	return chunk->block + i;
}

static bool chunk_is_block(const struct gmem_chunk *chunk)
{
	return chunk->block && !chunk->pages && chunk->nr_present == GMEM_BLOCK_PAGES;
}

static int chunk_add_block(struct gmem_chunk *chunk)
{
	struct page *block;
	int ret;

	block = alloc_pages(GFP_HIGHUSER | __GFP_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN,
			    GMEM_BLOCK_ORDER);
	if (!block)
		return -ENOMEM;
	ret = granule_delegate(block, GMEM_BLOCK_PAGES);
	if (ret) {
		split_page(block, GMEM_BLOCK_ORDER);
		granule_free(block, GMEM_BLOCK_PAGES);
		return ret;
	}
	/* An earlier attempt may have made the array for single pages and then got no page. */
	kfree(chunk->pages);
	chunk->pages = NULL;
	chunk->block = block;
	bitmap_fill(chunk->present, GMEM_BLOCK_PAGES);
	chunk->nr_present = GMEM_BLOCK_PAGES;
	cca_stat_add(STAT_PRIVATE, GMEM_BLOCK_PAGES);
	return 0;
}

static int chunk_add_page(struct gmem_chunk *chunk, unsigned long i)
{
	struct page *page;
	int ret;

	if (!chunk->pages) {
		chunk->pages = kcalloc(GMEM_BLOCK_PAGES, sizeof(*chunk->pages), GFP_KERNEL_ACCOUNT);
		if (!chunk->pages)
			return -ENOMEM;
	}
	page = alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!page)
		return -ENOMEM;
	ret = granule_delegate(page, 1);
	if (ret) {
		granule_free(page, 1);
		return ret;
	}
	chunk->pages[i] = page;
	__set_bit(i, chunk->present);
	chunk->nr_present++;
	cca_stat_inc(STAT_PRIVATE);
	return 0;
}

/* The chunk that has the page at an index. It is made if there is none. */
static struct gmem_chunk *gmem_chunk_get(struct cca_gmem *gmem, pgoff_t index)
{
	unsigned long at = index / GMEM_BLOCK_PAGES;
	struct gmem_chunk *chunk = xa_load(&gmem->chunks, at);

	if (chunk)
		return chunk;
	chunk = kzalloc(sizeof(*chunk), GFP_KERNEL_ACCOUNT);
	if (chunk && xa_is_err(xa_store(&gmem->chunks, at, chunk, GFP_KERNEL))) {
		kfree(chunk);
		return NULL;
	}
	return chunk;
}

u64 *cca_gmem_spare(struct cca_gmem *gmem, pgoff_t index)
{
	struct gmem_chunk *chunk = xa_load(&gmem->chunks, index / GMEM_BLOCK_PAGES);

	return chunk ? &chunk->spare : NULL;
}

static bool gmem_chunk_is_whole(const struct cca_gmem *gmem, pgoff_t index)
{
	return round_down(index, GMEM_BLOCK_PAGES) + GMEM_BLOCK_PAGES <= gmem->nr_pages;
}

/*
 * Private memory is neither swapped nor reclaimed, and it shows in no process's size. So the OOM
 * killer would end one process after the other and get none of it back. The VMM gets an error
 * instead while the host still has a reserve.
 */
static bool host_has_room(void)
{
	/*
	 * Memory in CMA areas is kept for movable allocations, and private pages of a Realm cannot
	 * move, so it does not count as free here.
	 */
	long free = si_mem_available() - (long)global_zone_page_state(NR_FREE_CMA_PAGES);

	return free > (long)(totalram_pages() / HOST_SHARE);
}

int cca_gmem_get(struct cca_gmem *gmem, pgoff_t index, u64 *pa, bool *block)
{
	unsigned long i = index % GMEM_BLOCK_PAGES;
	struct gmem_chunk *chunk;
	int ret = -ENOMEM;

	if (index >= gmem->nr_pages)
		return -EFAULT;
	chunk = gmem_chunk_get(gmem, index);
	if (!chunk)
		return -ENOMEM;
	if (!test_bit(i, chunk->present)) {
		if (!host_has_room())
			return -ENOMEM;
		if (!chunk->nr_present && gmem_chunk_is_whole(gmem, index))
			ret = chunk_add_block(chunk);
		if (ret)
			ret = chunk_add_page(chunk, i);
		if (ret)
			return ret;
	}
	*pa = page_to_phys(chunk_page(chunk, i));
	*block = chunk_is_block(chunk);
	return 0;
}

/* Undelegates and frees n pages that are contiguous in memory. */
static void free_run(struct page *page, unsigned long n)
{
	granule_undelegate(page, n);
	granule_free(page, n);
}

static void free_block(struct page *block)
{
	if (!granule_undelegate(block, GMEM_BLOCK_PAGES)) {
		__free_pages(block, GMEM_BLOCK_ORDER);
		return;
	}
	split_page(block, GMEM_BLOCK_ORDER);
	granule_free(block, GMEM_BLOCK_PAGES);
}

static void chunk_drop(struct gmem_chunk *chunk, unsigned long i, unsigned long n)
{
	bitmap_clear(chunk->present, i, n);
	chunk->nr_present -= n;
	cca_stat_add(STAT_PRIVATE, -(s64)n);
	if (chunk->pages)
		memset(chunk->pages + i, 0, n * sizeof(*chunk->pages));
}

/* How many present pages from i on lie beside each other in memory. */
static unsigned long chunk_run(const struct gmem_chunk *chunk, unsigned long i, unsigned long end)
{
	struct page *first = chunk_page(chunk, i);
	unsigned long n = 1;

	while (i + n < end && test_bit(i + n, chunk->present) &&
	       chunk_page(chunk, i + n) == first + n)
		n++;
	return n;
}

static void chunk_free(struct gmem_chunk *chunk, unsigned long start, unsigned long end)
{
	unsigned long i = start;

	if (chunk_is_block(chunk)) {
		if (end - start == GMEM_BLOCK_PAGES) {
			free_block(chunk->block);
			chunk_drop(chunk, 0, GMEM_BLOCK_PAGES);
			cond_resched();
			return;
		}
		split_page(chunk->block, GMEM_BLOCK_ORDER);
	}
	for (;;) {
		unsigned long n;

		i = find_next_bit(chunk->present, end, i);
		if (i >= end)
			return;
		n = chunk_run(chunk, i, end);
		free_run(chunk_page(chunk, i), n);
		chunk_drop(chunk, i, n);
		i += n;
		cond_resched();
	}
}

/* Frees a chunk that has no pages any more, and the granule that was kept for its table. */
static void chunk_end(struct cca_gmem *gmem, unsigned long at, struct gmem_chunk *chunk)
{
	xa_erase(&gmem->chunks, at);
	if (chunk->spare)
		cca_pool_put(&gmem->vm->pool, chunk->spare);
	kfree(chunk->pages);
	kfree(chunk);
}

void cca_gmem_free(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct gmem_chunk *chunk;
	unsigned long at;

	end = min(end, gmem->nr_pages);
	if (start >= end)
		return;
	xa_for_each_range(&gmem->chunks, at, chunk, start / GMEM_BLOCK_PAGES,
			  (end - 1) / GMEM_BLOCK_PAGES) {
		pgoff_t base = at * GMEM_BLOCK_PAGES;

		chunk_free(chunk, max(start, base) - base,
			   min(end, base + GMEM_BLOCK_PAGES) - base);
		if (!chunk->nr_present)
			chunk_end(gmem, at, chunk);
	}
}

void cca_gmem_free_all(struct cca_vm *vm)
{
	struct cca_gmem *gmem;

	list_for_each_entry(gmem, &vm->gmems, node)
		cca_gmem_free(gmem, 0, gmem->nr_pages);
}

/* Unmaps from the Realm what a slot shows of the file's pages [start, end). */
static int slot_punch(struct cca_slot *slot, pgoff_t start, pgoff_t end)
{
	pgoff_t from = max(start, slot->gmem_index);
	pgoff_t to = min(end, slot->gmem_index + (pgoff_t)slot->pages);

	if (from >= to)
		return 0;
	return cca_mem_unmap_private(slot->vm, slot, slot->gfn + (from - slot->gmem_index),
				     to - from);
}

/*
 * Frees pages [start, end) once all slots have unmapped them. On an error nothing is freed, because
 * the pages may still be mapped.
 */
static int gmem_punch(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct cca_slot *slot;

	list_for_each_entry(slot, &gmem->slots, gmem_node) {
		int ret = slot_punch(slot, start, end);

		if (ret)
			return ret;
	}
	cca_gmem_free(gmem, start, end);
	return 0;
}

static long gmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct cca_gmem *gmem = file->private_data;
	pgoff_t start = offset >> PAGE_SHIFT;
	pgoff_t end = (offset + len) >> PAGE_SHIFT;
	int ret;

	if (!(mode & FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (!PAGE_ALIGNED(offset) || !PAGE_ALIGNED(len))
		return -EINVAL;
	/* Pages are allocated when the Realm uses them. To do it earlier would gain nothing. */
	if (!(mode & FALLOC_FL_PUNCH_HOLE))
		return offset + len > file_inode(file)->i_size ? -EINVAL : 0;
	mutex_lock(&gmem->vm->private_lock);
	ret = gmem_punch(gmem, start, min(end, gmem->nr_pages));
	mutex_unlock(&gmem->vm->private_lock);
	return ret;
}

static void gmem_destroy(struct cca_gmem *gmem)
{
	list_del(&gmem->node);
	xa_destroy(&gmem->chunks);
	kfree(gmem);
}

void cca_gmem_forget(struct cca_vm *vm)
{
	struct cca_gmem *gmem, *next;

	list_for_each_entry_safe(gmem, next, &vm->gmems, node)
		gmem_destroy(gmem);
}

/*
 * The file is closed. If the RMM does not unmap its pages, they stay with the VM, which dies: the
 * Realm never runs again, and the pages are freed once the RMM has destroyed it.
 */
static int gmem_release(struct inode *inode, struct file *file)
{
	struct cca_gmem *gmem = file->private_data;
	struct cca_vm *vm = gmem->vm;
	struct cca_slot *slot, *next;
	int left;

	mutex_lock(&vm->private_lock);
	left = gmem_punch(gmem, 0, gmem->nr_pages);
	list_for_each_entry_safe(slot, next, &gmem->slots, gmem_node)
		cca_gmem_unbind(slot);
	if (left)
		cca_vm_kill(vm);
	else
		gmem_destroy(gmem);
	mutex_unlock(&vm->private_lock);
	cca_vm_put(vm);
	return 0;
}

static const struct file_operations gmem_fops = {
	.owner = THIS_MODULE,
	.release = gmem_release,
	.fallocate = gmem_fallocate,
	.llseek = noop_llseek,
};

/* The size cannot be changed, because slots rely on it. */
static int gmem_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return -EINVAL;
}

static const struct inode_operations gmem_iops = {
	.setattr = gmem_setattr,
};

static struct cca_gmem *gmem_new(struct cca_vm *vm, u64 size)
{
	struct cca_gmem *gmem = kzalloc(sizeof(*gmem), GFP_KERNEL_ACCOUNT);

	if (!gmem)
		return NULL;
	gmem->vm = vm;
	gmem->nr_pages = size >> PAGE_SHIFT;
	xa_init_flags(&gmem->chunks, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&gmem->slots);
	return gmem;
}

/* The file has an inode of its own, because fallocate() works on regular files only. */
static struct file *gmem_file(struct cca_gmem *gmem, u64 size)
{
	struct file *file;

	file = anon_inode_create_getfile("[kvm-gmem]", &gmem_fops, gmem, O_RDWR, NULL);
	if (IS_ERR(file))
		return file;
	file->f_flags |= O_LARGEFILE;
	file_inode(file)->i_op = &gmem_iops;
	file_inode(file)->i_mode |= S_IFREG;
	file_inode(file)->i_size = size;
	return file;
}

int cca_gmem_create(struct cca_vm *vm, const struct kvm_create_guest_memfd *args)
{
	struct cca_gmem *gmem;
	struct file *file;
	int fd;

	if (args->flags || !args->size || !PAGE_ALIGNED(args->size) ||
	    args->size > (1ULL << vm->ipa_bits))
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	gmem = gmem_new(vm, args->size);
	if (!gmem) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	file = gmem_file(gmem, args->size);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		kfree(gmem);
		return PTR_ERR(file);
	}
	cca_vm_get(vm);
	mutex_lock(&vm->private_lock);
	list_add_tail(&gmem->node, &vm->gmems);
	mutex_unlock(&vm->private_lock);
	fd_install(fd, file);
	return fd;
}

static bool gmem_is_free(const struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct cca_slot *slot;

	list_for_each_entry(slot, &gmem->slots, gmem_node) {
		if (start < slot->gmem_index + slot->pages && slot->gmem_index < end)
			return false;
	}
	return true;
}

static int gmem_bind_file(struct cca_slot *slot, struct file *file, u64 offset)
{
	struct cca_gmem *gmem = file->private_data;
	pgoff_t index = offset >> PAGE_SHIFT;
	int ret = -EINVAL;

	if (file->f_op != &gmem_fops)
		return -EBADF;
	if (gmem->vm != slot->vm || !PAGE_ALIGNED(offset) || index > gmem->nr_pages ||
	    slot->pages > gmem->nr_pages - index)
		return -EINVAL;
	mutex_lock(&slot->vm->private_lock);
	if (gmem_is_free(gmem, index, index + slot->pages)) {
		slot->gmem = gmem;
		slot->gmem_index = index;
		list_add_tail(&slot->gmem_node, &gmem->slots);
		ret = 0;
	}
	mutex_unlock(&slot->vm->private_lock);
	return ret;
}

int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = gmem_bind_file(slot, file, offset);
	fput(file);
	return ret;
}

void cca_gmem_unbind(struct cca_slot *slot)
{
	if (!slot->gmem)
		return;
	list_del(&slot->gmem_node);
	slot->gmem = NULL;
}
