/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole SVE and SME state from and to memory; see sve.c for the layout. EL2, with CPTR_EL2 not
 * trapping. In streaming mode there is no FFR: x1 = 0 leaves it out. No C runs in between that
 * could use these registers (general registers only).
 */
#include "tests/lib/bare/asm.h"

	.arch	armv9-a+sve2+sme

/* void sve_load(const struct sve_state *, uint64_t with_ffr) */
func sve_load
	cbz	x1, 1f
	ldr	p0, [x0]
	wrffr	p0.b
1:	add	x2, x0, #64
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	ldr	p\n, [x2]
	add	x2, x2, #32
	.endr
	add	x2, x0, #1024
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ldr	z\n, [x2]
	add	x2, x2, #256
	.endr
	ret

/* void sve_store(struct sve_state *, uint64_t with_ffr) */
func sve_store
	add	x2, x0, #64
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	str	p\n, [x2]
	add	x2, x2, #32
	.endr
	add	x2, x0, #1024
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	z\n, [x2]
	add	x2, x2, #256
	.endr
	cbz	x1, 1f
	rdffr	p0.b
	str	p0, [x0]
	ldr	p0, [x0, #2, mul vl]
1:	ret

/* uint64_t sve_vector_bytes(void): of the current mode. */
func sve_vector_bytes
	rdvl	x0, #1
	ret

/* void sve_za_load(const void *za, uint64_t rows), sve_za_store(void *za, uint64_t rows) */
func sve_za_load
	mov	w12, wzr
1:	ldr	za[w12, 0], [x0]
	add	x0, x0, #256
	add	w12, w12, #1
	cmp	x12, x1
	b.lo	1b
	ret

func sve_za_store
	mov	w12, wzr
1:	str	za[w12, 0], [x0]
	add	x0, x0, #256
	add	w12, w12, #1
	cmp	x12, x1
	b.lo	1b
	ret

func sve_streaming_on
	smstart
	ret

func sve_streaming_off
	smstop
	ret
