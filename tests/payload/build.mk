# SPDX-License-Identifier: BSD-3-Clause
# The bare-metal test programs that run on the monitor: the test RMM (R-EL2) and the host payload
# (NS-EL2, an arm64 Image). suites lists the runs.

PAYLOAD_BUILD := $(BUILD)/tests/payload
PAYLOAD_CFLAGS := $(FW_CFLAGS) -fpie -fvisibility=hidden -include tests/payload/common/visibility.h
PAYLOAD_LDFLAGS := $(FW_LDFLAGS) -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext \
	-Wl,-T,tests/payload/common/payload.lds
PAYLOAD_COMMON := $(LIB_SRCS) $(addprefix tests/payload/common/, \
	fp.S mmu.c probe.S regs.c smc.S storm.c vectors.S)
PAYLOAD_RMM_SRCS := $(PAYLOAD_COMMON) $(addprefix tests/payload/rmm/, \
	entry.S agent.c cold.c main.c manifest.c record.c)
PAYLOAD_HOST_SRCS := $(PAYLOAD_COMMON) $(wildcard tests/payload/host/*.S tests/payload/host/*.c)

payload_objects = $(patsubst %,$(PAYLOAD_BUILD)/$(1)/%.o,$(2))

# $(1) image, $(2) sources, $(3) extra compiler flags
define payload_image
$(PAYLOAD_BUILD)/$(1)/%.c.o: %.c
	@mkdir -p $$(@D)
	$$(Q_CC)$$(FW_CC) $$(PAYLOAD_CFLAGS) $(3) -MMD -MP -c -o $$@ $$<
$(PAYLOAD_BUILD)/$(1)/%.S.o: %.S
	@mkdir -p $$(@D)
	$$(Q_CC)$$(FW_CC) $$(PAYLOAD_CFLAGS) $(3) -MMD -MP -c -o $$@ $$<
$(PAYLOAD_BUILD)/$(1).elf: $(call payload_objects,$(1),$(2)) tests/payload/common/payload.lds
	$$(Q_LD)$$(FW_CC) $$(PAYLOAD_LDFLAGS) -o $$@ $$(filter %.o,$$^)
$(PAYLOAD_BUILD)/$(1).bin: $(PAYLOAD_BUILD)/$(1).elf
	$$(Q_BIN)$$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $$< $$@
ALL_TARGETS += $(PAYLOAD_BUILD)/$(1).bin
-include $(patsubst %.o,%.d,$(call payload_objects,$(1),$(2)))
endef

$(eval $(call payload_image,rmm,$(PAYLOAD_RMM_SRCS),-DRMM_BOOT_CODE=0))
$(eval $(call payload_image,rmm-fails,$(PAYLOAD_RMM_SRCS),-DRMM_BOOT_CODE=RMM_BOOT_MANIFEST_DATA))
$(eval $(call payload_image,host,$(PAYLOAD_HOST_SRCS),))
