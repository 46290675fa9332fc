# SPDX-License-Identifier: BSD-3-Clause
# The user program that drives the host module's ioctls; tests/system/host.py runs it.
HOST_TEST := $(BUILD)/tests/host/host-test
HOST_TEST_SRCS := $(wildcard tests/host/*.c)

$(HOST_TEST): $(HOST_TEST_SRCS) $(wildcard tests/host/*.h tests/host/payload/jobs.h abi/*.h)
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -g -static -pthread -I. -o $@ $(HOST_TEST_SRCS)

ALL_TARGETS += $(HOST_TEST)
SYSTEM_FILES += $(HOST_TEST):bin/host-test

# The bare-metal Realm its group `run` starts.
HOST_PAYLOAD := $(BUILD)/tests/host/payload
HOST_PAYLOAD_SRCS := tests/host/payload/start.S tests/host/payload/payload.c

$(HOST_PAYLOAD).elf: $(HOST_PAYLOAD_SRCS) tests/host/payload/jobs.h guest/agent/agent.lds
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) $(FW_CFLAGS) $(FW_LDFLAGS) -Wl,-T,guest/agent/agent.lds -o $@ $(HOST_PAYLOAD_SRCS)
$(HOST_PAYLOAD).bin: $(HOST_PAYLOAD).elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $< $@

ALL_TARGETS += $(HOST_PAYLOAD).bin
SYSTEM_FILES += $(HOST_PAYLOAD).bin:lib/tests/payload.bin
