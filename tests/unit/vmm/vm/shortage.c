/* SPDX-License-Identifier: BSD-3-Clause */
/* vmm/vm/shortage.c, over a folder that is made as the kernel's cgroups are. */
#include <errno.h>
#include <sys/stat.h>

#include "tests/unit/vmm/unit.h"
#include "vmm/vm/shortage.h"

#define EVENTS "low 0\nhigh 7\nmax %u\noom 0\noom_kill 0\n"

static char mount[32], list[32];
static struct shortage s;
static char text[SHORTAGE_TEXT];

/* A cgroup, "" for the outermost one, whose limit was met so often. */
static void set_met(const char *cgroup, unsigned int met)
{
	char name[128];
	FILE *f;

	snprintf(name, sizeof(name), "%s%s", mount, cgroup);
	mkdir(name, 0700);
	snprintf(name, sizeof(name), "%s%s/memory.events.local", mount, cgroup);
	f = fopen(name, "w");
	assert_non_null(f);
	fprintf(f, EVENTS, met);
	fclose(f);
}

static int make_cgroups(void **state)
{
	static const char lines[] = "12:cpuset:/other\n0::/user.slice/vm\n";

	strcpy(mount, "/tmp/cgroup-XXXXXX");
	assert_non_null(mkdtemp(mount));
	make_file(list, lines, strlen(lines));
	set_met("/user.slice", 3);
	set_met("/user.slice/vm", 0);
	return 0;
}

static int remove_cgroups(void **state)
{
	char command[64];

	shortage_close(&s);
	unlink(list);
	snprintf(command, sizeof(command), "rm -r %s", mount);
	return system(command);
}

static void set_list(const char *lines)
{
	FILE *f = fopen(list, "w");

	assert_non_null(f);
	fputs(lines, f);
	fclose(f);
}

static void assert_says(const char *part)
{
	const char *said = shortage_strerror(&s, -ENOMEM, text);

	if (!strstr(said, part))
		fail_msg("\"%s\" says nothing of \"%s\"", said, part);
}

static void a_limit_that_was_met_is_named(void **state)
{
	shortage_open(&s, list, mount);
	assert_int_equal(s.count, 2);
	assert_says("the host is out of memory");
	set_met("/user.slice/vm", 1);
	assert_says("the memory cgroup /user.slice/vm is at its limit: raise it (memory.max");
	assert_string_equal(shortage_strerror(&s, -EIO, text), strerror(EIO));
}

/* What was met before is none of this VM's; who asks may be in a cgroup without a limit. */
static void it_may_be_that_of_a_cgroup_outside(void **state)
{
	shortage_open(&s, list, mount);
	set_met("/user.slice", 4);
	assert_says("the memory cgroup /user.slice is at its limit");
}

/* In a container the outermost cgroup that can be seen has a limit, too. */
static void a_container_has_a_limit_at_its_root(void **state)
{
	set_list("0::/\n");
	set_met("", 1);
	shortage_open(&s, list, mount);
	assert_int_equal(s.count, 1);
	set_met("", 2);
	assert_says("the memory cgroup / is at its limit");
}

static void what_is_no_list_of_cgroups_is_nothing(void **state)
{
	static const char *const lines[] = {"", "1:name=systemd:/\n", "0::\n", "0::nowhere\n",
					    "0::/nowhere\n"};
	char deep[1024] = "0::";
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		set_list(lines[i]);
		shortage_open(&s, list, mount);
		assert_int_equal(s.count, 0);
	}
	for (i = 0; i < 100; i++)
		strcat(deep, "/deep");
	set_list(deep);
	shortage_open(&s, list, mount);
	assert_int_equal(s.count, 0);
	shortage_open(&s, "/nowhere", mount);
	assert_int_equal(s.count, 0);
	assert_says("the host is out of memory");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make_cgroups, remove_cgroups)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_limit_that_was_met_is_named),
		TEST(it_may_be_that_of_a_cgroup_outside),
		TEST(a_container_has_a_limit_at_its_root),
		TEST(what_is_no_list_of_cgroups_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
