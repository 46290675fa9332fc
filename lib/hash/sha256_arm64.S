/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 by FEAT_SHA256, about 100 instructions a block. Called by select_arm64.c only; the caller
 * of hash.h has made the V registers usable. Changes V0-V7 and V16-V31, never V8-V15.
 */
	.arch	armv8.2-a+sha2

/*
 * Four rounds. \m holds the four message words in use; in the first twelve groups it is then
 * replaced by the words sixteen rounds on (FIPS 180-4 section 6.2.2), made from itself and the
 * other three.
 */
.macro four_rounds m, k
	add	v2.4s, v\m\().4s, v\k\().4s
	mov	v3.16b, v0.16b
	sha256h	q0, q1, v2.4s
	sha256h2 q1, q3, v2.4s
.endm

.macro four_rounds_next m, m1, m2, m3, k
	four_rounds \m, \k
	sha256su0 v\m\().4s, v\m1\().4s
	sha256su1 v\m\().4s, v\m2\().4s, v\m3\().4s
.endm

/* void sha256_blocks_cpu(uint32_t state[8], const uint8_t *data, size_t blocks) */
	.section .text.sha256_blocks_cpu, "ax"
	.global	sha256_blocks_cpu
	.type	sha256_blocks_cpu, %function
	.balign	16
sha256_blocks_cpu:
	adrp	x3, sha256_k
	add	x3, x3, :lo12:sha256_k
	ld1	{v16.4s-v19.4s}, [x3], #64
	ld1	{v20.4s-v23.4s}, [x3], #64
	ld1	{v24.4s-v27.4s}, [x3], #64
	ld1	{v28.4s-v31.4s}, [x3]
	ld1	{v0.4s-v1.4s}, [x0]
1:	ld1	{v4.16b-v7.16b}, [x1], #64
	rev32	v4.16b, v4.16b
	rev32	v5.16b, v5.16b
	rev32	v6.16b, v6.16b
	rev32	v7.16b, v7.16b
	four_rounds_next 4, 5, 6, 7, 16
	four_rounds_next 5, 6, 7, 4, 17
	four_rounds_next 6, 7, 4, 5, 18
	four_rounds_next 7, 4, 5, 6, 19
	four_rounds_next 4, 5, 6, 7, 20
	four_rounds_next 5, 6, 7, 4, 21
	four_rounds_next 6, 7, 4, 5, 22
	four_rounds_next 7, 4, 5, 6, 23
	four_rounds_next 4, 5, 6, 7, 24
	four_rounds_next 5, 6, 7, 4, 25
	four_rounds_next 6, 7, 4, 5, 26
	four_rounds_next 7, 4, 5, 6, 27
	four_rounds 4, 28
	four_rounds 5, 29
	four_rounds 6, 30
	four_rounds 7, 31
	ld1	{v2.4s-v3.4s}, [x0]
	add	v0.4s, v0.4s, v2.4s
	add	v1.4s, v1.4s, v3.4s
	st1	{v0.4s-v1.4s}, [x0]
	subs	x2, x2, #1
	b.ne	1b
	ret
	.size	sha256_blocks_cpu, . - sha256_blocks_cpu

/* void sha256_zero_blocks_cpu(uint32_t state[8], size_t blocks): every message word is zero. */
	.section .text.sha256_zero_blocks_cpu, "ax"
	.global	sha256_zero_blocks_cpu
	.type	sha256_zero_blocks_cpu, %function
	.balign	16
sha256_zero_blocks_cpu:
	adrp	x3, sha256_k
	add	x3, x3, :lo12:sha256_k
	ld1	{v16.4s-v19.4s}, [x3], #64
	ld1	{v20.4s-v23.4s}, [x3], #64
	ld1	{v24.4s-v27.4s}, [x3], #64
	ld1	{v28.4s-v31.4s}, [x3]
	ld1	{v0.4s-v1.4s}, [x0]
1:	mov	v4.16b, v0.16b
	mov	v5.16b, v1.16b
	.irp	k, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	mov	v3.16b, v0.16b
	sha256h	q0, q1, v\k\().4s
	sha256h2 q1, q3, v\k\().4s
	.endr
	add	v0.4s, v0.4s, v4.4s
	add	v1.4s, v1.4s, v5.4s
	subs	x1, x1, #1
	b.ne	1b
	st1	{v0.4s-v1.4s}, [x0]
	ret
	.size	sha256_zero_blocks_cpu, . - sha256_zero_blocks_cpu
