/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The plan of what is loaded where: made once from the files and the shape of the VM, then either
 * loaded or hashed (measure.h). All of it is measured, so the same files and shape give the same
 * plan on every host. Making it needs neither a VM nor KVM.
 */
#ifndef VMM_BOOT_PLAN_H
#define VMM_BOOT_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "vmm/boot/file.h"
#include "vmm/dev/config.h"

#define PLAN_PIECES   3
#define PLAN_LINE_MAX 2047 /* COMMAND_LINE_SIZE of arm64 Linux, less its end */

struct vm;
struct vm_config;

/* What the guest is to boot. */
struct plan_config {
	const char *kernel;
	const char *initrd; /* NULL: none */
	const char *append; /* the kernel's command line */
	struct device_config devices;
};

/* Bytes that the guest finds in its memory when it starts; gpa and data are page aligned. */
struct plan_piece {
	const char *what; /* for error texts */
	uint64_t gpa;
	const void *data; /* readable to the end of its last page */
	uint64_t size;
};

struct plan {
	struct plan_piece pieces[PLAN_PIECES]; /* in ascending order, which is measured, too */
	size_t count;
	uint64_t entry; /* where the first vCPU starts */
	uint64_t fdt;	/* the device tree it is told of */

	struct file kernel, initrd; /* what the pieces point to */
	void *tree;
	char *append; /* the command line with what the devices need */
};

/* Errors have a text. plan_free() comes after either result. */
int plan_make(struct plan *p, const struct plan_config *config, const struct vm_config *vm);

/* What is done with a plan. Functions return 0, or an error that ends the walk. */
struct plan_steps {
	int (*piece)(void *arg, const struct plan_piece *piece);
	int (*entry)(void *arg, uint64_t pc, uint64_t x0); /* the first vCPU's first registers */
};

/* All pieces in their order, then the entry: the one place that knows what is measured when. */
int plan_walk(const struct plan *p, const struct plan_steps *steps, void *arg);

/* Loads the plan into a VM with memory and vCPUs. */
int plan_load(const struct plan *p, struct vm *vm);

/*
 * Whether loading the plan once more gives the same guest: -ESTALE with an error text if a file has
 * changed since the plan was made.
 */
int plan_check(const struct plan *p);

/* May be called more than once. */
void plan_free(struct plan *p);

#endif
