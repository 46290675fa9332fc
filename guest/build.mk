# SPDX-License-Identifier: BSD-3-Clause
# rsi-attest, the tool for Realms, and the relay for their host; then the demo guest: its tool, its
# initramfs, and what goes into the host's initramfs to run it.

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

$(DEMO_INITRD): guest/demo/init guest/demo/power-key $(DEMO_DIR)/realm-token boot/initramfs boot/common.sh \
		$(SYSROOT)/bin/busybox $(GUEST)/release
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init guest/demo/init \
		--modules $(GUEST)/modules --module arm-cca-guest \
		--module virtio_mmio --module virtio_input --module evdev \
		--file guest/demo/power-key:etc/acpi/PWRF/00000080 \
		--file $(DEMO_DIR)/realm-token:bin/realm-token

# Programs with a C library, jansson and mbedTLS for arm64.
include lib/crypto.mk
ATTEST_DIR := $(BUILD)/guest/attest
ATTEST_CFLAGS := $(DEMO_CFLAGS) -fstack-protector-strong -I$(SYSROOT)/usr/include
ATTEST_OBJS := $(addprefix $(ATTEST_DIR)/obj/,$(addsuffix .o,$(basename guest/attest/rsi-attest.c \
	guest/attest/exchange.c guest/attest/guest.c guest/attest/output.c guest/demo/tsm.c $(KBS_SRCS) \
	lib/base64/base64.c $(HASH_SRCS) $(HASH_ARM64_SRCS))))
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

# The attested guest: an initramfs that opens an encrypted disk with a key from the key server.
ATTEST_INITRD := $(ATTEST_DIR)/initrd.cpio
ATTEST_CRYPT := cryptsetup $(addsuffix .so.1,ld-linux-aarch64 libargon2 libblkid libselinux libudev libuuid) \
	libc.so.6 libm.so.6 libcrypto.so.3 libcryptsetup.so.12 libdevmapper.so.1.02.1 libjson-c.so.5 \
	libpcre2-8.so.0 libpopt.so.0
$(ATTEST_INITRD): guest/attest/init guest/attest/root-init $(ATTEST_DIR)/rsi-attest boot/initramfs boot/common.sh \
		$(SYSROOT)/bin/busybox $(GUEST)/release $(CRYPTSETUP)/cryptsetup
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init guest/attest/init \
		--modules $(GUEST)/modules $(addprefix --module ,virtio_blk vmw_vsock_virtio_transport \
		arm-cca-guest dm-crypt dm-integrity authenc algif_skcipher) \
		--file guest/attest/root-init:etc/root-init --file $(ATTEST_DIR)/rsi-attest:bin/rsi-attest \
		$(foreach f,$(ATTEST_CRYPT),--file $(CRYPTSETUP)/$(f):$(if $(findstring .so.,$(f)),lib,bin)/$(f))

ALL_TARGETS += $(ATTEST_INITRD)
ATTEST_FILES := $(ATTEST_INITRD):guest/attest-initrd $(ATTEST_DIR)/attest-relay:bin/attest-relay \
	guest/attest/attest-demo:bin/attest-demo guest/attest/attest-demo:etc/scripts/attest-demo

ALL_TARGETS += $(DEMO_INITRD)
HOST_FILES += $(GUEST)/Image:guest/Image $(DEMO_INITRD):guest/initrd \
	guest/demo/realm-demo:bin/realm-demo guest/demo/realm-demo:etc/scripts/demo

# The Debian system of DISK=1; the disk is boot/make-disk's.
DISK_FILES += guest/debian/realm-debian:bin/realm-debian guest/debian/realm-debian:etc/scripts/debian \
	guest/debian/check:etc/scripts/debian-check

-include $(DEMO_OBJS:.o=.d)
