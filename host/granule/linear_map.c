// SPDX-License-Identifier: GPL-2.0-only
/*
 * Valid bits of the kernel's linear map (linear_map.h). No function that changes them is exported
 * to modules. The entries changed here are of pages that are ours, so nobody else changes them. The
 * tables themselves stay as they are after boot, unless memory is unplugged, which cannot happen to
 * memory in use.
 */
#include <linux/pgtable.h>

#include <asm/sysreg.h>

#include "host/compat/tlbflush.h"
#include "host/granule/linear_map.h"

#define TTBR_ADDRESS	  GENMASK_ULL(47, 6)
#define TTBR_ADDRESS_HIGH GENMASK_ULL(5, 2) /* bits 51 to 48 of the address */

static bool has_pages;

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
	return pte_offset_kernel(pmd, address);
}

/*
 * The CPU may hold a contiguous run of entries as one. So an entry of a run cannot be changed
 * without the others, which are not ours. An entry keeps PTE_CONT while it is not valid, so that
 * showing leaves out the same entries as hiding did.
 */
static bool is_alone(const pte_t *pte)
{
	return !(pte_val(READ_ONCE(*pte)) & PTE_CONT);
}

void linear_map_init(void)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	const pte_t *pte = page ? find_entry((unsigned long)page) : NULL;

	has_pages = pte && is_alone(pte);
	free_page((unsigned long)page);
}

bool linear_map_has_pages(void)
{
	return has_pages;
}

/* Sets or clears the valid bit of n entries of one table. Returns how many were changed. */
static unsigned long set_entries(pte_t *pte, unsigned long n, bool valid)
{
	unsigned long changed = 0;

	for (; n; n--, pte++) {
		pteval_t value = pte_val(READ_ONCE(*pte));

		if (!is_alone(pte))
			continue;
		WRITE_ONCE(*pte, __pte(valid ? value | PTE_VALID : value & ~PTE_VALID));
		changed++;
	}
	return changed;
}

/* The same for a range. Returns whether all of it was changed. */
static bool set_range(unsigned long address, unsigned long n, bool valid)
{
	unsigned long changed = 0, all = n;

	while (n) {
		unsigned long some = min(n, PTRS_PER_PTE - pte_index(address));
		pte_t *pte = find_entry(address);

		if (pte)
			changed += set_entries(pte, some, valid);
		address += some << PAGE_SHIFT;
		n -= some;
	}
	return changed == all;
}

bool linear_map_hide(struct page *page, unsigned long n)
{
	unsigned long address = (unsigned long)page_address(page);
	bool all;

	if (!has_pages)
		return false;
	all = set_range(address, n, false);
	cca_flush_kernel_pages(address, n);
	return all;
}

void linear_map_show(struct page *page, unsigned long n)
{
	if (!has_pages)
		return;
	set_range((unsigned long)page_address(page), n, true);
	dsb(ishst);
	isb();
}
