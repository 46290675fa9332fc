// SPDX-License-Identifier: BSD-3-Clause
/* The crypto library's heap: alignment, zeroing, exhaustion, no overlap, everything comes back. */
#include "unit.h"
#include <stdlib.h>
#include <mbedtls_port.h>

#define SIZE  4096
#define SLOTS 40

static uint8_t mem[SIZE] __attribute__((aligned(8)));
static const char *panic_text;
static jmp_buf panic_jump;

void crypto_port_panic(const char *what)
{
	panic_text = what;
	longjmp(panic_jump, 1);
}

static struct crypto_arena fresh(void)
{
	struct crypto_arena arena;

	memset(mem, 0xa5, sizeof(mem));
	crypto_arena_init(&arena, mem, sizeof(mem));
	return arena;
}

static void memory_is_zeroed_and_aligned(void **state)
{
	static const uint8_t zero[100];
	struct crypto_arena arena = fresh();
	uint8_t *p;
	size_t size;

	for (size = 0; size <= 100; size++) {
		p = crypto_arena_calloc(&arena, 1, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 8, 0);
		assert_memory_equal(p, zero, size);
		memset(p, 0xff, size);
		crypto_arena_free(&arena, p);
	}
	assert_int_equal(arena.used, 0);
}

static void all_of_it_can_be_had_at_once(void **state)
{
	struct crypto_arena arena = fresh();
	void *p = crypto_arena_calloc(&arena, 1, SIZE - 8);

	assert_ptr_equal(p, mem + 8);
	assert_null(crypto_arena_calloc(&arena, 1, 1));
	crypto_arena_free(&arena, p);
	assert_null(crypto_arena_calloc(&arena, 1, SIZE - 7));
	assert_int_equal(arena.peak, SIZE);
}

static void sizes_that_wrap_are_refused(void **state)
{
	struct crypto_arena arena = fresh();

	assert_null(crypto_arena_calloc(&arena, SIZE_MAX / 2, 4));
	assert_null(crypto_arena_calloc(&arena, 1, SIZE_MAX));
	assert_null(crypto_arena_calloc(&arena, 1, (size_t)UINT32_MAX + 1));
}

static void free_of_null_does_nothing(void **state)
{
	struct crypto_arena arena = fresh();

	crypto_arena_free(&arena, NULL);
	assert_int_equal(arena.used, 0);
}

static void an_empty_arena_gives_nothing(void **state)
{
	struct crypto_arena arena;

	crypto_arena_init(&arena, mem, 7);
	assert_null(crypto_arena_calloc(&arena, 1, 1));
}

/* Random sequences: contents stay, blocks do not overlap, and in the end all is one block again. */
static void nothing_is_lost_or_overlaps(void **state)
{
	struct crypto_arena arena = fresh();
	uint8_t *slot[SLOTS] = {0};
	size_t size[SLOTS], i, j, refused = 0;

	srand(1);
	for (i = 0; i < 200000; i++) {
		size_t s = (size_t)rand() % SLOTS;

		if (slot[s]) {
			for (j = 0; j < size[s]; j++)
				assert_int_equal(slot[s][j], s);
			crypto_arena_free(&arena, slot[s]);
			slot[s] = NULL;
			continue;
		}
		size[s] = (size_t)rand() % 300;
		slot[s] = crypto_arena_calloc(&arena, 1, size[s]);
		if (slot[s])
			memset(slot[s], (int)s, size[s]);
		else
			refused++;
	}
	assert_true(refused > 0 && refused < 100000);
	for (i = 0; i < SLOTS; i++)
		crypto_arena_free(&arena, slot[i]);
	assert_int_equal(arena.used, 0);
	assert_non_null(crypto_arena_calloc(&arena, 1, SIZE - 8));
}

static void expect_panic(struct crypto_arena *arena, void *p)
{
	panic_text = NULL;
	if (setjmp(panic_jump) == 0)
		crypto_arena_free(arena, p);
	assert_non_null(panic_text);
}

static void bad_frees_are_found(void **state)
{
	struct crypto_arena arena = fresh();
	uint8_t *p = crypto_arena_calloc(&arena, 1, 64);

	expect_panic(&arena, p + 16);
	expect_panic(&arena, p + 1);
	expect_panic(&arena, mem);
	expect_panic(&arena, mem + SIZE);
	expect_panic(&arena, &arena);
	crypto_arena_free(&arena, p);
	expect_panic(&arena, p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(all_of_it_can_be_had_at_once),
		cmocka_unit_test(sizes_that_wrap_are_refused),
		cmocka_unit_test(free_of_null_does_nothing),
		cmocka_unit_test(an_empty_arena_gives_nothing),
		cmocka_unit_test(nothing_is_lost_or_overlaps),
		cmocka_unit_test(bad_frees_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
