/* SPDX-License-Identifier: BSD-3-Clause */
/* The command `realm`: dispatch, and the one place that prints what went wrong. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <version.h>
#include "vmm/cmd/control.h"
#include "vmm/cmd/dump.h"
#include "vmm/cmd/info.h"
#include "vmm/cmd/keyserver.h"
#include "vmm/cmd/measure.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/run.h"
#include "vmm/cmd/status.h"
#include "vmm/cmd/verify.h"
#include "vmm/lib/error.h"

/* The state of the tree that was built, in the words of git, if there was git. */
#ifndef REALM_BUILD
#define REALM_BUILD "unknown build"
#endif

static int print(const char *text)
{
	return fputs(text, stdout) == EOF || fflush(stdout) == EOF ? STATUS_NOT_STARTED : STATUS_OK;
}

static int dispatch(const struct options *o)
{
	switch (o->command) {
	case COMMAND_RUN:
		return o->dump_fdt ? dump_fdt(o) : run(o);
	case COMMAND_INFO:
		return info(o->vm.kvm);
	case COMMAND_MEASURE:
		return measure(o);
	case COMMAND_VERIFY:
		return verify(o->rest_count, o->rest);
	case COMMAND_KEYSERVER:
		return keyserver(o->rest_count, o->rest);
	case COMMAND_LIST:
		return control_list(o->rest_count, o->rest);
	case COMMAND_STOP:
		return control_stop(o->rest_count, o->rest);
	case COMMAND_CONSOLE:
		return control_attach(o->rest_count, o->rest);
	case COMMAND_STATS:
		return control_stats(o->rest_count, o->rest);
	case COMMAND_VERSION:
		return print("realm " KVM_CCA_VERSION " (" REALM_BUILD ")\n");
	default:
		return print(options_help);
	}
}

/*
 * A starter may have closed standard input, output or error. The next descriptor opened would take
 * its number, and the guest's console would read or write something that is not meant for it.
 */
static void fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct options options;
	int status = STATUS_USAGE;

	fill_standard_descriptors();
	if (options_parse(argc, argv, &options) == 0)
		status = dispatch(&options);
	if (error_text()[0])
		fprintf(stderr, "realm: %s\n", error_text());
	return status;
}
