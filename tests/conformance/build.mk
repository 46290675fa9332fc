# SPDX-License-Identifier: BSD-3-Clause
# The conformance payload: a bare-metal host (NS-EL2, an arm64 Image) that drives the tree's RMM and
# Realms. Start-up code, other CPUs, device tree and reporting are those of tests/lib/bare. suites lists the
# runs; suite=bench prints the figures.
include tests/lib/bare/bare.mk
include tests/realm/agent/agent.mk

CONFORMANCE := $(BUILD)/tests/conformance
CONFORMANCE_BIN := $(CONFORMANCE)/conformance.bin
CONFORMANCE_SRCS := $(wildcard tests/conformance/*.c) tests/conformance/agent.S $(BARE_EL2_SRCS) \
	tests/realm/agent/sve.S $(CRYPTO_FW_VERIFY_SRCS)
CONFORMANCE_OBJS := $(CONFORMANCE_SRCS:%=$(CONFORMANCE)/%.o)
CONFORMANCE_CFLAGS = $(BARE_CFLAGS) $(CRYPTO_FW_CFLAGS) -DAGENT_BIN='"$(AGENT_BIN)"'

$(CONFORMANCE)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(CONFORMANCE_CFLAGS) -MMD -MP -c -o $@ $<
$(CONFORMANCE)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(CONFORMANCE_CFLAGS) -MMD -MP -c -o $@ $<
$(CONFORMANCE)/tests/conformance/agent.S.o: $(AGENT_BIN)
$(CONFORMANCE)/conformance.elf: $(CONFORMANCE_OBJS) $(BARE_LDS)
	$(Q_LD)$(FW_CC) $(BARE_LDFLAGS) -o $@ $(CONFORMANCE_OBJS) $(CRYPTO_FW_LIBS)
$(CONFORMANCE_BIN): $(CONFORMANCE)/conformance.elf
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $< $@

ALL_TARGETS += $(CONFORMANCE_BIN)
-include $(CONFORMANCE_OBJS:.o=.d)
