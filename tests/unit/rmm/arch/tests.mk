# SPDX-License-Identifier: BSD-3-Clause
# Tests of what of rmm/arch/aarch64/ is no register access: the calls to EL3.
RMM_ARCH_UNIT_TESTS := $(RMM_UNIT)/arch/el3

$(RMM_ARCH_UNIT_TESTS): $(RMM_UNIT)/arch/%: $(RMM_UNIT)/obj/tests/unit/rmm/arch/%.o \
		$(RMM_UNIT)/obj/rmm/arch/aarch64/%.o
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -o $@ $^ -lcmocka

UNIT_TESTS += $(RMM_ARCH_UNIT_TESTS)

-include $(RMM_ARCH_UNIT_TESTS:$(RMM_UNIT)/%=$(RMM_UNIT)/obj/tests/unit/rmm/%.d)
