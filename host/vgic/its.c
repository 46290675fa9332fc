// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ITSs of a VM at run time: their frames as MMIO, messages of devices, and what the portable
 * models (lpi.h, its_model.h) ask of the kernel.
 */
#include <linux/sched.h>

#include "host/mem/guest.h"
#include "host/stats.h"
#include "host/vgic/its_state.h"

/* Units of work, each some microseconds, after which a vCPU looks at its signals. */
#define WORK_BUDGET 512

#define GITS_CREADR 0x90

/* ---- what the models ask for ---- */

static struct cca_vgic *vgic_of(struct vgic_model *model)
{
	return container_of(model, struct cca_vgic, model);
}

void vgic_lock(struct vgic_model *model) __acquires(&vgic_of(model)->lock)
{
	spin_lock_irq(&vgic_of(model)->lock);
}

void vgic_unlock(struct vgic_model *model) __releases(&vgic_of(model)->lock)
{
	spin_unlock_irq(&vgic_of(model)->lock);
}

void vgic_relax(void)
{
	cond_resched();
}

int vgic_guest_read(struct vgic_model *model, u64 gpa, void *to, unsigned int len)
{
	return cca_guest_read(vgic_of(model)->vm, gpa, to, len);
}

/* What a guest makes the kernel allocate is charged to its VMM. */
void *vgic_alloc(unsigned long size)
{
	return kvzalloc(size, GFP_KERNEL_ACCOUNT);
}

void vgic_release(void *memory)
{
	kvfree(memory);
}

/* ---- messages ---- */

bool cca_its_any(const struct cca_vm *vm)
{
	return cca_its_count(vm);
}

struct cca_vgic *cca_its_vgic(struct cca_its *its)
{
	struct cca_vgic *vgic = READ_ONCE(its->vm->vgic);

	if (!vgic || !smp_load_acquire(&vgic->initialised))
		return NULL;
	/* Everybody who comes here writes the same value. */
	WRITE_ONCE(its->model.gic, &vgic->model);
	return vgic;
}

static struct cca_its *its_of_doorbell(struct cca_vm *vm, u64 address)
{
	unsigned int i, n = cca_its_count(vm);

	address &= ~cca_shared_bit(vm);
	for (i = 0; i < n; i++) {
		u64 base = READ_ONCE(vm->its[i]->base);

		if (base != VGIC_UNSET && address == base + ITS_TRANSLATER)
			return vm->its[i];
	}
	return NULL;
}

int cca_its_send(struct cca_vm *vm, const struct cca_msi *msi)
{
	struct cca_vgic *vgic;
	struct cca_its *its;
	unsigned long flags;
	int ret;

	if (!cca_its_any(vm))
		return -ENODEV;
	its = msi->has_device ? its_of_doorbell(vm, msi->address) : NULL;
	if (!its)
		return -EINVAL;
	vgic = cca_its_vgic(its);
	if (!vgic)
		return -EBUSY;
	spin_lock_irqsave(&vgic->lock, flags);
	ret = its_send(&its->model, msi->device, msi->data);
	spin_unlock_irqrestore(&vgic->lock, flags);
	cca_stat_inc(ret > 0 ? STAT_MSI_SENT : STAT_MSI_BLOCKED);
	return ret;
}

/* ---- frames ---- */

static void its_do_work(struct cca_vcpu *vcpu, struct cca_its *its, struct cca_vgic *vgic)
{
	vcpu->its = its_work(&its->model, WORK_BUDGET) ? its : NULL;
	cca_vgic_end_lpi_runs(vgic);
}

void cca_its_go_on(struct cca_vcpu *vcpu)
{
	struct cca_its *its = vcpu->its;

	its_do_work(vcpu, its, vcpu->vm->vgic);
}

static void its_access(struct cca_vcpu *vcpu, struct cca_its *its, const struct vgic_access *access,
		       u64 *data)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;

	/* A guest that waits for its commands polls GITS_CREADR, and each read goes on with them.
	 */
	if (!access->write && (access->offset & ~7U) == GITS_CREADR)
		its_do_work(vcpu, its, vgic);
	spin_lock_irq(&vgic->lock);
	if (access->write)
		its_reg_write(&its->model, access->offset, access->len, access->value);
	else
		*data = its_reg_read(&its->model, access->offset, access->len);
	spin_unlock_irq(&vgic->lock);
	if (access->write)
		its_do_work(vcpu, its, vgic);
}

bool cca_its_mmio(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 *data)
{
	struct vgic_access access = {.len = len, .write = write, .value = *data};
	unsigned int i, n = cca_its_count(vcpu->vm);

	/* What is not aligned is no access to a register. */
	if (gpa & (len - 1))
		return false;
	for (i = 0; i < n; i++) {
		struct cca_its *its = vcpu->vm->its[i];
		u64 base = READ_ONCE(its->base);

		if (base == VGIC_UNSET || gpa < base || gpa - base >= ITS_FRAME_SIZE)
			continue;
		if (!cca_its_vgic(its))
			return false;
		access.offset = gpa - base;
		its_access(vcpu, its, &access, data);
		return true;
	}
	return false;
}
