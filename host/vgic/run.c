// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vGIC of a VM at run time: the lock around the model, list registers around a run of a REC,
 * frames as MMIO, interrupt lines, trapped writes of ICC_*. The model is model.c and mmio.c, the
 * KVM device is device.c.
 */
#include <linux/uaccess.h>

#include "host/el2/el2.h"
#include "host/stats.h"
#include "host/vcpu/kick.h"
#include "host/vcpu/timer.h"
#include "host/vgic/irqfd.h"
#include "host/vgic/lpi.h"
#include "host/vgic/state.h"

static struct cca_vcpu *vgic_vcpu(struct vgic_cpu *cpu)
{
	return container_of(cpu, struct cca_vcpu, vgic);
}

void vgic_kick(struct vgic_cpu *cpu)
{
	cca_vcpu_kick(vgic_vcpu(cpu));
}

unsigned int cca_vgic_nr_lrs(void)
{
	return switch_nr_lrs(cca_el2_ich_vtr());
}

/* ---- ends of interrupts ---- */

/* Releases the lock, and tells whoever wants to know which SPIs have ended under it. */
static void vgic_unlock_eois(struct cca_vgic *vgic, unsigned long flags) __releases(&vgic->lock)
{
	u16 eois[VGIC_MAX_EOIS];
	unsigned int i, n = 0;

	if (vgic->model.nr_eois)
		n = vgic_take_eois(&vgic->model, eois);
	spin_unlock_irqrestore(&vgic->lock, flags);
	for (i = 0; i < n; i++)
		cca_irqfds_eoi(vgic->vm, eois[i]);
}

void cca_vgic_want_eois(struct cca_vm *vm)
{
	struct cca_vgic *vgic = vm->vgic;

	spin_lock_irq(&vgic->lock);
	vgic->model.want_eois = true;
	spin_unlock_irq(&vgic->lock);
}

/* ---- around a run ---- */

static unsigned int vgic_lrs_pending(const struct cca_switch *sw)
{
	unsigned int i, count = 0;

	for (i = 0; i < sw->used_lrs; i++)
		count += !!(sw->lr[i] & VGIC_LR_PENDING);
	return count;
}

/* Gives each timer a list register in which the RMM can make its interrupt pending (TIMER_LR). */
static void vgic_timers_standby(struct cca_vcpu *vcpu)
{
	struct vgic_model *model = &vcpu->vm->vgic->model;
	int i;

	for (i = 0; i < TIMER_COUNT; i++)
		vgic_fill_standby(model, &vcpu->vgic, &vcpu->vgic.irqs[vcpu->timer_ppi[i]],
				  vcpu->sw.lr);
	vcpu->sw.used_lrs = vcpu->vgic.used_lrs;
}

void cca_vgic_enter(struct cca_vcpu *vcpu)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;
	struct cca_switch *sw = &vcpu->sw;
	bool standby = cca_timer_delegated();

	sw->nr_lrs = vgic->model.nr_lrs;
	sw->nr_aprs = switch_nr_aprs(cca_el2_ich_vtr());
	sw->used_lrs = 0;
	sw->hcr = VGIC_HCR_EN;
	/*
	 * This looks at the list without the lock. Whoever adds to it kicks afterwards, and the
	 * kick ends the run that is about to begin (kick.c).
	 */
	if (list_empty(&vcpu->vgic.ready) && !standby)
		return;
	spin_lock(&vgic->lock);
	sw->used_lrs = vgic_fill(&vgic->model, &vcpu->vgic, sw->vmcr, sw->lr, &sw->hcr);
	if (sw->used_lrs)
		cca_stat_add(STAT_IRQ_INJECTED, sw->used_lrs);
	vcpu->lrs_pending = vgic_lrs_pending(sw);
	if (standby)
		vgic_timers_standby(vcpu);
	spin_unlock(&vgic->lock);
	if (sw->hcr != VGIC_HCR_EN)
		cca_stat_inc(STAT_LR_OVERFLOW);
}

static void vgic_timer_line(struct cca_vcpu *vcpu, enum cca_timer timer)
{
	bool level = cca_timer_level(vcpu, timer);

	vcpu->timer_line[timer] = level;
	vgic_irq_set_line(&vcpu->vm->vgic->model, &vcpu->vgic.irqs[vcpu->timer_ppi[timer]], level);
}

static bool vgic_timers_changed(const struct cca_vcpu *vcpu)
{
	const bool *line = vcpu->timer_line;

	return cca_timer_level(vcpu, TIMER_VIRTUAL) != line[TIMER_VIRTUAL] ||
	       cca_timer_level(vcpu, TIMER_PHYSICAL) != line[TIMER_PHYSICAL];
}

/* A Realm that user space gave a PMU but no interrupt for it has to look for overflows itself. */
static bool vgic_pmu_changed(const struct cca_vcpu *vcpu)
{
	return vcpu->pmu_ready && cca_pmu_level(vcpu) != vcpu->pmu_line;
}

static void vgic_pmu_line(struct cca_vcpu *vcpu)
{
	struct vgic_model *model = &vcpu->vm->vgic->model;
	struct vgic_irq *irq = vgic_irq(model, &vcpu->vgic, vcpu->pmu_irq);

	vcpu->pmu_line = cca_pmu_level(vcpu);
	if (irq)
		vgic_irq_set_line(model, irq, vcpu->pmu_line);
}

/*
 * Counts the interrupts that the guest has acknowledged in a run. Only the RMM makes list registers
 * pending meanwhile (`delivered` of them). So those that were pending at the entry or since, and
 * are not at the exit, have been acknowledged.
 */
static void vgic_count_taken(struct cca_vcpu *vcpu, u64 delivered)
{
	unsigned int pending = vgic_lrs_pending(&vcpu->sw);

	if (delivered)
		cca_stat_add(STAT_IRQ_INJECTED, delivered);
	cca_stat_add(STAT_IRQ_TAKEN, vcpu->lrs_pending + delivered - pending);
}

/* ran: what the exit says of timers and of the PMU is valid. */
void cca_vgic_exit(struct cca_vcpu *vcpu, bool ran)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;
	struct cca_switch *sw = &vcpu->sw;
	bool timers = ran && vgic_timers_changed(vcpu);
	bool pmu = ran && vgic_pmu_changed(vcpu);
	unsigned long flags;

	if (!sw->used_lrs && !timers && !pmu)
		return;
	if (sw->used_lrs)
		vgic_count_taken(vcpu, ran ? cca_timer_delivered(vcpu) : 0);
	if (timers)
		cca_stat_inc(STAT_EXIT_TIMER);
	if (sw->used_lrs && sw->eisr)
		cca_stat_inc(STAT_EXIT_EOI);
	spin_lock_irqsave(&vgic->lock, flags);
	if (sw->used_lrs)
		vgic_fold(&vgic->model, &vcpu->vgic, sw->lr, sw->hcr);
	if (timers) {
		vgic_timer_line(vcpu, TIMER_VIRTUAL);
		vgic_timer_line(vcpu, TIMER_PHYSICAL);
	}
	if (pmu)
		vgic_pmu_line(vcpu);
	vcpu->nr_eois = vgic_take_eois(&vgic->model, vcpu->eois);
	spin_unlock_irqrestore(&vgic->lock, flags);
}

void cca_vgic_tell_eois(struct cca_vcpu *vcpu)
{
	unsigned int i;

	for (i = 0; i < vcpu->nr_eois; i++)
		cca_irqfds_eoi(vcpu->vm, vcpu->eois[i]);
	vcpu->nr_eois = 0;
}

bool cca_vgic_has_pending(struct cca_vcpu *vcpu)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&vgic->lock, flags);
	pending = vgic_cpu_has_pending(&vgic->model, &vcpu->vgic, vcpu->sw.vmcr);
	spin_unlock_irqrestore(&vgic->lock, flags);
	return pending;
}

/* ---- frames ---- */

enum vgic_frame { FRAME_NONE, FRAME_DIST, FRAME_REDIST, FRAME_NOBODYS };

/*
 * Finds the redistributor at an address. A region may have more frames than there are vCPUs; the
 * rest read as 0.
 */
static enum vgic_frame vgic_find_redist(struct cca_vgic *vgic, u64 gpa, struct vgic_access *access)
{
	unsigned int i, index = 0, n = vgic->model.nr_cpus;

	for (i = 0; i < vgic->nr_regions; i++) {
		const struct vgic_region *region = &vgic->regions[i];
		u64 offset = gpa - region->base;

		if (gpa >= region->base && offset < region->count * VGIC_REDIST_SIZE) {
			index += offset / VGIC_REDIST_SIZE;
			if (index >= n)
				return FRAME_NOBODYS;
			access->redist = vgic->cpus[array_index_nospec(index, n)];
			access->offset = offset % VGIC_REDIST_SIZE;
			return FRAME_REDIST;
		}
		index += region->count;
	}
	return FRAME_NONE;
}

static enum vgic_frame vgic_find_frame(struct cca_vgic *vgic, u64 gpa, struct vgic_access *access)
{
	u64 offset = gpa - vgic->dist_base;

	if (gpa < vgic->dist_base || offset >= VGIC_FRAME_SIZE)
		return vgic_find_redist(vgic, gpa, access);
	access->offset = offset;
	return FRAME_DIST;
}

static u64 vgic_read(struct vgic_model *model, const struct vgic_access *access)
{
	return access->redist ? vgic_redist_read(model, access->redist, access->offset, access->len)
			      : vgic_dist_read(model, access->offset, access->len);
}

static void vgic_write(struct vgic_model *model, const struct vgic_access *access)
{
	if (access->redist)
		vgic_redist_write(model, access->redist, access->offset, access->len,
				  access->value);
	else
		vgic_dist_write(model, access->offset, access->len, access->value);
}

/*
 * Has the run ended that was on at `since`? This looks without the lock, so the caller looks again
 * with it.
 */
static bool vgic_run_ended(const struct vgic_cpu *cpu, u64 since)
{
	return !READ_ONCE(cpu->used_lrs) || READ_ONCE(cpu->filled) > since;
}

/*
 * Ends a run that an access has to wait for. vgic->lock is held on entry and on return, and given
 * up meanwhile. Whoever waits here is in no run itself, and a run ends by the kick alone, so two
 * vCPUs cannot wait for each other. A vCPU with list registers in use is on a CPU, and leaves it as
 * soon as the interrupt arrives.
 */
static void vgic_end_run(struct cca_vgic *vgic, struct vgic_cpu *cpu, u64 since,
			 unsigned long *flags) __must_hold(&vgic->lock)
{
	cca_stat_inc(STAT_VGIC_WAITS);
	vgic_kick(cpu);
	spin_unlock_irqrestore(&vgic->lock, *flags);
	while (!vgic_run_ended(cpu, since))
		cpu_relax();
	spin_lock_irqsave(&vgic->lock, *flags);
}

void cca_vgic_end_lpi_runs(struct cca_vgic *vgic)
{
	struct vgic_cpu *cpu;
	unsigned long flags;
	u64 since;

	spin_lock_irqsave(&vgic->lock, flags);
	since = vgic->model.fills;
	while ((cpu = vgic_lpi_holder(&vgic->model, since)))
		vgic_end_run(vgic, cpu, since, &flags);
	spin_unlock_irqrestore(&vgic->lock, flags);
}

static u64 vgic_access_frame(struct cca_vgic *vgic, const struct vgic_access *access)
{
	struct vgic_cpu *holder;
	unsigned long flags;
	u64 since, data = access->value;
	bool lpis;

	spin_lock_irqsave(&vgic->lock, flags);
	since = vgic->model.fills;
	if (access->write)
		vgic_write(&vgic->model, access);
	lpis = vgic_take_lpi_switch(&vgic->model, access);
	while ((holder = vgic_access_holder(&vgic->model, access, since)))
		vgic_end_run(vgic, holder, since, &flags);
	if (!access->write)
		data = vgic_read(&vgic->model, access);
	vgic_unlock_eois(vgic, flags);
	if (lpis) {
		vgic_lpi_sync(&vgic->model, access->redist);
		cca_vgic_end_lpi_runs(vgic);
	}
	return data;
}

bool cca_vgic_mmio(struct cca_vcpu *vcpu, u64 gpa, unsigned int len, bool write, u64 *data)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;
	struct vgic_access access = {.len = len, .write = write, .value = *data};
	enum vgic_frame frame;

	/* An access that is not aligned is none to a register. */
	if (gpa & (len - 1))
		return false;
	frame = vgic_find_frame(vgic, gpa, &access);
	if (frame == FRAME_NOBODYS)
		*data = 0;
	else if (frame != FRAME_NONE)
		*data = vgic_access_frame(vgic, &access);
	return frame != FRAME_NONE;
}

/* ---- system registers ---- */

/* op0, op1, CRn, CRm, op2 as they stand in the ISS of a trapped access. */
#define ISS_ICC(crm, op2) (3U << 20 | (op2) << 17 | 12U << 10 | (crm) << 1)
#define ISS_SGI1R	  ISS_ICC(11, 5)
#define ISS_ASGI1R	  ISS_ICC(11, 6)
#define ISS_SGI0R	  ISS_ICC(11, 7)
#define ISS_DIR		  ISS_ICC(11, 1)

bool cca_vgic_sysreg_write(struct cca_vcpu *vcpu, u32 iss, u64 value)
{
	struct cca_vgic *vgic = vcpu->vm->vgic;
	bool ours = true;
	unsigned long flags;

	spin_lock_irqsave(&vgic->lock, flags);
	switch (iss) {
	case ISS_SGI1R:
		vgic_send_sgi(&vgic->model, &vcpu->vgic, value, true);
		break;
	case ISS_ASGI1R:
	case ISS_SGI0R:
		vgic_send_sgi(&vgic->model, &vcpu->vgic, value, false);
		break;
	case ISS_DIR:
		vgic_deactivate(&vgic->model, &vcpu->vgic, value & 0xffffff);
		break;
	default:
		ours = false;
	}
	vgic_unlock_eois(vgic, flags);
	return ours;
}

/* ---- interrupt lines ---- */

static int vgic_line_vcpu(struct cca_vm *vm, u32 irq, struct cca_vcpu **vcpu)
{
	unsigned int index = (irq >> KVM_ARM_IRQ_VCPU_SHIFT) & KVM_ARM_IRQ_VCPU_MASK;
	unsigned int n = cca_nr_vcpus(vm);

	index += ((irq >> KVM_ARM_IRQ_VCPU2_SHIFT) & KVM_ARM_IRQ_VCPU2_MASK) *
		 (KVM_ARM_IRQ_VCPU_MASK + 1);
	if (index >= n)
		return -EINVAL;
	*vcpu = vm->vcpus[array_index_nospec(index, n)];
	return 0;
}

static int vgic_set_line(struct cca_vgic *vgic, struct vgic_cpu *cpu, unsigned int intid,
			 bool level)
{
	struct vgic_irq *irq;
	unsigned long flags;

	spin_lock_irqsave(&vgic->lock, flags);
	irq = vgic_irq(&vgic->model, cpu, intid);
	if (irq)
		vgic_irq_set_line(&vgic->model, irq, level);
	spin_unlock_irqrestore(&vgic->lock, flags);
	return irq ? 0 : -EINVAL;
}

void cca_vgic_set_spi(struct cca_vm *vm, unsigned int intid, bool level)
{
	if (cca_vgic_initialised(vm))
		vgic_set_line(vm->vgic, NULL, intid, level);
}

int cca_vgic_irq_line(struct cca_vm *vm, const struct kvm_irq_level *level)
{
	struct cca_vgic *vgic = READ_ONCE(vm->vgic);
	unsigned int type = (level->irq >> KVM_ARM_IRQ_TYPE_SHIFT) & KVM_ARM_IRQ_TYPE_MASK;
	unsigned int intid = (level->irq >> KVM_ARM_IRQ_NUM_SHIFT) & KVM_ARM_IRQ_NUM_MASK;
	struct cca_vcpu *vcpu;
	int ret;

	if (!vgic)
		return -ENXIO;
	switch (type) {
	case KVM_ARM_IRQ_TYPE_PPI:
		ret = vgic_line_vcpu(vm, level->irq, &vcpu);
		if (ret)
			return ret;
		if (intid < VGIC_SGIS || intid >= VGIC_PRIVATE)
			return -EINVAL;
		return vgic_set_line(vgic, &vcpu->vgic, intid, level->level);
	case KVM_ARM_IRQ_TYPE_SPI:
		if (intid < VGIC_PRIVATE || !smp_load_acquire(&vgic->initialised))
			return -EINVAL;
		return vgic_set_line(vgic, NULL, intid, level->level);
	case KVM_ARM_IRQ_TYPE_CPU: /* only for a GIC in user space */
		return -ENXIO;
	default:
		return -EINVAL;
	}
}
