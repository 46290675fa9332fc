# SPDX-License-Identifier: BSD-3-Clause
# Sources of lib/ for parts that hash, sign or write tokens; like LIB_SRCS, each part compiles them
# into its own objects. Freestanding parts compile $(CRYPTO_FW_SRCS) with $(CRYPTO_FW_CFLAGS), link
# $(CRYPTO_FW_LIBS) after their objects, and provide crypto_arena_current() and crypto_port_panic()
# of lib/include/mbedtls_port.h. Those that also verify take $(CRYPTO_FW_VERIFY_SRCS) instead.
SYSROOT ?= $(BUILD)/sysroot

HASH_SRCS := lib/hash/hash.c lib/hash/blocks_c.c lib/hash/constants.c
# Besides these, one of the following: block functions for the machine that the program runs on.
HASH_NATIVE_SRCS := lib/hash/select_native.c
HASH_ARM64_SRCS := lib/hash/select_arm64.c lib/hash/sha256_arm64.S lib/hash/sha512_arm64.S
HASH_OPENSSL_SRCS := lib/hash/select_openssl.c
HASH_OPENSSL_LIBS := -lcrypto
# RIM and REM, on the hashes alone.
MEASURE_SRCS := lib/measure/measure.c
# The same with rules to choose from, for programs that predict measurements.
MEASURE_TOOL_SRCS := $(MEASURE_SRCS) lib/measure/rules.c
CRYPTO_SRCS := $(HASH_SRCS) lib/cbor/encode.c lib/cose/sign1.c lib/cose/key.c \
	lib/p384/p384.c lib/p384/nonce.c
CRYPTO_VERIFY_SRCS := $(CRYPTO_SRCS) lib/p384/verify.c lib/cbor/read.c lib/cose/parse.c
CRYPTO_PORT_SRCS := $(HASH_ARM64_SRCS) lib/mbedtls_port/arena.c lib/mbedtls_port/libc.c

CRYPTO_FW_SRCS := $(CRYPTO_SRCS) $(CRYPTO_PORT_SRCS) lib/mbedtls_port/absent.c
CRYPTO_FW_VERIFY_SRCS := $(CRYPTO_VERIFY_SRCS) $(CRYPTO_PORT_SRCS)
CRYPTO_NATIVE_SRCS := $(CRYPTO_VERIFY_SRCS) $(HASH_NATIVE_SRCS)

# Tokens decoded and judged (lib/token/), for programs with a C library: these, block functions, and $(TOKEN_LIBS).
# ECDSA is mbedTLS's; $(call token_with_openssl,LIST) has OpenSSL's in its place, for programs that link it.
TOKEN_SRCS := $(filter-out lib/token/ecdsa_openssl.c,$(sort $(wildcard lib/token/*.c))) lib/cbor/encode.c lib/cbor/read.c lib/cbor/valid.c \
	lib/base64/base64.c $(HASH_SRCS)
# The same with CoRIM (lib/corim/), which is read and written.
CORIM_SRCS := $(sort $(wildcard lib/corim/*.c)) $(TOKEN_SRCS)
token_with_openssl = $(patsubst lib/token/ecdsa_mbedtls.c,lib/token/ecdsa_openssl.c,$(1))
TOKEN_LIBS := -l:libjansson.a -l:libmbedcrypto.a
# Secrets for verified Realms (lib/kbs/), for programs of the same kind; besides these, base64 and hashes.
KBS_SRCS := $(sort $(wildcard lib/kbs/*.c))

CRYPTO_FW_CFLAGS := -I$(SYSROOT)/usr/include
CRYPTO_FW_LIBS := $(SYSROOT)/usr/lib/aarch64-linux-gnu/libmbedcrypto.a -lgcc
CRYPTO_NATIVE_LIBS := -l:libmbedcrypto.a
