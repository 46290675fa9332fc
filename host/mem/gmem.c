// SPDX-License-Identifier: GPL-2.0-only
/*
 * The private pages of a guest_memfd (gmem.h). A file is a sparse array of 2 MiB chunks, so it
 * costs nothing where it has no pages, however large it is. The pages of a chunk come from one 2
 * MiB block of the host if there is one to be had, and from single pages otherwise. A page of a
 * block that was freed is replaced by a single one. Pages are delegated as they are allocated. A
 * block is one allocation until part of it is freed: then it is split.
 */
#include "host/granule/granule.h"
#include "host/mem/gmem_object.h"
#include "host/mem/mem.h"
#include "host/stats.h"

#define GMEM_BLOCK_ORDER (GMEM_BLOCK_SHIFT - PAGE_SHIFT)
#define HOST_SHARE	 32 /* the host keeps 1/32 of its memory free */

/*
 * At the limit of a memory cgroup these allocations fail. Without __GFP_RETRY_MAYFAIL the kernel
 * would end a process of the cgroup, the VMM in most cases.
 */
#define GMEM_GFP (__GFP_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

struct gmem_chunk {
	struct page *block;  /* the 2 MiB block; pages of it may be freed already */
	struct page **pages; /* single pages, where not NULL */
	u64 spare;	     /* cca_gmem_spare() */
	unsigned int nr_present;
	DECLARE_BITMAP(present, GMEM_BLOCK_PAGES);
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

void cca_gmem_give_way(struct cca_gmem *gmem)
{
	while (gmem->nr_reserve)
		__free_page(gmem->reserve[--gmem->nr_reserve]);
}

/*
 * A VMM that is told that there is no more memory needs some itself to go on, if only for its stack
 * or the text of its error. If its cgroup had none, it would be killed. So single pages, of which
 * the last ones before the limit are, are only had while a reserve is there.
 */
static bool gmem_has_reserve(struct cca_gmem *gmem)
{
	while (gmem->nr_reserve < GMEM_RESERVE) {
		struct page *page = alloc_page(GFP_KERNEL | GMEM_GFP);

		if (!page)
			return false;
		gmem->reserve[gmem->nr_reserve++] = page;
	}
	return true;
}

static int chunk_add_page(struct gmem_chunk *chunk, unsigned long i)
{
	struct page *page;
	int ret;

	if (!chunk->pages) {
		chunk->pages =
			kcalloc(GMEM_BLOCK_PAGES, sizeof(*chunk->pages), GFP_KERNEL | GMEM_GFP);
		if (!chunk->pages)
			return -ENOMEM;
	}
	page = alloc_page(GFP_HIGHUSER | GMEM_GFP);
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
	chunk = kzalloc(sizeof(*chunk), GFP_KERNEL | GMEM_GFP);
	if (chunk && xa_is_err(xa_store(&gmem->chunks, at, chunk, GFP_KERNEL | GMEM_GFP))) {
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
bool cca_gmem_host_has_room(void)
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
	struct page *page;
	int ret = -ENOMEM;

	if (index >= gmem->nr_pages)
		return -EFAULT;
	chunk = gmem_chunk_get(gmem, index);
	if (!chunk)
		return -ENOMEM;
	if (!test_bit(i, chunk->present)) {
		if (!cca_gmem_host_has_room())
			return -ENOMEM;
		if (!chunk->nr_present && gmem_chunk_is_whole(gmem, index))
			ret = chunk_add_block(chunk);
		if (ret && gmem_has_reserve(gmem))
			ret = chunk_add_page(chunk, i);
		if (ret)
			return ret;
	}
	page = chunk_page(chunk, i);
	if (PageHWPoison(page))
		return -EHWPOISON;
	*pa = page_to_phys(page);
	*block = chunk_is_block(chunk);
	return 0;
}

/* Undelegates and frees n pages that are contiguous in memory. */
static void free_run(struct page *page, unsigned long n)
{
	granule_undelegate(page, n);
	granule_free(page, n);
}

static bool has_failed_page(struct page *block)
{
	unsigned long i;

	for (i = 0; i < GMEM_BLOCK_PAGES; i++) {
		if (PageHWPoison(block + i))
			return true;
	}
	return false;
}

/* Page by page, so that the kernel keeps away the pages whose memory has failed. */
static void free_block(struct page *block)
{
	if (!granule_undelegate(block, GMEM_BLOCK_PAGES) && !has_failed_page(block)) {
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
