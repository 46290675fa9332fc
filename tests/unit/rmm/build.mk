# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the RMM's portable parts on a simulated machine: one program per file of
# tests, each with the whole portable RMM.
include lib/crypto.mk
include rmm/sources.mk

RMM_UNIT := $(BUILD)/tests/unit/rmm
RMM_UNIT_CFLAGS := $(UNIT_CFLAGS) -Itests/unit/rmm -Itests/unit/rmm/arch_native
RMM_UNIT_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
RMM_UNIT_SRCS := $(RMM_CORE_SRCS) $(RMM_MEASURE_SRCS) $(RMM_ATTEST_SRCS) rmm/run/reset.c \
	$(CRYPTO_NATIVE_SRCS) lib/mbedtls_port/arena.c tests/unit/rmm/attest/coroutine_native.c \
	tests/unit/rmm/attest/heap_native.c tests/unit/rmm/arch_native/machine.c \
	tests/unit/rmm/arch_native/run.c tests/unit/rmm/host.c \
	tests/unit/rmm/realm_run.c
RMM_UNIT_OBJS := $(RMM_UNIT_SRCS:%.c=$(RMM_UNIT)/obj/%.o)

RMM_UNIT_NAMES := $(patsubst tests/unit/rmm/%.c,%,$(wildcard tests/unit/rmm/core/*.c \
	tests/unit/rmm/rmi2/*.c tests/unit/rmm/rsi/*.c))
RMM_UNIT_TESTS := $(RMM_UNIT_NAMES:%=$(RMM_UNIT)/%)

$(RMM_UNIT)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -MMD -MP -c -o $@ $<

$(RMM_UNIT_TESTS): $(RMM_UNIT)/%: $(RMM_UNIT)/obj/tests/unit/rmm/%.o $(RMM_UNIT_OBJS)
	@mkdir -p $(@D)
	$(UNIT_CC) $(RMM_UNIT_CFLAGS) $(RMM_UNIT_SAN) -Wl,--wrap=calloc,--wrap=free -o $@ $^ -lcmocka \
		$(CRYPTO_NATIVE_LIBS) -lpthread

UNIT_TESTS += $(RMM_UNIT_TESTS)

-include $(RMM_UNIT_OBJS:.o=.d) $(RMM_UNIT_NAMES:%=$(RMM_UNIT)/obj/tests/unit/rmm/%.d)
