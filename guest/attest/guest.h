/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel shows of this machine as a Realm, in sysfs. root is what stands before /sys (""
 * but in tests).
 */
#ifndef GUEST_ATTEST_GUEST_H
#define GUEST_ATTEST_GUEST_H

#include <stddef.h>
#include <stdint.h>

#define GUEST_REM_MAX 64 /* bytes of a value */

enum guest_form {
	GUEST_NONE,
	GUEST_DEVICE,	/* a platform device arm-cca-dev: Linux up to 7.3 */
	GUEST_FIRMWARE, /* /sys/firmware/cca/realm_guest: from 7.4 on */
};

enum guest_form guest_detect(const char *root);

/*
 * Extends a REM (0 to 3) by a value, where the kernel has its registers in sysfs as measurement
 * registers (Linux Documentation/driver-api/measurement-registers.rst: a file remN or remN:HASH in
 * a folder "measurements"). 0, -ENOENT if it has not, or another negative errno. *now is then the
 * register's content, *now_len bytes, if the kernel lets it be read (else 0).
 */
int guest_extend(const char *root, unsigned int rem, const uint8_t *value, size_t len,
		 uint8_t now[GUEST_REM_MAX], size_t *now_len);

#endif
