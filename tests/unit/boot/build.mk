# SPDX-License-Identifier: BSD-3-Clause
# Scripts of the build host.

BOOT_UNIT := $(BUILD)/tests/unit/boot
$(BOOT_UNIT)/disk: tests/unit/boot/disk/disk.py tests/lib/tap.py
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nPYTHONPATH=tests/lib exec python3 $<\n' >$@
	@chmod 755 $@
UNIT_SCRIPTS += $(BOOT_UNIT)/disk
