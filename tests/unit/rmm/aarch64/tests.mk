# SPDX-License-Identifier: BSD-3-Clause
# Tests of the machine layer's C code (rmm/arch/aarch64/) on registers that are variables (hw.h): one
# program for each, of the file it is named after and what that needs.
RMM_HW_CFLAGS := -Itests/unit/rmm/aarch64/shim -Itests/unit/rmm/arch_native $(UNIT_CFLAGS)
RMM_HW_NAMES := tlb gic fp fault code state pmu
RMM_HW_TESTS := $(RMM_HW_NAMES:%=$(RMM_UNIT)/aarch64/%)
RMM_HW_STATE_SRCS := rmm/arch/aarch64/switch.c rmm/arch/aarch64/pmu.c rmm/run/id.c rmm/run/sysreg.c \
	rmm/core/rtt_entry.c
RMM_HW_SRCS := tests/unit/rmm/aarch64/hw.c $(addprefix rmm/arch/aarch64/,tlb.c gic.c fp.c fault.c code.c) \
	$(RMM_HW_STATE_SRCS)
RMM_HW_OBJ := $(RMM_UNIT)/hw
hw_objs = $(patsubst %.c,$(RMM_HW_OBJ)/%.o,tests/unit/rmm/aarch64/hw.c $(1))

$(RMM_HW_OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(RMM_HW_CFLAGS) $(RMM_UNIT_SAN) -MMD -MP -c -o $@ $<

$(RMM_UNIT)/aarch64/tlb: $(call hw_objs,rmm/arch/aarch64/tlb.c rmm/core/rtt_entry.c)
$(RMM_UNIT)/aarch64/gic: $(call hw_objs,rmm/arch/aarch64/gic.c)
$(RMM_UNIT)/aarch64/fp: $(call hw_objs,rmm/arch/aarch64/fp.c)
$(RMM_UNIT)/aarch64/fault: $(call hw_objs,rmm/arch/aarch64/fault.c)
$(RMM_UNIT)/aarch64/code: $(call hw_objs,rmm/arch/aarch64/code.c)
$(RMM_UNIT)/aarch64/pmu: $(call hw_objs,rmm/arch/aarch64/pmu.c)
$(RMM_UNIT)/aarch64/state: $(call hw_objs,$(RMM_HW_STATE_SRCS))
$(RMM_HW_TESTS): $(RMM_UNIT)/aarch64/%: $(RMM_HW_OBJ)/tests/unit/rmm/aarch64/%.o
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_HW_CFLAGS) $(RMM_UNIT_SAN) -o $@ $^ -lcmocka

UNIT_TESTS += $(RMM_HW_TESTS)

-include $(patsubst %.c,$(RMM_HW_OBJ)/%.d,$(RMM_HW_SRCS) $(RMM_HW_NAMES:%=tests/unit/rmm/aarch64/%.c))
