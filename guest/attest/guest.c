/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's view of a Realm, see guest.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util.h>

#include "guest.h"

#define PATH_LEN 512

static bool exists(const char *root, const char *path)
{
	char full[PATH_LEN];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return access(full, F_OK) == 0;
}

/* The file says 1 in a Realm; elsewhere the kernel does not make it, or says 0. */
static bool says_realm(const char *root)
{
	char path[PATH_LEN], digit = '0';
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/sys/firmware/cca/realm_guest", root);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	got = read(fd, &digit, 1);
	close(fd);
	return got == 1 && digit != '0' && digit != 'N';
}

enum guest_form guest_detect(const char *root)
{
	if (says_realm(root))
		return GUEST_FIRMWARE;
	if (exists(root, "/sys/bus/platform/devices/arm-cca-dev") ||
	    exists(root, "/sys/devices/platform/arm-cca-dev"))
		return GUEST_DEVICE;
	return GUEST_NONE;
}

/* The name of a register's file in a folder: remN or remN:HASH. */
static bool find_register(const char *folder, unsigned int rem, char path[PATH_LEN])
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;
	char name[8];

	snprintf(name, sizeof(name), "rem%u", rem);
	while (dir && !found && (entry = readdir(dir)) != NULL) {
		char end = strncmp(entry->d_name, name, 4) == 0 ? entry->d_name[4] : 'x';

		found = (end == '\0' || end == ':') &&
			snprintf(path, PATH_LEN, "%s/%s", folder, entry->d_name) < PATH_LEN;
	}
	if (dir)
		closedir(dir);
	return found;
}

static int write_register(const char *path, const uint8_t *value, size_t len, uint8_t *now,
			  size_t *now_len)
{
	int fd = open(path, O_WRONLY), ret = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = write(fd, value, len);
	if (got != (ssize_t)len)
		ret = got < 0 ? -errno : -EIO;
	if (close(fd) && ret == 0)
		ret = -errno;
	fd = ret == 0 ? open(path, O_RDONLY) : -1;
	if (fd < 0)
		return ret;
	got = read(fd, now, GUEST_REM_MAX);
	*now_len = got > 0 ? (size_t)got : 0;
	close(fd);
	return ret;
}

int guest_extend(const char *root, unsigned int rem, const uint8_t *value, size_t len,
		 uint8_t now[GUEST_REM_MAX], size_t *now_len)
{
	static const char *const folders[] = {
		"/sys/devices/platform/arm-cca-dev/measurements",
		"/sys/devices/virtual/misc/arm-cca-guest/measurements",
		"/sys/firmware/cca/measurements",
	};
	char folder[PATH_LEN], path[PATH_LEN];
	size_t i;

	*now_len = 0;
	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(folder, sizeof(folder), "%s%s", root, folders[i]);
		if (find_register(folder, rem, path))
			return write_register(path, value, len, now, now_len);
	}
	return -ENOENT;
}
