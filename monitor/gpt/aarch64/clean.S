/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cache maintenance by physical address over a range takes one instruction a line, and making that
 * instruction's operand costs as much again: an ADD of 64 for each line. Where SVE vectors are long,
 * one INDEX makes the operands of many lines and one load fetches two of them.
 * Called by gpt_arch.c alone; DC CIPAPA is "sys #6, c7, c14, #1".
 */
#include "monitor/gpt/aarch64/clean.h"

	.arch armv8.5-a+sve
	.text

/* void gpt_clean_scalar(uint64_t operand, uint64_t end): 4 KiB aligned, operand < end. */
	.global	gpt_clean_scalar
gpt_clean_scalar:
	.rept	64
	sys	#6, c7, c14, #1, x0
	add	x0, x0, #64
	.endr
	cmp	x0, x1
	b.lo	gpt_clean_scalar
	ret

/* uint64_t gpt_vector_bytes(void): the CPU has SVE and EL3 may use it. */
	.global	gpt_vector_bytes
gpt_vector_bytes:
	rdvl	x0, #1
	ret

/*
 * void gpt_clean_vector(uint64_t operand, uint64_t end, void *scratch): as above, on a CPU whose
 * vectors have GPT_VECTOR_BYTES, which hold the operands of 32 lines. scratch has room for two
 * vectors. z0 belongs to whoever called EL3 and is kept. All of this is legal in Streaming mode.
 */
	.global	gpt_clean_vector
gpt_clean_vector:
	str	z0, [x2]
	mov	x3, #64
1:	index	z0.d, x0, x3
	str	z0, [x2, #1, mul vl]
	.irp	line, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	ldp	x4, x5, [x2, #GPT_VECTOR_BYTES + 8 * \line]
	sys	#6, c7, c14, #1, x4
	sys	#6, c7, c14, #1, x5
	.endr
	add	x0, x0, #64 * GPT_VECTOR_BYTES / 8
	cmp	x0, x1
	b.lo	1b
	ldr	z0, [x2]
	ret
