# SPDX-License-Identifier: BSD-3-Clause
# Tests of rmm/run/ by themselves: a REC, and a stage 2 that is a variable (fixture.h).
RMM_RUN_UNIT_SRCS := $(RMM_RUN_SRCS) rmm/core/rec_regs.c tests/unit/rmm/run/fixture.c
RMM_RUN_UNIT_OBJS := $(RMM_RUN_UNIT_SRCS:%.c=$(RMM_UNIT)/obj/%.o)
RMM_RUN_UNIT_TESTS := $(addprefix $(RMM_UNIT)/run/,abort sysreg)

$(RMM_RUN_UNIT_TESTS): $(RMM_UNIT)/run/%: $(RMM_UNIT)/obj/tests/unit/rmm/run/%.o $(RMM_RUN_UNIT_OBJS)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -o $@ $^ -lcmocka

UNIT_TESTS += $(RMM_RUN_UNIT_TESTS)

-include $(RMM_RUN_UNIT_OBJS:.o=.d) $(RMM_RUN_UNIT_TESTS:$(RMM_UNIT)/%=$(RMM_UNIT)/obj/tests/unit/rmm/%.d)
