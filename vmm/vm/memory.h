/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's memory. A Realm's is private, in a guest_memfd that nobody maps; what the Realm
 * shares comes from a mapping beside it, a page at a time. An ordinary VM has the mapping only. The
 * mapping is anonymous, or of a file in memory if other processes serve devices of the guest's:
 * they get that file, and so never more of a Realm than it shares.
 */
#ifndef VMM_VM_MEMORY_H
#define VMM_VM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct vm;

/*
 * Gives the VM its memory, all private for a Realm. A mapping that is there (vm_renew()) stays
 * where it is, and is empty then.
 */
int memory_create(struct vm *vm);

/*
 * Puts bytes where the guest finds them at its start, measured for a Realm. gpa and source are page
 * aligned; source is readable up to the end of its last page.
 */
int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source, uint64_t size);

/* The Realm asks for [gpa, gpa + size) to become private or shared. Any thread. */
int memory_convert(struct vm *vm, uint64_t gpa, uint64_t size, int to_private);

/* Unmaps the mapping; the caller closes the descriptors. */
void memory_destroy(struct vm *vm);

#endif
