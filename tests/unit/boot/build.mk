# SPDX-License-Identifier: BSD-3-Clause
# Scripts of the build host.

BOOT_UNIT := $(BUILD)/tests/unit/boot
$(BOOT_UNIT)/disk: tests/unit/boot/disk/disk.py
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec python3 $<\n' >$@
	@chmod 755 $@
UNIT_SCRIPTS += $(BOOT_UNIT)/disk
