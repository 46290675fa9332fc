/* SPDX-License-Identifier: BSD-3-Clause */
/* guest/attest/guest.c on trees that look like sysfs. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "guest/attest/guest.h"

static char root[64];

/* Makes a file below root with all of its folders. */
static void make(const char *path, const char *text)
{
	char full[256], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make_root(void **state)
{
	snprintf(root, sizeof(root), "/tmp/attest.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void a_machine_without_either_is_no_realm(void **state)
{
	assert_int_equal(guest_detect(root), GUEST_NONE);
	make("/sys/bus/platform/devices/other", "");
	assert_int_equal(guest_detect(root), GUEST_NONE);
}

static void a_platform_device_is_a_realm(void **state)
{
	make("/sys/bus/platform/devices/arm-cca-dev/uevent", "");
	assert_int_equal(guest_detect(root), GUEST_DEVICE);
}

static void the_firmware_s_file_is_a_realm(void **state)
{
	make("/sys/firmware/cca/realm_guest", "1\n");
	assert_int_equal(guest_detect(root), GUEST_FIRMWARE);
	make("/sys/firmware/cca/realm_guest", "0\n");
	assert_int_equal(guest_detect(root), GUEST_NONE);
	make("/sys/firmware/cca/realm_guest", "");
	assert_int_equal(guest_detect(root), GUEST_NONE);
}

static void without_registers_nothing_is_extended(void **state)
{
	uint8_t value[] = {1}, now[GUEST_REM_MAX];
	size_t len;

	make("/sys/bus/platform/devices/arm-cca-dev/uevent", "");
	assert_int_equal(guest_extend(root, 0, value, 1, now, &len), -ENOENT);
}

static void a_register_is_written(void **state)
{
	static const char *const files[] = {
		"/sys/devices/platform/arm-cca-dev/measurements/rem2",
		"/sys/devices/virtual/misc/arm-cca-guest/measurements/rem2:sha256"};
	uint8_t value[] = {'a', 'b', 'c'}, now[GUEST_REM_MAX];
	size_t len;
	int i;

	for (i = 0; i < 2; i++) {
		make(files[i], "");
		assert_int_equal(guest_extend(root, 1, value, 3, now, &len), -ENOENT);
		assert_int_equal(guest_extend(root, 2, value, 3, now, &len), 0);
		assert_int_equal(len, 3);
		assert_memory_equal(now, value, 3);
		remove_root(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ON_A_TREE(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)
		ON_A_TREE(a_machine_without_either_is_no_realm),
		ON_A_TREE(a_platform_device_is_a_realm),
		ON_A_TREE(the_firmware_s_file_is_a_realm),
		ON_A_TREE(without_registers_nothing_is_extended),
		ON_A_TREE(a_register_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
