# SPDX-License-Identifier: BSD-3-Clause
# lib/ is compiled once per freestanding part, into that part's own objects: each part lists
# $(LIB_SRCS) among its sources.
LIB_SRCS := lib/string.c lib/print.c
include lib/crypto.mk
