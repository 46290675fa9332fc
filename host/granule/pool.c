// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools of granules (pool.h). A pool is a list of chunks: naturally aligned runs of pages that
 * change worlds together. Delegated memory cannot hold links, so each chunk has a bitmap of what is
 * free, and page->private leads from a page to its chunk.
 */
#include <linux/list.h>

#include "host/granule/granule.h"
#include "host/granule/pool.h"
#include "host/stats.h"

#define CHUNK_ORDER 4 /* granules are got from the host 16 at a time if it has them */

struct pool_chunk {
	struct list_head node;
	struct page *page;
	unsigned int order;
	unsigned int nr_free;
	bool delegated;
	unsigned long free[];
};

void cca_pool_init(struct cca_pool *pool)
{
	mutex_init(&pool->lock);
	INIT_LIST_HEAD(&pool->chunks);
}

static unsigned long chunk_pages(const struct pool_chunk *chunk)
{
	return 1UL << chunk->order;
}

static struct pool_chunk *chunk_new(unsigned int order, bool delegated, gfp_t gfp, int *err)
{
	unsigned long n = 1UL << order;
	struct pool_chunk *chunk;

	*err = -ENOMEM;
	if (order)
		gfp |= __GFP_NORETRY | __GFP_NOWARN;
	chunk = kzalloc(struct_size(chunk, free, BITS_TO_LONGS(n)), gfp);
	if (!chunk)
		return NULL;
	chunk->page = alloc_pages(gfp, order);
	if (!chunk->page)
		goto free_chunk;
	split_page(chunk->page, order);
	chunk->order = order;
	chunk->delegated = delegated;
	if (delegated) {
		*err = granule_delegate(chunk->page, n);
		if (*err)
			goto free_memory;
	} else {
		granule_hide(chunk->page, n);
	}
	chunk->nr_free = n;
	bitmap_fill(chunk->free, n);
	while (n--)
		set_page_private(chunk->page + n, (unsigned long)chunk);
	return chunk;

free_memory:
	granule_free(chunk->page, n);
free_chunk:
	kfree(chunk);
	return NULL;
}

/* Takes back from the Realm world pages of a chunk that are not in use. */
static void chunk_take_back(struct pool_chunk *chunk, struct page *page, unsigned long n)
{
	if (chunk->delegated)
		granule_undelegate(page, n);
	else
		granule_show(page, n);
}

/* Gives back a chunk of which nothing is in use. */
static void chunk_release(struct pool_chunk *chunk)
{
	chunk_take_back(chunk, chunk->page, chunk_pages(chunk));
	granule_free(chunk->page, chunk_pages(chunk));
	kfree(chunk);
}

static u64 chunk_take(struct pool_chunk *chunk)
{
	unsigned long i = find_first_bit(chunk->free, chunk_pages(chunk));

	__clear_bit(i, chunk->free);
	chunk->nr_free--;
	return page_to_phys(chunk->page + i);
}

static struct pool_chunk *pool_find_room(struct cca_pool *pool)
{
	struct pool_chunk *chunk;

	list_for_each_entry(chunk, &pool->chunks, node) {
		if (chunk->delegated && chunk->nr_free)
			return chunk;
	}
	return NULL;
}

/* gfp says whether lack of memory is an error (__GFP_NOFAIL). */
static struct pool_chunk *pool_grow(struct cca_pool *pool, gfp_t gfp, int *err)
{
	struct pool_chunk *chunk = chunk_new(CHUNK_ORDER, true, GFP_KERNEL_ACCOUNT, err);

	if (!chunk && *err == -ENOMEM)
		chunk = chunk_new(0, true, gfp, err);
	if (chunk)
		list_add(&chunk->node, &pool->chunks);
	return chunk;
}

static int pool_get(struct cca_pool *pool, gfp_t gfp, u64 *pa)
{
	struct pool_chunk *chunk;
	int err = 0;

	mutex_lock(&pool->lock);
	chunk = pool_find_room(pool);
	if (!chunk)
		chunk = pool_grow(pool, gfp, &err);
	if (chunk)
		*pa = chunk_take(chunk);
	mutex_unlock(&pool->lock);
	return chunk ? 0 : err;
}

/* At the limit of a memory cgroup the VMM gets an error, and is not ended for its granules. */
int cca_pool_get(struct cca_pool *pool, u64 *pa)
{
	return pool_get(pool, GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN, pa);
}

int cca_pool_get_sure(struct cca_pool *pool, u64 *pa)
{
	return pool_get(pool, GFP_KERNEL_ACCOUNT | __GFP_NOFAIL, pa);
}

int cca_pool_get_block(struct cca_pool *pool, unsigned int order, bool delegated, u64 *pa)
{
	struct pool_chunk *chunk;
	int err = 0;

	chunk = chunk_new(order, delegated, GFP_KERNEL_ACCOUNT, &err);
	if (!chunk)
		return err;
	chunk->nr_free = 0;
	bitmap_zero(chunk->free, chunk_pages(chunk));
	*pa = page_to_phys(chunk->page);
	mutex_lock(&pool->lock);
	list_add_tail(&chunk->node, &pool->chunks);
	mutex_unlock(&pool->lock);
	return 0;
}

/* The chunk, if it is to be given back: it is free, and not the last one with room. */
static struct pool_chunk *pool_surplus(struct cca_pool *pool, struct pool_chunk *chunk)
{
	struct pool_chunk *other;

	if (chunk->nr_free < chunk_pages(chunk))
		return NULL;
	list_del(&chunk->node);
	other = pool_find_room(pool);
	if (other || !chunk->delegated || chunk->order > CHUNK_ORDER)
		return chunk;
	list_add(&chunk->node, &pool->chunks);
	return NULL;
}

void cca_pool_put(struct cca_pool *pool, u64 pa)
{
	struct page *page = phys_to_page(pa);
	struct pool_chunk *chunk, *surplus = NULL;

	mutex_lock(&pool->lock);
	chunk = (struct pool_chunk *)page_private(page);
	if (!WARN_ON_ONCE(!chunk)) {
		unsigned long i = page - chunk->page;

		if (!WARN_ON_ONCE(__test_and_set_bit(i, chunk->free))) {
			chunk->nr_free++;
			surplus = pool_surplus(pool, chunk);
		}
	}
	mutex_unlock(&pool->lock);
	if (surplus)
		chunk_release(surplus);
}

/*
 * Gives back what is free of a chunk. What is in use stays with the RMM, because nobody can tell
 * what became of it, and is counted as `kept`.
 */
static void chunk_release_free(struct pool_chunk *chunk, enum cca_stat kept)
{
	unsigned long i;

	for (i = 0; i < chunk_pages(chunk); i++) {
		if (!test_bit(i, chunk->free)) {
			cca_stat_inc(kept);
			continue;
		}
		chunk_take_back(chunk, chunk->page + i, 1);
		granule_free(chunk->page + i, 1);
	}
	kfree(chunk);
}

static void pool_empty(struct cca_pool *pool, enum cca_stat kept)
{
	struct pool_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &pool->chunks, node) {
		list_del(&chunk->node);
		if (chunk->delegated && kept == STAT_LEAKED)
			chunk_release(chunk);
		else
			chunk_release_free(chunk, kept);
	}
}

void cca_pool_destroy(struct cca_pool *pool)
{
	pool_empty(pool, STAT_LEAKED);
}

void cca_pool_abandon(struct cca_pool *pool)
{
	pool_empty(pool, STAT_RMM_OWNED);
}

void cca_pool_forget(struct cca_pool *pool)
{
	struct pool_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &pool->chunks, node) {
		list_del(&chunk->node);
		if (chunk->delegated)
			granule_forget(chunk->page, chunk_pages(chunk));
		else
			granule_show(chunk->page, chunk_pages(chunk));
		granule_free(chunk->page, chunk_pages(chunk));
		kfree(chunk);
	}
}
