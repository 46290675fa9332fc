/* SPDX-License-Identifier: BSD-3-Clause */
/* See dump.h. The tree is that of the plan, so that it cannot differ from what is measured. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot/plan.h"
#include "vmm/cmd/dump.h"
#include "vmm/cmd/options.h"
#include "vmm/cmd/status.h"
#include "vmm/lib/error.h"

static int failed(const char *path)
{
	return error_set(-errno, "--dump-fdt %s: %s", path, strerror(errno));
}

static int write_tree(const struct plan *p, const char *path)
{
	const struct plan_piece *tree = &p->pieces[p->count - 1];
	FILE *f = strcmp(path, "-") ? fopen(path, "wbe") : stdout;
	int ret = 0;

	if (!f)
		return failed(path);
	if (fwrite(tree->data, tree->size, 1, f) != 1)
		ret = failed(path);
	if ((f == stdout ? fflush(f) : fclose(f)) && ret == 0)
		ret = failed(path);
	return ret;
}

int dump_fdt(const struct options *o)
{
	struct plan plan;
	int ret = plan_make(&plan, &o->boot, &o->vm);

	if (ret == 0)
		ret = write_tree(&plan, o->dump_fdt);
	plan_free(&plan);
	return ret < 0 ? STATUS_NOT_STARTED : STATUS_OK;
}
