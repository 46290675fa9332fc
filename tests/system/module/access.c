/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test module: reads or writes any physical address for the system tests, from the kernel and from
 * user space. For tests only: it breaks whatever it is pointed at.
 *
 * /dev/access: write "r ADDRESS" or "w ADDRESS" for one 64-bit access by the kernel, in the context
 * of the writing process (which an oops kills); mmap with the address as offset for user space.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

static int access_once(char kind, phys_addr_t pa)
{
	void __iomem *at = ioremap(pa & PAGE_MASK, PAGE_SIZE);
	void __iomem *word;

	if (!at)
		return -ENOMEM;
	word = at + (pa & ~PAGE_MASK);
	if (kind == 'r')
		pr_info("access: 0x%llx holds 0x%llx\n", (u64)pa, readq(word));
	else
		writeq(0x6b766d2d636361ULL, word);
	iounmap(at);
	return 0;
}

static ssize_t access_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	char text[32] = {};
	char kind;
	u64 pa;
	int err;

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	if (sscanf(text, "%c %llx", &kind, &pa) != 2 || (kind != 'r' && kind != 'w'))
		return -EINVAL;
	err = access_once(kind, pa);
	return err ? err : size;
}

static int access_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, vma->vm_pgoff, vma->vm_end - vma->vm_start,
			       vma->vm_page_prot);
}

static const struct file_operations access_fops = {
	.owner = THIS_MODULE,
	.write = access_write,
	.mmap = access_mmap,
};

static struct miscdevice access_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "access",
	.fops = &access_fops,
};
module_misc_device(access_device);

MODULE_DESCRIPTION("Access to any physical address, for tests");
MODULE_LICENSE("GPL");
