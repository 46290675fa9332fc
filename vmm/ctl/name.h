/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of running VMs. In a folder that its user alone can enter, a VM has a file that it holds
 * locked while it runs, NAME.lock, and a socket, NAME.sock. The lock goes with the process however
 * it ends, so that the name of one that was killed can be had again.
 */
#ifndef VMM_CTL_NAME_H
#define VMM_CTL_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#define NAME_SIZE_MAX 65 /* with its end */

/* Where names are: $XDG_RUNTIME_DIR/kvm-cca, else /run/kvm-cca or /run/user/UID/kvm-cca. */
struct name_dir {
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* A name that this process has. */
struct name {
	struct name_dir dir;
	char text[NAME_SIZE_MAX]; /* "" before it is taken */
	int lock;
	int socket; /* listens */
};

/* Letters, digits, and from the second character on dots, dashes and underscores. */
bool name_is_good(const char *text);

/*
 * Opens the folder; with `create` it is made if it is not there. -ENOENT without it sets no error
 * text. An error if others can enter the folder.
 */
int name_open_dir(struct name_dir *d, bool create);

/* The socket's address of a VM with this name. -ENAMETOOLONG with an error text. */
int name_address(const struct name_dir *d, const char *text, struct sockaddr_un *address);

/* -EBUSY with an error text if another process has the name. After an error there is no name. */
int name_take(struct name *n, const char *text);

/* Gives the name back; may be called for a name that was not taken. */
void name_give_back(struct name *n);

/*
 * Calls the function for each name whose process lives, in no order; removes what is left of
 * others.
 */
void name_list(const struct name_dir *d, void (*each)(void *arg, const char *text), void *arg);

#endif
