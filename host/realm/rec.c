// SPDX-License-Identifier: GPL-2.0-only
/*
 * RECs: what a vCPU is in the RMM. Made at the Realm's activation, out of what user space has set
 * up in the vCPU, and destroyed with the Realm.
 */
#include "host/mpidr.h"
#include "host/realm/rec.h"
#include "host/rmi/commands.h"
#include "host/stats.h"

/* Can the REC be entered at once (RMI_REC_RUNNABLE)? The others wait for a CPU_ON of the Realm. */
static bool rec_runs_at_once(const struct cca_vcpu *vcpu)
{
	return vcpu->id == 0;
}

static u64 rec_call_create(struct cca_vcpu *vcpu, struct rmi_rec_params *params)
{
	struct cca_vm *vm = vcpu->vm;

	params->flags = rec_runs_at_once(vcpu) ? RMI_REC_RUNNABLE : 0;
	params->mpidr = mpidr_packed(vcpu->mpidr);
	params->pc = vcpu->pc;
	memcpy(params->gprs, vcpu->gprs, sizeof(params->gprs));
	return rmi_rec_create(&vm->pool, vm->realm.rd, vcpu->rec, params);
}

static int rec_create_with(struct cca_vcpu *vcpu, struct rmi_rec_params *params)
{
	int ret = cca_pool_get(&vcpu->vm->pool, &vcpu->rec);

	if (ret)
		return ret;
	ret = rmi_errno(rec_call_create(vcpu, params));
	if (ret) {
		cca_pool_put(&vcpu->vm->pool, vcpu->rec);
		return ret;
	}
	vcpu->rec_created = true;
	cca_stat_inc(STAT_RECS);
	return 0;
}

int cca_rec_create(struct cca_vcpu *vcpu)
{
	struct rmi_rec_params *params = (void *)get_zeroed_page(GFP_KERNEL);
	int ret = params ? rec_create_with(vcpu, params) : -ENOMEM;

	free_page((unsigned long)params);
	return ret;
}

void cca_rec_destroy(struct cca_vcpu *vcpu)
{
	struct cca_vm *vm = vcpu->vm;

	if (!vcpu->rec_created)
		return;
	/*
	 * If the RMM keeps the REC, the pool cannot undelegate the granule and counts it as leaked.
	 */
	rmi_rec_destroy(&vm->pool, vcpu->rec);
	cca_pool_put(&vm->pool, vcpu->rec);
	cca_stat_add(STAT_RECS, -1);
	vcpu->rec_created = false;
}
