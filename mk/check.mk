# SPDX-License-Identifier: BSD-3-Clause
# make check (the quick loop) and make coverage.

# Without git (a tarball) all files but those of the build folder are looked at.
C_FILES = $(or $(shell git ls-files '*.c' '*.h' 2>/dev/null), \
	$(shell find . -path './$(BUILD)' -prune -o -name '*.[ch]' -printf '%P\n'))
SHELL_FILES = boot/setup boot/fetch boot/initramfs boot/lock boot/common.sh boot/apt.sh boot/make-disk \
	packages/make-debs $(wildcard packages/*.postinst packages/*.prerm) \
	guest/attest/init guest/attest/root-init guest/attest/attest-demo \
	boot/host/init $(wildcard boot/host/scripts/*) $(filter-out %.service %/guest,$(wildcard boot/disk/*)) \
	$(wildcard guest/debian/*)
PYTHON_FILES = mk/check-rooms boot/pack-flash boot/pack-hyp boot/identity boot/qemu boot/gdb boot/attest boot/keyserver.py \
	tests/run $(wildcard tests/lib/*.py tests/system/*.py tests/unit/packages/*.py tests/unit/*/*/*.py \
	tests/unit/*/*/*/*.py)
# Kernel modules are left out: without the kernel's headers its list and locking macros are riddles to cppcheck.
KERNEL_C_FILES = $(filter host/% tests/system/module/%,$(C_FILES))
# comparePointers: symbols of a linker script exist to be subtracted from each other.
CPPCHECK_FLAGS := --suppress=comparePointers --quiet --std=c11 --platform=unix64 --error-exitcode=1 --inline-suppr \
	--enable=warning,portability --suppress=missingInclude --suppress=unknownMacro \
	--suppress=syntaxError:tests/lib/bare/asm.h -I. -Ilib/include

ROOM_LISTS = $(wildcard */rooms)

.PHONY: check check-format check-static check-references check-rooms check-unit check-conformance coverage
check: check-format check-static check-references check-rooms check-unit check-conformance

check-format:
	@clang-format --dry-run --Werror $(C_FILES)
	@echo "check: format is right"

check-static:
	@for f in $(SHELL_FILES); do bash -n $$f || exit 1; done
	@python3 -c 'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]' \
		$(PYTHON_FILES)
	@cppcheck $(CPPCHECK_FLAGS) -j 2 $(filter-out tests/% $(KERNEL_C_FILES),$(filter %.c,$(C_FILES)))
	@echo "check: static analysis found nothing"

# Comments and documents name only files and sections that exist. The pages of docs/spec name files of
# other projects as their sources, and a corpus of the fuzzers is no text.
check-references:
	@python3 tests/lib/references.py $(filter-out docs/spec/% tests/unit/lib/token/fuzz/corpus/% tests/unit/lib/corim/fuzz/corpus/% \
		tests/unit/vmm/keyserver/corpus/%,$(or \
		$(shell git ls-files 2>/dev/null),$(C_FILES) $(wildcard *.md docs/*.md)))
	@echo "check: no dead reference"

# Includes, and so calls, go where the part's list of rooms allows.
check-rooms:
	@mk/check-rooms $(ROOM_LISTS)

check-unit: $(UNIT_TESTS) $(UNIT_SCRIPTS)
	@tests/run --build $(BUILD) --fetch $(FETCH) --only unit/ $(UNIT_TESTS) $(UNIT_SCRIPTS)

# The RMM itself on one CPU of the machine, about 10 s: it sees what the simulated machine of the unit
# tests is too kind to show.
check-conformance: $(FLASH) $(CONFORMANCE_BIN)
	@tests/run --build $(BUILD) --fetch $(FETCH) --only '^conformance/all-1-cpu$$'

# The unit tests again, instrumented, in a build folder of their own; downloads are shared.
coverage:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage FETCH=$(FETCH) \
		UNIT_EXTRA='-fprofile-instr-generate -fcoverage-mapping' coverage-run

.PHONY: coverage-run
coverage-run: $(UNIT_TESTS)
	@rm -f $(BUILD)/*.profraw
	@LLVM_PROFILE_FILE=$(abspath $(BUILD))/%p.profraw tests/run --build $(BUILD) --fetch $(FETCH) \
		--only unit/ $(UNIT_TESTS)
	@llvm-profdata merge -o $(BUILD)/all.profdata $(BUILD)/*.profraw
	@llvm-cov report -instr-profile $(BUILD)/all.profdata $(firstword $(UNIT_TESTS)) \
		$(addprefix -object ,$(wordlist 2,999,$(UNIT_TESTS))) \
		-ignore-filename-regex='tests/|build/' | tee $(BUILD)/report.txt
	@python3 tests/lib/coverage.py $(BUILD)/report.txt
