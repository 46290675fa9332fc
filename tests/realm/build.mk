# SPDX-License-Identifier: BSD-3-Clause
# The payloads that run inside a Realm for tests and figures alone. The one that the conformance
# payload embeds is agent/ (agent.mk); the others are started on the stock host.
include mk/kmod.mk

# hostcall/: the smallest guest, which measures what a host call costs; rim/: one that says what its
# measurements are.
HOSTCALL := $(BUILD)/tests/realm/hostcall
HOSTCALL_OBJS := $(HOSTCALL)/start.o $(HOSTCALL)/hostcall.o
RIM_GUEST := $(BUILD)/tests/realm/rim
RIM_OBJS := $(HOSTCALL)/start.o $(RIM_GUEST)/rim.o

$(HOSTCALL)/%.o: tests/realm/hostcall/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(HOSTCALL)/%.o: tests/realm/hostcall/%.S
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(HOSTCALL)/hostcall.elf: $(HOSTCALL_OBJS) tests/realm/hostcall/hostcall.lds
	$(Q_LD)$(FW_CC) $(FW_LDFLAGS) -Wl,-T,tests/realm/hostcall/hostcall.lds -o $@ $(HOSTCALL_OBJS)
$(HOSTCALL)/Image: $(HOSTCALL)/hostcall.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

$(RIM_GUEST)/%.o: tests/realm/rim/%.c
	@mkdir -p $(@D)
	$(Q_CC)$(FW_CC) $(FW_CFLAGS) -MMD -MP -c -o $@ $<
$(RIM_GUEST)/rim.elf: $(RIM_OBJS) tests/realm/hostcall/hostcall.lds
	$(Q_LD)$(FW_CC) $(FW_LDFLAGS) -Wl,-T,tests/realm/hostcall/hostcall.lds -o $@ $(RIM_OBJS)
$(RIM_GUEST)/Image: $(RIM_GUEST)/rim.elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary $< $@

ALL_TARGETS += $(HOSTCALL)/Image $(RIM_GUEST)/Image
SYSTEM_FILES += $(HOSTCALL)/Image:guest/hostcall $(RIM_GUEST)/Image:guest/rim
-include $(HOSTCALL_OBJS:.o=.d) $(RIM_OBJS:.o=.d)

# jobs/: the bare-metal Realm that kvm-api-test runs under a VMM of its own.
JOBS := $(BUILD)/tests/realm/jobs/jobs
JOBS_SRCS := $(addprefix tests/realm/jobs/,start.S jobs.c lpi.c pmu.c)

$(JOBS).elf: $(JOBS_SRCS) $(wildcard tests/realm/jobs/*.h) tests/realm/agent/agent.lds
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) $(FW_CFLAGS) $(FW_LDFLAGS) -Wl,-T,tests/realm/agent/agent.lds -o $@ $(JOBS_SRCS)
$(JOBS).bin: $(JOBS).elf
	$(Q_BIN)$(FW_OBJCOPY) -O binary --set-section-flags .bss=alloc,load,contents $< $@

ALL_TARGETS += $(JOBS).bin
SYSTEM_FILES += $(JOBS).bin:lib/tests/jobs.bin

# linux/: a guest with Debian's kernel whose init does the job that its command line names.
REALM_LINUX := $(BUILD)/tests/realm/linux
REALM_LINUX_INITRD := $(REALM_LINUX)/initrd.cpio
REALM_LINUX_MODULES := $(foreach m,convert irqs delay,$(GUEST_KMOD_BUILD)/tests/realm/linux/$(m)/$(m).ko)
$(foreach m,convert irqs delay,$(eval $(call guest_kmod,tests/realm/linux/$(m),$(m))))

$(REALM_LINUX)/work: tests/realm/linux/work.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -static -pthread -I. -s -o $@ $<

$(REALM_LINUX)/count: tests/realm/linux/count.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -static -s -o $@ $<

# The other end of vsock runs on the host, and so does a second count.
$(REALM_LINUX)/vsock: tests/realm/linux/vsock.c
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -static -s -o $@ $<
SYSTEM_FILES += $(REALM_LINUX)/count:bin/count $(REALM_LINUX)/vsock:bin/vsock

$(REALM_LINUX_INITRD): tests/realm/linux/init $(addprefix $(REALM_LINUX)/,work count vsock) \
		$(REALM_LINUX_MODULES) boot/initramfs boot/common.sh $(SYSROOT)/bin/busybox $(GUEST)/release
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init tests/realm/linux/init \
		--modules $(GUEST)/modules --module virtio_blk --module virtio_net --module virtio-rng \
		--module vmw_vsock_virtio_transport --module arm-cca-guest \
		$(foreach f,work count vsock,--file $(REALM_LINUX)/$(f):bin/$(f)) \
		$(foreach m,$(REALM_LINUX_MODULES),--file $(m):lib/modules/$(notdir $(m)))

ALL_TARGETS += $(REALM_LINUX_INITRD)
SYSTEM_FILES += $(REALM_LINUX_INITRD):guest/test-initrd
DISK_FILES += $(REALM_LINUX_INITRD):guest/test-initrd

# bench/: the measured guest of make bench; for the figures of devices it has their drivers as well.
REALM_BENCH_GUEST := $(BUILD)/tests/realm/bench
$(REALM_BENCH_GUEST)/init: $(addprefix tests/realm/bench/,init.c devices.c) $(wildcard tests/realm/bench/*.h)
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -I. -static -s -o $@ $(filter %.c,$^)
$(REALM_BENCH_GUEST)/initrd.cpio $(REALM_BENCH_GUEST)/devices.cpio: $(REALM_BENCH_GUEST)/init boot/initramfs \
		boot/common.sh $(SYSROOT)/bin/busybox $(GUEST)/release
	$(Q_PACK)boot/initramfs --out $@ --busybox $(SYSROOT)/bin/busybox --init $< --modules $(GUEST)/modules \
		$(if $(filter devices,$(basename $(@F))),$(addprefix --module ,$(DEVICE_MODULES)))

DEVICE_MODULES := virtio_blk virtio_net vmw_vsock_virtio_transport
ALL_TARGETS += $(REALM_BENCH_GUEST)/initrd.cpio $(REALM_BENCH_GUEST)/devices.cpio
SYSTEM_FILES += $(REALM_BENCH_GUEST)/initrd.cpio:guest/bench $(REALM_BENCH_GUEST)/devices.cpio:guest/bench-devices
