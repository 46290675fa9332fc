# SPDX-License-Identifier: BSD-3-Clause
# The stopwatches on the host for the figures of Realms and of their devices; what they measure is
# tests/realm/bench.
BENCH_PROGRAMS := $(patsubst %,$(BUILD)/tests/bench/%,realm-bench device-bench)

$(BENCH_PROGRAMS): $(BUILD)/tests/bench/%: tests/bench/%.c tests/bench/vmm.c tests/bench/vmm.h vmm/vm/kvm.h \
		abi/kvm_cca.h $(wildcard tests/realm/bench/*.h)
	@mkdir -p $(@D)
	$(Q_LD)$(FW_CC) -std=gnu11 $(WARN_CFLAGS) -O2 -I. -static -s -o $@ $< tests/bench/vmm.c

ALL_TARGETS += $(BENCH_PROGRAMS)
SYSTEM_FILES += $(foreach p,$(BENCH_PROGRAMS),$(p):bin/$(notdir $(p)))
