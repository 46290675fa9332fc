# SPDX-License-Identifier: BSD-3-Clause
# The two tool chains of the project: FW_* builds freestanding arm64 code (monitor, RMM, payloads),
# UNIT_* builds the portable core natively under sanitizers. Included once by the top Makefile.

BUILD ?= build
CROSS ?= aarch64-linux-gnu-
FW_CC := $(CROSS)gcc
FW_OBJCOPY := $(CROSS)objcopy
FW_SIZE := $(CROSS)size

WARN_CFLAGS := -Wall -Wextra -Werror -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes

# C code of firmware uses no FP/SIMD registers: they belong to the host or the Realm it interrupted.
FW_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O2 -g -ffreestanding -fno-builtin-printf -mgeneral-regs-only \
	-march=armv8.5-a+rng -mstrict-align -mno-outline-atomics -fno-common -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections \
	-fno-strict-aliasing -fno-jump-tables -fno-tree-loop-distribute-patterns -I. -Ilib/include
FW_LDFLAGS := -nostdlib -static -Wl,--build-id=none -Wl,--gc-sections -Wl,-z,max-page-size=4096 \
	-Wl,-z,norelro -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments

UNIT_CC ?= clang
UNIT_CFLAGS := -std=gnu11 $(WARN_CFLAGS) -O1 -g -fno-omit-frame-pointer -I. -Ilib/include $(UNIT_EXTRA)

# Each command of the build is announced by one word and its target; V=1 shows the command instead.
# quiet WORD: what stands in front of a command
quiet = $(if $(V),,@printf '  %-6s %s\n' $(1) '$(patsubst $(BUILD)/%,%,$@)'; )
Q_CC = $(call quiet,CC)
Q_LD = $(call quiet,LD)
Q_BIN = $(call quiet,BIN)
Q_GEN = $(call quiet,GEN)
Q_PACK = $(call quiet,PACK)
Q_KMOD = $(call quiet,KMOD)
