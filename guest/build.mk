# SPDX-License-Identifier: BSD-3-Clause
# rsi-attest, the tool for Realms, and the relay for their host; then the demo guest: its tool, its initramfs, and what goes into the host's initramfs to run it.

DEMO_DIR := $(BUILD)/guest/demo
DEMO_SRCS := guest/demo/realm-token.c guest/demo/claims.c guest/demo/tsm.c lib/cbor/read.c
DEMO_OBJS := $(DEMO_SRCS:%.c=$(DEMO_DIR)/obj/%.o)
DEMO_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -ffunction-sections -fdata-sections -I. -Ilib/include
DEMO_INITRD := $(DEMO_DIR)/initrd.cpio

$(DEMO_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(DEMO_CFLAGS) -MMD -MP -c -o $@ $<

$(DEMO_DIR)/realm-token: $(DEMO_OBJS)
	$(Q_LD)$(FW_CC) -static -Wl,--gc-sections -s -o $@ $^

$(DEMO_INITRD): guest/demo/init $(DEMO_DIR)/realm-token boot/initramfs boot/common.sh \
		$(SYSROOT)/bin/busybox $(GUEST)/release
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init guest/demo/init \
		--modules $(GUEST)/modules --module arm-cca-guest \
		--file $(DEMO_DIR)/realm-token:bin/realm-token

# Programs with a C library, jansson and mbedTLS for arm64.
include lib/crypto.mk
ATTEST_DIR := $(BUILD)/guest/attest
ATTEST_CFLAGS := $(DEMO_CFLAGS) -fstack-protector-strong -I$(SYSROOT)/usr/include
ATTEST_OBJS := $(addprefix $(ATTEST_DIR)/obj/,$(addsuffix .o,$(basename guest/attest/rsi-attest.c \
	guest/attest/exchange.c guest/attest/guest.c guest/demo/tsm.c $(KBS_SRCS) lib/base64/base64.c \
	$(HASH_SRCS) $(HASH_ARM64_SRCS))))
RELAY_OBJS := $(addprefix $(ATTEST_DIR)/obj/,guest/attest/relay.o lib/kbs/address.o)

$(ATTEST_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(ATTEST_CFLAGS) -MMD -MP -c -o $@ $<
$(ATTEST_DIR)/obj/%.o: %.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(ATTEST_CFLAGS) -MMD -MP -c -o $@ $<

$(ATTEST_DIR)/rsi-attest: $(ATTEST_OBJS)
	$(Q_LD)$(FW_CC) -static -Wl,--gc-sections -s -o $@ $^ -L$(SYSROOT)/usr/lib/aarch64-linux-gnu $(TOKEN_LIBS)
$(ATTEST_DIR)/attest-relay: $(RELAY_OBJS)
	$(Q_LD)$(FW_CC) -static -Wl,--gc-sections -s -o $@ $^

ALL_TARGETS += $(ATTEST_DIR)/rsi-attest $(ATTEST_DIR)/attest-relay
-include $(ATTEST_OBJS:.o=.d) $(RELAY_OBJS:.o=.d)

ALL_TARGETS += $(DEMO_INITRD)
HOST_FILES += $(GUEST)/Image:guest/Image $(DEMO_INITRD):guest/initrd \
	guest/demo/realm-demo:bin/realm-demo guest/demo/realm-demo:etc/scripts/demo

-include $(DEMO_OBJS:.o=.d)
