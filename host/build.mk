# SPDX-License-Identifier: BSD-3-Clause
# The host module, and its place in the host's initramfs.
include mk/kmod.mk

HOST_MODULE := $(BUILD)/host/kvm-cca.ko
HOST_MODULE_BUILT := $(KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call kmod,host,kvm-cca))

# The same sources for the kernel that the guest has, a newer one: it must build, and was not tried yet.
HOST_MODULE_NEXT := $(GUEST_KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call guest_kmod,host,kvm-cca))

# The EL2 stub (hyp/): freestanding, with switch.c that the module has too. Tests build one like it.
HYP := $(BUILD)/host/hyp
HYP_IMAGE := host/hyp/hyp.bin
HYP_CFLAGS := $(FW_CFLAGS) -fPIE -fvisibility=hidden -ffixed-x18 -Wno-array-bounds -Ihost/hyp/include
HYP_LDFLAGS := $(FW_LDFLAGS) -Wl,-T,host/hyp/hyp.lds
HYP_OBJS := $(addprefix $(HYP)/obj/,entry.o calls.o enter.o handback.o switch.o)

$(HYP)/obj/%.o: host/hyp/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(HYP)/obj/%.o: host/hyp/%.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(HYP)/hyp.elf: $(HYP_OBJS) host/hyp/hyp.lds
	$(Q_LD)$(FW_CC) $(HYP_LDFLAGS) -o $@ $(HYP_OBJS)

$(KMOD_BUILD)/$(HYP_IMAGE) $(GUEST_KMOD_BUILD)/$(HYP_IMAGE): $(HYP)/hyp.elf
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@

-include $(HYP_OBJS:.o=.d)

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
