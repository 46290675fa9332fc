/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that are loaded into the guest, mapped read-only. plan.c opens them. */
#ifndef VMM_BOOT_FILE_H
#define VMM_BOOT_FILE_H

#include <stdint.h>

struct file {
	const uint8_t *data; /* page aligned, zero up to the end of its last page */
	uint64_t size;	     /* bytes; not 0 */
};

/* `what` says in the error text which file it is ("kernel"). */
int file_map(struct file *f, const char *what, const char *path);
void file_unmap(struct file *f);

#endif
