# SPDX-License-Identifier: BSD-3-Clause
# What the bare-metal test programs are built with and from: the test RMM (R-EL2), the EL2 payload and
# the conformance payload (NS-EL2, arm64 Images).

BARE_CFLAGS := $(FW_CFLAGS) -fpie -fvisibility=hidden -include tests/lib/bare/visibility.h
BARE_LDS := tests/lib/bare/payload.lds
BARE_LDFLAGS := $(FW_LDFLAGS) -Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,notext -Wl,-T,$(BARE_LDS)
BARE_SRCS := $(LIB_SRCS) $(addprefix tests/lib/bare/, fp.S mmu.c probe.S regs.c smc.S vectors.S)
BARE_EL2_SRCS := $(BARE_SRCS) $(addprefix tests/lib/bare/, \
	head.S cpu.c el1.S fdt.c memory.c tap.c timer.c)
