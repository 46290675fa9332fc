/* SPDX-License-Identifier: GPL-2.0-only */
/* Only for the files of realm/; config_lock held. */
#ifndef HOST_REALM_REC_H
#define HOST_REALM_REC_H

#include "host/realm/realm.h"
#include "host/vcpu/vcpu.h"

int cca_rec_create(struct cca_vcpu *vcpu);
/* Does nothing if there is none. */
void cca_rec_destroy(struct cca_vcpu *vcpu);

void cca_realm_set_state(struct cca_vm *vm, enum realm_state state);

#endif
