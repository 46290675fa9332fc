// SPDX-License-Identifier: GPL-2.0-only
/* See guest.h. */
#include <linux/uaccess.h>

#include "host/mem/guest.h"
#include "host/mem/slot.h"

/* Where the VMM has a page, or 0. Nothing keeps it there: what is read is what it gives. */
static u64 guest_page(struct cca_vm *vm, u64 gfn)
{
	const struct cca_slot *slot;
	u64 user = 0;

	down_read(&vm->mem_sem);
	slot = cca_slot_find(vm, gfn);
	if (slot)
		user = slot->hva + ((gfn - slot->gfn) << PAGE_SHIFT);
	up_read(&vm->mem_sem);
	return user;
}

int cca_guest_read(struct cca_vm *vm, u64 gpa, void *to, size_t len)
{
	gpa &= ~cca_shared_bit(vm);
	while (len) {
		size_t offset = offset_in_page(gpa), n = min(len, PAGE_SIZE - offset);
		u64 user = guest_page(vm, gpa >> PAGE_SHIFT);

		if (!user || copy_from_user(to, u64_to_user_ptr(user + offset), n))
			return -EFAULT;
		gpa += n;
		to += n;
		len -= n;
	}
	return 0;
}
