# SPDX-License-Identifier: BSD-3-Clause
# Tests of the machine layer's C code (rmm/arch/aarch64/) on registers that are variables (hw.h).
RMM_HW_CFLAGS := -Itests/unit/rmm/aarch64/shim -Itests/unit/rmm/arch_native $(UNIT_CFLAGS)
RMM_HW_SRCS := $(addprefix rmm/arch/aarch64/,tlb.c gic.c) rmm/core/rtt_entry.c \
	tests/unit/rmm/aarch64/hw.c
RMM_HW_OBJS := $(RMM_HW_SRCS:%.c=$(RMM_UNIT)/hw/%.o)
RMM_HW_NAMES := tlb gic
RMM_HW_TESTS := $(RMM_HW_NAMES:%=$(RMM_UNIT)/aarch64/%)

$(RMM_UNIT)/hw/%.o: %.c
	@mkdir -p $(@D)
	$(UNIT_CC) $(RMM_HW_CFLAGS) $(RMM_UNIT_SAN) -MMD -MP -c -o $@ $<

$(RMM_HW_TESTS): $(RMM_UNIT)/aarch64/%: $(RMM_UNIT)/hw/tests/unit/rmm/aarch64/%.o $(RMM_HW_OBJS)
	@mkdir -p $(@D)
	$(UNIT_CC) $(RMM_HW_CFLAGS) $(RMM_UNIT_SAN) -o $@ $^ -lcmocka

UNIT_TESTS += $(RMM_HW_TESTS)

-include $(RMM_HW_OBJS:.o=.d) $(RMM_HW_NAMES:%=$(RMM_UNIT)/hw/tests/unit/rmm/aarch64/%.d)
