/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the guest's module (convert.c) and the host's program (peer.c) agree on: a page that is
 * shared all the time, and the words that either side writes into the shared blocks.
 */
#ifndef REALM_LINUX_SHARE_H
#define REALM_LINUX_SHARE_H

#define SHARE_MAGIC	 0x6b766d2d63636121ULL
#define SHARE_BLOCKS_MAX 500

enum share_turn { SHARE_GUEST, SHARE_HOST, SHARE_WRONG, SHARE_END };

struct share_page {
	unsigned long long magic;
	unsigned long long turn; /* enum share_turn: whose it is to read and write */
	unsigned long long round;
	unsigned long long count;
	unsigned long long block_size;
	unsigned long long gpa[SHARE_BLOCKS_MAX];
};

enum share_writer { SHARE_OF_GUEST = 1, SHARE_OF_HOST = 2, SHARE_OF_PRIVATE = 3 };

/* The word at this guest physical address. */
static inline unsigned long long share_word(enum share_writer by, unsigned long long round,
					    unsigned long long gpa)
{
	return (gpa ^ round << 48 ^ (unsigned long long)by << 56) * 0x9e3779b97f4a7c15ULL;
}

#endif
