/* SPDX-License-Identifier: BSD-3-Clause */
/* Places what is loaded, see layout.h. */
#include <errno.h>
#include <util.h>

#include "vmm/boot/layout.h"
#include "vmm/lib/error.h"
#include "vmm/vm/map.h"

/*
 * The kernel has to lie at its text offset from a multiple of 2 MiB, and the device tree in a 2 MiB
 * block of its own.
 */
#define STEP MIB(2)

/*
 * WORK_SIZE is what a Linux kernel needs to start in, besides itself, its initrd and the device
 * tree. It was measured: Debian's 7.3 cloud kernel with one CPU starts with 22 MiB, and with 20 MiB
 * panics before it has a console. CMA_SIZE is the area that Debian's kernels set aside when it
 * fits; it comes on top.
 */
#define WORK_SIZE MIB(24)
#define CMA_SIZE  MIB(64)

static uint64_t to_mib(uint64_t size)
{
	return align_up(size, MIB(1)) >> 20;
}

static uint64_t place(const struct layout_request *r, struct layout *l)
{
	uint64_t next = align_up(MAP_RAM + r->image.text_offset + r->image.size, STEP);

	*l = (struct layout){
		.kernel = MAP_RAM + r->image.text_offset,
	};
	if (r->initrd_size) {
		l->initrd = next;
		next = align_up(next + r->initrd_size, STEP);
	}
	l->fdt = next;
	return next + LAYOUT_FDT_SIZE - MAP_RAM;
}

static int too_small(const struct layout_request *r, uint64_t need)
{
	return error_set(-ENOMEM,
			 "memory is too small: kernel (%lluM) and initrd (%lluM) need "
			 "--mem %lluM at least",
			 (unsigned long long)to_mib(r->image.size),
			 (unsigned long long)to_mib(r->initrd_size),
			 (unsigned long long)to_mib(need));
}

static int set_aside(const struct layout_request *r, uint64_t at_most, uint64_t at_least)
{
	return error_set(-ENOMEM,
			 "--mem %lluM: Linux may set %lluM of it aside (CMA), and what is left is "
			 "too little to start: take %lluM at most or %lluM at least, or put cma=0 "
			 "into --append",
			 (unsigned long long)to_mib(r->mem), (unsigned long long)to_mib(CMA_SIZE),
			 (unsigned long long)to_mib(at_most), (unsigned long long)to_mib(at_least));
}

/*
 * The kernel starts with `need` bytes. From `cma_fits` on it sets its CMA area aside, and then does
 * not start again before there are `need_with_cma`.
 */
static int check(const struct layout_request *r, uint64_t used)
{
	uint64_t work = r->linux_kernel ? WORK_SIZE + r->initrd_unpacked + r->bounce : 0;
	uint64_t need = align_up(used + work, STEP);
	uint64_t cma_fits = align_up(used + CMA_SIZE, STEP);
	uint64_t need_with_cma = align_up(used + CMA_SIZE + work, STEP);

	if (!r->linux_kernel || !r->cma)
		return r->mem < need ? too_small(r, need) : 0;
	if (r->mem < need)
		return too_small(r, need < cma_fits ? need : need_with_cma);
	if (r->mem >= need_with_cma || r->mem < cma_fits)
		return 0;
	if (need >= cma_fits)
		return too_small(r, need_with_cma);
	return set_aside(r, cma_fits - STEP, need_with_cma);
}

int layout_place(const struct layout_request *r, struct layout *layout)
{
	if (r->initrd_size > MAP_RAM_MAX || r->initrd_unpacked > MAP_RAM_MAX)
		return error_set(-EINVAL, "the initrd is larger than any memory");
	return check(r, place(r, layout));
}
