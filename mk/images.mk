# SPDX-License-Identifier: BSD-3-Clause
# What the machine boots: flash images and the host's initramfs. Parts add files to the host's
# initramfs by HOST_FILES += SOURCE:PATH and modules of Debian's kernel by HOST_MODULES += NAME; the
# knob FILES= adds the user's own.

MONITOR := $(BUILD)/monitor/monitor.bin
FLASH := $(BUILD)/flash/host.bin
HOST_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/host.cpio
SYSTEM_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/system.cpio
DISK_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/disk.cpio
KEXEC_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/kexec.cpio
NEXT_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/next.cpio

ifneq ($(RMM),none)
ifeq ($(wildcard $(RMM))$(filter $(RMM),$(ALL_TARGETS)),)
$(error RMM=$(RMM): no such file (RMM=none leaves the RMM out))
endif
endif

.PHONY: FORCE
FORCE:

# The image is packed anew each time, because a change of the knob RMM= has no time stamp.
$(FLASH): $(MONITOR) $(IDENTITY) $(filter-out none,$(RMM)) FORCE boot/pack-flash
	@mkdir -p $(@D)
	@boot/pack-flash $(MONITOR) $(IDENTITY) $(RMM) $@

# The reference values of what is in the flash image.
PLATFORM_CORIM := $(BUILD)/platform/platform.corim
$(PLATFORM_CORIM): $(REFERENCE) $(MONITOR) $(IDENTITY) $(filter-out none,$(RMM)) FORCE
	@$(REFERENCE) $(MONITOR) $(IDENTITY) $(RMM) $@ >$(@D)/platform.txt
.PHONY: measure-platform
measure-platform: $(PLATFORM_CORIM)
	@cat $(<D)/platform.txt

# For tests: one flash image per test RMM, one without, and that of make run.
TEST_RMMS := $(patsubst $(BUILD)/tests/firmware/%.bin,%,$(filter $(BUILD)/tests/firmware/rmm%.bin,$(ALL_TARGETS)))
TEST_FLASHES := $(BUILD)/flash/none.bin $(TEST_RMMS:%=$(BUILD)/flash/%.bin) $(FLASH)
$(BUILD)/flash/none.bin: $(MONITOR) $(IDENTITY) boot/pack-flash
	@mkdir -p $(@D)
	@boot/pack-flash $(MONITOR) $(IDENTITY) none $@
$(TEST_RMMS:%=$(BUILD)/flash/%.bin): $(BUILD)/flash/%.bin: $(BUILD)/tests/firmware/%.bin $(MONITOR) \
		$(IDENTITY) boot/pack-flash
	@mkdir -p $(@D)
	@boot/pack-flash $(MONITOR) $(IDENTITY) $< $@

# $(1) image, $(2) files, $(3) modules, of the kernel $(4) or else the host's. IMAGE.list holds the list
# itself and changes only with it, so that an image is packed anew when a file is added to the list, or
# taken out.
define initramfs
$(1).list: FORCE
	@mkdir -p $$(@D)
	@echo '$(2) $(3)' | cmp -s - $$@ || echo '$(2) $(3)' >$$@
$(1): boot/initramfs boot/common.sh boot/host/init $(SYSROOT)/bin/busybox $(or $(4),$(HOST))/release $(1).list \
		$(foreach f,$(2),$(firstword $(subst :, ,$(f))))
	@mkdir -p $$(@D)
	$$(Q_PACK)boot/initramfs --out $$@ --busybox $(SYSROOT)/bin/busybox --init boot/host/init \
		--modules $(or $(4),$(HOST))/modules $(addprefix --file ,$(2)) $(addprefix --module ,$(3))
endef
$(eval $(call initramfs,$(HOST_INITRD),$(HOST_FILES) $(FILES),$(HOST_MODULES)))
$(eval $(call initramfs,$(SYSTEM_INITRD),$(HOST_FILES) $(SYSTEM_FILES),$(HOST_MODULES) $(SYSTEM_MODULES)))
$(eval $(call initramfs,$(KEXEC_INITRD),$(KEXEC_FILES),$(HOST_MODULES)))
$(eval $(call initramfs,$(NEXT_INITRD),$(NEXT_FILES),$(HOST_MODULES),$(GUEST)))

# The host of the attested demo, which has a network.
ATTEST_HOST_INITRD := $(BUILD)/initramfs/$(HOST_SUITE)/attest.cpio
$(eval $(call initramfs,$(ATTEST_HOST_INITRD),$(HOST_FILES) $(ATTEST_FILES),$(HOST_MODULES) virtio_net vhost_vsock))

# The host that runs from a disk of Debian 13 (boot/make-disk): an initramfs that leads to it. The
# program asks by itself whether the cached image is the right one.
HOST_DISK_IMAGE := $(FETCH)/disk
GUEST_DISK_IMAGE := $(BUILD)/fetch/guest-disk
DISK_FILES += boot/disk/enter:etc/disk/enter boot/disk/kvm-cca.service:etc/disk/kvm-cca.service \
	boot/disk/console:etc/scripts/console boot/disk/report:etc/scripts/disk-report
$(eval $(call initramfs,$(DISK_INITRD),$(HOST_FILES) $(DISK_FILES) $(FILES),$(HOST_MODULES) virtio_blk))

.PHONY: host-disk guest-disk
host-disk:
	@boot/make-disk host $(FETCH) $(HOST_DISK_IMAGE)
guest-disk:
	@boot/make-disk guest $(FETCH) $(GUEST_DISK_IMAGE)
