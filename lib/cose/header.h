/* SPDX-License-Identifier: BSD-3-Clause */
/* The one protected header used here; for lib/cose/ only. */
#ifndef LIB_COSE_HEADER_H
#define LIB_COSE_HEADER_H

#include <stdint.h>

/* The encoded map { 1 (alg): -35 (ES384) }. */
static const uint8_t protected_header[] = {0xa1, 0x01, 0x38, 0x22};

#endif
