# SPDX-License-Identifier: BSD-3-Clause
# The host module, and its place in the host's initramfs.
include mk/kmod.mk

HOST_MODULE := $(BUILD)/host/kvm-cca.ko
HOST_MODULE_BUILT := $(KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call kmod,host,kvm-cca))
$(HOST_MODULE_BUILT): $(wildcard abi/*.h)
$(HOST_MODULE): $(HOST_MODULE_BUILT)
	@mkdir -p $(@D)
	@$(FW_OBJCOPY) --strip-debug $< $@

# Other kernels are not served yet.
ifeq ($(HOST_SUITE),bookworm-backports)
ALL_TARGETS += $(HOST_MODULE)
HOST_FILES += $(HOST_MODULE):lib/modules/kvm-cca.ko
endif
