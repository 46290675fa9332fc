# SPDX-License-Identifier: BSD-3-Clause
# Bare-metal Realm payloads: the agent that the conformance tests and benchmarks drive.
GUEST := $(BUILD)/guest
GUEST_AGENT := $(GUEST)/agent.bin
GUEST_SRCS := guest/start.S guest/agent.c lib/string.c \
	$(addprefix tests/payload/common/, smc.S fp.S) guest/sve.S
GUEST_OBJS := $(GUEST_SRCS:%=$(GUEST)/%.o)

$(GUEST)/%.c.o: %.c
	@mkdir -p $(@D)
	$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(GUEST)/%.S.o: %.S
	@mkdir -p $(@D)
	$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(GUEST)/agent.elf: $(GUEST_OBJS) guest/agent.lds
	$(FW_CC) $(FW_LDFLAGS) -Wl,-T,guest/agent.lds -o $@ $(GUEST_OBJS)
$(GUEST_AGENT): $(GUEST)/agent.elf
	$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $< $@

ALL_TARGETS += $(GUEST_AGENT)
-include $(GUEST_OBJS:.o=.d)
