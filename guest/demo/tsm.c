/* SPDX-License-Identifier: BSD-3-Clause */
/* For each report a folder of the kernel's configfs is made and removed again, see tsm.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tsm.h"

#define REPORTS	 "/sys/kernel/config/tsm/report"
#define PATH_LEN 128

static int write_all(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);
	ssize_t got;
	int ret;

	if (fd < 0)
		return -errno;
	got = write(fd, data, len);
	ret = got < 0 ? -errno : (size_t)got == len ? 0 : -EIO;
	/* configfs calls the driver at close. */
	if (close(fd) && ret == 0)
		ret = -errno;
	return ret;
}

static int read_fd(int fd, uint8_t *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while (len < size) {
		got = read(fd, buf + len, size - len);
		if (got < 0)
			return -errno;
		if (got == 0)
			return (int)len;
		len += (size_t)got;
	}
	return -EFBIG;
}

static int read_all(const char *path, uint8_t *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	int ret;

	if (fd < 0)
		return -errno;
	ret = read_fd(fd, buf, size);
	close(fd);
	return ret;
}

static int report_in(const char *folder, const uint8_t *challenge, size_t challenge_len,
		     uint8_t *buf, size_t size)
{
	char path[PATH_LEN];
	int ret;

	snprintf(path, sizeof(path), "%s/inblob", folder);
	ret = write_all(path, challenge, challenge_len);
	if (ret < 0)
		return ret;
	snprintf(path, sizeof(path), "%s/outblob", folder);
	return read_all(path, buf, size);
}

int tsm_report(const uint8_t *challenge, size_t challenge_len, uint8_t *buf, size_t size)
{
	char folder[64];
	int ret;

	snprintf(folder, sizeof(folder), REPORTS "/demo-%d", (int)getpid());
	if (mkdir(folder, 0700))
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	ret = report_in(folder, challenge, challenge_len, buf, size);
	rmdir(folder);
	return ret;
}
