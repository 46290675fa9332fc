// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module for the test guest: shares mib MiB in blocks of 2^order pages with the host and takes them
 * back, `rounds` times, while it is loaded. The contents are checked each time: those of the guest
 * in the private memory, and with peer=1 also what guest and host write for each other.
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>

#include "share.h"

static unsigned int mib = 64;
static unsigned int rounds = 2;
static unsigned int order = 10;
static bool peer;
module_param(mib, uint, 0);
module_param(rounds, uint, 0);
module_param(order, uint, 0);
module_param(peer, bool, 0);

static unsigned long *blocks;
static unsigned long count;
static struct share_page *page;

static unsigned long block_pages(void)
{
	return 1UL << order;
}

static u64 gpa_of(unsigned long block)
{
	return virt_to_phys((void *)block);
}

static void fill(unsigned long block, enum share_writer by, u64 round)
{
	u64 *p = (u64 *)block, gpa = gpa_of(block);
	unsigned long i;

	for (i = 0; i < block_pages() * PAGE_SIZE / 8; i++)
		p[i] = share_word(by, round, gpa + i * 8);
	cond_resched();
}

static bool holds(unsigned long block, enum share_writer by, u64 round)
{
	u64 *p = (u64 *)block, gpa = gpa_of(block);
	unsigned long i;

	for (i = 0; i < block_pages() * PAGE_SIZE / 8; i++) {
		if (READ_ONCE(p[i]) != share_word(by, round, gpa + i * 8)) {
			pr_err("convert: round %llu: %llx of writer %d at %llx\n", round, p[i], by,
			       gpa + i * 8);
			return false;
		}
	}
	cond_resched();
	return true;
}

static void fill_all(enum share_writer by, u64 round)
{
	unsigned long i;

	for (i = 0; i < count; i++)
		fill(blocks[i], by, round);
}

static bool all_hold(enum share_writer by, u64 round)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		if (!holds(blocks[i], by, round))
			return false;
	}
	return true;
}

static int convert_all(int (*set)(unsigned long, int), const char *what)
{
	unsigned long i;
	int ret;

	for (i = 0; i < count; i++) {
		ret = set(blocks[i], block_pages());
		if (ret) {
			pr_err("convert: block %lu cannot be %s: %d\n", i, what, ret);
			return ret;
		}
		cond_resched();
	}
	return 0;
}

/* Gives the host its turn and waits for the answer, two minutes at most. */
static bool host_turn(u64 round)
{
	unsigned int waited;

	page->round = round;
	smp_store_release(&page->turn, SHARE_HOST);
	for (waited = 0; waited < 12000; waited++) {
		u64 turn = smp_load_acquire(&page->turn);

		if (turn != SHARE_HOST)
			return turn == SHARE_GUEST;
		msleep(10);
	}
	return false;
}

/* While the blocks are shared, the host reads what the guest writes and the other way round. */
static int shared_half(u64 round)
{
	fill_all(SHARE_OF_GUEST, round);
	if (!all_hold(SHARE_OF_GUEST, round))
		return -EIO;
	if (!peer)
		return 0;
	if (!host_turn(round)) {
		pr_err("convert: round %llu: the host did not find what was written\n", round);
		return -EIO;
	}
	return all_hold(SHARE_OF_HOST, round) ? 0 : -EIO;
}

/* While the blocks are private, they hold what the guest writes. */
static int private_half(u64 round)
{
	fill_all(SHARE_OF_PRIVATE, round);
	return all_hold(SHARE_OF_PRIVATE, round) ? 0 : -EIO;
}

static int to_shared(u64 round)
{
	return convert_all(set_memory_decrypted, "shared");
}

static int to_private(u64 round)
{
	return convert_all(set_memory_encrypted, "private");
}

static int one_round(u64 round)
{
	static int (*const steps[])(u64) = {private_half, to_shared, shared_half, to_private};
	u64 ms[ARRAY_SIZE(steps)];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(steps) && !ret; i++) {
		u64 start = ktime_get_ns();

		ret = steps[i](round);
		ms[i] = (ktime_get_ns() - start) / 1000000;
	}
	if (!ret)
		pr_emerg("convert: round %llu of %u: private %llu, to shared %llu, shared %llu, to "
			 "private %llu ms\n",
			 round, rounds, ms[0], ms[1], ms[2], ms[3]);
	return ret;
}

static int all_rounds(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < rounds && !ret; i++)
		ret = one_round(i);
	return ret ?: private_half(rounds);
}

static int allocate(void)
{
	unsigned long wanted = ((unsigned long)mib << 20) >> (PAGE_SHIFT + order);

	if (wanted > SHARE_BLOCKS_MAX && peer)
		return -EINVAL;
	blocks = vcalloc(wanted, sizeof(*blocks));
	page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!blocks || !page)
		return -ENOMEM;
	for (count = 0; count < wanted; count++) {
		blocks[count] = __get_free_pages(GFP_KERNEL | __GFP_NOWARN, order);
		if (!blocks[count])
			return -ENOMEM;
	}
	return 0;
}

static void release(void)
{
	unsigned long i;

	for (i = 0; i < count; i++)
		free_pages(blocks[i], order);
	free_page((unsigned long)page);
	vfree(blocks);
}

static int offer_page(void)
{
	unsigned long i;
	int ret = set_memory_decrypted((unsigned long)page, 1);

	if (ret)
		return ret;
	page->count = count;
	page->block_size = block_pages() * PAGE_SIZE;
	for (i = 0; i < min(count, (unsigned long)SHARE_BLOCKS_MAX); i++)
		page->gpa[i] = gpa_of(blocks[i]);
	smp_store_release(&page->magic, SHARE_MAGIC);
	pr_emerg("convert: page at %llx\n", (u64)virt_to_phys(page));
	return 0;
}

/* After an error the state of the blocks is unknown. They are leaked, as the kernel does it. */
static int __init convert_init(void)
{
	int ret = allocate();

	if (ret) {
		pr_emerg("convert: only %lu blocks\n", count);
		release();
		return ret;
	}
	ret = offer_page() ?: all_rounds();
	smp_store_release(&page->turn, SHARE_END);
	pr_emerg("convert: %s\n", ret ? "failed" : "done");
	if (!ret && !set_memory_encrypted((unsigned long)page, 1))
		release();
	return ret;
}

static void __exit convert_exit(void)
{
}

module_init(convert_init);
module_exit(convert_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Shares memory with the host and takes it back");
