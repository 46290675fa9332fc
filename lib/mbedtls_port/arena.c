/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The crypto library's heap: first fit over blocks that lie end to end, each with an 8-byte head.
 * Free neighbours are joined when a search passes over them. The library frees in nearly the
 * reverse order of allocation and keeps few blocks, so searches are short.
 */
#include <mbedtls_port.h>
#include <stdbool.h>
#include <string.h>

#define ALIGN 8u /* of the widest type the library allocates */

struct block {
	uint32_t size; /* head included */
	uint32_t used;
};

_Static_assert(sizeof(struct block) == ALIGN, "heads keep the alignment");

static struct block *block_at(const struct crypto_arena *arena, uint32_t offset)
{
	return (struct block *)(arena->base + offset);
}

void crypto_arena_init(struct crypto_arena *arena, void *mem, size_t size)
{
	*arena =
		(struct crypto_arena){.base = mem, .size = (uint32_t)(size & ~(size_t)(ALIGN - 1))};
	if (arena->size)
		*block_at(arena, 0) = (struct block){.size = arena->size};
}

/* Makes the free block at offset as long as it can be. */
static void join_free(struct crypto_arena *arena, uint32_t offset)
{
	struct block *block = block_at(arena, offset);
	uint32_t next;

	while ((next = offset + block->size) < arena->size && !block_at(arena, next)->used)
		block->size += block_at(arena, next)->size;
}

/* Takes `size` bytes off the start of a free block that has them. */
static void *take(struct crypto_arena *arena, uint32_t offset, uint32_t size)
{
	struct block *block = block_at(arena, offset);

	if (block->size > size)
		*block_at(arena, offset + size) = (struct block){.size = block->size - size};
	block->size = size;
	block->used = 1;
	if (offset == arena->first_free)
		arena->first_free = offset + size;
	arena->used += size;
	if (arena->used > arena->peak)
		arena->peak = arena->used;
	return memset(block + 1, 0, size - sizeof(*block));
}

void *crypto_arena_calloc(struct crypto_arena *arena, size_t count, size_t size)
{
	uint32_t offset, need;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > arena->size)
		return NULL;
	need = ((uint32_t)bytes + ALIGN - 1) / ALIGN * ALIGN + (uint32_t)sizeof(struct block);
	for (offset = arena->first_free; offset < arena->size;
	     offset += block_at(arena, offset)->size) {
		if (block_at(arena, offset)->used)
			continue;
		join_free(arena, offset);
		if (block_at(arena, offset)->size >= need)
			return take(arena, offset, need);
	}
	return NULL;
}

static bool is_used_block(const struct crypto_arena *arena, uintptr_t p)
{
	uintptr_t base = (uintptr_t)arena->base;

	return p >= base + sizeof(struct block) && p < base + arena->size && p % ALIGN == 0 &&
	       ((struct block *)p)[-1].used == 1;
}

void crypto_arena_free(struct crypto_arena *arena, void *p)
{
	struct block *block;
	uint32_t offset;

	if (!p)
		return;
	if (!is_used_block(arena, (uintptr_t)p))
		crypto_port_panic("crypto heap: bad free");
	block = (struct block *)p - 1;
	offset = (uint32_t)((uint8_t *)block - arena->base);
	block->used = 0;
	arena->used -= block->size;
	if (offset < arena->first_free)
		arena->first_free = offset;
}
