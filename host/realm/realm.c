// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beginning and end of a Realm in the RMM (realm.h).
 */
#include "host/mem/mem.h"
#include "host/realm/rec.h"
#include "host/rmi/commands.h"
#include "host/stats.h"

#define MAX_ROOT_TABLES_ORDER 4 /* log2 of the most tables at the start level */

/*
 * Chooses the start level: the one with the fewest levels below it for which at most 16 root tables
 * are enough (as KVM does). Each level below the start level resolves 9 bits.
 */
static void realm_plan_roots(struct cca_vm *vm)
{
	int level = 3;
	unsigned int bits = PAGE_SHIFT + 9;

	while (bits + MAX_ROOT_TABLES_ORDER < vm->ipa_bits) {
		bits += 9;
		level--;
	}
	vm->realm.start_level = level;
	vm->realm.root_order = vm->ipa_bits > bits ? vm->ipa_bits - bits : 0;
}

static void realm_fill_params(struct cca_vm *vm, struct rmi_realm_params *p)
{
	const struct cca_realm_config *c = &vm->realm.config;

	if (c->lpa2)
		p->flags0 |= RMI_REALM_LPA2;
	if (c->sve_bits) {
		p->flags0 |= RMI_REALM_SVE;
		p->sve_vl = c->sve_bits / 128 - 1;
	}
	if (c->pmu) {
		p->flags0 |= RMI_REALM_PMU;
		p->pmu_num_ctrs = c->pmu_counters;
	}
	p->s2sz = vm->ipa_bits;
	p->num_bps = c->breakpoints;
	p->num_wps = c->watchpoints;
	p->algorithm = c->hash;
	memcpy(p->rpv, c->rpv, sizeof(p->rpv));
	p->rtt_base = vm->realm.root;
	p->rtt_level_start = vm->realm.start_level;
	p->rtt_num_start = 1U << vm->realm.root_order;
}

static void realm_put_roots(struct cca_vm *vm)
{
	unsigned int i;

	for (i = 0; i < 1U << vm->realm.root_order; i++)
		cca_pool_put(&vm->pool, vm->realm.root + ((u64)i << PAGE_SHIFT));
}

static int realm_get_memory(struct cca_vm *vm)
{
	int ret = cca_pool_get(&vm->pool, &vm->realm.rd);

	if (ret)
		return ret;
	ret = cca_pool_get_block(&vm->pool, vm->realm.root_order, true, &vm->realm.root);
	if (ret)
		cca_pool_put(&vm->pool, vm->realm.rd);
	return ret;
}

static int realm_call_create(struct cca_vm *vm)
{
	struct rmi_realm_params *params = (void *)get_zeroed_page(GFP_KERNEL);
	u64 status;

	if (!params)
		return -ENOMEM;
	realm_fill_params(vm, params);
	status = rmi_realm_create(&vm->pool, vm->realm.rd, params);
	free_page((unsigned long)params);
	return rmi_errno(status);
}

static int realm_create_new(struct cca_vm *vm)
{
	int ret;

	realm_plan_roots(vm);
	ret = realm_get_memory(vm);
	if (ret)
		return ret;
	ret = realm_call_create(vm);
	if (ret) {
		realm_put_roots(vm);
		cca_pool_put(&vm->pool, vm->realm.rd);
		return ret;
	}
	cca_stat_inc(STAT_REALMS);
	vm->realm.created = true;
	return 0;
}

void cca_realm_set_state(struct cca_vm *vm, enum realm_state state)
{
	smp_store_release(&vm->realm.state, state);
}

int cca_realm_create(struct cca_vm *vm)
{
	int ret;

	lockdep_assert_held(&vm->config_lock);
	if (vm->realm.state == REALM_DEAD)
		return -ENXIO;
	if (vm->realm.state != REALM_NONE)
		return 0;
	ret = realm_create_new(vm);
	cca_realm_set_state(vm, ret ? REALM_DEAD : REALM_NEW);
	return ret;
}

static void realm_take_apart(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	rmi_realm_terminate(&vm->pool, vm->realm.rd);
	/* Pages that stay mapped stay delegated, and guest_memfd counts them as leaked. */
	(void)cca_mem_unmap_all_private(vm);
	for (i = 0; i < n; i++)
		cca_rec_destroy(vm->vcpus[i]);
	cca_mem_destroy_tables(vm);
	/* Nothing is mapped any more. From here on no notifier of a slot may use the RD. */
	mutex_lock(&vm->shared_lock);
	vm->realm.created = false;
	mutex_unlock(&vm->shared_lock);
	/* Granules that the RMM keeps are counted as leaked when the pool is destroyed. */
	rmi_realm_destroy(&vm->pool, vm->realm.rd);
	realm_put_roots(vm);
	cca_pool_put(&vm->pool, vm->realm.rd);
	cca_stat_add(STAT_REALMS, -1);
}

void cca_realm_destroy(struct cca_vm *vm)
{
	mutex_lock(&vm->config_lock);
	mutex_lock(&vm->private_lock);
	/* A fault looks at the state under this lock, so none maps anything from here on. */
	mutex_lock(&vm->shared_lock);
	cca_realm_set_state(vm, REALM_DEAD);
	mutex_unlock(&vm->shared_lock);
	if (vm->realm.created)
		realm_take_apart(vm);
	cca_gmem_free_all(vm);
	mutex_unlock(&vm->private_lock);
	mutex_unlock(&vm->config_lock);
}
