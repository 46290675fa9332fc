/* SPDX-License-Identifier: BSD-3-Clause */
/* Between gpt_arch.c and clean.S: cache maintenance of a 4 KiB aligned range, two ways. */
#ifndef MONITOR_GPT_CLEAN_H
#define MONITOR_GPT_CLEAN_H

/* The SVE vector length that gpt_clean_vector() is written for. */
#define GPT_VECTOR_BYTES 256

#ifndef __ASSEMBLER__

#include <stdint.h>

/* `operand` is the first line's DC CIPAPA operand, `end` that of the line behind the last. */
void gpt_clean_scalar(uint64_t operand, uint64_t end);
void gpt_clean_vector(uint64_t operand, uint64_t end, void *scratch);

/* The vector length; only if the CPU has SVE. */
uint64_t gpt_vector_bytes(void);

#endif
#endif
