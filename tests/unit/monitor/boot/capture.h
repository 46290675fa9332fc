/* SPDX-License-Identifier: BSD-3-Clause */
/* What the code under test prints, and trees to feed it. For the monitor's unit tests. */
#ifndef TESTS_UNIT_MONITOR_BOOT_CAPTURE_H
#define TESTS_UNIT_MONITOR_BOOT_CAPTURE_H

#include <stddef.h>

/* Everything printed since the last capture_clear(), terminated. */
const char *captured(void);
void capture_clear(void);

/* Fails the test unless `text` was printed; clears. */
void assert_printed(const char *text);

#endif
