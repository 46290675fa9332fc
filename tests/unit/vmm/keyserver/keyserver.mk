# SPDX-License-Identifier: BSD-3-Clause
# The command `realm keyserver` under sanitizers, with clients in Python and rsi-attest; and make fuzz-keyserver:
# hostile connections, FUZZ_TIME seconds, from the corpus of the tree. What it finds stays in
# $(BUILD)/fuzz-keyserver.
UT_SERVE := $(UT_VMM)/keyserver/serve
UT_ATTEST := $(CRYPTO_UNIT)/rsi-attest
$(UT_SERVE): $(CRYPTO_UNIT)/realm $(UT_ATTEST) $(wildcard tests/unit/vmm/keyserver/serve/*.py tests/unit/lib/token/agree/*.py) tests/lib/tap.py
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nPYTHONPATH=tests/lib:tests/unit/lib/token/agree exec /usr/bin/python3 -B %s\n' 'tests/unit/vmm/keyserver/serve/serve.py $< $(UT_ATTEST)' >$@
	@chmod +x $@
UNIT_SCRIPTS += $(UT_SERVE)

# The Realm's tool, natively, with tokens that the tests make.
$(UT_ATTEST): $(patsubst %.c,$(CRYPTO_UNIT)/%.o,guest/attest/rsi-attest.c guest/attest/exchange.c \
		guest/attest/guest.c guest/attest/output.c tests/unit/guest/tsm_maker.c tests/unit/lib/token/maker.c \
		$(KBS_SRCS) $(TOKEN_SRCS) $(HASH_NATIVE_SRCS))
	$(Q_LD)$(UNIT_CC) $(UNIT_CFLAGS) $(CRYPTO_UNIT_SAN) -o $@ $^ -lcmocka $(TOKEN_LIBS)

KEYSERVER_FUZZ := $(BUILD)/tests/unit/keyserver-fuzz
KEYSERVER_FUZZ_OBJS := $(patsubst %.c,$(KEYSERVER_FUZZ)/obj/%.o,tests/unit/vmm/fuzz/keyserver.c \
	vmm/keyserver/keyserver.c $(KBS_SRCS) $(TOKEN_SRCS) $(HASH_NATIVE_SRCS))

$(KEYSERVER_FUZZ)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_VMM_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

FUZZERS += $(KEYSERVER_FUZZ)/keyserver
$(KEYSERVER_FUZZ)/keyserver: $(KEYSERVER_FUZZ_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_VMM_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(TOKEN_LIBS)

.PHONY: fuzz-keyserver
fuzz-keyserver: $(KEYSERVER_FUZZ)/keyserver
	@mkdir -p $(BUILD)/fuzz-keyserver/corpus
	$(KEYSERVER_FUZZ)/keyserver -max_total_time=$(FUZZ_TIME) -max_len=32768 -timeout=20 \
		-dict=tests/unit/vmm/keyserver/words -artifact_prefix=$(BUILD)/fuzz-keyserver/ \
		$(BUILD)/fuzz-keyserver/corpus tests/unit/vmm/keyserver/corpus

-include $(KEYSERVER_FUZZ_OBJS:.o=.d)
