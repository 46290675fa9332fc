// SPDX-License-Identifier: GPL-2.0-only
/*
 * Valid bits of the kernel's linear map (linear_map.h). No function for this is exported to
 * modules. Each entry changed here is of a page that is ours, so nobody else changes it; and the
 * tables themselves stay as they are once the kernel has booted, but for memory that is unplugged,
 * which memory in use is not.
 */
#include <linux/pgtable.h>

#include <asm/sysreg.h>

#include "compat.h"
#include "linear_map.h"

#define TTBR_ADDRESS	  GENMASK_ULL(47, 6)
#define TTBR_ADDRESS_HIGH GENMASK_ULL(5, 2) /* bits 51 to 48 of the address */

/* The kernel's root table is the same on every CPU and in every thread. */
static pgd_t *root_table(void)
{
	u64 ttbr = read_sysreg(ttbr1_el1);

	return phys_to_virt((ttbr & TTBR_ADDRESS) | (ttbr & TTBR_ADDRESS_HIGH) << 46);
}

/* The entry of a page, or NULL if it is mapped by something larger. */
static pte_t *find_entry(unsigned long address)
{
	pgd_t *pgd = pgd_offset_pgd(root_table(), address);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (pgd_none(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud) || pud_leaf(*pud))
		return NULL;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd) || pmd_leaf(*pmd))
		return NULL;
	pte = pte_offset_kernel(pmd, address);
	return pte_val(READ_ONCE(*pte)) & PTE_CONT ? NULL : pte;
}

bool linear_map_has_pages(void)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	bool has = page && find_entry((unsigned long)page);

	free_page((unsigned long)page);
	return has;
}

static void set_entries(pte_t *pte, unsigned long n, bool valid)
{
	for (; n; n--, pte++) {
		pteval_t value = pte_val(READ_ONCE(*pte));

		WRITE_ONCE(*pte, __pte(valid ? value | PTE_VALID : value & ~PTE_VALID));
	}
}

/* Table by table. */
static void set_range(unsigned long address, unsigned long n, bool valid)
{
	while (n) {
		unsigned long some = min(n, PTRS_PER_PTE - pte_index(address));
		pte_t *pte = find_entry(address);

		if (pte)
			set_entries(pte, some, valid);
		address += some << PAGE_SHIFT;
		n -= some;
	}
}

void linear_map_hide(struct page *page, unsigned long n)
{
	unsigned long address = (unsigned long)page_address(page);

	set_range(address, n, false);
	cca_flush_kernel_pages(address, n);
}

void linear_map_show(struct page *page, unsigned long n)
{
	set_range((unsigned long)page_address(page), n, true);
	dsb(ishst);
	isb();
}
