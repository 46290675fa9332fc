# SPDX-License-Identifier: BSD-3-Clause
# The hypervisor below the host (HOST_MODE=protected): build/hyp/hyp.bin, and the host's kernel behind it.
NS_HYP_OUT := $(BUILD)/hyp
NS_HYP_CFLAGS := $(FW_CFLAGS) -fpie -fvisibility=hidden -include rmm/arch/aarch64/visibility.h
NS_HYP_LDFLAGS := $(FW_LDFLAGS) -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext
# The ledger is not in the image as long as nothing calls it.
NS_HYP_SRCS := hyp/boot/start.S hyp/host/vectors.S \
	$(filter-out hyp/ledger.c,$(wildcard hyp/*.c)) $(wildcard hyp/boot/*.c hyp/host/*.c) \
	host/hyp/switch.c monitor/boot/dt.c lib/string.c lib/print.c
NS_HYP_OBJS := $(patsubst %,$(NS_HYP_OUT)/%.o,$(NS_HYP_SRCS))
NS_HYP_LIBS := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a
NS_HYP_IMAGE := $(NS_HYP_OUT)/$(HOST_SUITE)/Image

# The world switch is the module's, and has the kernel's names for registers.
$(patsubst %,$(NS_HYP_OUT)/%.o,hyp/host/enter.c host/hyp/switch.c): NS_HYP_CFLAGS += \
	-Ihost/hyp/include -Wno-array-bounds

$(NS_HYP_OUT)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(NS_HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(NS_HYP_OUT)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(NS_HYP_CFLAGS) -MMD -MP -c -o $@ $<

$(NS_HYP_OUT)/hyp.ld: hyp/hyp.ld.S hyp/hyp.h
	@mkdir -p $(@D)
	$(Q_GEN)$(FW_CC) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -I. -Ilib/include -o $@ $<

$(NS_HYP_OUT)/hyp.elf: $(NS_HYP_OBJS) $(NS_HYP_OUT)/hyp.ld $(NS_HYP_LIBS)
	$(Q_LD)$(FW_CC) $(NS_HYP_CFLAGS) $(NS_HYP_LDFLAGS) -T $(NS_HYP_OUT)/hyp.ld -o $@ $(NS_HYP_OBJS) \
		$(NS_HYP_LIBS)

$(NS_HYP_OUT)/hyp.bin: $(NS_HYP_OUT)/hyp.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

$(NS_HYP_IMAGE): $(NS_HYP_OUT)/hyp.bin $(HOST)/release boot/pack-hyp
	@mkdir -p $(@D)
	$(Q_PACK)boot/pack-hyp $< $(HOST)/Image $@

ALL_TARGETS += $(NS_HYP_IMAGE)

-include $(NS_HYP_OBJS:.o=.d)
