/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Outputs of rsi-attest, see output.h. A file that was there may be open to others, by its mode or
 * because somebody has opened it before, so a secret is never written into it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		len -= (size_t)done;
	}
	return 0;
}

static int write_and_close(int fd, const void *bytes, size_t len)
{
	int ret = fd < 0 ? -errno : write_all(fd, bytes, len);

	if (fd >= 0 && close(fd) && ret == 0)
		ret = -errno;
	return ret;
}

static int replace(const char *path, const void *bytes, size_t len)
{
	char temporary[PATH_MAX];
	int fd, ret;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkstemp(temporary); /* mode 0600 */
	if (fd < 0)
		return -errno;
	ret = write_and_close(fd, bytes, len);
	if (ret == 0 && rename(temporary, path))
		ret = -errno;
	if (ret)
		unlink(temporary);
	return ret;
}

int output_write(const char *path, const void *bytes, size_t len)
{
	struct stat st;

	if (!path)
		return write_all(STDOUT_FILENO, bytes, len);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_and_close(open(path, O_WRONLY | O_CLOEXEC), bytes, len);
	return replace(path, bytes, len);
}
