# SPDX-License-Identifier: BSD-3-Clause
# The VMM `realm`: one static arm64 binary for the host's user space.

VMM := $(BUILD)/vmm/realm
VMM_SRCS := $(wildcard vmm/*/*.c vmm/*/*/*.c)
VMM_OBJS := $(VMM_SRCS:vmm/%.c=$(BUILD)/vmm/obj/%.o)
VMM_VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
VMM_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -g -ffunction-sections -fdata-sections \
	-fstack-protector-strong -I. -Ilib/include -I$(SYSROOT)/usr/include

$(BUILD)/vmm/obj/%.o: vmm/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(VMM_CFLAGS) -MMD -MP -c -o $@ $<

# Not part of every object: only main.c says which version it is, and is built when that changes.
$(BUILD)/vmm/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VMM_VERSION)' | cmp -s - $@ || echo '$(VMM_VERSION)' >$@

$(BUILD)/vmm/obj/cmd/main.o: VMM_CFLAGS += -DREALM_BUILD='"$(VMM_VERSION)"'
$(BUILD)/vmm/obj/cmd/main.o: $(BUILD)/vmm/version

$(VMM): $(VMM_OBJS)
	$(Q_LD)$(FW_CC) -static -Wl,--gc-sections -s -o $@ $^ \
		$(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a -lpthread

ALL_TARGETS += $(VMM)
HOST_FILES += $(VMM):bin/realm

-include $(VMM_OBJS:.o=.d)
