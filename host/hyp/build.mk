# SPDX-License-Identifier: BSD-3-Clause
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

# What the module has of it.
hyp_binary = $(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@

-include $(HYP_OBJS:.o=.d)
