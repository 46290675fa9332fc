/* SPDX-License-Identifier: BSD-3-Clause */
/* arch_random() of arch.h: the PE's own random numbers, or EL3's where it has none. */
#include "rmm/arch/aarch64/el3.h"
#include "rmm/arch/aarch64/machine.h"
#include "rmm/arch/arch.h"

#define RANDOM_TRIES 16

static bool rndr(uint64_t *word)
{
	uint32_t ok;

	__asm__ volatile("mrs %0, rndr\n\tcset %w1, ne" : "=r"(*word), "=r"(ok) : : "cc");
	return ok;
}

static bool random_word(uint64_t *word)
{
	for (unsigned int i = 0; i < RANDOM_TRIES; i++) {
		if (machine.rndr ? rndr(word) : el3_random(word))
			return true;
	}
	return false;
}

bool arch_random(void *buf, size_t n)
{
	uint8_t *p = buf;

	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t word;

		if (!random_word(&word))
			return false;
		for (size_t k = i; k < n && k < i + sizeof(word); k++, word >>= 8)
			p[k] = (uint8_t)word;
	}
	return true;
}
