# SPDX-License-Identifier: BSD-3-Clause
# The RMM: build/rmm/rmm.bin, a flat image whose entry is its first instruction.
include rmm/sources.mk

RMM_OUT := $(BUILD)/rmm
RMM_CFLAGS := $(FW_CFLAGS) -fpie -fvisibility=hidden -include rmm/arch/aarch64/visibility.h \
	-Irmm/arch/aarch64 $(CRYPTO_FW_CFLAGS)
RMM_LDFLAGS := $(FW_LDFLAGS) -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext
RMM_SRCS := $(wildcard rmm/arch/aarch64/*.[cS]) $(RMM_CORE_SRCS) $(RMM_RUN_SRCS) \
	$(MEASURE_SRCS) $(wildcard rmm/attest/*.c rmm/crypto/*.[cS]) $(LIB_SRCS) $(CRYPTO_FW_SRCS)
RMM_SRCS := $(filter-out %.ld.S,$(RMM_SRCS))
RMM_OBJS := $(patsubst %,$(RMM_OUT)/%.o,$(RMM_SRCS))

# The portable code is optimised as one: most of its functions are too small to be called.
$(patsubst %,$(RMM_OUT)/%.o,$(RMM_CORE_SRCS) $(RMM_RUN_SRCS) $(MEASURE_SRCS)): RMM_CFLAGS += -flto

$(RMM_OUT)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(RMM_CFLAGS) -MMD -MP -c -o $@ $<

$(RMM_OUT)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(RMM_CFLAGS) -MMD -MP -c -o $@ $<

$(RMM_OUT)/rmm.ld: rmm/arch/aarch64/rmm.ld.S rmm/arch/aarch64/cpu.h
	@mkdir -p $(@D)
	$(Q_GEN)$(FW_CC) -E -P -D__ASSEMBLER__ -x assembler-with-cpp -I. -Ilib/include -o $@ $<

$(RMM_OUT)/rmm.elf: $(RMM_OBJS) $(RMM_OUT)/rmm.ld
	$(Q_LD)$(FW_CC) $(RMM_CFLAGS) -flto $(RMM_LDFLAGS) -T $(RMM_OUT)/rmm.ld -o $@ $(RMM_OBJS) \
		$(CRYPTO_FW_LIBS)

$(RMM_OUT)/rmm.bin: $(RMM_OUT)/rmm.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

ALL_TARGETS += $(RMM_OUT)/rmm.bin

-include $(RMM_OBJS:.o=.d)
