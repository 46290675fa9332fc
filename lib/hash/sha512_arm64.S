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

/* FIPS 180-4 section 4.2.3. */
	.section .rodata.sha512_k, "a"
	.balign	64
sha512_k:
	.quad	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc
	.quad	0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118
	.quad	0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2
	.quad	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694
	.quad	0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65
	.quad	0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5
	.quad	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4
	.quad	0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70
	.quad	0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df
	.quad	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b
	.quad	0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30
	.quad	0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8
	.quad	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8
	.quad	0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3
	.quad	0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec
	.quad	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b
	.quad	0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178
	.quad	0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b
	.quad	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c
	.quad	0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817
