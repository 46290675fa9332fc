# SPDX-License-Identifier: BSD-3-Clause
# Builds a kernel module against the fetched headers of the host's or the guest's kernel:
#	$(eval $(call kmod,FOLDER,NAME))	for the host
#	$(eval $(call guest_kmod,FOLDER,NAME))	for the guest
# compiles FOLDER (which has a Kbuild file) to $(KMOD_BUILD)/FOLDER/NAME.ko, or to the same below
# $(GUEST_KMOD_BUILD). The sources are linked into the build folder, because kbuild writes beside them.
KMOD_BUILD := $(BUILD)/kmod/$(HOST_SUITE)
GUEST_KMOD_BUILD := $(BUILD)/kmod/guest
# $(1) fetched kernel. The 7.x ones were configured with gcc-14, which has an option that gcc-12 lacks.
KMOD_MAKE = $(MAKE) $(if $(V),,-s) -C $(realpath $(1)/headers) ARCH=arm64 CROSS_COMPILE=$(CROSS) \
	CC=$(FW_CC) CONFIG_DEBUG_INFO_BTF_MODULES= \
	$(if $(filter 6.%,$(file <$(1)/release)),,CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=)

# $(1) folder, $(2) name, $(3) where built modules go, $(4) fetched kernel
KMOD_MAKE_HOST = $(call KMOD_MAKE,$(HOST))

define kmod_for
$(3)/$(1)/$(2).ko: $(1)/Kbuild $(wildcard $(foreach e,c h S,$(1)/*.$(e) $(1)/*/*.$(e))) $(4)/release
	@mkdir -p $$(@D)
	@cp -rsf $(abspath $(1))/. $$(@D)/
	$$(Q_KMOD)
	+@$$(call KMOD_MAKE,$(4)) M=$(abspath $(3)/$(1)) modules
	@touch $$@
endef
kmod = $(call kmod_for,$(1),$(2),$(KMOD_BUILD),$(HOST))
guest_kmod = $(call kmod_for,$(1),$(2),$(GUEST_KMOD_BUILD),$(GUEST))
