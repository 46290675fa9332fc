# SPDX-License-Identifier: BSD-3-Clause
# The bare-metal programs that test the monitor: the EL2 payload (NS-EL2, an arm64 Image) and the test
# RMM (R-EL2) below it. suites lists the runs.
include tests/lib/bare/bare.mk
include tests/firmware/crypto/crypto.mk

FIRMWARE := $(BUILD)/tests/firmware
FIRMWARE_RMM_SRCS := $(BARE_SRCS) tests/firmware/common/storm.c $(addprefix tests/firmware/rmm/, \
	entry.S agent.c cold.c main.c manifest.c record.c)
FIRMWARE_EL2_SRCS := $(BARE_EL2_SRCS) tests/firmware/common/storm.c \
	$(wildcard tests/firmware/el2/*.S tests/firmware/el2/*.c)

firmware_objects = $(patsubst %,$(FIRMWARE)/$(1)/%.o,$(2))

# $(1) image, $(2) sources, $(3) extra compiler flags
define firmware_image
$(FIRMWARE)/$(1)/%.c.o: %.c
	@mkdir -p $$(@D)
	$$(Q_CC)$$(FW_CC) $$(BARE_CFLAGS) $(3) -MMD -MP -c -o $$@ $$<
$(FIRMWARE)/$(1)/%.S.o: %.S
	@mkdir -p $$(@D)
	$$(Q_CC)$$(FW_CC) $$(BARE_CFLAGS) $(3) -MMD -MP -c -o $$@ $$<
$(FIRMWARE)/$(1).elf: $(call firmware_objects,$(1),$(2)) $(BARE_LDS)
	$$(Q_LD)$$(FW_CC) $$(BARE_LDFLAGS) -o $$@ $$(filter %.o,$$^)
$(FIRMWARE)/$(1).bin: $(FIRMWARE)/$(1).elf
	$$(Q_BIN)$$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $$< $$@
ALL_TARGETS += $(FIRMWARE)/$(1).bin
-include $(patsubst %.o,%.d,$(call firmware_objects,$(1),$(2)))
endef

$(eval $(call firmware_image,rmm,$(FIRMWARE_RMM_SRCS),-DRMM_BOOT_CODE=0))
$(eval $(call firmware_image,rmm-fails,$(FIRMWARE_RMM_SRCS),-DRMM_BOOT_CODE=RMM_BOOT_MANIFEST_DATA))
$(eval $(call firmware_image,firmware,$(FIRMWARE_EL2_SRCS),))
