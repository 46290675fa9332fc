# SPDX-License-Identifier: BSD-3-Clause
# The RMM's portable sources, for the image and for native tests. May be included twice.
RMM_CORE_SRCS := $(wildcard rmm/core/*.c rmm/rmi/*.c rmm/rmi2/*.c rmm/rsi/*.c)
RMM_RUN_SRCS := $(wildcard rmm/run/*.c)
RMM_ATTEST_SRCS := rmm/attest/attest.c rmm/attest/claims.c rmm/crypto/job.c rmm/crypto/arena.c
