/* SPDX-License-Identifier: BSD-3-Clause */
/* True Random Number Generator firmware interface 1.0 (DEN0098). */
#ifndef ABI_TRNG_H
#define ABI_TRNG_H

#define TRNG_VERSION  0x84000050
#define TRNG_FEATURES 0x84000051
#define TRNG_GET_UUID 0x84000052
#define TRNG_RND32    0x84000053
#define TRNG_RND64    0xc4000053

#define TRNG_VERSION_1_0 0x10000

#define TRNG_SUCCESS	    0
#define TRNG_NOT_SUPPORTED  (-1)
#define TRNG_INVALID_PARAMS (-2)
#define TRNG_NO_ENTROPY	    (-3)

#define TRNG_RND32_MAX_BITS 96
#define TRNG_RND64_MAX_BITS 192

#endif
