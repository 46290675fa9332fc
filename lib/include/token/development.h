/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a platform token says that it was signed with a development key of this project: the monitor
 * writes this text as its verification service and at the start of its configuration, a verifier
 * looks for it.
 */
#ifndef LIB_INCLUDE_TOKEN_DEVELOPMENT_H
#define LIB_INCLUDE_TOKEN_DEVELOPMENT_H

#define TOKEN_DEVELOPMENT_KEY "kvm-cca development key, not for production"

#endif
