# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of the VMM's portable files, one program per file under test.

UT_VMM := $(BUILD)/tests/unit/vmm
UT_VMM_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all

# The devices of the list with all that is behind them.
UT_VMM_LOOP := vmm/loop/loop.c vmm/loop/event.c
UT_VMM_DEVICES := $(wildcard vmm/dev/*.c vmm/dev/*/*.c) vmm/lib/tree.c $(UT_VMM_LOOP)

# All of boot/, with what it hashes by.
UT_VMM_BOOT := $(wildcard vmm/boot/*.c) vmm/lib/progress.c $(MEASURE_TOOL_SRCS) $(HASH_SRCS) $(HASH_NATIVE_SRCS)

# Program, named by its file of tests: what it tests and needs besides that file.
UT_VMM_cmd/options := vmm/cmd/options.c vmm/cmd/devices.c vmm/ctl/name.c
UT_VMM_cmd/dump := vmm/cmd/dump.c $(UT_VMM_BOOT) $(UT_VMM_DEVICES)
UT_VMM_cmd/verify_options := vmm/cmd/verify_options.c vmm/cmd/trust_options.c
UT_VMM_cmd/keyserver_options := vmm/cmd/keyserver_options.c vmm/cmd/trust_options.c lib/kbs/protocol.c $(HASH_SRCS) $(HASH_NATIVE_SRCS)
UT_VMM_LIBS_cmd/keyserver_options := -l:libjansson.a
UT_VMM_cmd/advice := vmm/cmd/advice.c
UT_VMM_cmd/signals := vmm/cmd/signals.c
UT_VMM_cmd/terminal := vmm/cmd/terminal.c
UT_VMM_cmd/watch := vmm/cmd/watch.c vmm/cmd/signals.c vmm/cmd/terminal.c $(UT_VMM_DEVICES)
UT_VMM_cmd/control := vmm/cmd/control.c vmm/cmd/attach.c vmm/cmd/signals.c vmm/cmd/terminal.c vmm/ctl/client.c \
	vmm/ctl/name.c vmm/dev/uart/escape.c
UT_VMM_cmd/run := vmm/cmd/run.c vmm/cmd/watch.c vmm/cmd/signals.c vmm/cmd/terminal.c vmm/cmd/advice.c \
	vmm/cmd/serve.c vmm/ctl/server.c vmm/ctl/name.c vmm/vm/vm.c vmm/vm/thread.c vmm/vm/exit.c vmm/vm/shortage.c $(UT_VMM_BOOT) $(UT_VMM_DEVICES)
UT_VMM_confine/confine := $(wildcard vmm/confine/*.c) $(UT_VMM_LOOP)
UT_VMM_ctl/name := vmm/ctl/name.c
UT_VMM_ctl/server := vmm/ctl/server.c vmm/ctl/client.c vmm/ctl/name.c $(UT_VMM_LOOP)
UT_VMM_boot/image := vmm/boot/image.c
UT_VMM_boot/unpack := vmm/boot/unpack.c vmm/boot/file.c
UT_VMM_boot/layout := vmm/boot/layout.c
UT_VMM_boot/fdt := vmm/boot/fdt.c vmm/lib/tree.c vmm/dev/pci/bus.c vmm/dev/pci/function.c
UT_VMM_boot/file := vmm/boot/file.c
UT_VMM_boot/initrd := vmm/boot/initrd.c
UT_VMM_boot/plan := $(UT_VMM_BOOT) $(UT_VMM_DEVICES)
UT_VMM_boot/measure := $(UT_VMM_BOOT) $(UT_VMM_DEVICES)
UT_VMM_dev/device := $(UT_VMM_DEVICES)
UT_VMM_dev/rtc := $(UT_VMM_DEVICES)
UT_VMM_dev/console := vmm/dev/console.c $(UT_VMM_LOOP)
UT_VMM_dev/uart/uart8250 := vmm/dev/uart/uart8250.c
UT_VMM_dev/uart/escape := vmm/dev/uart/escape.c
UT_VMM_dev/uart/input := vmm/dev/uart/input.c vmm/dev/uart/escape.c vmm/cmd/terminal.c
UT_VMM_dev/uart/uart := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/queue := vmm/dev/virtio/queue.c vmm/dev/virtio/split.c vmm/dev/virtio/packed.c
UT_VMM_dev/virtio/blk := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/net := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/key := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/vhost_net := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/vsock := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/vhost_user := $(UT_VMM_DEVICES)
UT_VMM_dev/virtio/inflight := vmm/dev/virtio/inflight.c
UT_VMM_gdb/packet := vmm/gdb/packet.c
UT_VMM_gdb/walk := vmm/gdb/walk.c
UT_VMM_gdb/points := vmm/gdb/points.c
UT_VMM_gdb/stub := vmm/gdb/stub.c vmm/gdb/packet.c
UT_VMM_vm/thread := vmm/vm/thread.c
UT_VMM_vm/exit := vmm/vm/exit.c vmm/vm/shortage.c
UT_VMM_vm/shortage := vmm/vm/shortage.c
UT_VMM_vm/map :=
UT_VMM_lib/progress := vmm/lib/progress.c
UT_VMM_loop/loop := $(UT_VMM_LOOP)
UT_VMM_PROGRAMS := $(filter-out fuzz/%,$(patsubst tests/unit/vmm/%.c,%, \
	$(wildcard tests/unit/vmm/*/*.c tests/unit/vmm/*/*/*.c)))

$(UT_VMM)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_VMM_CFLAGS) -MMD -MP -c -o $@ $<

define ut_vmm_program
$(UT_VMM)/$(1): $(patsubst %.c,$(UT_VMM)/obj/%.o,tests/unit/vmm/$(1).c $(UT_VMM_$(1)) vmm/lib/error.c \
		tests/unit/vmm/vm.c)
	@mkdir -p $$(@D)
	$$(Q_LD)$(UNIT_CC) $(UT_VMM_CFLAGS) -o $$@ $$^ -lcmocka -lfdt -ljansson -lseccomp -lz -lzstd -lpthread $(UT_VMM_LIBS_$(1))
UNIT_TESTS += $(UT_VMM)/$(1)
endef
$(foreach p,$(UT_VMM_PROGRAMS),$(eval $(call ut_vmm_program,$(p))))

# make fuzz-vmm: hostile drivers of the devices, FUZZ_TIME seconds; what it finds stays in
# $(BUILD)/fuzz-vmm.
VMM_FUZZ := $(BUILD)/tests/unit/vmm-fuzz
VMM_FUZZ_OBJS := $(patsubst %.c,$(VMM_FUZZ)/obj/%.o,tests/unit/vmm/fuzz/driver.c vmm/lib/error.c $(UT_VMM_DEVICES))

$(VMM_FUZZ)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_VMM_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

FUZZERS += $(VMM_FUZZ)/driver
$(VMM_FUZZ)/driver: $(VMM_FUZZ_OBJS)
	$(Q_LD)$(UNIT_CC) $(UT_VMM_CFLAGS) -fsanitize=fuzzer -o $@ $^ -lfdt -lpthread

.PHONY: fuzz-vmm
fuzz-vmm: $(VMM_FUZZ)/driver
	@mkdir -p $(BUILD)/fuzz-vmm/corpus
	$(VMM_FUZZ)/driver -max_total_time=$(FUZZ_TIME) -max_len=4096 -len_control=0 -timeout=20 \
		-artifact_prefix=$(BUILD)/fuzz-vmm/ $(BUILD)/fuzz-vmm/corpus

-include $(VMM_FUZZ_OBJS:.o=.d)
-include $(shell find $(UT_VMM)/obj -name '*.d' 2>/dev/null)
include tests/unit/vmm/keyserver/keyserver.mk
