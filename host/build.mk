# SPDX-License-Identifier: BSD-3-Clause
# The host module, and its place in the host's initramfs.
include mk/kmod.mk

HOST_MODULE := $(BUILD)/host/kvm-cca.ko
HOST_MODULE_BUILT := $(KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call kmod,host,kvm-cca))

# The same sources for the kernel that the guest has, a newer one: it must build, and was not tried yet.
HOST_MODULE_NEXT := $(GUEST_KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call guest_kmod,host,kvm-cca))

include host/hyp/build.mk

$(KMOD_BUILD)/$(HYP_IMAGE) $(GUEST_KMOD_BUILD)/$(HYP_IMAGE): $(HYP)/hyp.elf
	@mkdir -p $(@D)
	$(hyp_binary)

$(HOST_MODULE_BUILT): $(wildcard abi/*.h) $(KMOD_BUILD)/$(HYP_IMAGE)
$(HOST_MODULE_NEXT): $(wildcard abi/*.h) $(GUEST_KMOD_BUILD)/$(HYP_IMAGE)
$(HOST_MODULE): $(HOST_MODULE_BUILT)
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) --strip-debug $< $@

# Other hosts are not served yet.
ifeq ($(HOST_SUITE),bookworm-backports)
ALL_TARGETS += $(HOST_MODULE) $(HOST_MODULE_NEXT)
HOST_FILES += $(HOST_MODULE):lib/modules/kvm-cca.ko
endif
