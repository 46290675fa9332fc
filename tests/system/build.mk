# SPDX-License-Identifier: BSD-3-Clause
# What the system tests put into the host's initramfs: modules and programs that run on the host. What
# runs in a guest comes from tests/realm.
include mk/kmod.mk

SYSTEM_MODULE := $(KMOD_BUILD)/tests/system/module/access.ko
SYSTEM_TOUCH := $(BUILD)/tests/system/touch
$(eval $(call kmod,tests/system/module,access))

$(SYSTEM_TOUCH): tests/system/host/touch.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -static -o $@ $<

# The RMM as on a PE that has three breakpoints and two watchpoints, which is fewer than QEMU's has.
FEWER_RMM := $(BUILD)/tests/firmware/rmm-fewer
FEWER_MACHINE := $(FEWER_RMM)/machine.c.o
FEWER_OBJS := $(filter-out %/aarch64/machine.c.o,$(RMM_OBJS)) $(FEWER_MACHINE)
$(FEWER_MACHINE): rmm/arch/aarch64/machine.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(RMM_CFLAGS) -DRMM_BREAKPOINTS_MAX=3 -DRMM_WATCHPOINTS_MAX=2 -MMD -MP -c -o $@ $<
$(FEWER_RMM).elf: $(FEWER_OBJS) $(RMM_OUT)/rmm.ld
	$(Q_LD)$(FW_CC) $(RMM_CFLAGS) -flto $(RMM_LDFLAGS) -T $(RMM_OUT)/rmm.ld -o $@ $(FEWER_OBJS) \
		$(CRYPTO_FW_LIBS)
$(FEWER_RMM).bin: $(FEWER_RMM).elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@
ALL_TARGETS += $(FEWER_RMM).bin
-include $(FEWER_MACHINE:.o=.d)

ALL_TARGETS += $(SYSTEM_MODULE) $(SYSTEM_TOUCH)
SYSTEM_FILES += $(SYSTEM_MODULE):lib/tests/access.ko $(SYSTEM_TOUCH):bin/touch-memory

# The host's side of the guest's job convert: looks at the memory that both share.
SYSTEM_PEER := $(BUILD)/tests/system/peer
$(SYSTEM_PEER): tests/system/host/peer.c tests/realm/linux/convert/share.h
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -static -pthread -I. -s -o $@ $<
ALL_TARGETS += $(SYSTEM_PEER)
SYSTEM_FILES += $(SYSTEM_PEER):bin/realm-peer

SYSTEM_CALLS := $(patsubst %,$(KMOD_BUILD)/tests/system/module/%.ko,hvc smc)
$(SYSTEM_CALLS): $(SYSTEM_MODULE)
SYSTEM_FILES += $(foreach m,$(SYSTEM_CALLS),$(m):lib/tests/$(notdir $(m)))

# For kexec the host needs its own kernel as a file, which is large: an initramfs of its own.
SYSTEM_KEXEC := $(BUILD)/tests/system/kexec
$(SYSTEM_KEXEC): tests/system/host/kexec.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -I$(SYSROOT)/usr/include -static -o $@ $< \
		$(SYSROOT)/usr/lib/aarch64-linux-gnu/libfdt.a
ALL_TARGETS += $(SYSTEM_KEXEC)
SMALL_FILES := $(BUILD)/vmm/realm:bin/realm $(HOSTCALL)/Image:guest/hostcall $(KVM_API):bin/kvm-api-test \
	$(JOBS).bin:lib/tests/jobs.bin
KEXEC_FILES += $(SYSTEM_KEXEC):bin/kexec $(HOST)/Image:host/Image $(HOST_MODULE):lib/modules/kvm-cca.ko $(SMALL_FILES)

# A host with the guest's kernel.
NEXT_FILES += $(HOST_MODULE_NEXT):lib/modules/kvm-cca.ko $(SMALL_FILES)

# A disk to sleep on, sockets to guests, and interfaces for them.
SYSTEM_MODULES += virtio_blk vhost_vsock vhost_net tun

# The module with an EL2 stub that loses the GIC's state (lost_state in nvhe.py).
SYSTEM_STUB := $(BUILD)/tests/system/stub
SYSTEM_LOSE := $(SYSTEM_STUB)/$(HOST_SUITE)/kvm-cca-lose.ko
$(SYSTEM_STUB)/handback.o: tests/system/stub/handback.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(HYP_CFLAGS) -MMD -MP -c -o $@ $<
$(SYSTEM_STUB)/hyp.elf: $(HYP_OBJS) $(SYSTEM_STUB)/handback.o host/hyp/hyp.lds
	$(Q_LD)$(FW_CC) $(HYP_LDFLAGS) -o $@ $(filter-out $(HYP)/obj/handback.o,$(filter %.o,$^))
$(SYSTEM_STUB)/hyp.bin: $(SYSTEM_STUB)/hyp.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary -j .text $< $@
$(SYSTEM_LOSE): $(HOST_MODULE) $(SYSTEM_STUB)/hyp.bin
	@mkdir -p $(@D)
	$(Q_BIN)$(FW_OBJCOPY) --update-section .hyp_image=$(SYSTEM_STUB)/hyp.bin $< $@
-include $(SYSTEM_STUB)/handback.d
ALL_TARGETS += $(SYSTEM_LOSE)
SYSTEM_FILES += $(SYSTEM_LOSE):lib/tests/kvm-cca-lose.ko

# A Realm on the host that runs from a disk (hostdisk.py).
DISK_FILES += $(HOSTCALL)/Image:guest/hostcall
