# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the monitor's portable files, one program per file under test.

UT_MONITOR := $(BUILD)/tests/unit/monitor
UT_MONITOR_DTB := $(UT_MONITOR)/virt.dtb
UT_MONITOR_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-common -Imonitor/platform/qemu-virt -DVIRT_DTB='"$(abspath $(UT_MONITOR_DTB))"'

# Program: its own file of tests, then what it tests and needs.
UT_MONITOR_machine := monitor/platform/qemu-virt/machine.c monitor/boot/dt.c tests/unit/monitor/boot/tree.c
UT_MONITOR_layout := monitor/boot/layout.c
UT_MONITOR_host_fdt := monitor/boot/host_fdt.c monitor/platform/qemu-virt/machine.c monitor/boot/dt.c \
	monitor/boot/layout.c tests/unit/monitor/boot/tree.c
UT_MONITOR_manifest := monitor/boot/manifest.c monitor/boot/layout.c
UT_MONITOR_fw_cfg := monitor/platform/qemu-virt/fw_cfg.c
UT_MONITOR_files := monitor/platform/qemu-virt/files.c monitor/boot/dt.c tests/unit/monitor/boot/tree.c
UT_MONITOR_image := monitor/boot/image.c
UT_MONITOR_evidence := monitor/boot/evidence.c monitor/platform/qemu-virt/machine.c \
	monitor/platform/qemu-virt/reference.c monitor/boot/dt.c tests/unit/monitor/boot/tree.c \
	$(HASH_SRCS) $(HASH_NATIVE_SRCS)
UT_MONITOR_COMMON := tests/unit/monitor/boot/capture.c lib/print.c
UT_MONITOR_PROGRAMS := machine layout host_fdt manifest fw_cfg files image evidence

$(UT_MONITOR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_MONITOR_CFLAGS) -MMD -MP -c -o $@ $<

$(UT_MONITOR_DTB): tests/unit/monitor/boot/virt.dts
	@mkdir -p $(@D)
	$(Q_GEN)dtc -q -I dts -O dtb -o $@ $<

define ut_monitor_program
$(UT_MONITOR)/$(1): $(patsubst %.c,$(UT_MONITOR)/obj/%.o,$(wildcard tests/unit/monitor/*/$(1).c) \
		$(UT_MONITOR_$(1)) $(UT_MONITOR_COMMON)) | $(UT_MONITOR_DTB)
	$$(Q_LD)$(UNIT_CC) $(UT_MONITOR_CFLAGS) -o $$@ $$^ -lcmocka -lfdt
UNIT_TESTS += $(UT_MONITOR)/$(1)
endef
$(foreach p,$(UT_MONITOR_PROGRAMS),$(eval $(call ut_monitor_program,$(p))))

# The GPT stands apart: it needs no output to be captured.
$(UT_MONITOR)/gpt: $(patsubst %.c,$(UT_MONITOR)/obj/%.o,tests/unit/monitor/gpt/gpt.c monitor/gpt/gpt.c)
	$(Q_LD)$(UNIT_CC) $(UT_MONITOR_CFLAGS) -o $@ $^ -lcmocka
UNIT_TESTS += $(UT_MONITOR)/gpt

# The parts of the resident stage that access no register need none captured either.
UT_MONITOR_RESIDENT := undef
$(UT_MONITOR_RESIDENT:%=$(UT_MONITOR)/%): $(UT_MONITOR)/%: \
		$(UT_MONITOR)/obj/tests/unit/monitor/resident/%.o $(UT_MONITOR)/obj/monitor/resident/%.o
	$(Q_LD)$(UNIT_CC) $(UT_MONITOR_CFLAGS) -o $@ $^ -lcmocka
UNIT_TESTS += $(UT_MONITOR_RESIDENT:%=$(UT_MONITOR)/%)

# The platform's identity and reference values, with Debian's python3.
$(UT_MONITOR)/reference: $(REFERENCE) $(MONITOR_OUT)/monitor.bin $(BUILD)/rmm/rmm.bin \
		tests/unit/monitor/reference/reference.py tests/lib/tap.py
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nPYTHONPATH=tests/lib exec /usr/bin/python3 -B tests/unit/monitor/reference/reference.py %s %s\n' $(BUILD) $(FETCH) >$@
	@chmod +x $@
UNIT_SCRIPTS += $(UT_MONITOR)/reference

-include $(shell find $(UT_MONITOR)/obj -name '*.d' 2>/dev/null)
