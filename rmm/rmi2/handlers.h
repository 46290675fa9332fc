/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of the RMI 2.0 front end: one function per command that is not the same in all versions.
 * rmm/rmi/commands.h says what a handler gets and returns.
 */
#ifndef RMM_RMI2_HANDLERS_H
#define RMM_RMI2_HANDLERS_H

#include "rmm/rmi/commands.h"
#include "rmm/rmi/decode.h"

/* system.c */
uint64_t rmi2_version(const uint64_t *x, uint64_t *out);
uint64_t rmi2_features(const uint64_t *x, uint64_t *out);
uint64_t rmi2_config_get(const uint64_t *x, uint64_t *out);
uint64_t rmi2_config_set(const uint64_t *x, uint64_t *out);
uint64_t rmi2_activate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_deactivate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_state_get(const uint64_t *x, uint64_t *out);
/* granules.c */
uint64_t rmi2_range_delegate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_range_undelegate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_tracking_get(const uint64_t *x, uint64_t *out);
uint64_t rmi2_gpt_info(const uint64_t *x, uint64_t *out);
uint64_t rmi2_gpt_l1_create(const uint64_t *x, uint64_t *out);
uint64_t rmi2_gpt_l1_destroy(const uint64_t *x, uint64_t *out);
/* realm.c */
uint64_t rmi2_realm_create(const uint64_t *x, uint64_t *out);
uint64_t rmi2_realm_activate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_realm_terminate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_realm_destroy(const uint64_t *x, uint64_t *out);
/* rec.c */
uint64_t rmi2_rec_create(const uint64_t *x, uint64_t *out);
uint64_t rmi2_rec_destroy(const uint64_t *x, uint64_t *out);
/* enter.c */
uint64_t rmi2_rec_enter(const uint64_t *x, uint64_t *out);
/* psci.c */
uint64_t rmi2_psci_complete(const uint64_t *x, uint64_t *out);
/* op.c */
uint64_t rmi2_op_continue(const uint64_t *x, uint64_t *out);
uint64_t rmi2_op_mem_donate(const uint64_t *x, uint64_t *out);
uint64_t rmi2_op_mem_reclaim(const uint64_t *x, uint64_t *out);
uint64_t rmi2_op_cancel(const uint64_t *x, uint64_t *out);
/* data.c */
uint64_t rmi2_data_map_init(const uint64_t *x, uint64_t *out);
uint64_t rmi2_data_map_init_range(const uint64_t *x, uint64_t *out);
/* map.c, unmap.c */
uint64_t rmi2_data_map(const uint64_t *x, uint64_t *out);
uint64_t rmi2_unprot_map(const uint64_t *x, uint64_t *out);
uint64_t rmi2_data_unmap(const uint64_t *x, uint64_t *out);
uint64_t rmi2_unprot_unmap(const uint64_t *x, uint64_t *out);
/* ripas.c */
uint64_t rmi2_init_ripas(const uint64_t *x, uint64_t *out);
uint64_t rmi2_set_ripas(const uint64_t *x, uint64_t *out);

#endif
