/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What needs KVM, in a build for a machine that can have no Realms: this file stands where run.c,
 * info.c and the folder vm/ do in the VMM. Devices have a node in the device tree here, but are
 * never opened, so that nothing calls what they would call.
 */
#include <errno.h>

#include "vmm/cmd/info.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"
#include "vmm/vm/gic.h"
#include "vmm/vm/vm.h"

static int refuse(const char *command)
{
	error_set(-ENODEV, "%s: needs KVM of an arm64 host; this is the build of the tools alone",
		  command);
	return STATUS_NOT_STARTED;
}

int run(const struct options *options)
{
	return refuse("run");
}

int info(const char *path)
{
	return refuse("info");
}

int gic_set_spi(struct vm *vm, unsigned int spi, bool level)
{
	return -ENODEV;
}

int gic_signal_msi(struct vm *vm, uint32_t device, uint64_t address, uint32_t data)
{
	return -ENODEV;
}

bool vm_end(struct vm *vm, enum vm_end why)
{
	return false;
}
