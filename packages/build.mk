# SPDX-License-Identifier: BSD-3-Clause
# make deb: Debian packages of what `make all` has built, in $(BUILD)/deb (docs/packages.md).

DEB_ARCHES := arm64 $(filter-out arm64,$(shell dpkg --print-architecture))

# The flash image in a package is for everybody, and has the key in it that signs.
ifneq ($(and $(PLATFORM_KEY),$(filter deb,$(MAKECMDGOALS))),)
$(error make deb would give PLATFORM_KEY=$(PLATFORM_KEY) away: packages are of development platforms)
endif

.PHONY: deb
deb: all $(BUILD)/flash/host.bin
	@packages/make-debs --build $(BUILD) --rmm $(TREE_RMM) --out $(BUILD)/deb $(DEB_ARCHES)
