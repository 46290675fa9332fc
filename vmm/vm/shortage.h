/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why the kernel had no memory for a guest. What a guest has is charged to the memory cgroups of
 * this process (cgroup v2), and a Realm's memory is neither swapped nor reclaimed; so a limit of
 * theirs, which the user has set, may be met long before the host's memory is at its end.
 */
#ifndef VMM_VM_SHORTAGE_H
#define VMM_VM_SHORTAGE_H

#include <stddef.h>

#define SHORTAGE_LEVELS 8
#define SHORTAGE_PATH	128
#define SHORTAGE_TEXT	(SHORTAGE_PATH + 160)

struct shortage {
	char path[SHORTAGE_PATH]; /* of the innermost cgroup */
	size_t count;
	struct {
		int events;		/* the file that counts how often the limit was met */
		unsigned long long met; /* how often it was at the start */
		size_t path_size;	/* the cgroup's part of the path */
	} levels[SHORTAGE_LEVELS];
};

/*
 * Opens what it will ask, because later no file can be opened. Without such cgroups it knows of
 * none. The names are those of the process's own list and of where cgroups are mounted.
 */
void shortage_open(struct shortage *s, const char *list, const char *mount);
void shortage_close(struct shortage *s);

/*
 * What a negative errno of a call for the VM means. For -ENOMEM: what was short, and what to do.
 * The text may be written to the array. Any thread.
 */
const char *shortage_strerror(const struct shortage *s, int err, char text[SHORTAGE_TEXT]);

#endif
