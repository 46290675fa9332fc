// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KVM device ARM_VGIC_V3: configuration of a VM's GIC (docs/spec/kvm-uapi.md section 12). The
 * attributes of saved state (registers, line levels) are not there: a Realm does not migrate.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "host/vgic/its.h"
#include "host/vgic/routing.h"
#include "host/vgic/state.h"

#define FRAME_ALIGN	0x10000ULL
#define REGION_COUNT(v) ((v) >> 52)
#define REGION_BASE(v)	((v)&0xfffffffff0000ULL)
#define REGION_FLAGS(v) ((v) >> 12 & 0xf)
#define REGION_INDEX(v) ((v)&0xfff)
#define MAX_IRQS	992

/* ---- addresses ---- */

static int address_check(const struct cca_vgic *vgic, u64 base, u64 size)
{
	u64 end;

	if (base & (FRAME_ALIGN - 1))
		return -EINVAL;
	/* The address must be without the shared bit; the same frame is also reached with it. */
	if (check_add_overflow(base, size, &end) || end > cca_shared_bit(vgic->vm))
		return -E2BIG;
	return 0;
}

static bool ranges_overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a < b + b_size && b < a + a_size;
}

static u64 region_size(const struct vgic_region *region)
{
	return region->count * VGIC_REDIST_SIZE;
}

static int set_dist(struct cca_vgic *vgic, u64 base)
{
	int ret = address_check(vgic, base, VGIC_FRAME_SIZE);

	if (vgic->dist_base != VGIC_UNSET)
		return -EEXIST;
	if (!ret)
		vgic->dist_base = base;
	return ret;
}

/* One area for all redistributors. How long it is shows when the number of vCPUs is known. */
static int set_redist(struct cca_vgic *vgic, u64 base)
{
	int ret = address_check(vgic, base, VGIC_REDIST_SIZE);

	if (vgic->nr_regions)
		return vgic->legacy_region ? -EEXIST : -EINVAL;
	if (ret)
		return ret;
	vgic->legacy_region = true;
	vgic->nr_regions = 1;
	vgic->regions[0] = (struct vgic_region){.base = base};
	return 0;
}

static int set_region(struct cca_vgic *vgic, u64 value)
{
	struct vgic_region region = {.base = REGION_BASE(value), .count = REGION_COUNT(value)};
	unsigned int i;
	int ret;

	if (!region.count || REGION_FLAGS(value) || vgic->legacy_region)
		return -EINVAL;
	if (REGION_INDEX(value) != vgic->nr_regions || vgic->nr_regions == VGIC_MAX_REGIONS)
		return -EINVAL;
	ret = address_check(vgic, region.base, region_size(&region));
	if (ret)
		return ret;
	for (i = 0; i < vgic->nr_regions; i++) {
		if (ranges_overlap(region.base, region_size(&region), vgic->regions[i].base,
				   region_size(&vgic->regions[i])))
			return -EINVAL;
	}
	vgic->regions[vgic->nr_regions++] = region;
	return 0;
}

static int set_addr(struct cca_vgic *vgic, u64 attr, u64 value)
{
	if (vgic->ready)
		return -EBUSY;
	switch (attr) {
	case KVM_VGIC_V3_ADDR_TYPE_DIST:
		return set_dist(vgic, value);
	case KVM_VGIC_V3_ADDR_TYPE_REDIST:
		return set_redist(vgic, value);
	case KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION:
		return set_region(vgic, value);
	default:
		return -ENODEV;
	}
}

static int get_region(struct cca_vgic *vgic, u64 *value)
{
	u64 index = REGION_INDEX(*value);

	if (vgic->legacy_region)
		return -EINVAL;
	if (index >= vgic->nr_regions)
		return -ENOENT;
	index = array_index_nospec(index, vgic->nr_regions);
	*value = index | vgic->regions[index].base | (u64)vgic->regions[index].count << 52;
	return 0;
}

static int get_addr(struct cca_vgic *vgic, u64 attr, u64 *value)
{
	switch (attr) {
	case KVM_VGIC_V3_ADDR_TYPE_DIST:
		*value = vgic->dist_base;
		return 0;
	case KVM_VGIC_V3_ADDR_TYPE_REDIST:
		*value = vgic->legacy_region ? vgic->regions[0].base : VGIC_UNSET;
		return 0;
	case KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION:
		return get_region(vgic, value);
	default:
		return -ENODEV;
	}
}

/* ---- number of interrupts, initialisation ---- */

static int set_nr_irqs(struct cca_vgic *vgic, u32 nr)
{
	if (nr < VGIC_PRIVATE + 32 || nr > MAX_IRQS || nr % 32)
		return -EINVAL;
	if (vgic->initialised || vgic->nr_irqs)
		return -EBUSY;
	vgic->nr_irqs = nr;
	return 0;
}

static int vgic_init(struct cca_vgic *vgic)
{
	unsigned int i, n = cca_nr_vcpus(vgic->vm);
	unsigned int nr = vgic->nr_irqs ?: VGIC_DEFAULT_IRQS;
	struct vgic_irq *spis;
	int ret;

	if (vgic->initialised)
		return 0;
	if (!n)
		return -ENODEV;
	spis = kvcalloc(nr - VGIC_PRIVATE, sizeof(*spis), GFP_KERNEL_ACCOUNT);
	if (!spis)
		return -ENOMEM;
	ret = cca_routes_default(vgic->vm, nr - VGIC_PRIVATE);
	if (ret) {
		kvfree(spis);
		return ret;
	}
	for (i = 0; i < n; i++)
		vgic->cpus[i] = &vgic->vm->vcpus[i]->vgic;
	vgic->nr_irqs = nr;
	spin_lock_irq(&vgic->lock);
	vgic_model_init(&vgic->model, nr, spis, vgic->cpus, n, cca_vgic_nr_lrs());
	spin_unlock_irq(&vgic->lock);
	smp_store_release(&vgic->initialised, true);
	return 0;
}

/* vm->lock is held, so that no vCPU is created meanwhile. */
static int ctrl_init(struct cca_vgic *vgic)
{
	int ret;

	if (!mutex_trylock(&vgic->vm->lock))
		return -EBUSY;
	mutex_lock(&vgic->vm->config_lock);
	ret = vgic_init(vgic);
	mutex_unlock(&vgic->vm->config_lock);
	mutex_unlock(&vgic->vm->lock);
	return ret;
}

static int set_ctrl(struct cca_vgic *vgic, u64 attr)
{
	switch (attr) {
	case KVM_DEV_ARM_VGIC_CTRL_INIT:
		return ctrl_init(vgic);
	case KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES: /* what is pending stays here */
		return READ_ONCE(vgic->initialised) ? 0 : -EBUSY;
	default:
		return -ENXIO;
	}
}

/*
 * Marks the last redistributor of each region (GICR_TYPER.Last), by which a guest finds the end of
 * the region.
 */
static int vgic_place_redists(struct cca_vgic *vgic)
{
	unsigned int i, n = vgic->model.nr_cpus, placed = 0;

	if (vgic->legacy_region)
		vgic->regions[0].count = n;
	for (i = 0; i < vgic->nr_regions && placed < n; i++) {
		placed += vgic->regions[i].count;
		vgic->cpus[min(placed, n) - 1]->last = true;
	}
	return placed < n ? -ENXIO : 0;
}

bool cca_vgic_initialised(const struct cca_vm *vm)
{
	const struct cca_vgic *vgic = READ_ONCE(vm->vgic);

	return vgic && smp_load_acquire(&vgic->initialised);
}

bool cca_vgic_has_irq(const struct cca_vm *vm, unsigned int intid)
{
	return intid >= VGIC_SGIS && intid < vm->vgic->model.nr_irqs && intid < VGIC_MAX_IRQS;
}

int cca_vgic_ready(struct cca_vm *vm)
{
	struct cca_vgic *vgic = vm->vgic;
	unsigned int i;
	int ret;

	if (!vgic)
		return -EOPNOTSUPP;
	if (!vgic->initialised)
		return -ENODEV;
	if (vgic->ready)
		return 0;
	if (vgic->dist_base == VGIC_UNSET)
		return -ENXIO;
	ret = vgic_place_redists(vgic);
	if (ret)
		return ret;
	for (i = 0; i < vgic->nr_regions; i++) {
		if (address_check(vgic, vgic->regions[i].base, region_size(&vgic->regions[i])))
			return -E2BIG;
		if (ranges_overlap(vgic->dist_base, VGIC_FRAME_SIZE, vgic->regions[i].base,
				   region_size(&vgic->regions[i])))
			return -EINVAL;
	}
	vgic->model.has_its = cca_its_any(vm);
	vgic->ready = true;
	return 0;
}

/* ---- the descriptor ---- */

static int attr_set_addr(struct cca_vgic *vgic, u64 attr, u64 __user *arg)
{
	u64 value;
	int ret;

	if (get_user(value, arg))
		return -EFAULT;
	mutex_lock(&vgic->vm->config_lock);
	ret = set_addr(vgic, attr, value);
	mutex_unlock(&vgic->vm->config_lock);
	return ret;
}

static int attr_set_nr_irqs(struct cca_vgic *vgic, u32 __user *arg)
{
	u32 nr;
	int ret;

	if (get_user(nr, arg))
		return -EFAULT;
	mutex_lock(&vgic->vm->config_lock);
	ret = set_nr_irqs(vgic, nr);
	mutex_unlock(&vgic->vm->config_lock);
	return ret;
}

static int attr_set(struct cca_vgic *vgic, const struct kvm_device_attr *attr)
{
	void __user *arg = (void __user *)attr->addr;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr_set_addr(vgic, attr->attr, arg);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return attr_set_nr_irqs(vgic, arg);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return set_ctrl(vgic, attr->attr);
	default:
		return -ENXIO;
	}
}

static int attr_get_addr(struct cca_vgic *vgic, u64 attr, u64 __user *arg)
{
	u64 value;
	int ret;

	if (get_user(value, arg))
		return -EFAULT;
	mutex_lock(&vgic->vm->config_lock);
	ret = get_addr(vgic, attr, &value);
	mutex_unlock(&vgic->vm->config_lock);
	if (ret)
		return ret;
	return put_user(value, arg);
}

static int attr_get(struct cca_vgic *vgic, const struct kvm_device_attr *attr)
{
	void __user *arg = (void __user *)attr->addr;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr_get_addr(vgic, attr->attr, arg);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return put_user(READ_ONCE(vgic->nr_irqs), (u32 __user *)arg);
	default:
		return -ENXIO;
	}
}

static int attr_has(const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return attr->attr == KVM_VGIC_V3_ADDR_TYPE_DIST ||
				       attr->attr == KVM_VGIC_V3_ADDR_TYPE_REDIST ||
				       attr->attr == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION
			       ? 0
			       : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return 0;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ||
				       attr->attr == KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES
			       ? 0
			       : -ENXIO;
	default:
		return -ENXIO;
	}
}

int cca_device_attr_take(struct cca_vm *vm, unsigned int cmd, unsigned long arg,
			 struct kvm_device_attr *attr)
{
	int ret = cca_vm_usable(vm);

	if (ret)
		return ret;
	if (cmd != KVM_SET_DEVICE_ATTR && cmd != KVM_GET_DEVICE_ATTR && cmd != KVM_HAS_DEVICE_ATTR)
		return -ENOTTY;
	if (copy_from_user(attr, (void __user *)arg, sizeof(*attr)))
		return -EFAULT;
	return attr->flags ? -EINVAL : 0;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_vgic *vgic = file->private_data;
	struct kvm_device_attr attr;
	int ret = cca_device_attr_take(vgic->vm, cmd, arg, &attr);

	if (ret)
		return ret;
	if (cmd == KVM_SET_DEVICE_ATTR)
		return attr_set(vgic, &attr);
	return cmd == KVM_GET_DEVICE_ATTR ? attr_get(vgic, &attr) : attr_has(&attr);
}

/* The vGIC stays when its descriptor is closed, which a VMM may do once it has configured it. */
static int device_release(struct inode *inode, struct file *file)
{
	struct cca_vgic *vgic = file->private_data;

	smp_store_release(&vgic->open, false);
	cca_vm_put(vgic->vm);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

static struct cca_vgic *vgic_new(struct cca_vm *vm)
{
	struct cca_vgic *vgic = kvzalloc(sizeof(*vgic), GFP_KERNEL_ACCOUNT);

	if (!vgic)
		return NULL;
	vgic->vm = vm;
	vgic->dist_base = VGIC_UNSET;
	spin_lock_init(&vgic->lock);
	vgic->model.cpus = vgic->cpus;
	return vgic;
}

/* Puts the configuration back to what it was at creation. Nobody has a descriptor of the vGIC. */
static void vgic_forget(struct cca_vgic *vgic)
{
	vgic->dist_base = VGIC_UNSET;
	vgic->nr_regions = 0;
	vgic->legacy_region = false;
	vgic->nr_irqs = 0;
}

/*
 * The vGIC for a new descriptor. A VMM may try one configuration after the other: so a vGIC that
 * was never initialised, and whose descriptor is closed, is used again from the beginning.
 */
static struct cca_vgic *vgic_take(struct cca_vm *vm)
{
	struct cca_vgic *vgic = vm->vgic;

	if (!vgic)
		return vgic_new(vm) ?: ERR_PTR(-ENOMEM);
	if (vgic->initialised || smp_load_acquire(&vgic->open))
		return ERR_PTR(-EEXIST);
	vgic_forget(vgic);
	return vgic;
}

static int vgic_descriptor(struct cca_vgic *vgic)
{
	int fd;

	cca_vm_get(vgic->vm);
	WRITE_ONCE(vgic->open, true);
	fd = anon_inode_getfd("kvm-arm-vgic-v3", &device_fops, vgic, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		WRITE_ONCE(vgic->open, false);
		cca_vm_put(vgic->vm);
	}
	return fd;
}

int cca_device_create(struct cca_vm *vm, struct kvm_create_device *args)
{
	struct cca_vgic *vgic;
	int fd;

	if (args->type != KVM_DEV_TYPE_ARM_VGIC_V3 && args->type != KVM_DEV_TYPE_ARM_VGIC_ITS)
		return -ENODEV;
	if (args->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	if (args->type == KVM_DEV_TYPE_ARM_VGIC_ITS)
		return cca_its_create(vm, args);
	if (cca_realm_state(vm) > REALM_NEW)
		return vm->vgic ? -EEXIST : -EBUSY;
	mutex_lock(&vm->config_lock);
	vgic = vgic_take(vm);
	if (!IS_ERR(vgic))
		WRITE_ONCE(vm->vgic, vgic);
	mutex_unlock(&vm->config_lock);
	if (IS_ERR(vgic))
		return PTR_ERR(vgic);
	fd = vgic_descriptor(vgic);
	if (fd < 0)
		return fd;
	args->fd = fd;
	return 0;
}

void cca_vgic_free(struct cca_vm *vm)
{
	unsigned int i;

	if (!vm->vgic)
		return;
	for (i = 0; i < VGIC_LPI_CHUNKS; i++)
		kvfree(vm->vgic->model.lpis[i]);
	kvfree(vm->vgic->model.spis);
	kvfree(vm->vgic);
	vm->vgic = NULL;
}
