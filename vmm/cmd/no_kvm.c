/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The subcommands that need KVM, in a build for a machine that can have no Realms: this file stands
 * where run.c and info.c do in the VMM.
 */
#include <errno.h>

#include "vmm/cmd/info.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"

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
