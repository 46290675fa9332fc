# SPDX-License-Identifier: BSD-3-Clause
# What the figures of Realms need: the measured guest's initramfs, and its stopwatch on the host.

BENCH := $(BUILD)/tests/bench
BENCH_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -I.

$(BENCH)/%: tests/bench/%.c $(wildcard vmm/vm/kvm.h abi/kvm_cca.h guest/bench/rest.h)
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) $(BENCH_CFLAGS) -static -s -o $@ $<
$(BENCH)/init: guest/bench/init.c guest/bench/rest.h
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) $(BENCH_CFLAGS) -static -s -o $@ $<
$(BENCH)/initrd.cpio: $(BENCH)/init boot/initramfs boot/common.sh $(SYSROOT)/bin/busybox
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init $<

ALL_TARGETS += $(BENCH)/realm-bench $(BENCH)/initrd.cpio
SYSTEM_FILES += $(BENCH)/realm-bench:bin/realm-bench $(BENCH)/initrd.cpio:guest/bench
