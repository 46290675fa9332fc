/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's names that switch.c and its header use, for the freestanding build of the EL2 stub.
 */
#ifndef HYP_LINUX_TYPES_H
#define HYP_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#define __always_inline inline __attribute__((always_inline))

#endif
