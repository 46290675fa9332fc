// SPDX-License-Identifier: GPL-2.0-only
/*
 * The private half: guest_memfd pages in the Realm's tables. vm->private_lock is held in all
 * functions but cca_mem_fault_private(), which takes it.
 */
#include "abi/rmi_ext.h"
#include "host/mem/fault.h"
#include "host/mem/gmem.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/rtt.h"
#include "host/mem/states.h"
#include "host/rmi/commands.h"
#include "host/rmi/probe.h"
#include "host/stats.h"

/*
 * Maps count blocks of the size of a level. 0 or an errno; -EAGAIN if a table is missing or in the
 * way, with the level at which the RMM's walk ended in *reached.
 */
static int map_run(struct cca_vm *vm, u64 ipa, u64 pa, int level, u64 count, int *reached)
{
	u64 size = rtt_level_size(level);
	u64 base = ipa;
	u64 top = ipa + count * size;

	while (base < top) {
		u64 done = base - ipa;
		u64 desc = rmi_desc(pa + done, level, count - done / size);
		u64 next;
		u64 status = rmi_data_map(vm->realm.rd, base, top, desc, &next);

		if (RMI_STATUS(status) == RMI_ERROR_RTT) {
			*reached = rtt_status_level(status);
			return -EAGAIN;
		}
		if (status)
			return rmi_errno(status);
		if (next <= base || next > top)
			return -ENXIO;
		base = next;
	}
	return 0;
}

/* Maps one page, and makes the tables that lead to it. */
static int map_page(struct cca_vm *vm, u64 ipa, u64 pa)
{
	int reached;
	int ret = map_run(vm, ipa, pa, PAGE_LEVEL, 1, &reached);

	if (ret != -EAGAIN)
		return ret;
	if (reached >= PAGE_LEVEL)
		return -ENXIO;
	ret = cca_rtt_make(vm, ipa, reached, PAGE_LEVEL);
	if (!ret)
		ret = map_run(vm, ipa, pa, PAGE_LEVEL, 1, &reached);
	return ret == -EAGAIN ? -ENXIO : ret;
}

/*
 * Maps a 2 MiB block. Where there is a table of pages already, the pages are mapped one after the
 * other and the table is folded. Otherwise a granule is put aside first, from which the table is
 * made if the block must be split.
 */
static int map_block(struct cca_vm *vm, u64 ipa, u64 pa, u64 *spare)
{
	int reached;
	int ret = *spare ? 0 : cca_pool_get(&vm->pool, spare);

	if (ret)
		return ret;
	ret = map_run(vm, ipa, pa, BLOCK_LEVEL, 1, &reached);
	if (ret == -EAGAIN && reached < BLOCK_LEVEL) {
		ret = cca_rtt_make(vm, ipa, reached, BLOCK_LEVEL);
		if (!ret)
			ret = map_run(vm, ipa, pa, BLOCK_LEVEL, 1, &reached);
	}
	if (!ret)
		cca_stat_inc(STAT_MAP_BLOCKS);
	if (ret != -EAGAIN)
		return ret;
	ret = map_run(vm, ipa, pa, PAGE_LEVEL, GMEM_BLOCK_PAGES, &reached);
	if (!ret)
		cca_rtt_fold(vm, ipa, spare);
	return ret == -EAGAIN ? -ENXIO : ret;
}

/*
 * May the whole 2 MiB around a page be mapped as a block? They must all be in the slot, aligned
 * alike in the file, and private.
 */
static bool block_fits(const struct cca_slot *slot, u64 gfn, pgoff_t index)
{
	u64 base = ALIGN_DOWN(gfn, GMEM_BLOCK_PAGES);

	return gfn % GMEM_BLOCK_PAGES == index % GMEM_BLOCK_PAGES && base >= slot->gfn &&
	       base + GMEM_BLOCK_PAGES <= slot->gfn + slot->pages &&
	       cca_range_is_private(slot, base, GMEM_BLOCK_PAGES);
}

static int map_around(struct cca_slot *slot, u64 gfn, u64 pa, bool block)
{
	u64 offset = gfn % GMEM_BLOCK_PAGES << PAGE_SHIFT;
	pgoff_t index = cca_slot_index(slot, gfn);

	if (block && block_fits(slot, gfn, index))
		return map_block(slot->vm, (gfn << PAGE_SHIFT) - offset, pa - offset,
				 cca_gmem_spare(slot->gmem, index));
	return map_page(slot->vm, gfn << PAGE_SHIFT, pa);
}

/*
 * The RMM reports a fault, too, at a page that is mapped but whose RIPAS is not RAM (user space may
 * have punched it out and it came back, say). Mapping does not cure that. So at the second fault in
 * a row at one address the entry is looked at.
 */
static bool fault_is_incurable(struct cca_vcpu *vcpu, u64 gfn)
{
	struct rmi_rtt_entry entry;
	bool again = vcpu->last_private_fault == gfn + 1;

	vcpu->last_private_fault = gfn + 1;
	if (!again)
		return false;
	if (rmi_rtt_read_entry(vcpu->vm->realm.rd, gfn << PAGE_SHIFT, PAGE_LEVEL, &entry))
		return false;
	return entry.state == RMI_ASSIGNED && entry.ripas != RMI_RIPAS_RAM;
}

static int fault_locked(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn)
{
	struct cca_vm *vm = vcpu->vm;
	u64 gpa = gfn << PAGE_SHIFT;
	bool block;
	u64 pa;
	int ret;

	if (cca_realm_state(vm) != REALM_ACTIVE)
		return -EIO;
	if (!slot || !slot->gmem || !cca_gfn_is_private(slot, gfn) || fault_is_incurable(vcpu, gfn))
		return cca_memory_fault(vcpu, gpa, PAGE_SIZE, true, -EFAULT);
	ret = cca_gmem_get(slot->gmem, cca_slot_index(slot, gfn), &pa, &block);
	if (ret)
		return cca_memory_fault(vcpu, gpa, PAGE_SIZE, false, ret);
	return map_around(slot, gfn, pa, block);
}

int cca_mem_fault_private(struct cca_vcpu *vcpu, struct cca_slot *slot, u64 gfn)
{
	struct cca_vm *vm = vcpu->vm;
	int ret;

	mutex_lock(&vm->private_lock);
	ret = fault_locked(vcpu, slot, gfn);
	if (ret == -ENOMEM)
		cca_gmem_give_way(slot->gmem);
	mutex_unlock(&vm->private_lock);
	return ret;
}

/* n pages from pa on, which one call populates at gpa. */
struct populate {
	u64 gpa, pa;
	const u64 *source;
	unsigned int n;
	u64 flags;
};

static u64 populate_call(u64 rd, const struct populate *p, u64 *next)
{
	*next = p->gpa + PAGE_SIZE;
	if (p->n == 1)
		return rmi_data_map_init(rd, p->pa, p->gpa, *p->source, p->flags);
	return rmi_data_map_init_range(rd, p->gpa, p->gpa + ((u64)p->n << PAGE_SHIFT), p->flags,
				       p->pa, virt_to_phys(p->source), next);
}

/* Populates as many pages as one call does. *next: the address behind the last of them. */
static int populate_map(struct cca_vm *vm, const struct populate *p, u64 *next)
{
	u64 status = populate_call(vm->realm.rd, p, next);
	int ret;

	if (RMI_STATUS(status) == RMI_ERROR_RTT && rtt_status_level(status) < PAGE_LEVEL) {
		ret = cca_rtt_make(vm, p->gpa, rtt_status_level(status), PAGE_LEVEL);
		if (ret)
			return ret;
		status = populate_call(vm->realm.rd, p, next);
	}
	/* Populated before. */
	if (RMI_STATUS(status) == RMI_ERROR_RTT)
		return -EEXIST;
	if (status)
		return rmi_errno(status);
	return *next > p->gpa && *next <= p->gpa + ((u64)p->n << PAGE_SHIFT) ? 0 : -ENXIO;
}

/* How many of n pages from an index on may be given to the RMM in one call. */
static unsigned int populate_at_once(pgoff_t index, bool block, unsigned int n)
{
	if (!block || !(rmi_info.extensions & RMI_FEATURE_EXT_DATA_MAP_INIT_RANGE))
		return 1;
	return min_t(unsigned int, n, GMEM_BLOCK_PAGES - index % GMEM_BLOCK_PAGES);
}

/* Populates as many of n pages as one call does; *done says how many. */
static int populate_some(struct cca_slot *slot, u64 gfn, const u64 *source, unsigned int n,
			 u64 flags, unsigned int *done)
{
	pgoff_t index = cca_slot_index(slot, gfn);
	struct populate p = {.gpa = gfn << PAGE_SHIFT, .source = source, .flags = flags};
	bool block;
	u64 next;
	int ret = cca_gmem_get(slot->gmem, index, &p.pa, &block);

	if (ret)
		return ret;
	p.n = populate_at_once(index, block, n);
	ret = populate_map(slot->vm, &p, &next);
	if (ret)
		return ret;
	*done = (next - p.gpa) >> PAGE_SHIFT;
	if (block && (next >> PAGE_SHIFT) % GMEM_BLOCK_PAGES == 0)
		cca_rtt_fold(slot->vm, p.gpa, cca_gmem_spare(slot->gmem, index));
	return 0;
}

int cca_mem_populate_pages(struct cca_vm *vm, u64 gpa, const u64 *source, unsigned int n, u64 flags,
			   unsigned int *done)
{
	u64 gfn = gpa >> PAGE_SHIFT;
	struct cca_slot *slot = cca_slot_find(vm, gfn);
	int ret = 0;

	lockdep_assert_held(&vm->private_lock);
	*done = 0;
	if (!slot || !slot->gmem)
		return -EFAULT;
	if (!cca_gfn_is_private(slot, gfn))
		return -EINVAL;
	cca_states_by_default(vm);
	n = min_t(u64, n, slot->gfn + slot->pages - gfn);
	if (!cca_range_is_private(slot, gfn, n))
		n = 1;
	while (*done < n && !ret) {
		unsigned int some = 0;

		ret = populate_some(slot, gfn + *done, source + *done, n - *done, flags, &some);
		*done += some;
	}
	if (ret == -ENOMEM)
		cca_gmem_give_way(slot->gmem);
	return ret;
}

int cca_mem_make_table(struct cca_vm *vm, struct cca_slot *slot, u64 ipa, int level)
{
	u64 *spare = NULL;

	if (level == BLOCK_LEVEL && slot && slot->gmem)
		spare = cca_gmem_spare(slot->gmem, cca_slot_index(slot, ipa >> PAGE_SHIFT));
	if (spare && *spare)
		return cca_rtt_split(vm, ipa, spare);
	return cca_rtt_make(vm, ipa, level, level + 1);
}

/*
 * The RMM did not unmap at base, because the entry of level `level` that it met there reaches
 * beyond the range. A block is replaced by a table, and a hole is stepped over. Returns where to go
 * on, or 0 for an error.
 */
static u64 unmap_obstacle(struct cca_vm *vm, struct cca_slot *slot, u64 base, u64 top, int level)
{
	u64 size = rtt_level_size(level);
	struct rmi_rtt_entry entry;

	if (level >= PAGE_LEVEL || level < vm->realm.start_level ||
	    rmi_rtt_read_entry(vm->realm.rd, ALIGN_DOWN(base, size), level, &entry))
		return 0;
	if (entry.level == level && entry.state == RMI_UNASSIGNED)
		return min(top, ALIGN_DOWN(base, size) + size);
	return cca_mem_make_table(vm, slot, base, level) ? 0 : base;
}

int cca_mem_unmap_private(struct cca_vm *vm, struct cca_slot *slot, u64 gfn, u64 pages)
{
	u64 base = gfn << PAGE_SHIFT;
	u64 top = (gfn + pages) << PAGE_SHIFT;

	if (!vm->realm.created)
		return 0;
	while (base < top) {
		u64 next;
		u64 status = rmi_data_unmap(vm->realm.rd, base, top, &next);

		if (status == RMI_SUCCESS) {
			if (next <= base)
				return -ENXIO;
			base = next;
		} else if (RMI_STATUS(status) == RMI_ERROR_RTT) {
			next = unmap_obstacle(vm, slot, base, top, rtt_status_level(status));
			if (!next)
				return -ENXIO;
			base = next;
		} else {
			return rmi_errno(status);
		}
		cond_resched();
	}
	return 0;
}

int cca_mem_unmap_all_private(struct cca_vm *vm)
{
	return cca_mem_unmap_private(vm, NULL, 0, cca_shared_bit(vm) >> PAGE_SHIFT);
}
