/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping of input files, see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/boot/file.h"
#include "vmm/lib/error.h"

static int map_fd(struct file *f, const char *what, const char *path, int fd)
{
	struct stat st;
	void *data;

	if (fstat(fd, &st))
		return error_set(-errno, "%s %s: %s", what, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(-EINVAL, "%s %s is not a regular file", what, path);
	if (st.st_size == 0)
		return error_set(-EINVAL, "%s %s is empty", what, path);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return error_set(-errno, "%s %s: %s", what, path, strerror(errno));
	*f = (struct file){.data = data, .size = (uint64_t)st.st_size, .fd = fd, .as_opened = st};
	return 0;
}

int file_map(struct file *f, const char *what, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return error_set(-errno, "%s %s: %s", what, path, strerror(errno));
	ret = map_fd(f, what, path, fd);
	if (ret < 0)
		close(fd);
	return ret;
}

bool file_is_unchanged(const struct file *f)
{
	const struct stat *before = &f->as_opened;
	struct stat now;

	return !f->data || (fstat(f->fd, &now) == 0 && now.st_size == before->st_size &&
			    memcmp(&now.st_mtim, &before->st_mtim, sizeof(now.st_mtim)) == 0);
}

void file_unmap(struct file *f)
{
	if (f->data) {
		munmap((void *)f->data, f->size);
		close(f->fd);
	}
	*f = (struct file){0};
}
