# SPDX-License-Identifier: BSD-3-Clause
# Sources of lib/ for parts that hash, sign or write tokens; like LIB_SRCS, each part compiles them
# into its own objects. Freestanding parts add $(CRYPTO_FW_CFLAGS), link $(CRYPTO_FW_LIBS) after
# their objects, and bring the arena binding of lib/include/mbedtls_port.h.
SYSROOT ?= $(BUILD)/sysroot

CBOR_SRCS := lib/cbor/encode.c
CRYPTO_SRCS := $(CBOR_SRCS) lib/cose/sign1.c lib/cose/key.c lib/p384/p384.c \
	lib/hash/hash.c lib/hash/blocks_mbedtls.c
CRYPTO_FW_SRCS := $(CRYPTO_SRCS) lib/hash/select_arm64.c lib/hash/sha256_arm64.S \
	lib/hash/sha512_arm64.S lib/mbedtls_port/arena.c lib/mbedtls_port/libc.c
CRYPTO_NATIVE_SRCS := $(CRYPTO_SRCS) lib/hash/select_native.c lib/cbor/read.c

CRYPTO_FW_CFLAGS := -I$(SYSROOT)/usr/include
CRYPTO_FW_LIBS := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libmbedcrypto.a -lgcc
CRYPTO_NATIVE_LIBS := -l:libmbedcrypto.a
