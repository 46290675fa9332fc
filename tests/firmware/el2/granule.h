/* SPDX-License-Identifier: BSD-3-Clause */
/* EL2 payload: what a granule is, by accesses from both worlds. Usable on every CPU. */
#ifndef FIRMWARE_GRANULE_H
#define FIRMWARE_GRANULE_H

#include <stdbool.h>
#include <stdint.h>

/* Accesses by host and RMM, in both physical address spaces, behave as the state asks for. */
bool granule_is(uint64_t pa, bool realm);

/* Every granule by the host's access; the first and last one as above. */
bool range_is(uint64_t pa, uint64_t granules, bool realm);

#endif
