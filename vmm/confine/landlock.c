/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Landlock (Linux Documentation/userspace-api/landlock.rst): no file can be reached but by
 * descriptors that are open, no TCP port, no abstract socket and no process of others. The numbers
 * are said here, because the C library's kernel headers are older than most of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <util.h>

#include "vmm/confine/confine.h"
#include "vmm/lib/error.h"

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule	     445
#define __NR_landlock_restrict_self  446
#endif

#define ASK_VERSION    1 /* flag of landlock_create_ruleset() */
#define RULE_PATH      1
#define FS_REMOVE_FILE BIT(5)
#define NET_ALL	       (BIT(0) | BIT(1)) /* bind and connect, TCP */
#define SCOPE_ALL      (BIT(0) | BIT(1)) /* abstract sockets, signals */
#define NET_SINCE      4		 /* versions of the interface */
#define SCOPE_SINCE    6

struct ruleset {
	uint64_t fs, net, scope;
};

struct path_rule {
	uint64_t allowed;
	int32_t dir;
} __attribute__((packed));

/* All rights of files that this version knows. */
static uint64_t all_of_fs(long version)
{
	static const unsigned char rights[] = {13, 14, 15, 15, 16};
	size_t last = sizeof(rights);

	return BIT(rights[(size_t)version < last ? version - 1 : (long)last - 1]) - 1;
}

static int failed(const char *what)
{
	return error_set(-errno, "Landlock: %s: %s", what, strerror(errno));
}

static int hold(int rules, int dir)
{
	const struct path_rule rule = {.allowed = FS_REMOVE_FILE, .dir = dir};

	if (dir >= 0 && syscall(__NR_landlock_add_rule, rules, RULE_PATH, &rule, 0))
		return failed("a rule");
	return syscall(__NR_landlock_restrict_self, rules, 0) ? failed("the rules") : 0;
}

int landlock_hold(int dir)
{
	long version = syscall(__NR_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	struct ruleset attr = {0};
	int rules, ret;

	/* The kernel has none, or it is off: the filter does most of it alone. */
	if (version < 1)
		return 0;
	attr.fs = all_of_fs(version);
	attr.net = version >= NET_SINCE ? NET_ALL : 0;
	attr.scope = version >= SCOPE_SINCE ? SCOPE_ALL : 0;
	rules = (int)syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules < 0)
		return failed("a set of rules");
	ret = hold(rules, dir);
	close(rules);
	return ret < 0 ? ret : 1;
}
