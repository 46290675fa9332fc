# SPDX-License-Identifier: BSD-3-Clause
# make lint: the analysers that take longer than make check may.

# OpenSSL, which programs of the build host use, has some headers in a folder named for its architecture.
NATIVE_HEADERS := -idirafter /usr/include/$(shell gcc -print-multiarch)
LINT_C_FILES = $(filter %.c,$(filter-out tests/% $(KERNEL_C_FILES) host/%,$(C_FILES)))
LINT_C_FLAGS := -std=gnu11 --target=aarch64-linux-gnu -march=armv8.5-a+rng -isystem /usr/aarch64-linux-gnu/include \
	-isystem $(SYSROOT)/usr/include -I. -Ilib/include -Irmm/arch/aarch64 -I$(MONITOR_PLATFORM) $(CRYPTO_FW_CFLAGS) \
	$(NATIVE_HEADERS)
LINT_SHELL_FILES = $(SHELL_FILES) guest/demo/init guest/demo/power-key guest/demo/realm-demo \
	tests/realm/linux/init tests/firmware/crypto/run .ci/run

# One stamp per file, renewed when the file, a header of it or the list of checks changes. make -k shows
# what is found in all files, make -j uses all CPUs.
LINT := $(BUILD)/lint
LINT_STAMPS = $(LINT_C_FILES:%=$(LINT)/%.tidy)

.PHONY: lint lint-tidy lint-sparse lint-shell lint-fuzzers
lint: lint-shell lint-sparse lint-tidy lint-fuzzers

# No test runs the fuzzers: that they build is seen here.
lint-fuzzers: $(FUZZERS)
	@echo "lint: the fuzzers build"

# The count of warnings that were suppressed, on standard error, is noise.
$(LINT)/%.tidy: % .clang-tidy mk/lint.mk
	@mkdir -p $(@D)
	@clang $(LINT_C_FLAGS) -MM -MP -MT $@ -MF $(@:.tidy=.d) $<
	@clang-tidy --quiet $< -- $(LINT_C_FLAGS) 2>/dev/null
	@touch $@
# The world switch has the kernel's names for registers.
$(LINT)/hyp/host/enter.c.tidy: LINT_C_FLAGS += -Ihost/hyp/include
-include $(patsubst %.tidy,%.d,$(LINT_STAMPS))

lint-tidy: $(LINT_STAMPS)
	@echo "lint: clang-tidy found nothing"

# Compiles the module with sparse beside the compiler. What sparse finds in the kernel's own headers does
# not count.
lint-sparse: $(HOST_MODULE)
	@mkdir -p $(BUILD)/lint
	@$(KMOD_MAKE_HOST) M=$(abspath $(KMOD_BUILD)/host) C=2 CF=-D__SPARSE__ modules \
		2>$(BUILD)/lint/sparse.log || { cat $(BUILD)/lint/sparse.log; exit 1; }
	@! grep -E '^$(abspath $(KMOD_BUILD)/host)/.*(warning|error):' $(BUILD)/lint/sparse.log
	@echo "lint: sparse found nothing"

lint-shell:
	@shellcheck --severity=warning --external-sources $(LINT_SHELL_FILES)
	@echo "lint: shellcheck found nothing"
