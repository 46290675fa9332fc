# SPDX-License-Identifier: BSD-3-Clause
# The Debian packages; amd64's tools are built on amd64 alone.

ifeq ($(shell dpkg --print-architecture),amd64)
PACKAGES_UNIT := $(BUILD)/tests/unit/packages
$(PACKAGES_UNIT)/packages: tests/unit/packages/packages.py tests/lib/tap.py packages/make-debs $(VMM) $(TOOLS_REALM) $(ATTEST_DIR)/rsi-attest \
		$(BUILD)/flash/host.bin
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nSOAK=$(SOAK) PYTHONPATH=tests/lib exec python3 tests/unit/packages/packages.py $(BUILD) $(TREE_RMM) $(HOST)/headers\n' >$@
	@chmod 755 $@
UNIT_SCRIPTS += $(PACKAGES_UNIT)/packages
endif
