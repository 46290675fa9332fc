/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that are loaded into the guest, mapped read-only. plan.c opens them. */
#ifndef VMM_BOOT_FILE_H
#define VMM_BOOT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct file {
	const uint8_t *data; /* page aligned, zero up to the end of its last page */
	uint64_t size;	     /* bytes; not 0 */
	int fd;		     /* only looked at while there is data */
	struct stat as_opened;
};

/* `what` says in the error text which file it is ("kernel"). */
int file_map(struct file *f, const char *what, const char *path);
/* Whether nobody has changed the file since it was mapped, as far as its times and size tell. */
bool file_is_unchanged(const struct file *f);

void file_unmap(struct file *f);

#endif
