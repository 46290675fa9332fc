/* SPDX-License-Identifier: BSD-3-Clause */
/* The SVE state, for the Realm agent and for hosts that compare their own around a Realm's run. */
#ifndef REALM_SVE_H
#define REALM_SVE_H

#include <stdint.h>

/* Largest buffer: vectors of 256 bytes. */
#define SVE_STATE_MAX (34 * 256 + 256 / 8)

/* VL in bytes. SVE is enabled and used at its present vector length in all three. */
uint64_t sve_vl(void);

/* The state to and from 34 * VL + VL / 8 bytes: Z0-Z31, P0-P15, FFR. */
void sve_store(void *buffer);
void sve_load(const void *buffer);

#endif
