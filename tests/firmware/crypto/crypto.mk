# SPDX-License-Identifier: BSD-3-Clause
# Bare-metal payload that tests hashes, signatures and coroutines at EL2; needs no monitor.
# "make check-crypto" runs it.
PCRYPTO := $(BUILD)/tests/firmware/crypto
PCRYPTO_SRCS := $(wildcard tests/firmware/crypto/*.c) tests/firmware/crypto/start.S \
	lib/string.c lib/print.c $(CRYPTO_FW_VERIFY_SRCS) $(MEASURE_SRCS) \
	rmm/attest/attest.c rmm/attest/claims.c rmm/crypto/job.c rmm/crypto/coroutine_arm64.c rmm/crypto/coroutine_arm64.S
PCRYPTO_OBJS := $(PCRYPTO_SRCS:%=$(PCRYPTO)/%.o)
PCRYPTO_CFLAGS := $(FW_CFLAGS) $(CRYPTO_FW_CFLAGS)

$(PCRYPTO)/%.c.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(PCRYPTO_CFLAGS) -MMD -MP -c -o $@ $<
$(PCRYPTO)/%.S.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(PCRYPTO_CFLAGS) -MMD -MP -c -o $@ $<

$(PCRYPTO)/payload.elf: $(PCRYPTO_OBJS) tests/firmware/crypto/payload.lds
	$(Q_LD)$(FW_CC) $(FW_LDFLAGS) -Wl,-T,tests/firmware/crypto/payload.lds -o $@ $(PCRYPTO_OBJS) \
		$(CRYPTO_FW_LIBS)

.PHONY: check-crypto
check-crypto: $(PCRYPTO)/payload.elf
	tests/firmware/crypto/run $< $(PCRYPTO)/log
	tests/firmware/crypto/run $< $(PCRYPTO)/log cortex-a57

ALL_TARGETS += $(PCRYPTO)/payload.elf
-include $(PCRYPTO_OBJS:.o=.d)
