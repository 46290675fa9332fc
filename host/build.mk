# SPDX-License-Identifier: BSD-3-Clause
# The host module, and its place in the host's initramfs.
include mk/kmod.mk

HOST_MODULE := $(BUILD)/host/kvm-cca.ko
HOST_MODULE_BUILT := $(KMOD_BUILD)/host/kvm-cca.ko
$(eval $(call kmod,host,kvm-cca))

# The EL2 stub: switch.c once more, freestanding. HYP_LOSE_GIC: the broken one, see tests/system.
HYP := $(BUILD)/host/hyp
HYP_IMAGE := $(KMOD_BUILD)/host/hyp/hyp.bin
HYP_SRCS := host/hyp/entry.S host/hyp/enter.c host/switch.c
HYP_CFLAGS := $(FW_CFLAGS) -fPIE -fvisibility=hidden -ffixed-x18 -Wno-array-bounds -Ihost/hyp/include -Ihost
HYP_OBJS := $(patsubst host/%,$(HYP)/%.o,$(basename $(HYP_SRCS)))

$(HYP)/%.o: host/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(HYP)/%.o: host/%.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(HYP)/hyp/enter-lose.o: host/hyp/enter.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -DHYP_LOSE_GIC -MMD -MP -c -o $@ $<

$(HYP)/hyp.elf: $(HYP_OBJS)
$(HYP)/hyp-lose.elf: $(HYP_OBJS:%/enter.o=%/enter-lose.o)
$(HYP)/hyp.elf $(HYP)/hyp-lose.elf: host/hyp/hyp.lds
	$(Q_LD)$(FW_CC) $(FW_LDFLAGS) -Wl,-T,host/hyp/hyp.lds -o $@ $(filter %.o,$^)

$(HYP_IMAGE): $(HYP)/hyp.elf
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@

-include $(HYP_OBJS:.o=.d)

$(HOST_MODULE_BUILT): $(wildcard abi/*.h) $(HYP_IMAGE)
$(HOST_MODULE): $(HOST_MODULE_BUILT)
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) --strip-debug $< $@

# For tests/system: the same module with the stub that loses the GIC's state.
HOST_MODULE_LOSE := $(BUILD)/host/kvm-cca-lose.ko
$(HYP)/hyp-lose.bin: $(HYP)/hyp-lose.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@
$(HOST_MODULE_LOSE): $(HOST_MODULE) $(HYP)/hyp-lose.bin
	$(Q_BIN)$(FW_OBJCOPY) --update-section .hyp_image=$(HYP)/hyp-lose.bin $< $@

# Other kernels are not served yet.
ifeq ($(HOST_SUITE),bookworm-backports)
ALL_TARGETS += $(HOST_MODULE)
HOST_FILES += $(HOST_MODULE):lib/modules/kvm-cca.ko
SYSTEM_FILES += $(HOST_MODULE_LOSE):lib/tests/kvm-cca-lose.ko
endif
