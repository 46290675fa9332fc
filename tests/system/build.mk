# SPDX-License-Identifier: BSD-3-Clause
# What the system tests put into the host's initramfs: the access module and its user program.
include mk/kmod.mk

SYSTEM_MODULE := $(KMOD_BUILD)/tests/system/module/access.ko
SYSTEM_TOUCH := $(BUILD)/tests/system/touch
$(eval $(call kmod,tests/system/module,access))

$(SYSTEM_TOUCH): tests/system/module/touch.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -static -o $@ $<

ALL_TARGETS += $(SYSTEM_MODULE) $(SYSTEM_TOUCH)
SYSTEM_FILES += $(SYSTEM_MODULE):lib/tests/access.ko $(SYSTEM_TOUCH):bin/touch-memory

# The test guest: jobs a Realm does, see guest/init.
TEST_GUEST := $(BUILD)/tests/system/guest
TEST_GUEST_INITRD := $(TEST_GUEST)/initrd.cpio
TEST_GUEST_CONVERT := $(GUEST_KMOD_BUILD)/tests/system/guest/convert/convert.ko
$(eval $(call guest_kmod,tests/system/guest/convert,convert))
TEST_GUEST_IRQS := $(GUEST_KMOD_BUILD)/tests/system/guest/irqs/irqs.ko
$(eval $(call guest_kmod,tests/system/guest/irqs,irqs))
TEST_GUEST_DELAY := $(GUEST_KMOD_BUILD)/tests/system/guest/delay/delay.ko
$(eval $(call guest_kmod,tests/system/guest/delay,delay))

$(TEST_GUEST)/%: tests/system/guest/%.c tests/system/guest/convert/share.h
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -static -pthread -I. -s -o $@ $<

$(TEST_GUEST_INITRD): tests/system/guest/init $(TEST_GUEST)/work $(TEST_GUEST_CONVERT) \
		$(TEST_GUEST_IRQS) $(TEST_GUEST_DELAY) \
		boot/initramfs boot/common.sh $(SYSROOT)/bin/busybox $(GUEST)/release
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init tests/system/guest/init \
		--modules $(GUEST)/modules --file $(TEST_GUEST)/work:bin/work \
		--file $(TEST_GUEST_CONVERT):lib/modules/convert.ko \
		--file $(TEST_GUEST_IRQS):lib/modules/irqs.ko \
		--file $(TEST_GUEST_DELAY):lib/modules/delay.ko

ALL_TARGETS += $(TEST_GUEST_INITRD) $(TEST_GUEST)/peer
SYSTEM_FILES += $(TEST_GUEST_INITRD):guest/test-initrd $(TEST_GUEST)/peer:bin/realm-peer

SYSTEM_HVC := $(KMOD_BUILD)/tests/system/module/hvc.ko
$(SYSTEM_HVC): $(SYSTEM_MODULE)
SYSTEM_FILES += $(SYSTEM_HVC):lib/tests/hvc.ko

# For kexec the host needs its own kernel as a file, which is large: an initramfs of its own.
SYSTEM_KEXEC := $(BUILD)/tests/system/kexec
$(SYSTEM_KEXEC): tests/system/host/kexec.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -I$(SYSROOT)/usr/include -static -o $@ $< \
		$(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a
ALL_TARGETS += $(SYSTEM_KEXEC)
ifeq ($(HOST_SUITE),bookworm-backports)
KEXEC_FILES += $(SYSTEM_KEXEC):bin/kexec $(HOST)/Image:host/Image $(BUILD)/host/kvm-cca.ko:lib/modules/kvm-cca.ko \
	$(BUILD)/vmm/realm:bin/realm $(BUILD)/guest/hostcall/Image:guest/hostcall \
	$(BUILD)/tests/host/host-test:bin/host-test \
	$(HOST_PAYLOAD).bin:lib/tests/payload.bin
endif

# A disk to sleep on.
SYSTEM_MODULES += virtio_blk

# The module with an EL2 stub that loses the GIC's state (lost_state in nvhe.py).
SYSTEM_STUB := $(BUILD)/tests/system/stub
SYSTEM_LOSE := $(SYSTEM_STUB)/kvm-cca-lose.ko
$(SYSTEM_STUB)/handback.o: tests/system/stub/handback.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<
$(SYSTEM_STUB)/hyp.elf: $(HYP_OBJS) $(SYSTEM_STUB)/handback.o host/hyp/hyp.lds
	$(Q_LD)$(FW_CC) $(HYP_LDFLAGS) -o $@ $(filter-out $(HYP)/obj/handback.o,$(filter %.o,$^))
$(SYSTEM_STUB)/hyp.bin: $(SYSTEM_STUB)/hyp.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@
$(SYSTEM_LOSE): $(HOST_MODULE) $(SYSTEM_STUB)/hyp.bin
	$(Q_BIN)$(FW_OBJCOPY) --update-section .hyp_image=$(SYSTEM_STUB)/hyp.bin $< $@
-include $(SYSTEM_STUB)/handback.d
ifeq ($(HOST_SUITE),bookworm-backports)
ALL_TARGETS += $(SYSTEM_LOSE)
SYSTEM_FILES += $(SYSTEM_LOSE):lib/tests/kvm-cca-lose.ko
endif
