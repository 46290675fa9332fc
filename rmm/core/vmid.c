/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMIDs. See realm.h. A bit of in_use[] is a VMID; a bit of each level above says that all 64 bits
 * of one word below are set. So the lowest free VMID is found by one look at each level, however
 * many are in use.
 */
#include "rmm/arch/arch.h"
#include "rmm/core/realm.h"

#define VMIDS	  65536
#define WORD_BITS 64
#define ALL	  (~UINT64_C(0))

static uint64_t in_use[VMIDS / WORD_BITS];
static uint64_t full[ARRAY_SIZE(in_use) / WORD_BITS];
static uint64_t all_full; /* its lowest 16 bits are the words of full[] */

/* A spinlock, held for some ten instructions. */
static uint32_t lock;

static void take_lock(void)
{
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		arch_spin_hint();
}

static void drop_lock(void)
{
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

/* Sets a bit; true when its word is full by it. */
static bool set_bit(uint64_t *words, unsigned int bit)
{
	return (words[bit / WORD_BITS] |= BIT(bit % WORD_BITS)) == ALL;
}

static void clear_bit(uint64_t *words, unsigned int bit)
{
	words[bit / WORD_BITS] &= ~BIT(bit % WORD_BITS);
}

static unsigned int first_clear(uint64_t word)
{
	return (unsigned int)__builtin_ctzll(~word);
}

/* The lowest free VMID; VMIDS if there is none. */
static unsigned int lowest_free(void)
{
	unsigned int bit = first_clear(all_full);

	if (bit >= ARRAY_SIZE(full))
		return VMIDS;
	bit = bit * WORD_BITS + first_clear(full[bit]);
	return bit * WORD_BITS + first_clear(in_use[bit]);
}

static void mark_used(unsigned int vmid)
{
	unsigned int word = vmid / WORD_BITS;

	if (set_bit(in_use, vmid) && set_bit(full, word))
		set_bit(&all_full, word / WORD_BITS);
}

bool vmid_alloc(uint16_t *vmid)
{
	unsigned int limit = arch_features.vmid16 ? VMIDS : 256, bit;

	take_lock();
	bit = lowest_free();
	if (bit < limit)
		mark_used(bit);
	drop_lock();
	*vmid = (uint16_t)bit;
	return bit < limit;
}

void vmid_free(uint16_t vmid)
{
	take_lock();
	clear_bit(in_use, vmid);
	clear_bit(full, vmid / WORD_BITS);
	clear_bit(&all_full, vmid / WORD_BITS / WORD_BITS);
	drop_lock();
}
