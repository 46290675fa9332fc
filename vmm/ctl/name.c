/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of running VMs, see name.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/ctl/name.h"
#include "vmm/lib/error.h"

#define LOCK	".lock"
#define SOCKET	".sock"
#define BACKLOG 8

#define LOCK_TRIES   20
#define LOCK_STEP_US 5000

#define FILE_SIZE (NAME_SIZE_MAX + sizeof(LOCK))

bool name_is_good(const char *text)
{
	size_t i;

	if (!isalnum((unsigned char)text[0]) || strlen(text) >= NAME_SIZE_MAX)
		return false;
	for (i = 1; text[i]; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]))
			return false;
	}
	return true;
}

static int find_dir(struct name_dir *d)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	size_t size = sizeof(d->path);
	int length;

	if (runtime && runtime[0] == '/')
		length = snprintf(d->path, size, "%s/kvm-cca", runtime);
	else if (geteuid() == 0)
		length = snprintf(d->path, size, "/run/kvm-cca");
	else
		length = snprintf(d->path, size, "/run/user/%u/kvm-cca", geteuid());
	if (length >= (int)size)
		return error_set(-ENAMETOOLONG, "XDG_RUNTIME_DIR is too long for names of sockets");
	return 0;
}

/* Whoever can write in the folder can take a VM's place in it. */
static int check_dir(const struct name_dir *d)
{
	struct stat st;

	if (fstat(d->fd, &st))
		return error_set(-errno, "%s: %s", d->path, strerror(errno));
	if (st.st_uid != geteuid() || st.st_mode & 077)
		return error_set(-EPERM,
				 "%s: others can enter it: it must be yours, with mode 0700",
				 d->path);
	return 0;
}

int name_open_dir(struct name_dir *d, bool create)
{
	int ret;

	d->fd = -1;
	ret = find_dir(d);
	if (ret < 0)
		return ret;
	if (create && mkdir(d->path, 0700) && errno != EEXIST)
		return error_set(-errno, "%s, where names of VMs are: %s", d->path,
				 strerror(errno));
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (d->fd < 0)
		return error_set(-errno, "%s: %s", d->path, strerror(errno));
	ret = check_dir(d);
	if (ret < 0) {
		close(d->fd);
		d->fd = -1;
	}
	return ret;
}

int name_address(const struct name_dir *d, const char *text, struct sockaddr_un *address)
{
	size_t size = sizeof(address->sun_path);

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (snprintf(address->sun_path, size, "%s/%s" SOCKET, d->path, text) >= (int)size)
		return error_set(-ENAMETOOLONG, "--name %s: too long for a socket in %s", text,
				 d->path);
	return 0;
}

static void file_of(const char *text, const char *kind, char file[FILE_SIZE])
{
	snprintf(file, FILE_SIZE, "%s%s", text, kind);
}

/* A process that ends removes its file: the one that was locked may not be there any more. */
static bool is_there(const struct name_dir *d, const char *file, int fd)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && fstatat(d->fd, file, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* The locked file, or a negative errno: -EWOULDBLOCK if a process has it. Sets no text. */
static int lock(const struct name_dir *d, const char *text, int flags)
{
	char file[FILE_SIZE];
	int fd, err;

	file_of(text, LOCK, file);
	for (;;) {
		fd = openat(d->fd, file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
		if (fd < 0)
			return -errno;
		err = flock(fd, LOCK_EX | LOCK_NB) ? errno : 0;
		if (!err && is_there(d, file, fd))
			return fd;
		close(fd);
		if (err)
			return -err;
	}
}

/* Under the lock. */
static void remove_files(const struct name_dir *d, const char *text)
{
	char file[FILE_SIZE];

	file_of(text, SOCKET, file);
	unlinkat(d->fd, file, 0);
	file_of(text, LOCK, file);
	unlinkat(d->fd, file, 0);
}

static int listen_at(struct name *n)
{
	struct sockaddr_un address;
	int ret = name_address(&n->dir, n->text, &address);

	if (ret < 0)
		return ret;
	unlink(address.sun_path);
	n->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->socket < 0 || bind(n->socket, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(n->socket, BACKLOG))
		return error_set(-errno, "--name %s: its socket in %s: %s", n->text, n->dir.path,
				 strerror(errno));
	return 0;
}

/* Who lists names has the lock of one that was left for a moment: this is no VM yet. */
static int lock_for_good(const struct name_dir *d, const char *text)
{
	int i, ret = lock(d, text, O_CREAT);

	for (i = 0; i < LOCK_TRIES && ret == -EWOULDBLOCK; i++) {
		usleep(LOCK_STEP_US);
		ret = lock(d, text, O_CREAT);
	}
	return ret;
}

static int take(struct name *n, const char *text)
{
	int ret = lock_for_good(&n->dir, text);

	if (ret == -EWOULDBLOCK)
		return error_set(-EBUSY, "--name %s: another VM has this name (see `realm list`)",
				 text);
	if (ret < 0)
		return error_set(ret, "--name %s: %s: %s", text, n->dir.path, strerror(-ret));
	n->lock = ret;
	strcpy(n->text, text);
	return listen_at(n);
}

int name_take(struct name *n, const char *text)
{
	int ret;

	*n = (struct name){.lock = -1, .socket = -1};
	ret = name_open_dir(&n->dir, true);
	if (ret == 0)
		ret = take(n, text);
	if (ret < 0)
		name_give_back(n);
	return ret;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void name_give_back(struct name *n)
{
	if (n->lock >= 0)
		remove_files(&n->dir, n->text);
	close_one(&n->socket);
	close_one(&n->lock);
	close_one(&n->dir.fd);
	n->text[0] = '\0';
}

/* True if a process has the name; else what is left of it is removed. */
static bool is_alive(const struct name_dir *d, const char *text)
{
	int fd = lock(d, text, 0);

	if (fd >= 0) {
		remove_files(d, text);
		close(fd);
	}
	return fd == -EWOULDBLOCK;
}

void name_list(const struct name_dir *d, void (*each)(void *arg, const char *text), void *arg)
{
	int fd = dup(d->fd);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!dir)
		return;
	rewinddir(dir);
	while ((e = readdir(dir)) != NULL) {
		char *end = strrchr(e->d_name, '.');

		if (!end || strcmp(end, LOCK) != 0)
			continue;
		*end = '\0';
		if (name_is_good(e->d_name) && is_alive(d, e->d_name))
			each(arg, e->d_name);
	}
	closedir(dir);
}
