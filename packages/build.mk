# SPDX-License-Identifier: BSD-3-Clause
# make deb: Debian packages of what `make all` has built, in $(BUILD)/deb (docs/packages.md).

DEB_ARCHES := arm64 $(filter-out arm64,$(shell dpkg --print-architecture))

.PHONY: deb
deb: all $(BUILD)/flash/host.bin
	@packages/make-debs --build $(BUILD) --rmm $(TREE_RMM) --out $(BUILD)/deb $(DEB_ARCHES)
