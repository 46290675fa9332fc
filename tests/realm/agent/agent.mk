# SPDX-License-Identifier: BSD-3-Clause
# The Realm agent that the conformance tests and benchmarks drive; tests/conformance/build.mk
# includes this and embeds the image.
AGENT := $(BUILD)/tests/realm/agent
AGENT_BIN := $(AGENT)/agent.bin
AGENT_SRCS := tests/realm/agent/start.S tests/realm/agent/sve.S tests/realm/agent/agent.c lib/string.c \
	tests/lib/bare/smc.S tests/lib/bare/fp.S
AGENT_OBJS := $(AGENT_SRCS:%=$(AGENT)/%.o)

$(AGENT)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(AGENT)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(AGENT)/agent.elf: $(AGENT_OBJS) tests/realm/agent/agent.lds
	$(Q_LD)$(FW_CC) $(FW_LDFLAGS) -Wl,-T,tests/realm/agent/agent.lds -o $@ $(AGENT_OBJS)
$(AGENT_BIN): $(AGENT)/agent.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $< $@

ALL_TARGETS += $(AGENT_BIN)
-include $(AGENT_OBJS:.o=.d)
