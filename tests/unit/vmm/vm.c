/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VM around what is tested, as a unit test that does not look at it needs it: it takes all that
 * it is given and does nothing. A test that looks has a function of its own by the same name
 * instead.
 */
#include "vmm/vm/gic.h"
#include "vmm/vm/memory.h"
#include "vmm/vm/vcpu.h"
#include "vmm/vm/vm.h"

#define UNLESS_TESTED __attribute__((weak))

UNLESS_TESTED int gic_signal_msi(struct vm *vm, uint32_t device, uint64_t address, uint32_t data)
{
	return 0;
}

UNLESS_TESTED int gic_set_spi(struct vm *vm, unsigned int spi, bool level)
{
	return 0;
}

UNLESS_TESTED bool vm_end(struct vm *vm, enum vm_end why)
{
	return false;
}

UNLESS_TESTED int memory_load(struct vm *vm, const char *what, uint64_t gpa, const void *source,
			      uint64_t size)
{
	return 0;
}

UNLESS_TESTED int vcpu_set_entry(struct vm *vm, uint64_t pc, uint64_t fdt)
{
	return 0;
}
