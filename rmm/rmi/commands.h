/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands that are the same in all versions of the RMI, down to the order of their failures. A
 * front end names them in its dispatch table beside its own.
 *
 * Of every handler, x[1] to x[6] are the host's X1 to X6, out[1] to out[7] its results (out[1] to
 * out[3] start as 0, the others as the host's values), and the return value is X0. No lock is held
 * before or after.
 */
#ifndef RMM_RMI_COMMANDS_H
#define RMM_RMI_COMMANDS_H

#include <stdint.h>

typedef uint64_t (*rmi_handler)(const uint64_t *x, uint64_t *out);

/* rtt.c */
uint64_t rmi_rtt_create(const uint64_t *x, uint64_t *out);
uint64_t rmi_rtt_destroy(const uint64_t *x, uint64_t *out);
uint64_t rmi_rtt_fold(const uint64_t *x, uint64_t *out);
uint64_t rmi_rtt_read_entry(const uint64_t *x, uint64_t *out);

#endif
