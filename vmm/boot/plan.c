/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens and places the files, makes the device tree; see plan.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <util.h>

#include "vmm/boot/fdt.h"
#include "vmm/boot/image.h"
#include "vmm/boot/initrd.h"
#include "vmm/boot/layout.h"
#include "vmm/boot/plan.h"
#include "vmm/boot/unpack.h"
#include "vmm/dev/device.h"
#include "vmm/lib/error.h"
#include "vmm/vm/vm.h"

#define BOUNCE_SIZE MIB(16) /* for each device: four of Linux's largest requests */
#define BOUNCE_PART 8	    /* of the memory, at most */
#define BOUNCE_UNIT KIB(2)  /* of the option swiotlb= */

static int open_files(struct plan *p, const struct plan_config *c)
{
	int ret = file_map(&p->kernel, "kernel", c->kernel);

	if (ret == 0)
		ret = unpack_kernel(&p->kernel, c->kernel);
	if (ret < 0 || !c->initrd)
		return ret;
	return file_map(&p->initrd, "initrd", c->initrd);
}

/* True if a word of the kernel's command line starts like this. */
static bool has_word(const char *line, const char *start)
{
	const char *at = strstr(line, start);

	while (at && at != line && at[-1] != ' ')
		at = strstr(at + 1, start);
	return at != NULL;
}

/*
 * What a Realm gives a device, and gets from it, goes through memory that it shares (swiotlb). Of
 * its own accord Linux sets so little aside that a disk hangs in a small Realm; devices need room
 * for the largest requests of their queues. A kernel that was told a size gets no other. 0: it is
 * not told one.
 */
static uint64_t bounce_size(const struct plan_config *c, const struct vm_config *vm)
{
	const struct device_config *d = &c->devices;
	uint64_t size =
		(d->disk_count + d->net_count + d->share_count + (d->vsock_cid != 0)) * BOUNCE_SIZE;
	uint64_t most = align_down(vm->mem / BOUNCE_PART, MIB(1));

	if (!vm->realm || !device_config_has_pci(&c->devices) || has_word(c->append, "swiotlb="))
		return 0;
	return size < most ? size : most;
}

/* The command line, with the size in Linux's unit if there is one. */
static int complete_line(struct plan *p, const struct plan_config *c, const struct vm_config *vm)
{
	unsigned long long slabs = bounce_size(c, vm) / BOUNCE_UNIT;
	int size = slabs ? asprintf(&p->append, "%s swiotlb=%llu", c->append, slabs)
			 : asprintf(&p->append, "%s", c->append);

	if (size < 0) {
		p->append = NULL;
		return error_set(-ENOMEM, "out of memory");
	}
	if (size > PLAN_LINE_MAX)
		return error_set(-EINVAL,
				 "--append: with swiotlb=%llu longer than the %d bytes a "
				 "kernel takes",
				 slabs, PLAN_LINE_MAX);
	return 0;
}

static int place(const struct plan *p, struct layout *layout, const struct plan_config *c,
		 const struct vm_config *vm)
{
	const struct file *kernel = &p->kernel;
	struct image_linux version = image_find_linux(kernel->data, kernel->size);
	struct layout_request request = {
		.mem = vm->mem,
		.initrd_size = p->initrd.size,
		.initrd_unpacked = initrd_unpacked_size(p->initrd.data, p->initrd.size),
		.linux_kernel = version.major != 0,
		.cma = !has_word(c->append, "cma="),
		.bounce = bounce_size(c, vm),
	};
	int ret = image_parse(c->kernel, kernel->data, kernel->size, kernel->size, &request.image);

	if (ret == 0 && vm->realm)
		ret = image_check_realm(c->kernel, &version, kernel->data, kernel->size);
	return ret < 0 ? ret : layout_place(&request, layout);
}

/* Returns the tree's size in bytes. */
static int build_tree(struct plan *p, const struct layout *layout, const struct plan_config *c,
		      const struct vm_config *vm)
{
	const struct device *devices[DEVICE_COUNT];
	struct fdt_config config = {
		.ram_size = vm->mem,
		.cpus = vm->cpus,
		.initrd = layout->initrd,
		.initrd_size = p->initrd.size,
		.bootargs = p->append,
		.realm = vm->realm,
		.its = device_config_has_pci(&c->devices),
		.pmu = vm->pmu,
		.devices = devices,
		.device_count = devices_choose(&c->devices, devices),
	};

	p->tree = aligned_alloc(GRANULE_SIZE, LAYOUT_FDT_SIZE);
	if (!p->tree)
		return error_set(-ENOMEM, "out of memory");
	/* What the last page has behind the tree is measured with it. */
	memset(p->tree, 0, LAYOUT_FDT_SIZE);
	return fdt_build(p->tree, LAYOUT_FDT_SIZE, &config);
}

static void add(struct plan *p, const char *what, uint64_t gpa, const void *data, uint64_t size)
{
	p->pieces[p->count++] = (struct plan_piece){what, gpa, data, size};
}

static void add_all(struct plan *p, const struct layout *layout, uint64_t tree_size)
{
	add(p, "kernel", layout->kernel, p->kernel.data, p->kernel.size);
	if (p->initrd.size)
		add(p, "initrd", layout->initrd, p->initrd.data, p->initrd.size);
	add(p, "device tree", layout->fdt, p->tree, tree_size);
	p->entry = layout->kernel;
	p->fdt = layout->fdt;
}

int plan_make(struct plan *p, const struct plan_config *config, const struct vm_config *vm)
{
	struct layout layout = {0};
	int ret;

	*p = (struct plan){0};
	ret = open_files(p, config);
	if (ret == 0)
		ret = place(p, &layout, config, vm);
	if (ret == 0)
		ret = complete_line(p, config, vm);
	if (ret == 0)
		ret = build_tree(p, &layout, config, vm);
	if (ret < 0)
		return ret;
	add_all(p, &layout, (uint64_t)ret);
	return 0;
}

int plan_walk(const struct plan *p, const struct plan_steps *steps, void *arg)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < p->count && ret == 0; i++)
		ret = steps->piece(arg, &p->pieces[i]);
	return ret < 0 ? ret : steps->entry(arg, p->entry, p->fdt);
}

int plan_check(const struct plan *p)
{
	if (file_is_unchanged(&p->kernel) && file_is_unchanged(&p->initrd))
		return 0;
	return error_set(-ESTALE, "the guest asked for a reset, and its kernel or initrd has "
				  "changed since it was started: start it again");
}

void plan_free(struct plan *p)
{
	file_unmap(&p->kernel);
	file_unmap(&p->initrd);
	free(p->tree);
	free(p->append);
	p->tree = p->append = NULL;
	p->count = 0;
}
