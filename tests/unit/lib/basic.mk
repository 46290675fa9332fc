# SPDX-License-Identifier: BSD-3-Clause
# Native unit tests of lib/string.c, lib/print.c and lib/include/util.h. The functions of string.c are renamed to fw_*,
# so that the test program and the sanitizers keep the C library's.

UT_LIB := $(BUILD)/tests/unit/lib
UT_LIB_CFLAGS := $(UNIT_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all
UT_LIB_RENAMED := memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr strrchr

$(UT_LIB)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q_CC)$(UNIT_CC) $(UT_LIB_CFLAGS) -MMD -MP -c -o $@ $<

# Freestanding, or the compiler would turn the loops under test into calls of the real functions.
$(UT_LIB)/obj/lib/string.o: UT_LIB_CFLAGS += -ffreestanding -fno-builtin \
	$(foreach f,$(UT_LIB_RENAMED),-D$(f)=fw_$(f))

$(UT_LIB)/string $(UT_LIB)/print: $(UT_LIB)/%: $(UT_LIB)/obj/tests/unit/lib/%.o \
		$(UT_LIB)/obj/lib/%.o
	$(Q_LD)$(UNIT_CC) $(UT_LIB_CFLAGS) -o $@ $^ -lcmocka

$(UT_LIB)/util: $(UT_LIB)/obj/tests/unit/lib/util.o
	$(UNIT_CC) $(UT_LIB_CFLAGS) -o $@ $^ -lcmocka

UNIT_TESTS += $(UT_LIB)/string $(UT_LIB)/print $(UT_LIB)/util

-include $(wildcard $(UT_LIB)/obj/lib/*.d $(UT_LIB)/obj/tests/unit/lib/*.d)
