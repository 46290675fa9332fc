/* SPDX-License-Identifier: BSD-3-Clause */
/* Stateful operations of RMI 2.0: how a command starts one, and what it supplies for the rest. */
#ifndef RMM_RMI2_OP_H
#define RMM_RMI2_OP_H

#include "rmm/rmi2/sro.h"
#include "rmm/rmi2/handlers.h"

/*
 * The first answer of a command that became an operation: parks it. INCOMPLETE, X1 the handle, X2
 * the donate request if memory is wanted.
 */
uint64_t op_start(struct sro *sro, uint64_t handle, uint64_t *out);

/* rec.c: the last step of an operation that holds all it needs, or has given everything back. */
uint64_t rec_create_finish(struct sro *sro);
void rec_create_abort(struct sro *sro);
void rec_destroy_finish(struct sro *sro);

#endif
