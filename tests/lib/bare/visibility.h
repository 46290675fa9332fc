/* SPDX-License-Identifier: BSD-3-Clause */
/* Included first everywhere: all symbols are the image's own, so none goes through a GOT. */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
#endif
