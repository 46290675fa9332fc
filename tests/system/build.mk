# SPDX-License-Identifier: BSD-3-Clause
# What the system tests put into the host's initramfs: the access module and its user program.
include mk/kmod.mk

SYSTEM_MODULE := $(KMOD_BUILD)/tests/system/module/access.ko
SYSTEM_TOUCH := $(BUILD)/tests/system/touch
$(eval $(call kmod,tests/system/module,access))

$(SYSTEM_TOUCH): tests/system/module/touch.c
	@mkdir -p $(@D)
	$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -static -o $@ $<

ALL_TARGETS += $(SYSTEM_MODULE) $(SYSTEM_TOUCH)
SYSTEM_FILES += $(SYSTEM_MODULE):lib/tests/access.ko $(SYSTEM_TOUCH):bin/touch-memory
