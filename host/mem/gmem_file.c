// SPDX-License-Identifier: GPL-2.0-only
/*
 * The descriptor of a guest_memfd: its creation, holes, conversion of pages, and the slots it is
 * bound to. The pages are in gmem.c and gmem_shared.c.
 */
#include <linux/anon_inodes.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "host/mem/gmem_object.h"
#include "host/mem/mem.h"
#include "host/mem/private.h"
#include "host/mem/shared.h"
#include "host/vcpu/kick.h"

/* Narrows [*start, *end) to what a slot shows of the file, and says where. False: nothing. */
static bool slot_range(const struct cca_slot *slot, pgoff_t *start, pgoff_t *end, u64 *gfn)
{
	*start = max(*start, slot->gmem_index);
	*end = min(*end, slot->gmem_index + (pgoff_t)slot->pages);
	*gfn = slot->gfn + (*start - slot->gmem_index);
	return *start < *end;
}

/* Takes the private pages [start, end) out of the Realm. On an error they may still be mapped. */
static int unmap_private(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct cca_slot *slot;

	list_for_each_entry(slot, &gmem->slots, gmem_node) {
		pgoff_t from = start, to = end;
		u64 gfn;
		int ret;

		if (!slot_range(slot, &from, &to, &gfn))
			continue;
		ret = cca_mem_unmap_private(slot->vm, slot, gfn, to - from);
		if (ret)
			return ret;
	}
	return 0;
}

/* Takes what the Realm sees as shared at [start, end), the file's or not, out of the Realm. */
static void unmap_shared(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct cca_vm *vm = gmem->vm;
	struct cca_slot *slot;

	mutex_lock(&vm->shared_lock);
	list_for_each_entry(slot, &gmem->slots, gmem_node) {
		pgoff_t from = start, to = end;
		u64 gfn;

		if (slot_range(slot, &from, &to, &gfn))
			cca_mem_unmap_shared(vm, gfn, to - from);
	}
	mutex_unlock(&vm->shared_lock);
}

static int free_private(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	int ret = unmap_private(gmem, start, end);

	if (!ret)
		cca_gmem_free(gmem, start, end);
	return ret;
}

/*
 * Frees pages [start, end), private and shared. On an error no private page is freed, because they
 * may still be mapped.
 */
static int gmem_punch(struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	if (start >= end)
		return 0;
	if (gmem->mappable) {
		cca_gmem_hide(gmem, start, end);
		unmap_shared(gmem, start, end);
		cca_gmem_drop_shared(gmem, start, end);
	}
	return free_private(gmem, start, end);
}

static long gmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct cca_gmem *gmem = file->private_data;
	pgoff_t start = offset >> PAGE_SHIFT;
	pgoff_t end = (offset + len) >> PAGE_SHIFT;
	int ret;

	if (!(mode & FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (!PAGE_ALIGNED(offset) || !PAGE_ALIGNED(len))
		return -EINVAL;
	/* Pages are allocated when the Realm uses them. To do it earlier would gain nothing. */
	if (!(mode & FALLOC_FL_PUNCH_HOLE))
		return offset + len > file_inode(file)->i_size ? -EINVAL : 0;
	mutex_lock(&gmem->vm->private_lock);
	ret = gmem_punch(gmem, start, min(end, gmem->nr_pages));
	mutex_unlock(&gmem->vm->private_lock);
	return ret;
}

static void gmem_destroy(struct cca_gmem *gmem)
{
	list_del(&gmem->node);
	cca_gmem_give_way(gmem);
	xa_destroy(&gmem->chunks);
	cca_gmem_drop_shared(gmem, 0, gmem->nr_pages);
	cca_states_free(&gmem->states);
	kfree(gmem);
}

void cca_gmem_forget(struct cca_vm *vm)
{
	struct cca_gmem *gmem, *next;

	mutex_lock(&vm->private_lock);
	list_for_each_entry_safe(gmem, next, &vm->gmems, node)
		gmem_destroy(gmem);
	mutex_unlock(&vm->private_lock);
}

/*
 * The file is closed. If the RMM does not unmap its pages, they stay with the VM, which dies: the
 * Realm never runs again, and the pages are freed once the RMM has destroyed it.
 */
static int gmem_release(struct inode *inode, struct file *file)
{
	struct cca_gmem *gmem = file->private_data;
	struct cca_vm *vm = gmem->vm;
	struct cca_slot *slot, *next;
	int left;

	mutex_lock(&vm->private_lock);
	left = gmem_punch(gmem, 0, gmem->nr_pages);
	list_for_each_entry_safe(slot, next, &gmem->slots, gmem_node)
		cca_gmem_unbind(slot);
	if (left)
		cca_vm_kill(vm);
	else
		gmem_destroy(gmem);
	mutex_unlock(&vm->private_lock);
	cca_vm_put(vm);
	return 0;
}

/* ---- conversion ---- */

/*
 * Pages that the kernel still uses must not go to another world, because it would die of its next
 * access. So first nobody can get at the pages any more, and then each is looked at.
 */
static int make_private(struct cca_gmem *gmem, pgoff_t start, pgoff_t end, pgoff_t *failed)
{
	if (gmem->mappable)
		cca_gmem_hide(gmem, start, end);
	unmap_shared(gmem, start, end);
	*failed = cca_gmem_find_used(gmem, start, end);
	if (*failed < end)
		return -EAGAIN;
	*failed = start;
	if (cca_states_set(&gmem->states, start, end - 1, true))
		return -ENOMEM;
	cca_gmem_drop_shared(gmem, start, end);
	return 0;
}

static int make_shared(struct cca_gmem *gmem, pgoff_t start, pgoff_t end, pgoff_t *failed)
{
	*failed = start;
	if (cca_states_set(&gmem->states, start, end - 1, false))
		return -ENOMEM;
	return free_private(gmem, start, end);
}

/* *failed: the page at which -EAGAIN or -ENOMEM came up. */
static int gmem_convert(struct cca_gmem *gmem, pgoff_t start, pgoff_t end, bool private,
			pgoff_t *failed)
{
	/* A VMM that has set attributes on the VM has said there what this file's pages are. */
	if (!gmem->keeps_states && !gmem->vm->states.private) {
		pr_info_once("kvm-cca: %s sets attributes of a file and of its VM\n",
			     current->comm);
		return -EINVAL;
	}
	gmem->keeps_states = true;
	if (cca_states_are(&gmem->states, start, end - 1, private))
		return 0;
	return private ? make_private(gmem, start, end, failed)
		       : make_shared(gmem, start, end, failed);
}

static bool attributes2_valid(const struct cca_gmem *gmem,
			      const struct kvm_cca_memory_attributes2 *a)
{
	return !(a->attributes & ~KVM_MEMORY_ATTRIBUTE_PRIVATE) && !a->flags &&
	       !memchr_inv(a->reserved, 0, sizeof(a->reserved)) && PAGE_ALIGNED(a->offset) &&
	       PAGE_ALIGNED(a->size) && a->size && a->offset + a->size > a->offset &&
	       (a->offset + a->size) >> PAGE_SHIFT <= gmem->nr_pages;
}

/* KVM_SET_MEMORY_ATTRIBUTES2: error_offset is written only with -EAGAIN and -ENOMEM. */
static int gmem_set_attributes(struct cca_gmem *gmem, struct kvm_cca_memory_attributes2 __user *arg)
{
	struct kvm_cca_memory_attributes2 a;
	pgoff_t start, failed = 0;
	int ret;

	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	if (!attributes2_valid(gmem, &a))
		return -EINVAL;
	start = a.offset >> PAGE_SHIFT;
	mutex_lock(&gmem->vm->private_lock);
	ret = gmem_convert(gmem, start, start + (a.size >> PAGE_SHIFT), a.attributes, &failed);
	mutex_unlock(&gmem->vm->private_lock);
	if ((ret == -EAGAIN || ret == -ENOMEM) &&
	    put_user((u64)failed << PAGE_SHIFT, &arg->error_offset))
		return -EFAULT;
	return ret;
}

static long gmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cca_gmem *gmem = file->private_data;
	int ret = cca_vm_usable(gmem->vm);

	if (ret)
		return ret;
	if (cmd != KVM_CCA_SET_MEMORY_ATTRIBUTES2)
		return -ENOTTY;
	return gmem_set_attributes(gmem, (void __user *)arg);
}

/* ---- creation ---- */

static const struct file_operations gmem_fops = {
	.owner = THIS_MODULE,
	.release = gmem_release,
	.unlocked_ioctl = gmem_ioctl,
	.mmap = cca_gmem_mmap,
	.fallocate = gmem_fallocate,
	.llseek = noop_llseek,
};

/* The size cannot be changed, because slots rely on it. */
static int gmem_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return -EINVAL;
}

static const struct inode_operations gmem_iops = {
	.setattr = gmem_setattr,
};

struct cca_states *cca_gmem_states(struct cca_gmem *gmem)
{
	return gmem->keeps_states ? &gmem->states : NULL;
}

static struct cca_gmem *gmem_new(struct cca_vm *vm, u64 size, u64 flags)
{
	struct cca_gmem *gmem = kzalloc(sizeof(*gmem), GFP_KERNEL_ACCOUNT);

	if (!gmem)
		return NULL;
	gmem->vm = vm;
	gmem->nr_pages = size >> PAGE_SHIFT;
	gmem->mappable = flags & KVM_CCA_GMEM_MMAP;
	gmem->keeps_states = flags;
	cca_states_init(&gmem->states, &vm->private_lock, !(flags & KVM_CCA_GMEM_INIT_SHARED));
	xa_init_flags(&gmem->chunks, XA_FLAGS_ACCOUNT);
	xa_init_flags(&gmem->shared, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&gmem->slots);
	return gmem;
}

/* The file has an inode of its own, because fallocate() works on regular files only. */
static struct file *gmem_file(struct cca_gmem *gmem, u64 size)
{
	struct file *file;

	file = anon_inode_create_getfile("[kvm-gmem]", &gmem_fops, gmem, O_RDWR, NULL);
	if (IS_ERR(file))
		return file;
	file->f_flags |= O_LARGEFILE;
	file_inode(file)->i_op = &gmem_iops;
	file_inode(file)->i_mode |= S_IFREG;
	file_inode(file)->i_size = size;
	gmem->mapping = file->f_mapping;
	return file;
}

int cca_gmem_create(struct cca_vm *vm, const struct kvm_create_guest_memfd *args)
{
	struct cca_gmem *gmem;
	struct file *file;
	int fd;

	if (args->flags & ~KVM_CCA_GMEM_FLAGS || !args->size || !PAGE_ALIGNED(args->size) ||
	    args->size > (1ULL << vm->ipa_bits))
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	gmem = gmem_new(vm, args->size, args->flags);
	if (!gmem) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	file = gmem_file(gmem, args->size);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		kfree(gmem);
		return PTR_ERR(file);
	}
	cca_vm_get(vm);
	mutex_lock(&vm->private_lock);
	list_add_tail(&gmem->node, &vm->gmems);
	mutex_unlock(&vm->private_lock);
	fd_install(fd, file);
	return fd;
}

/* ---- slots ---- */

static bool gmem_is_free(const struct cca_gmem *gmem, pgoff_t start, pgoff_t end)
{
	struct cca_slot *slot;

	list_for_each_entry(slot, &gmem->slots, gmem_node) {
		if (start < slot->gmem_index + slot->pages && slot->gmem_index < end)
			return false;
	}
	return true;
}

static int gmem_bind_file(struct cca_slot *slot, struct file *file, u64 offset)
{
	struct cca_gmem *gmem = file->private_data;
	pgoff_t index = offset >> PAGE_SHIFT;
	int ret = -EINVAL;

	if (file->f_op != &gmem_fops)
		return -EBADF;
	if (gmem->vm != slot->vm || !PAGE_ALIGNED(offset) || index > gmem->nr_pages ||
	    slot->pages > gmem->nr_pages - index)
		return -EINVAL;
	mutex_lock(&slot->vm->private_lock);
	if (gmem_is_free(gmem, index, index + slot->pages)) {
		slot->gmem = gmem;
		slot->gmem_index = index;
		slot->shared_in_file = gmem->mappable;
		list_add_tail(&slot->gmem_node, &gmem->slots);
		ret = 0;
	}
	mutex_unlock(&slot->vm->private_lock);
	return ret;
}

int cca_gmem_bind(struct cca_slot *slot, int fd, u64 offset)
{
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EBADF;
	ret = gmem_bind_file(slot, file, offset);
	fput(file);
	return ret;
}

void cca_gmem_unbind(struct cca_slot *slot)
{
	if (!slot->gmem)
		return;
	list_del(&slot->gmem_node);
	slot->gmem = NULL;
}
