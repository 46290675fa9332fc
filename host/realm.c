// SPDX-License-Identifier: GPL-2.0-only
/*
 * Realm life cycle (realm.h).
 */
#include <linux/bitfield.h>

#include "gmem.h"
#include "mmu.h"
#include "realm.h"
#include "rmi.h"
#include "stats.h"
#include "vcpu.h"
#include "vgic.h"

#define MAX_ROOT_TABLES_ORDER 4 /* tables that may stand beside each other at the start level */

/*
 * The start level with the fewest levels for which at most 16 root tables do (as in KVM). Below the
 * start level each level resolves 9 bits.
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
	const struct realm_config *c = &vm->realm.config;

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

static void realm_set_state(struct cca_vm *vm, enum realm_state state)
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
	realm_set_state(vm, ret ? REALM_DEAD : REALM_NEW);
	return ret;
}

static int populate_check(const struct cca_vm *vm, const struct kvm_cca_populate *args)
{
	u64 end = args->base + args->size;

	if (args->reserved || args->flags & ~KVM_CCA_POPULATE_MEASURE)
		return -EINVAL;
	if (!PAGE_ALIGNED(args->base) || !PAGE_ALIGNED(args->size))
		return -EINVAL;
	if (!args->source_uaddr || !cca_user_range_ok(args->source_uaddr, args->size))
		return -EINVAL;
	if (end < args->base || end > cca_shared_bit(vm))
		return -EINVAL;
	return 0;
}

/* Pages whose sources are looked up, and locked in memory, at a time. */
#define POPULATE_BATCH 64

static void populate_advance(struct kvm_cca_populate *args, u64 bytes)
{
	args->base += bytes;
	args->source_uaddr += bytes;
	args->size -= bytes;
}

static int populate_batch(struct cca_vm *vm, struct kvm_cca_populate *args, const u64 *source,
			  int n)
{
	u64 flags = args->flags & KVM_CCA_POPULATE_MEASURE ? RMI_MEASURE_CONTENT : 0;
	int i = 0, ret = 0;

	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	while (i < n && !ret) {
		unsigned int done;

		ret = cca_mmu_populate_pages(vm, args->base, source + i, n - i, flags, &done);
		populate_advance(args, (u64)done << PAGE_SHIFT);
		i += done;
	}
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}

/* Looked at before each batch: between two of them the Realm may be activated, or end. */
static int populate_allowed(struct cca_vm *vm)
{
	if (vm->realm.state == REALM_DEAD)
		return -ENXIO;
	if (vm->realm.state == REALM_ACTIVE)
		return -EBUSY;
	return cca_realm_create(vm);
}

/* source: NULL, or a page for the addresses of the n pages, because the RMM reads them there. */
static int populate_locked(struct cca_vm *vm, struct kvm_cca_populate *args, struct page **pages,
			   int n, u64 *source)
{
	int i, ret;

	for (i = 0; i < n; i++)
		source[i] = page_to_phys(pages[i]);
	mutex_lock(&vm->config_lock);
	ret = populate_allowed(vm);
	if (!ret && n)
		ret = populate_batch(vm, args, source, n);
	mutex_unlock(&vm->config_lock);
	return ret;
}

/*
 * The sources of a batch are looked up with no lock held: user space may take as long over a page
 * as it likes, and the end of the VM or of the host does not wait for it.
 */
static int populate_range(struct cca_vm *vm, struct kvm_cca_populate *args, u64 *source)
{
	struct page *pages[POPULATE_BATCH];
	int i, ret = 0;

	while (args->size && !ret) {
		int n = min_t(u64, args->size >> PAGE_SHIFT, POPULATE_BATCH);

		if (fatal_signal_pending(current))
			return -EINTR;
		n = get_user_pages_fast(args->source_uaddr, n, 0, pages);
		if (n <= 0)
			return n ? n : -EFAULT;
		ret = populate_locked(vm, args, pages, n, source);
		for (i = 0; i < n; i++)
			put_page(pages[i]);
		cond_resched();
	}
	return ret;
}

int cca_realm_populate(struct cca_vm *vm, struct kvm_cca_populate *args)
{
	int ret = populate_check(vm, args);
	u64 *source;

	if (!ret)
		ret = populate_locked(vm, args, NULL, 0, NULL);
	if (ret)
		return ret;
	source = (u64 *)__get_free_page(GFP_KERNEL);
	if (!source)
		return -ENOMEM;
	ret = populate_range(vm, args, source);
	free_page((unsigned long)source);
	return ret;
}

/* rmi_rec_params.mpidr has Aff3 beside Aff2. */
static u64 rec_mpidr(u64 mpidr)
{
	return (mpidr & 0xffffff) | ((mpidr >> 32) & 0xff) << 24;
}

static u64 rec_call_create(struct cca_vcpu *vcpu, struct rmi_rec_params *params)
{
	struct cca_vm *vm = vcpu->vm;

	params->flags = cca_vcpu_runnable(vcpu) ? RMI_REC_RUNNABLE : 0;
	params->mpidr = rec_mpidr(vcpu->mpidr);
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

static int rec_create(struct cca_vcpu *vcpu)
{
	struct rmi_rec_params *params = (void *)get_zeroed_page(GFP_KERNEL);
	int ret = params ? rec_create_with(vcpu, params) : -ENOMEM;

	free_page((unsigned long)params);
	return ret;
}

static void rec_destroy(struct cca_vcpu *vcpu)
{
	struct cca_vm *vm = vcpu->vm;

	if (!vcpu->rec_created)
		return;
	/* If the RMM keeps it, the pool finds out and accounts for it. */
	rmi_rec_destroy(&vm->pool, vcpu->rec);
	cca_pool_put(&vm->pool, vcpu->rec);
	cca_stat_add(STAT_RECS, -1);
	vcpu->rec_created = false;
}

static int realm_init_ripas(struct cca_vm *vm)
{
	unsigned long index = 0;
	struct cca_slot *slot;
	int ret = 0;

	down_read(&vm->mem_sem);
	mutex_lock(&vm->private_lock);
	mt_for_each(&vm->slots_by_gfn, slot, index, ULONG_MAX)
	{
		if (slot->gmem && !ret)
			ret = cca_mmu_init_ripas(vm, slot->gfn << PAGE_SHIFT,
						 (slot->gfn + slot->pages) << PAGE_SHIFT);
	}
	mutex_unlock(&vm->private_lock);
	up_read(&vm->mem_sem);
	return ret;
}

static int realm_run_check(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);
	int ret;

	if (vm->realm.state == REALM_DEAD)
		return -EIO;
	ret = cca_vgic_ready(vm);
	if (ret)
		return ret;
	for (i = 0; i < n; i++) {
		const struct cca_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu->initialised || !(vcpu->features & BIT(KVM_ARM_VCPU_PSCI_0_2)))
			return -EINVAL;
	}
	return 0;
}

static int realm_make_active(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);
	int ret = cca_realm_create(vm);

	for (i = 0; i < n && !ret; i++)
		ret = rec_create(vm->vcpus[i]);
	if (!ret)
		ret = realm_init_ripas(vm);
	if (!ret)
		ret = rmi_errno(rmi_realm_activate(vm->realm.rd));
	realm_set_state(vm, ret ? REALM_DEAD : REALM_ACTIVE);
	return ret;
}

int cca_realm_run_prepare(struct cca_vm *vm)
{
	int ret = 0;

	if (smp_load_acquire(&vm->realm.state) == REALM_ACTIVE)
		return 0;
	mutex_lock(&vm->config_lock);
	if (vm->realm.state != REALM_ACTIVE) {
		ret = realm_run_check(vm);
		if (!ret)
			ret = realm_make_active(vm);
	}
	mutex_unlock(&vm->config_lock);
	return ret;
}

static void realm_take_apart(struct cca_vm *vm)
{
	unsigned int i, n = cca_nr_vcpus(vm);

	rmi_realm_terminate(&vm->pool, vm->realm.rd);
	/* What stays mapped stays delegated: guest_memfd counts it as leaked. */
	(void)cca_mmu_unmap_private(vm, NULL, 0, cca_shared_bit(vm) >> PAGE_SHIFT);
	for (i = 0; i < n; i++)
		rec_destroy(vm->vcpus[i]);
	cca_mmu_destroy_tables(vm);
	/* Nothing is mapped any more: no notifier of a slot may use the RD from here on. */
	mutex_lock(&vm->shared_lock);
	vm->realm.created = false;
	mutex_unlock(&vm->shared_lock);
	/* What the RMM refuses to give up, the pool counts as leaked when it is destroyed. */
	rmi_realm_destroy(&vm->pool, vm->realm.rd);
	realm_put_roots(vm);
	cca_pool_put(&vm->pool, vm->realm.rd);
	cca_stat_add(STAT_REALMS, -1);
}

void cca_realm_destroy(struct cca_vm *vm)
{
	mutex_lock(&vm->config_lock);
	mutex_lock(&vm->private_lock);
	/* No fault maps anything from here on. */
	mutex_lock(&vm->shared_lock);
	realm_set_state(vm, REALM_DEAD);
	mutex_unlock(&vm->shared_lock);
	if (vm->realm.created)
		realm_take_apart(vm);
	cca_gmem_free_all(vm);
	mutex_unlock(&vm->private_lock);
	mutex_unlock(&vm->config_lock);
}
