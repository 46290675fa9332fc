/* SPDX-License-Identifier: BSD-3-Clause */
/* The signature the payload's tests make again and again, and what they look at afterwards. */
#ifndef FIRMWARE_CRYPTO_SIGN_H
#define FIRMWARE_CRYPTO_SIGN_H

#include <p384.h>

#include "rmm/crypto/job.h"

#define STACK_PATTERN 0xa7

extern const uint8_t sample_d[P384_SCALAR_SIZE];
extern uint8_t sample_point[P384_POINT_SIZE]; /* once sign_tests() ran */
extern const uint8_t sample_signature[P384_SIGNATURE_SIZE];

/* A job: signs the sample into the P384_SIGNATURE_SIZE bytes at arg. */
int sample_sign(void *arg);

/* Bytes of a stack, filled with STACK_PATTERN before, that a job touched. */
size_t stack_used(const uint8_t *base);

#endif
