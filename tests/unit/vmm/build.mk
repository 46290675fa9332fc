# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the VMM's portable files, one program per file under test.

UT_VMM := $(BUILD)/tests/unit/vmm
UT_VMM_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all

# Program: what it tests and needs besides its own file of tests.
UT_VMM_options := vmm/options.c
UT_VMM_image := vmm/image.c
UT_VMM_layout := vmm/layout.c
UT_VMM_fdt := vmm/fdt.c
UT_VMM_uart8250 := vmm/uart8250.c
UT_VMM_escape := vmm/escape.c
UT_VMM_file := vmm/file.c
UT_VMM_console := vmm/console.c vmm/uart8250.c
UT_VMM_advice := vmm/advice.c
UT_VMM_initrd := vmm/initrd.c
UT_VMM_input := vmm/input.c vmm/escape.c vmm/terminal.c
UT_VMM_loop := vmm/loop.c vmm/console.c vmm/uart8250.c vmm/input.c vmm/escape.c vmm/signals.c \
	vmm/terminal.c
UT_VMM_signals := vmm/signals.c
UT_VMM_terminal := vmm/terminal.c
UT_VMM_thread := vmm/thread.c
UT_VMM_PROGRAMS := options image layout fdt uart8250 escape file advice console \
	initrd input loop signals terminal thread

$(UT_VMM)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_VMM_CFLAGS) -MMD -MP -c -o $@ $<

define ut_vmm_program
$(UT_VMM)/$(1): $(patsubst %.c,$(UT_VMM)/obj/%.o,tests/unit/vmm/$(1).c $(UT_VMM_$(1)) vmm/error.c)
	$$(Q_LD)$(UNIT_CC) $(UT_VMM_CFLAGS) -o $$@ $$^ -lcmocka -lfdt -lpthread
UNIT_TESTS += $(UT_VMM)/$(1)
endef
$(foreach p,$(UT_VMM_PROGRAMS),$(eval $(call ut_vmm_program,$(p))))

-include $(wildcard $(UT_VMM)/obj/*/*.d $(UT_VMM)/obj/*/*/*/*.d)
