# SPDX-License-Identifier: BSD-3-Clause
# The EL3 monitor: the resident stage is linked for secure SRAM and carried inside the boot stage,
# which runs from flash. build/monitor/monitor.bin is what QEMU gets as -bios (boot/pack-flash).

SYSROOT ?= $(BUILD)/sysroot
MONITOR_OUT := $(BUILD)/monitor
MONITOR_PLATFORM := monitor/platform/qemu-virt
MONITOR_CFLAGS := $(FW_CFLAGS) -fno-pie -I$(MONITOR_PLATFORM)
MONITOR_LDFLAGS := $(FW_LDFLAGS) -no-pie

MONITOR_RESIDENT_SRCS := $(wildcard monitor/resident/*.S monitor/resident/*.c) monitor/gpt/gpt.c \
	$(wildcard monitor/gpt/aarch64/*.[cS]) $(LIB_SRCS)
MONITOR_BOOT_SRCS := monitor/boot/start.S $(wildcard monitor/boot/*.c) monitor/gpt/gpt.c \
	$(filter-out %/reference.c,$(wildcard $(MONITOR_PLATFORM)/*.c)) \
	$(wildcard monitor/gpt/aarch64/*.[cS]) $(LIB_SRCS) $(CRYPTO_FW_SRCS)

MONITOR_RESIDENT_OBJS := $(patsubst %,$(MONITOR_OUT)/%.o,$(MONITOR_RESIDENT_SRCS))
MONITOR_BOOT_OBJS := $(patsubst %,$(MONITOR_OUT)/%.o,$(MONITOR_BOOT_SRCS))
MONITOR_LIBS := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a $(CRYPTO_FW_LIBS)

$(MONITOR_OUT)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(MONITOR_CFLAGS) -MMD -MP -c -o $@ $<

$(MONITOR_OUT)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(MONITOR_CFLAGS) -MMD -MP -c -o $@ $<

$(MONITOR_OUT)/%.ld: monitor/%.ld monitor/include/handoff.h $(MONITOR_PLATFORM)/platform_memory.h
	@mkdir -p $(@D)
	$(Q_GEN)$(FW_CC) -E -P -x assembler-with-cpp -I. -I$(MONITOR_PLATFORM) -o $@ $<

$(MONITOR_OUT)/resident.elf: $(MONITOR_RESIDENT_OBJS) $(MONITOR_OUT)/resident/resident.ld
	$(Q_LD)$(FW_CC) $(MONITOR_LDFLAGS) -T $(MONITOR_OUT)/resident/resident.ld -o $@ \
		$(MONITOR_RESIDENT_OBJS) -lgcc

$(MONITOR_OUT)/resident.bin: $(MONITOR_OUT)/resident.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

$(MONITOR_OUT)/monitor/boot/start.S.o: $(MONITOR_OUT)/resident.bin
$(MONITOR_OUT)/monitor/boot/start.S.o: MONITOR_CFLAGS += \
	-DRESIDENT_BIN='"$(MONITOR_OUT)/resident.bin"'
$(MONITOR_OUT)/monitor/boot/%.o $(MONITOR_OUT)/$(MONITOR_PLATFORM)/%.o $(MONITOR_OUT)/lib/%.o: MONITOR_CFLAGS += $(CRYPTO_FW_CFLAGS)

$(MONITOR_OUT)/monitor.elf: $(MONITOR_BOOT_OBJS) $(MONITOR_OUT)/boot/boot.ld $(firstword $(MONITOR_LIBS))
	$(Q_LD)$(FW_CC) $(MONITOR_LDFLAGS) -T $(MONITOR_OUT)/boot/boot.ld -o $@ $(MONITOR_BOOT_OBJS) \
		$(MONITOR_LIBS)

$(MONITOR_OUT)/monitor.bin: $(MONITOR_OUT)/monitor.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

# By what the platform names itself, and its key: no part of the monitor's image. Written anew each time,
# because a change of a knob has no time stamp; the file changes only with what is in it.
IDENTITY := $(BUILD)/platform/identity
DEVELOPMENT_KEY := $(BUILD)/platform/devkey

$(DEVELOPMENT_KEY): boot/identity
	@mkdir -p $(@D)
	$(Q_GEN)boot/identity new $@
$(IDENTITY): FORCE boot/identity $(or $(PLATFORM_KEY),$(DEVELOPMENT_KEY))
	@mkdir -p $(@D)
	@boot/identity write $(or $(PLATFORM_KEY),$(DEVELOPMENT_KEY)) $(or $(IMPLEMENTATION_ID),development) $(LIFECYCLE) $@

# The reference values of the platform, for the machine that builds.
REFERENCE := $(BUILD)/platform/measure-platform
REFERENCE_SRCS := monitor/reference/main.c $(MONITOR_PLATFORM)/reference.c monitor/boot/evidence.c \
	lib/cose/key.c $(CORIM_SRCS) $(HASH_NATIVE_SRCS)
REFERENCE_OBJS := $(REFERENCE_SRCS:%.c=$(BUILD)/platform/obj/%.o)

$(BUILD)/platform/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(TOOLS_CC) $(TOOLS_CFLAGS) -I$(MONITOR_PLATFORM) -MMD -MP -c -o $@ $<

$(REFERENCE): $(REFERENCE_OBJS)
	$(Q_LD)$(TOOLS_CC) -o $@ $^ $(TOKEN_LIBS)

ALL_TARGETS += $(MONITOR_OUT)/monitor.bin $(REFERENCE)

-include $(REFERENCE_OBJS:.o=.d) $(MONITOR_RESIDENT_OBJS:.o=.d) $(MONITOR_BOOT_OBJS:.o=.d)
