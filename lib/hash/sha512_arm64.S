/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-512 by FEAT_SHA512, about 455 instructions a block of 128 bytes. Called by select_arm64.c
 * only; the caller of hash.h has made the V registers usable. Changes V0-V7 and V16-V31, never
 * V8-V15.
 */
	.arch	armv8.2-a+sha3

/*
 * Two rounds. ab, cd, ef and gh name the registers with those pairs of the state, first letter in
 * the low half; w the two message words, k their constants, t a free register. After it t holds
 * the new ab, ab the new cd, gh the new ef, ef the new gh, and cd is free: nothing is moved, the
 * next call names the registers accordingly.
 */
.macro two_rounds ab, cd, ef, gh, t, w, k
	add	v5.2d, v\w\().2d, v\k\().2d
	ext	v6.16b, v\ef\().16b, v\gh\().16b, #8
	ext	v7.16b, v\cd\().16b, v\ef\().16b, #8
	ext	v5.16b, v5.16b, v5.16b, #8
	add	v\t\().2d, v\gh\().2d, v5.2d
	sha512h	q\t, q6, v7.2d
	add	v\gh\().2d, v\cd\().2d, v\t\().2d
	sha512h2 q\t, q\cd, v\ab\().2d
.endm

/* Replaces two message words by those sixteen rounds on (FIPS 180-4 section 6.4.2). */
.macro next_words w0, w1, w4, w5, w7
	sha512su0 v\w0\().2d, v\w1\().2d
	ext	v5.16b, v\w4\().16b, v\w5\().16b, #8
	sha512su1 v\w0\().2d, v\w7\().2d, v5.2d
.endm

.macro two_rounds_next ab, cd, ef, gh, t, k, w0, w1, w4, w5, w7
	two_rounds \ab, \cd, \ef, \gh, \t, \w0, \k
	next_words \w0, \w1, \w4, \w5, \w7
.endm

.macro load_k first, last
	ld1	{v\first\().2d-v\last\().2d}, [x4], #64
.endm

/* void sha512_blocks_cpu(uint64_t state[8], const uint8_t *data, size_t blocks) */
	.section .text.sha512_blocks_cpu, "ax"
	.global	sha512_blocks_cpu
	.type	sha512_blocks_cpu, %function
	.balign	16
sha512_blocks_cpu:
	adrp	x3, sha512_k
	add	x3, x3, :lo12:sha512_k
1:	mov	x4, x3
	ld1	{v0.2d-v3.2d}, [x0]
	ld1	{v16.16b-v19.16b}, [x1], #64
	ld1	{v20.16b-v23.16b}, [x1], #64
	rev64	v16.16b, v16.16b
	rev64	v17.16b, v17.16b
	rev64	v18.16b, v18.16b
	rev64	v19.16b, v19.16b
	rev64	v20.16b, v20.16b
	rev64	v21.16b, v21.16b
	rev64	v22.16b, v22.16b
	rev64	v23.16b, v23.16b
	load_k	24, 27
	two_rounds_next 0, 1, 2, 3, 4, 24, 16, 17, 20, 21, 23
	two_rounds_next 4, 0, 3, 2, 1, 25, 17, 18, 21, 22, 16
	two_rounds_next 1, 4, 2, 3, 0, 26, 18, 19, 22, 23, 17
	two_rounds_next 0, 1, 3, 2, 4, 27, 19, 20, 23, 16, 18
	load_k	28, 31
	two_rounds_next 4, 0, 2, 3, 1, 28, 20, 21, 16, 17, 19
	two_rounds_next 1, 4, 3, 2, 0, 29, 21, 22, 17, 18, 20
	two_rounds_next 0, 1, 2, 3, 4, 30, 22, 23, 18, 19, 21
	two_rounds_next 4, 0, 3, 2, 1, 31, 23, 16, 19, 20, 22
	load_k	24, 27
	two_rounds_next 1, 4, 2, 3, 0, 24, 16, 17, 20, 21, 23
	two_rounds_next 0, 1, 3, 2, 4, 25, 17, 18, 21, 22, 16
	two_rounds_next 4, 0, 2, 3, 1, 26, 18, 19, 22, 23, 17
	two_rounds_next 1, 4, 3, 2, 0, 27, 19, 20, 23, 16, 18
	load_k	28, 31
	two_rounds_next 0, 1, 2, 3, 4, 28, 20, 21, 16, 17, 19
	two_rounds_next 4, 0, 3, 2, 1, 29, 21, 22, 17, 18, 20
	two_rounds_next 1, 4, 2, 3, 0, 30, 22, 23, 18, 19, 21
	two_rounds_next 0, 1, 3, 2, 4, 31, 23, 16, 19, 20, 22
	load_k	24, 27
	two_rounds_next 4, 0, 2, 3, 1, 24, 16, 17, 20, 21, 23
	two_rounds_next 1, 4, 3, 2, 0, 25, 17, 18, 21, 22, 16
	two_rounds_next 0, 1, 2, 3, 4, 26, 18, 19, 22, 23, 17
	two_rounds_next 4, 0, 3, 2, 1, 27, 19, 20, 23, 16, 18
	load_k	28, 31
	two_rounds_next 1, 4, 2, 3, 0, 28, 20, 21, 16, 17, 19
	two_rounds_next 0, 1, 3, 2, 4, 29, 21, 22, 17, 18, 20
	two_rounds_next 4, 0, 2, 3, 1, 30, 22, 23, 18, 19, 21
	two_rounds_next 1, 4, 3, 2, 0, 31, 23, 16, 19, 20, 22
	load_k	24, 27
	two_rounds_next 0, 1, 2, 3, 4, 24, 16, 17, 20, 21, 23
	two_rounds_next 4, 0, 3, 2, 1, 25, 17, 18, 21, 22, 16
	two_rounds_next 1, 4, 2, 3, 0, 26, 18, 19, 22, 23, 17
	two_rounds_next 0, 1, 3, 2, 4, 27, 19, 20, 23, 16, 18
	load_k	28, 31
	two_rounds_next 4, 0, 2, 3, 1, 28, 20, 21, 16, 17, 19
	two_rounds_next 1, 4, 3, 2, 0, 29, 21, 22, 17, 18, 20
	two_rounds_next 0, 1, 2, 3, 4, 30, 22, 23, 18, 19, 21
	two_rounds_next 4, 0, 3, 2, 1, 31, 23, 16, 19, 20, 22
	load_k	24, 27
	two_rounds 1, 4, 2, 3, 0, 16, 24
	two_rounds 0, 1, 3, 2, 4, 17, 25
	two_rounds 4, 0, 2, 3, 1, 18, 26
	two_rounds 1, 4, 3, 2, 0, 19, 27
	load_k	28, 31
	two_rounds 0, 1, 2, 3, 4, 20, 28
	two_rounds 4, 0, 3, 2, 1, 21, 29
	two_rounds 1, 4, 2, 3, 0, 22, 30
	two_rounds 0, 1, 3, 2, 4, 23, 31
	ld1	{v16.2d-v19.2d}, [x0]
	add	v16.2d, v16.2d, v4.2d
	add	v17.2d, v17.2d, v0.2d
	add	v18.2d, v18.2d, v2.2d
	add	v19.2d, v19.2d, v3.2d
	st1	{v16.2d-v19.2d}, [x0]
	subs	x2, x2, #1
	b.ne	1b
	ret
	.size	sha512_blocks_cpu, . - sha512_blocks_cpu
