// SPDX-License-Identifier: BSD-3-Clause
/* See kernel.h. */
#include <assert.h>

#include "tests/unit/host/kernel/kernel.h"

#define BASE 0x80000000UL

struct page kernel_memory[KERNEL_PAGES];
int kernel_fail_after = -1;
bool kernel_no_blocks;
static struct task_struct task;
struct task_struct *current = &task;
struct file kernel_file;

static bool fails(gfp_t gfp)
{
	if (gfp & __GFP_NOFAIL || kernel_fail_after < 0)
		return false;
	if (!kernel_fail_after)
		return true;
	kernel_fail_after--;
	return false;
}

/* ---- pages ---- */

static bool run_is_free(unsigned long at, unsigned long n)
{
	while (n--)
		if (kernel_memory[at + n].allocated || kernel_memory[at + n].inside)
			return false;
	return true;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	unsigned long at, i, n = 1UL << order;

	if ((order && kernel_no_blocks) || fails(gfp))
		return NULL;
	for (at = 0; at + n <= KERNEL_PAGES; at += n) {
		if (!run_is_free(at, n))
			continue;
		for (i = 0; i < n; i++)
			kernel_memory[at + i] = (struct page){.inside = i > 0};
		kernel_memory[at].allocated = true;
		kernel_memory[at].order = order;
		return &kernel_memory[at];
	}
	return NULL;
}

/* A block is freed as a whole, or page by page if it was split. */
void __free_pages(struct page *page, unsigned int order)
{
	unsigned long i;

	assert(page->allocated && page->order == order);
	for (i = 0; i < 1UL << order; i++) {
		/* A page that may be in another world must not go back to the allocator. */
		assert(!page[i].offline && !page[i].hidden && !page[i].away);
		/* Of a block the kernel would not see that one of its pages has failed. */
		assert(!page[i].poisoned || !order);
		page[i] = (struct page){};
	}
}

void split_page(struct page *page, unsigned int order)
{
	unsigned long i;

	assert(page->allocated && page->order == order);
	for (i = 0; i < 1UL << order; i++)
		page[i] = (struct page){.allocated = true, .poisoned = page[i].poisoned};
}

unsigned int kernel_pages(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < KERNEL_PAGES; i++)
		n += kernel_memory[i].allocated || kernel_memory[i].inside;
	return n;
}

unsigned long page_to_pfn(const struct page *page)
{
	return (BASE >> PAGE_SHIFT) + (unsigned long)(page - kernel_memory);
}

u64 page_to_phys(const struct page *page)
{
	return (u64)page_to_pfn(page) << PAGE_SHIFT;
}

struct page *phys_to_page(u64 pa)
{
	return &kernel_memory[(pa - BASE) >> PAGE_SHIFT];
}

void get_page(struct page *page)
{
	page->references++;
}

void put_page(struct page *page)
{
	if (page->allocated && !page->order && !page->references) {
		__free_page(page);
		return;
	}
	assert(page->references > 0);
	page->dirty_when_put = page->dirty;
	page->references--;
}

void SetPageDirty(struct page *page)
{
	assert(page->references > 0);
	page->dirty = true;
}

void mark_page_accessed(struct page *page)
{
	assert(page->references > 0);
	page->accessed = true;
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL : calloc(1, size);
}

void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return fails(gfp) ? NULL : calloc(n, size);
}

void kfree(void *p)
{
	free(p);
}

void *memchr_inv(const void *p, int c, size_t size)
{
	const unsigned char *byte = p;

	for (; size--; byte++)
		if (*byte != c)
			return (void *)byte;
	return NULL;
}

/* ---- bits ---- */

bool test_bit(unsigned long i, const unsigned long *map)
{
	return map[i / 64] >> i % 64 & 1;
}

void __set_bit(unsigned long i, unsigned long *map)
{
	map[i / 64] |= 1UL << i % 64;
}

void __clear_bit(unsigned long i, unsigned long *map)
{
	map[i / 64] &= ~(1UL << i % 64);
}

bool __test_and_set_bit(unsigned long i, unsigned long *map)
{
	bool was = test_bit(i, map);

	__set_bit(i, map);
	return was;
}

void bitmap_fill(unsigned long *map, unsigned long bits)
{
	while (bits--)
		__set_bit(bits, map);
}

void bitmap_clear(unsigned long *map, unsigned long from, unsigned long n)
{
	for (; n--; from++)
		__clear_bit(from, map);
}

unsigned long find_next_bit(const unsigned long *map, unsigned long end, unsigned long i)
{
	while (i < end && !test_bit(i, map))
		i++;
	return i;
}

/* ---- ranges ---- */

static void range_remove(struct maple_tree *tree, unsigned int i)
{
	tree->range[i] = tree->range[--tree->n];
}

static void range_add(struct maple_tree *tree, unsigned long first, unsigned long last, void *entry)
{
	assert(tree->n < RANGES);
	tree->range[tree->n++] = (struct range){first, last, entry};
}

/* Clears [first, last]; the parts of ranges that reach beyond it stay. */
static void range_cut(struct maple_tree *tree, unsigned long first, unsigned long last)
{
	unsigned int i = 0;

	while (i < tree->n) {
		struct range old = tree->range[i];

		if (old.last < first || old.first > last) {
			i++;
			continue;
		}
		range_remove(tree, i);
		if (old.first < first)
			range_add(tree, old.first, first - 1, old.entry);
		if (old.last > last)
			range_add(tree, last + 1, old.last, old.entry);
	}
}

static const struct range *range_at(const struct maple_tree *tree, unsigned long i)
{
	unsigned int r;

	for (r = 0; r < tree->n; r++)
		if (tree->range[r].first <= i && i <= tree->range[r].last)
			return &tree->range[r];
	return NULL;
}

void *mtree_load(struct maple_tree *tree, unsigned long i)
{
	const struct range *r = range_at(tree, i);

	return r ? r->entry : NULL;
}

/* The first range that has *i in it or begins behind it. Stores in *i where the search met it. */
void *mt_find(struct maple_tree *tree, unsigned long *i, unsigned long end)
{
	const struct range *best = NULL;
	unsigned int r;

	for (r = 0; r < tree->n; r++) {
		const struct range *range = &tree->range[r];

		if (range->last >= *i && range->first <= end &&
		    (!best || range->first < best->first))
			best = range;
	}
	if (!best)
		return NULL;
	*i = best->first == best->last ? best->first : best->last;
	return best->entry;
}

void __mt_destroy(struct maple_tree *tree)
{
	tree->n = 0;
}

void mas_set_range(struct ma_state *mas, unsigned long first, unsigned long last)
{
	assert(!mas->ready && first <= last);
	mas->index = first;
	mas->last = last;
}

/* Widens the state to all that lies between two ranges. */
static void mas_gap(struct ma_state *mas)
{
	unsigned long at = mas->index;
	unsigned int r;

	mas->index = 0;
	mas->last = -1UL;
	for (r = 0; r < mas->tree->n; r++) {
		const struct range *range = &mas->tree->range[r];

		if (range->last < at)
			mas->index = max(mas->index, range->last + 1);
		else
			mas->last = min(mas->last, range->first - 1);
	}
}

void *mas_walk(struct ma_state *mas)
{
	const struct range *r = range_at(mas->tree, mas->index);

	if (!r) {
		mas_gap(mas);
		return NULL;
	}
	mas->index = r->first;
	mas->last = r->last;
	return r->entry;
}

int mas_preallocate(struct ma_state *mas, void *entry, gfp_t gfp)
{
	if (fails(gfp))
		return -ENOMEM;
	mas->ready = true;
	return 0;
}

void mas_store_prealloc(struct ma_state *mas, void *entry)
{
	assert(mas->ready);
	range_cut(mas->tree, mas->index, mas->last);
	if (entry)
		range_add(mas->tree, mas->index, mas->last, entry);
	mas->ready = false;
}

void *xa_store(struct xarray *xa, unsigned long i, void *entry, gfp_t gfp)
{
	if (fails(gfp))
		return ERR_PTR(-ENOMEM);
	range_cut(&xa->tree, i, i);
	range_add(&xa->tree, i, i, entry);
	return NULL;
}

void xa_erase(struct xarray *xa, unsigned long i)
{
	range_cut(&xa->tree, i, i);
}

/* ---- the rest ---- */

struct file *anon_inode_create_getfile(const char *name, const struct file_operations *fops,
				       void *data, int flags, const struct inode *context)
{
	kernel_file = (struct file){.f_op = fops, .private_data = data};
	return &kernel_file;
}

int mmu_interval_notifier_insert(struct mmu_interval_notifier *notifier, struct mm_struct *mm,
				 unsigned long start, unsigned long size,
				 const struct mmu_interval_notifier_ops *ops)
{
	notifier->ops = ops;
	return 0;
}

void mmu_interval_notifier_remove(struct mmu_interval_notifier *notifier)
{
	assert(notifier->ops);
	notifier->ops = NULL;
}
