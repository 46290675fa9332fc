/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The C library's memory and string functions for freestanding code: what GCC may call on its
 * own, and what libfdt and mbedTLS need. Declared by the tool chain's <string.h>.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool both_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & 7) == 0;
}

/*
 * Copies four words. All are loaded before any is stored, so that the compiler uses loads and
 * stores of pairs; the empty asm keeps it from copying word by word.
 */
static inline void copy_four(uint64_t *restrict d, const uint64_t *restrict s)
{
	uint64_t w0 = s[0], w1 = s[1], w2 = s[2], w3 = s[3];

	__asm__("" : "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3));
	d[0] = w0;
	d[1] = w1;
	d[2] = w2;
	d[3] = w3;
}

/* Copies as many whole words as there are; returns how many of the n bytes are left. */
static size_t copy_words(uint64_t *restrict d, const uint64_t *restrict s, size_t n)
{
	for (; n >= 64; n -= 64, d += 8, s += 8) {
		copy_four(d, s);
		copy_four(d + 4, s + 4);
	}
	for (; n >= 8; n -= 8)
		*d++ = *s++;
	return n;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (both_aligned(d, s)) {
		size_t left = copy_words(dst, src, n);

		d += n - left;
		s += n - left;
		n = left;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	if (d <= s || d >= s + n) {
		while (n--)
			*d++ = *s++;
		return dst;
	}
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	unsigned char *d = dst;
	uint64_t word = (unsigned char)c * UINT64_C(0x0101010101010101);

	if (((uintptr_t)d & 7) == 0) {
		for (; n >= 64; n -= 64, d += 64) {
			uint64_t *w = (uint64_t *)d;

			w[0] = w[1] = w[2] = w[3] = word;
			w[4] = w[5] = w[6] = w[7] = word;
		}
		for (; n >= 8; n -= 8, d += 8)
			*(uint64_t *)d = word;
	}
	while (n--)
		*d++ = (unsigned char)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	for (; n; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++) {
		if (*p == (unsigned char)c)
			return (void *)p;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (!*s)
			return NULL;
	}
	return (char *)s;
}

char *strrchr(const char *s, int c)
{
	char *last = NULL;

	do {
		if (*s == (char)c)
			last = (char *)s;
	} while (*s++);
	return last;
}
