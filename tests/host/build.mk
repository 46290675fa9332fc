# SPDX-License-Identifier: BSD-3-Clause
# The user program that drives the host module's ioctls; tests/system/host.py runs it.
HOST_TEST := $(BUILD)/tests/host/host-test
HOST_TEST_SRCS := $(wildcard tests/host/*.c)

$(HOST_TEST): $(HOST_TEST_SRCS) $(wildcard tests/host/*.h abi/*.h)
	@mkdir -p $(@D)
	$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -g -static -pthread -I. -o $@ $(HOST_TEST_SRCS)

ALL_TARGETS += $(HOST_TEST)
SYSTEM_FILES += $(HOST_TEST):bin/host-test
