# SPDX-License-Identifier: BSD-3-Clause
# Native tests of CBOR, COSE, hashes and signatures, of the RMM's measurements and tokens and of
# the monitor's platform token: whatever stands on lib/crypto.mk.
CRYPTO_UNIT := $(BUILD)/tests/unit/crypto
CRYPTO_UNIT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
CRYPTO_UNIT_TESTS := $(addprefix $(CRYPTO_UNIT)/,cbor hash p384 cose arena sign_only measure attest token)

CRYPTO_UNIT_LIB := $(CRYPTO_NATIVE_SRCS:%.c=$(CRYPTO_UNIT)/%.o)

$(CRYPTO_UNIT)/cbor: $(CRYPTO_UNIT)/tests/unit/lib/cbor.o $(CRYPTO_UNIT)/lib/cbor/valid.o
$(CRYPTO_UNIT)/hash: $(CRYPTO_UNIT)/tests/unit/lib/hash.o
$(CRYPTO_UNIT)/p384: $(CRYPTO_UNIT)/tests/unit/lib/p384.o
$(CRYPTO_UNIT)/cose: $(CRYPTO_UNIT)/tests/unit/lib/cose.o
$(CRYPTO_UNIT)/arena: $(CRYPTO_UNIT)/tests/unit/lib/arena.o $(CRYPTO_UNIT)/lib/mbedtls_port/arena.o
$(CRYPTO_UNIT)/sign_only: $(CRYPTO_UNIT)/tests/unit/lib/sign_only.o \
	$(CRYPTO_UNIT)/lib/mbedtls_port/absent.o
$(CRYPTO_UNIT)/token: $(CRYPTO_UNIT)/tests/unit/monitor/boot/token.o \
	$(CRYPTO_UNIT)/monitor/boot/token.o
$(CRYPTO_UNIT)/measure: $(CRYPTO_UNIT)/tests/unit/lib/measure.o \
	$(addprefix $(CRYPTO_UNIT)/lib/measure/,measure.o rules.o)

# What the RMM's part of a token needs, the coroutine and the heap of the tests included.
ATTEST_UNIT := $(addprefix $(CRYPTO_UNIT)/,tests/unit/rmm/attest/coroutine_native.o \
	tests/unit/rmm/attest/heap_native.o rmm/attest/attest.o rmm/attest/claims.o rmm/crypto/job.o \
	rmm/crypto/arena.o lib/measure/measure.o lib/mbedtls_port/arena.o)
ATTEST_UNIT_LDFLAGS := -Wl,--wrap=calloc,--wrap=free

$(CRYPTO_UNIT)/attest: $(CRYPTO_UNIT)/tests/unit/rmm/attest/attest.o $(ATTEST_UNIT)
$(CRYPTO_UNIT)/attest: CRYPTO_UNIT_LDFLAGS := $(ATTEST_UNIT_LDFLAGS)

# Tokens decoded and judged.
TOKEN_UNIT_TESTS := $(addprefix $(CRYPTO_UNIT)/tokens/,decode verify policy key json)
TOKEN_UNIT_LIB := $(patsubst %.c,$(CRYPTO_UNIT)/%.o,$(TOKEN_SRCS) $(HASH_NATIVE_SRCS))

$(TOKEN_UNIT_TESTS): $(CRYPTO_UNIT)/tokens/%: $(CRYPTO_UNIT)/tests/unit/lib/token/%.o \
		$(CRYPTO_UNIT)/tests/unit/lib/token/maker.o \
		$(CRYPTO_UNIT)/tests/unit/lib/token/judge.o $(TOKEN_UNIT_LIB)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS)

# CoRIM written and read.
CORIM_UNIT_TESTS := $(addprefix $(CRYPTO_UNIT)/corims/,read write policy)
CORIM_UNIT_LIB := $(patsubst %.c,$(CRYPTO_UNIT)/%.o,$(CORIM_SRCS) $(HASH_NATIVE_SRCS) \
	$(addprefix tests/unit/lib/,corim/notation.c corim/private.c token/maker.c token/judge.c))

$(CORIM_UNIT_TESTS): $(CRYPTO_UNIT)/corims/%: $(CRYPTO_UNIT)/tests/unit/lib/corim/%.o $(CORIM_UNIT_LIB)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS)

$(CRYPTO_UNIT_TESTS): $(CRYPTO_UNIT_LIB)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) $(CRYPTO_UNIT_LDFLAGS) -o $@ $^ -lcmocka \
		$(CRYPTO_NATIVE_LIBS) -lpthread

$(CRYPTO_UNIT)/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -Irmm -MMD -MP -c -o $@ $<

-include $(CRYPTO_UNIT_LIB:.o=.d) $(wildcard $(CRYPTO_UNIT)/*/*.d $(CRYPTO_UNIT)/*/*/*.d \
	$(CRYPTO_UNIT)/*/*/*/*.d $(CRYPTO_UNIT)/*/*/*/*/*.d)

# Secrets for verified Realms.
KBS_UNIT_TESTS := $(addprefix $(CRYPTO_UNIT)/kbs/,base64 jwe http)
KBS_UNIT_LIB := $(patsubst %.c,$(CRYPTO_UNIT)/%.o,$(KBS_SRCS) lib/base64/base64.c $(HASH_SRCS) $(HASH_NATIVE_SRCS))

$(KBS_UNIT_TESTS): $(CRYPTO_UNIT)/kbs/%: $(CRYPTO_UNIT)/tests/unit/lib/kbs/%.o $(KBS_UNIT_LIB)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS)

# The tests of hashes, with OpenSSL's block functions.
$(CRYPTO_UNIT)/hash_openssl: $(patsubst %.c,$(CRYPTO_UNIT)/%.o,tests/unit/lib/hash.c $(HASH_SRCS) $(HASH_OPENSSL_SRCS))
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(CRYPTO_NATIVE_LIBS) $(HASH_OPENSSL_LIBS)

# The tests of verdicts and of keys, with OpenSSL's ECDSA.
TOKEN_OPENSSL_TESTS := $(addprefix $(CRYPTO_UNIT)/tokens/,verify_openssl key_openssl)
$(TOKEN_OPENSSL_TESTS): $(CRYPTO_UNIT)/tokens/%_openssl: $(CRYPTO_UNIT)/tests/unit/lib/token/%.o \
		$(CRYPTO_UNIT)/tests/unit/lib/token/maker.o $(CRYPTO_UNIT)/tests/unit/lib/token/judge.o \
		$(patsubst %.c,$(CRYPTO_UNIT)/%.o,$(call token_with_openssl,$(TOKEN_SRCS)) $(HASH_OPENSSL_SRCS))
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS) $(HASH_OPENSSL_LIBS)

# Tokens of this stack, by the monitor's code and the RMM's. More than a thousand of them are judged, which
# OpenSSL's ECDSA makes bearable.
TOKEN_UNIT_STACK := $(CRYPTO_UNIT)/tokens/stack
$(TOKEN_UNIT_STACK): $(sort $(addprefix $(CRYPTO_UNIT)/,$(addprefix tests/unit/lib/token/,stack.o stack_token.o maker.o \
		judge.o) monitor/boot/token.o monitor/boot/evidence.o) $(ATTEST_UNIT) $(CRYPTO_UNIT_LIB) \
		$(patsubst %.c,$(CRYPTO_UNIT)/%.o,$(call token_with_openssl,$(TOKEN_SRCS))))
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) $(ATTEST_UNIT_LDFLAGS) -o $@ $^ -lcmocka $(TOKEN_LIBS) \
		$(HASH_OPENSSL_LIBS) -lpthread

UNIT_TESTS += $(CRYPTO_UNIT_TESTS) $(CRYPTO_UNIT)/hash_openssl $(TOKEN_UNIT_TESTS) $(TOKEN_OPENSSL_TESTS) \
	$(TOKEN_UNIT_STACK) $(CORIM_UNIT_TESTS) $(KBS_UNIT_TESTS)

# The command `realm verify` under sanitizers, and the test that compares it with other libraries. Those
# are packages of Debian, which another python3 of the machine's would not find.
$(CRYPTO_UNIT)/realm: $(TOOLS_SRCS:%.c=$(CRYPTO_UNIT)/%.o)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ $(TOOLS_LIBS)
$(CRYPTO_UNIT)/tokens/agree: $(CRYPTO_UNIT)/realm $(wildcard tests/unit/lib/token/agree/*.py) tests/lib/tap.py
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nPYTHONPATH=tests/lib exec /usr/bin/python3 -B %s %s\n' tests/unit/lib/token/agree/agree.py $< >$@
	@chmod +x $@
UNIT_SCRIPTS += $(CRYPTO_UNIT)/tokens/agree

# make fuzz-token, make fuzz-corim: hostile tokens and CoRIMs, FUZZ_TIME seconds, from the corpus of the
# tree; what they find stays in $(BUILD)/fuzz-token and so on. make corpus-token, make corpus-corim write a
# corpus anew, when the shapes change.
TOKEN_FUZZ := $(BUILD)/tests/unit/token-fuzz
TOKEN_FUZZ_OBJS := $(patsubst %.c,$(TOKEN_FUZZ)/obj/%.o,tests/unit/lib/token/fuzz/token.c $(TOKEN_SRCS) \
	$(HASH_NATIVE_SRCS))
CORIM_FUZZ_OBJS := $(patsubst %.c,$(TOKEN_FUZZ)/obj/%.o,tests/unit/lib/corim/fuzz/corim.c $(CORIM_SRCS) \
	$(HASH_NATIVE_SRCS))

$(TOKEN_FUZZ)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

FUZZERS += $(TOKEN_FUZZ)/token $(TOKEN_FUZZ)/corim
$(TOKEN_FUZZ)/token: $(TOKEN_FUZZ_OBJS)
$(TOKEN_FUZZ)/corim: $(CORIM_FUZZ_OBJS)
$(TOKEN_FUZZ)/token $(TOKEN_FUZZ)/corim:
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -fsanitize=fuzzer -o $@ $^ $(TOKEN_LIBS)

$(TOKEN_FUZZ)/token-seeds: $(addprefix $(CRYPTO_UNIT)/tests/unit/lib/token/,fuzz/seeds.o maker.o) \
	$(TOKEN_UNIT_LIB)
$(TOKEN_FUZZ)/corim-seeds: $(addprefix $(CRYPTO_UNIT)/,tests/unit/lib/corim/fuzz/seeds.o \
	tests/unit/lib/corim/notation.o lib/cbor/encode.o)
$(TOKEN_FUZZ)/token-seeds $(TOKEN_FUZZ)/corim-seeds:
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS)

.PHONY: fuzz-token fuzz-corim corpus-token corpus-corim
fuzz-token fuzz-corim: fuzz-%: $(TOKEN_FUZZ)/%
	@mkdir -p $(BUILD)/$@/corpus
	$< -max_total_time=$(FUZZ_TIME) -max_len=8192 -timeout=20 -artifact_prefix=$(BUILD)/$@/ \
		$(BUILD)/$@/corpus tests/unit/lib/$*/fuzz/corpus
corpus-token corpus-corim: corpus-%: $(TOKEN_FUZZ)/%-seeds
	$< tests/unit/lib/$*/fuzz/corpus

-include $(TOKEN_FUZZ_OBJS:.o=.d) $(CORIM_FUZZ_OBJS:.o=.d)
include tests/unit/lib/basic.mk
