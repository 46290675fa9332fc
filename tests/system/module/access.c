/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test module: reads or writes any physical address for the system tests, from the kernel and from
 * user space. For tests only: it breaks whatever it is pointed at.
 *
 * /dev/access: write "r ADDRESS" or "w ADDRESS" for one 64-bit access by the kernel, in the context
 * of the writing process (which an oops kills), "n ADDRESS" for a read with a fixup, which fails
 * with EFAULT; mmap with the address as offset for user space, as a device, or as memory if it is
 * to be executed.
 * "e 0": reads over the edge of the host's memory, as the kernel does with names of files: a word
 * that begins in a page of the host and ends in the next page, which belongs to another world.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page-flags.h>
#include <linux/uaccess.h>

#include <asm/word-at-a-time.h>

#define EDGE_BYTES 3 /* of the word, in the host's page */

/* The first page of another world behind one that is not. */
static struct page *find_edge(void)
{
	unsigned long pfn = PHYS_PFN(virt_to_phys((void *)_PAGE_OFFSET(vabits_actual))) + 1;
	unsigned long end = PHYS_PFN(virt_to_phys(high_memory - 1));

	for (; pfn <= end; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (pfn_valid(pfn) && pfn_valid(pfn - 1) && PageOffline(page) &&
		    !PageOffline(page - 1))
			return page;
	}
	return NULL;
}

static int read_over_edge(void)
{
	struct page *page = find_edge();
	u8 *word, before[EDGE_BYTES];
	u64 value, want = 0;

	if (!page)
		return -ENODATA;
	word = (u8 *)page_address(page) - EDGE_BYTES;
	memcpy(before, word, sizeof(before));
	memcpy(&want, before, sizeof(before));
	value = load_unaligned_zeropad(word);
	pr_info("access: edge at 0x%llx: %s\n", (u64)page_to_phys(page),
		value == want ? "zeros behind it" : "something behind it");
	return 0;
}

static int access_once(char kind, phys_addr_t pa)
{
	void __iomem *at = ioremap(pa & PAGE_MASK, PAGE_SIZE);
	void __iomem *word;
	u64 value = 0;
	int err = 0;

	if (!at)
		return -ENOMEM;
	word = at + (pa & ~PAGE_MASK);
	if (kind == 'w')
		writeq(0x6b766d2d636361ULL, word);
	else if (kind == 'r')
		value = readq(word);
	else
		err = copy_from_kernel_nofault(&value, (const void __force *)word, sizeof(value));
	if (kind != 'w' && !err)
		pr_info("access: 0x%llx holds 0x%llx\n", (u64)pa, value);
	iounmap(at);
	return err;
}

static ssize_t access_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	char text[32] = {};
	char kind;
	u64 pa;
	int err;

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EINVAL;
	if (sscanf(text, "%c %llx", &kind, &pa) != 2 || !strchr("rwne", kind))
		return -EINVAL;
	err = kind == 'e' ? read_over_edge() : access_once(kind, pa);
	return err ? err : size;
}

static int access_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_EXEC))
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
