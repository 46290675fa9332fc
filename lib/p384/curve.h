/* SPDX-License-Identifier: BSD-3-Clause */
/* What signing and verifying share; for lib/p384/ only. */
#ifndef LIB_P384_CURVE_H
#define LIB_P384_CURVE_H

#include <mbedtls/ecp.h>

/* Made by p384_init(), read only from then on: shared by all CPUs without a lock. */
extern mbedtls_ecp_group p384_curve;

/* The library's error codes as errno values. */
int p384_errno(int ret);

#endif
