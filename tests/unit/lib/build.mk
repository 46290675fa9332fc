# SPDX-License-Identifier: BSD-3-Clause
# Native tests of CBOR, COSE, hashes and signatures, of the RMM's measurements and tokens and of
# the monitor's platform token: whatever stands on lib/crypto.mk.
CRYPTO_UNIT := $(BUILD)/tests/unit/crypto
CRYPTO_UNIT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
CRYPTO_UNIT_TESTS := $(addprefix $(CRYPTO_UNIT)/,cbor hash p384 cose arena sign_only measure attest token)

CRYPTO_UNIT_LIB := $(CRYPTO_NATIVE_SRCS:%.c=$(CRYPTO_UNIT)/%.o)

$(CRYPTO_UNIT)/cbor: $(CRYPTO_UNIT)/tests/unit/lib/cbor.o
$(CRYPTO_UNIT)/hash: $(CRYPTO_UNIT)/tests/unit/lib/hash.o
$(CRYPTO_UNIT)/p384: $(CRYPTO_UNIT)/tests/unit/lib/p384.o
$(CRYPTO_UNIT)/cose: $(CRYPTO_UNIT)/tests/unit/lib/cose.o
$(CRYPTO_UNIT)/arena: $(CRYPTO_UNIT)/tests/unit/lib/arena.o $(CRYPTO_UNIT)/lib/mbedtls_port/arena.o
$(CRYPTO_UNIT)/sign_only: $(CRYPTO_UNIT)/tests/unit/lib/sign_only.o \
	$(CRYPTO_UNIT)/lib/mbedtls_port/absent.o
$(CRYPTO_UNIT)/token: $(CRYPTO_UNIT)/tests/unit/monitor/boot/token.o \
	$(CRYPTO_UNIT)/monitor/boot/token.o
$(CRYPTO_UNIT)/measure: $(CRYPTO_UNIT)/tests/unit/lib/measure.o \
	$(CRYPTO_UNIT)/lib/measure/measure.o

$(CRYPTO_UNIT)/attest: $(addprefix $(CRYPTO_UNIT)/,tests/unit/rmm/attest/attest.o \
	tests/unit/rmm/attest/coroutine_native.o tests/unit/rmm/attest/heap_native.o \
	rmm/attest/attest.o rmm/attest/claims.o rmm/crypto/job.o rmm/crypto/arena.o \
	lib/measure/measure.o lib/mbedtls_port/arena.o)
$(CRYPTO_UNIT)/attest: CRYPTO_UNIT_LDFLAGS := -Wl,--wrap=calloc,--wrap=free

$(CRYPTO_UNIT_TESTS): $(CRYPTO_UNIT_LIB)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) $(CRYPTO_UNIT_LDFLAGS) -o $@ $^ -lcmocka \
		$(CRYPTO_NATIVE_LIBS) -lpthread

$(CRYPTO_UNIT)/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -Irmm -MMD -MP -c -o $@ $<

-include $(CRYPTO_UNIT_LIB:.o=.d) $(wildcard $(CRYPTO_UNIT)/*/*.d $(CRYPTO_UNIT)/*/*/*.d \
	$(CRYPTO_UNIT)/*/*/*/*.d $(CRYPTO_UNIT)/*/*/*/*/*.d)

UNIT_TESTS += $(CRYPTO_UNIT_TESTS)
include tests/unit/lib/basic.mk
