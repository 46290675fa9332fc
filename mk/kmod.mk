# SPDX-License-Identifier: BSD-3-Clause
# Builds a kernel module against the fetched headers of the host's kernel:
#	$(eval $(call kmod,FOLDER,NAME))
# compiles FOLDER (which has a Kbuild file) to $(KMOD_BUILD)/FOLDER/NAME.ko. The sources are linked
# into the build folder, because kbuild writes beside them.
KMOD_BUILD := $(BUILD)/kmod/$(HOST_SUITE)
KMOD_MAKE = $(MAKE) -s -C $(realpath $(HOST)/headers) ARCH=arm64 CROSS_COMPILE=$(CROSS) \
	CC=$(FW_CC) CONFIG_DEBUG_INFO_BTF_MODULES=
# The 7.x kernels were configured with gcc-14, which has an option that gcc-12 lacks.
ifeq ($(HOST_SUITE),trixie-backports)
KMOD_MAKE += CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
endif

define kmod
$(KMOD_BUILD)/$(1)/$(2).ko: $(wildcard $(1)/*.c $(1)/*.h $(1)/*.S $(1)/Kbuild) $(HOST)/release
	@mkdir -p $$(@D)
	@cp -rsf $(abspath $(1))/. $$(@D)/
	+$$(KMOD_MAKE) M=$(abspath $(KMOD_BUILD)/$(1)) modules
	@touch $$@
endef
