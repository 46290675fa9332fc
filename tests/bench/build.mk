# SPDX-License-Identifier: BSD-3-Clause
# The stopwatch on the host for the figures of Realms; what it measures is tests/realm/bench.
REALM_BENCH := $(BUILD)/tests/bench/realm-bench

$(REALM_BENCH): tests/bench/realm-bench.c vmm/vm/kvm.h abi/kvm_cca.h tests/realm/bench/rest.h
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -I. -static -s -o $@ $<

ALL_TARGETS += $(REALM_BENCH)
SYSTEM_FILES += $(REALM_BENCH):bin/realm-bench
