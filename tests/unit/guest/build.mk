# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the guest's portable files.

UT_GUEST := $(BUILD)/tests/unit/guest
UT_GUEST_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all
UT_GUEST_OBJS := $(patsubst %.c,$(UT_GUEST)/obj/%.o,tests/unit/guest/claims.c guest/demo/claims.c \
	lib/cbor/read.c lib/cbor/encode.c)

$(UT_GUEST)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(UT_GUEST)/claims: $(UT_GUEST_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_GUEST_CFLAGS) -o $@ $^ -lcmocka

UT_GUEST_ATTEST_OBJS := $(patsubst %.c,$(UT_GUEST)/obj/%.o,tests/unit/guest/attest.c guest/attest/guest.c)
$(UT_GUEST)/attest: $(UT_GUEST_ATTEST_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_GUEST_CFLAGS) -o $@ $^ -lcmocka

UT_GUEST_OUTPUT_OBJS := $(patsubst %.c,$(UT_GUEST)/obj/%.o,tests/unit/guest/output.c guest/attest/output.c)
$(UT_GUEST)/output: $(UT_GUEST_OUTPUT_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_GUEST_CFLAGS) -o $@ $^ -lcmocka

UT_GUEST_RELAY_OBJS := $(patsubst %.c,$(UT_GUEST)/obj/%.o,tests/unit/guest/relay.c guest/attest/relay.c lib/kbs/address.c)
$(UT_GUEST)/obj/guest/attest/relay.o: UT_GUEST_CFLAGS += -Dmain=relay_main -Wno-missing-prototypes
$(UT_GUEST)/relay: $(UT_GUEST_RELAY_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_GUEST_CFLAGS) -Wl,--wrap=accept,--wrap=bind,--wrap=fork \
		-Wl,--wrap=listen,--wrap=socket,--wrap=waitpid \
		-o $@ $^ -lcmocka

UNIT_TESTS += $(UT_GUEST)/claims $(UT_GUEST)/attest $(UT_GUEST)/output $(UT_GUEST)/relay

-include $(UT_GUEST_OBJS:.o=.d) $(UT_GUEST_ATTEST_OBJS:.o=.d) $(UT_GUEST_OUTPUT_OBJS:.o=.d) \
	$(UT_GUEST_RELAY_OBJS:.o=.d)
