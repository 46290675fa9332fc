# SPDX-License-Identifier: BSD-3-Clause
# The project's commands and knobs (`make help`). Each part adds its files by its own build.mk; what
# the machine lacks is installed and fetched before anything is built.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/bash

include mk/toolchain.mk
include mk/knobs.mk
include mk/prepare.mk

ALL_TARGETS :=
UNIT_TESTS :=
# Unit tests that are no programs of ours.
UNIT_SCRIPTS :=
HOST_FILES := boot/host/scripts/report:etc/scripts/report
HOST_MODULES :=
include $(wildcard */build.mk tests/*/build.mk tests/unit/*/build.mk)

# In a build folder of an older tree a program may stand where the unit tests now want a folder.
$(shell for f in $(sort $(patsubst %/,%,$(dir $(UNIT_TESTS)))); do [ ! -f $$f ] || rm $$f; done)

# The RMM of the tree, if a build.mk above has named it.
TREE_RMM := $(filter $(BUILD)/rmm/rmm.bin,$(ALL_TARGETS))
RMM ?= $(or $(TREE_RMM),none)
include mk/images.mk
include mk/check.mk
include mk/lint.mk

.PHONY: all run test bench clean help update gdb install
all: $(ALL_TARGETS)

RUN_INITRD := $(if $(HOST_DISK),$(DISK_INITRD),$(if $(ATTEST),$(ATTEST_HOST_INITRD),$(HOST_INITRD)))
RUN_DISKS := $(if $(HOST_DISK),--disk $(HOST_DISK_IMAGE)) $(if $(DISK),--disk $(GUEST_DISK_IMAGE))
# The kernel that the machine is given: as Debian has made it, or with our hypervisor in front of it.
HOST_KERNEL := $(if $(filter protected,$(HOST_MODE)),$(NS_HYP_IMAGE),$(HOST)/Image)
run: $(FLASH) $(filter $(NS_HYP_IMAGE),$(HOST_KERNEL)) $(RUN_INITRD) $(if $(HOST_DISK),host-disk) $(if $(DISK),guest-disk) $(if $(ATTEST),$(TOOLS_REALM) $(PLATFORM_CORIM))
	@$(UNLOCK)
	@$(if $(ATTEST),boot/attest $(BUILD) $(FETCH) )boot/qemu $(QEMU_HOST) --timeout $(or $(TIMEOUT),0) $(RUN_MODE) $(if $(GDB),--gdb) $(RUN_DISKS)

# On a terminal `make run` gives a Realm's shell, then the host's. Without a terminal it runs a script,
# whose status is make's.
DEMO_yes := kvm-cca.demo
SCRIPT_yes := demo
SCRIPT_no := report
# The host on a disk has a shell or a report whatever DEMO is, and with DISK=1 a Debian system in a Realm.
RUN_SCRIPT = $(if $(DISK),debian,$(if $(HOST_DISK),disk-report,$(if $(ATTEST),attest-demo,$(SCRIPT_$(DEMO)))))
RUN_MODE = $(shell [ -t 0 ] || echo --script $(RUN_SCRIPT) --no-reboot)
RUN_WORDS = $(if $(HOST_DISK),kvm-cca.disk $(if $(DISK),kvm-cca.debian),$(if $(ATTEST),,$(DEMO_$(DEMO))))
QEMU_HOST = --bios $(FLASH) --kernel $(HOST_KERNEL) --initrd $(RUN_INITRD) \
	--cpus $(CPUS) --mem $(MEM) --append '$(strip console=ttyAMA0 quiet $(HOST_MODE_$(HOST_MODE)) $(RUN_WORDS) $(APPEND))' \
	--secure-log $(BUILD)/secure.log

# The value of ONLY is taken as it stands: a regular expression may have a dollar sign.
test: all $(UNIT_TESTS) $(UNIT_SCRIPTS) $(TEST_FLASHES) $(HOST_INITRD) $(SYSTEM_INITRD) $(KEXEC_INITRD) \
		$(NEXT_INITRD) $(DISK_INITRD) $(ATTEST_HOST_INITRD) $(PLATFORM_CORIM) \
		$(if $(SOAK),host-disk guest-disk)
	@$(UNLOCK)
	@tests/run --build $(BUILD) --fetch $(FETCH) $(if $(value ONLY),--only '$(value ONLY)') \
		$(if $(SOAK),--soak) $(if $(TURN),--turn $(TURN)) $(if $(TIMEOUT),--timeout $(TIMEOUT)) \
		$(UNIT_TESTS) $(UNIT_SCRIPTS)

bench: all $(TEST_FLASHES) $(SYSTEM_INITRD)
	@$(UNLOCK)
	@tests/run --bench --build $(BUILD) --fetch $(FETCH) $(if $(value ONLY),--only '$(value ONLY)')

gdb:
	@boot/gdb --build $(BUILD) --module $(KMOD_BUILD)/host/kvm-cca.ko

PREFIX ?= /usr/local
MAN_PAGES := $(wildcard vmm/*.1) guest/attest/rsi-attest.1
install: $(VMM) $(ATTEST_DIR)/rsi-attest
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $^
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(MAN_PAGES)

update:
	@boot/fetch --update $(HOST_SUITE) $(FETCH)
	@[ ! -L $(HOST_DISK_IMAGE) ] || boot/make-disk --update host $(FETCH) $(HOST_DISK_IMAGE)
	@[ ! -L $(GUEST_DISK_IMAGE) ] || boot/make-disk --update guest $(FETCH) $(GUEST_DISK_IMAGE)

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^#: \{0,1\}//p' mk/knobs.mk
