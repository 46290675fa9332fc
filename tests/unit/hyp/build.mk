# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the hypervisor's files that access no register, or registers by a shim. The device
# tree and the shim are those of the monitor's and the module's tests.
UT_HYP := $(BUILD)/tests/unit/hyp
UT_HYP_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-common \
	-Itests/unit/host/shim -DVIRT_DTB='"$(abspath $(BUILD)/tests/unit/monitor/virt.dtb)"'

# Program: what it tests and needs.
UT_HYP_psci := hyp/host/psci.c
UT_HYP_smc := hyp/host/smc.c
UT_HYP_inject := hyp/host/inject.c
UT_HYP_s2 := hyp/host/s2.c hyp/boot/tree.c monitor/boot/dt.c tests/unit/monitor/boot/tree.c
UT_HYP_enter := hyp/host/enter.c
UT_HYP_ledger := hyp/ledger.c
UT_HYP_tree := hyp/boot/tree.c monitor/boot/dt.c tests/unit/monitor/boot/tree.c

$(UT_HYP)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_HYP_CFLAGS) -MMD -MP -c -o $@ $<

# $(1) path of the test in this folder
define ut_hyp_program
$(UT_HYP)/$(1): $(patsubst %.c,$(UT_HYP)/obj/%.o,tests/unit/hyp/$(1).c $(UT_HYP_$(notdir $(1)))) \
		| $(BUILD)/tests/unit/monitor/virt.dtb
	@mkdir -p $$(@D)
	$$(Q_LD)$(UNIT_CC) $(UT_HYP_CFLAGS) -o $$@ $$(filter %.o,$$^) -lcmocka -lfdt
UNIT_TESTS += $(UT_HYP)/$(1)
endef
$(foreach p,ledger boot/tree host/psci host/smc host/inject host/s2 host/enter,$(eval $(call ut_hyp_program,$(p))))

# CPUs that use the ledger at once, under ThreadSanitizer.
UT_HYP_STRESS := $(UT_HYP)/stress
$(UT_HYP_STRESS): tests/unit/hyp/stress.c hyp/ledger.c hyp/ledger.h
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) -fsanitize=thread -o $@ $(filter %.c,$^) -lpthread
UNIT_TESTS += $(UT_HYP_STRESS)

-include $(shell find $(UT_HYP)/obj -name '*.d' 2>/dev/null)
