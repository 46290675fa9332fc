# SPDX-License-Identifier: BSD-3-Clause
# kvm-api-test, the program that drives the ioctls of /dev/kvm-cca; tests/system/host.py runs it.
KVM_API := $(BUILD)/tests/kvm-api/kvm-api-test
KVM_API_SRCS := $(wildcard tests/kvm-api/*.c)

$(KVM_API): $(KVM_API_SRCS) $(wildcard tests/kvm-api/*.h tests/realm/jobs/jobs.h abi/*.h)
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -g -static -pthread -I. -o $@ $(KVM_API_SRCS)

ALL_TARGETS += $(KVM_API)
SYSTEM_FILES += $(KVM_API):bin/kvm-api-test
