# SPDX-License-Identifier: BSD-3-Clause
# `realm` twice: the VMM, one static arm64 binary for the host's user space, and the tools in it that
# need no KVM, for the machine that builds.
include lib/crypto.mk

VMM := $(BUILD)/vmm/realm
VMM_SRCS := $(filter-out vmm/cmd/no_kvm.c,$(wildcard vmm/*/*.c vmm/*/*/*.c))
VMM_SHARED := $(CORIM_SRCS) $(KBS_SRCS) $(MEASURE_TOOL_SRCS) $(HASH_ARM64_SRCS)
VMM_OBJS := $(VMM_SRCS:vmm/%.c=$(BUILD)/vmm/obj/%.o) \
	$(addprefix $(BUILD)/vmm/shared/,$(addsuffix .o,$(basename $(VMM_SHARED))))
VMM_VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
VMM_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -g -ffunction-sections -fdata-sections \
	-fstack-protector-strong -I. -Ilib/include -I$(SYSROOT)/usr/include

$(BUILD)/vmm/obj/%.o: vmm/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(VMM_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/vmm/shared/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(VMM_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/vmm/shared/%.o: %.S
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
		-L$(SYSROOT)/usr/lib/aarch64-linux-gnu -lfdt $(TOKEN_LIBS) -lz -lzstd -lseccomp -lpthread

# The tools: what says what is measured, and that is all of boot/ but the loading, and the devices, whose
# nodes stand in the device tree.
TOOLS_REALM := $(BUILD)/tools/realm
TOOLS_VMM_SRCS := $(addprefix vmm/cmd/,main.c options.c dump.c control.c attach.c \
		signals.c terminal.c devices.c measure.c verify.c verify_options.c \
		trust.c trust_options.c keyserver.c keyserver_options.c no_kvm.c) \
	$(filter-out vmm/boot/plan_load.c,$(wildcard vmm/boot/*.c)) \
	$(wildcard vmm/ctl/*.c vmm/keyserver/*.c vmm/dev/*.c vmm/dev/*/*.c vmm/loop/*.c vmm/lib/*.c)
TOOLS_SRCS := $(TOOLS_VMM_SRCS) $(call token_with_openssl,$(CORIM_SRCS)) $(KBS_SRCS) $(MEASURE_TOOL_SRCS) $(HASH_OPENSSL_SRCS)
TOOLS_LIBS := -lfdt -lz -lzstd $(TOKEN_LIBS) $(HASH_OPENSSL_LIBS) -lpthread
TOOLS_OBJS := $(TOOLS_SRCS:%.c=$(BUILD)/tools/obj/%.o)
TOOLS_CC ?= gcc
TOOLS_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -g -fstack-protector-strong -I. -Ilib/include

$(BUILD)/tools/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(TOOLS_CC) $(TOOLS_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tools/obj/vmm/cmd/main.o: TOOLS_CFLAGS += -DREALM_BUILD='"$(VMM_VERSION)"'
$(BUILD)/tools/obj/vmm/cmd/main.o: $(BUILD)/vmm/version

$(TOOLS_REALM): $(TOOLS_OBJS)
	$(Q_LD)$(TOOLS_CC) -s -o $@ $^ $(TOOLS_LIBS)

.PHONY: tools
tools: $(TOOLS_REALM)

ALL_TARGETS += $(VMM) $(TOOLS_REALM)
HOST_FILES += $(VMM):bin/realm

-include $(VMM_OBJS:.o=.d) $(TOOLS_OBJS:.o=.d)
