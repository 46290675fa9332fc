# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the RMM's portable parts on a simulated machine: one program per file of
# tests, each with the whole portable RMM; only the test of the dispatcher has stubs for the rest.
include lib/crypto.mk
include rmm/sources.mk

RMM_UNIT := $(BUILD)/tests/unit/rmm
RMM_UNIT_CFLAGS := $(UNIT_CFLAGS) -Itests/unit/rmm -Itests/unit/rmm/arch_native
RMM_UNIT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
RMM_UNIT_SRCS := $(RMM_CORE_SRCS) $(MEASURE_SRCS) $(RMM_ATTEST_SRCS) rmm/run/exit.c \
	$(CRYPTO_NATIVE_SRCS) lib/mbedtls_port/arena.c tests/unit/rmm/attest/coroutine_native.c \
	tests/unit/rmm/attest/heap_native.c tests/unit/rmm/arch_native/machine.c \
	tests/unit/rmm/arch_native/run.c tests/unit/rmm/host.c \
	tests/unit/rmm/realm_run.c
RMM_UNIT_OBJS := $(RMM_UNIT_SRCS:%.c=$(RMM_UNIT)/obj/%.o)

RMM_UNIT_NAMES := $(patsubst tests/unit/rmm/%.c,%,$(wildcard tests/unit/rmm/core/*.c \
	tests/unit/rmm/rmi/*.c tests/unit/rmm/rmi2/*.c tests/unit/rmm/rsi/*.c))
RMM_DISPATCH_TEST := $(RMM_UNIT)/rmi2/rmi
RMM_UNIT_TESTS := $(filter-out $(RMM_DISPATCH_TEST),$(RMM_UNIT_NAMES:%=$(RMM_UNIT)/%))

$(RMM_UNIT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -MMD -MP -c -o $@ $<

$(RMM_UNIT_TESTS): $(RMM_UNIT)/%: $(RMM_UNIT)/obj/tests/unit/rmm/%.o $(RMM_UNIT_OBJS)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -Wl,--wrap=calloc,--wrap=free -o $@ $^ -lcmocka \
		$(CRYPTO_NATIVE_LIBS) -lpthread

$(RMM_DISPATCH_TEST): $(addprefix $(RMM_UNIT)/obj/,tests/unit/rmm/rmi2/rmi.o rmm/rmi2/rmi.o \
		rmm/core/life.o)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -o $@ $^ -lcmocka

UNIT_TESTS += $(RMM_UNIT_TESTS) $(RMM_DISPATCH_TEST)
include $(addprefix tests/unit/rmm/,run/tests.mk arch/tests.mk aarch64/tests.mk)

# Hostile hosts: threads under ThreadSanitizer, and a libFuzzer target (not run by make check).
RMM_STRESS := $(BUILD)/tests/unit/rmm-tsan
RMM_FUZZ := $(BUILD)/tests/unit/rmm-fuzz
RMM_UNIT_STRESS := $(RMM_UNIT)/hostile/stress
RMM_HOSTILE_SRCS := $(filter-out tests/unit/rmm/host.c tests/unit/rmm/realm_run.c,$(RMM_UNIT_SRCS)) \
	$(filter-out %/stress.c %/fuzz.c,$(wildcard tests/unit/rmm/hostile/*.c))
RMM_STRESS_OBJS := $(patsubst %.c,$(RMM_STRESS)/obj/%.o,$(RMM_HOSTILE_SRCS) tests/unit/rmm/hostile/stress.c)
RMM_FUZZ_OBJS := $(patsubst %.c,$(RMM_FUZZ)/obj/%.o,$(RMM_HOSTILE_SRCS) tests/unit/rmm/hostile/fuzz.c)

$(RMM_STRESS)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(RMM_UNIT_CFLAGS) -Itests/unit/rmm/hostile -fsanitize=thread -DRMM_QUADS=0 \
		-MMD -MP -c -o $@ $<

$(RMM_STRESS)/stress: $(RMM_STRESS_OBJS)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) -fsanitize=thread -Wl,--wrap=calloc,--wrap=free -o $@ $^ \
		$(CRYPTO_NATIVE_LIBS) -lpthread

$(RMM_FUZZ)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(RMM_UNIT_CFLAGS) -Itests/unit/rmm/hostile $(RMM_UNIT_SAN) \
		-fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

FUZZERS += $(RMM_FUZZ)/fuzz
$(RMM_FUZZ)/fuzz: $(RMM_FUZZ_OBJS)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -fsanitize=fuzzer \
		-Wl,--wrap=calloc,--wrap=free -o $@ $^ $(CRYPTO_NATIVE_LIBS) -lpthread

# The same under AddressSanitizer, with the 64-bit claims that ThreadSanitizer cannot follow.
$(RMM_UNIT)/obj/tests/unit/rmm/hostile/%.o: RMM_UNIT_CFLAGS += -Itests/unit/rmm/hostile
$(RMM_UNIT_STRESS): $(patsubst %.c,$(RMM_UNIT)/obj/%.o,$(RMM_HOSTILE_SRCS) \
		tests/unit/rmm/hostile/stress.c)
	@mkdir -p $(@D)
	$(Q_LD)$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -Wl,--wrap=calloc,--wrap=free -o $@ $^ \
		$(CRYPTO_NATIVE_LIBS) -lpthread

UNIT_TESTS += $(RMM_STRESS)/stress $(RMM_UNIT_STRESS)

# make fuzz-rmm: FUZZ_TIME seconds of it; what it finds stays in $(BUILD)/fuzz-rmm.
FUZZ_TIME ?= 60
.PHONY: fuzz-rmm
fuzz-rmm: $(RMM_FUZZ)/fuzz
	@mkdir -p $(BUILD)/fuzz-rmm/corpus
	$(RMM_FUZZ)/fuzz -max_total_time=$(FUZZ_TIME) -max_len=4096 -len_control=0 -timeout=20 \
		-artifact_prefix=$(BUILD)/fuzz-rmm/ $(BUILD)/fuzz-rmm/corpus

-include $(RMM_STRESS_OBJS:.o=.d) $(RMM_FUZZ_OBJS:.o=.d)
-include $(patsubst %.c,$(RMM_UNIT)/obj/%.d,$(wildcard tests/unit/rmm/hostile/*.c))
-include $(RMM_UNIT_OBJS:.o=.d) $(RMM_UNIT_NAMES:%=$(RMM_UNIT)/obj/tests/unit/rmm/%.d)
