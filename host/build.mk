# SPDX-License-Identifier: BSD-3-Clause
# The host module, and its place in the host's initramfs.
include mk/kmod.mk

HOST_MODULE := $(BUILD)/host/$(HOST_SUITE)/kvm-cca.ko
HOST_MODULE_BUILT := $(KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call kmod,host,kvm-cca))

# The same sources for the kernel that the guest has, which a test boots as a host.
HOST_MODULE_NEXT := $(BUILD)/host/guest/kvm-cca.ko
HOST_MODULE_NEXT_BUILT := $(GUEST_KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call guest_kmod,host,kvm-cca))

include host/hyp/build.mk

$(KMOD_BUILD)/$(HYP_IMAGE) $(GUEST_KMOD_BUILD)/$(HYP_IMAGE): $(HYP)/hyp.elf
	@mkdir -p $(@D)
	$(hyp_binary)

$(HOST_MODULE_BUILT): $(wildcard abi/*.h) $(KMOD_BUILD)/$(HYP_IMAGE)
$(HOST_MODULE_NEXT_BUILT): $(wildcard abi/*.h) $(GUEST_KMOD_BUILD)/$(HYP_IMAGE)
$(HOST_MODULE): $(HOST_MODULE_BUILT)
$(HOST_MODULE_NEXT): $(HOST_MODULE_NEXT_BUILT)
$(HOST_MODULE) $(HOST_MODULE_NEXT):
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) --strip-debug $< $@

ALL_TARGETS += $(HOST_MODULE) $(HOST_MODULE_NEXT)
HOST_FILES += $(HOST_MODULE):lib/modules/kvm-cca.ko
