/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a platform token says that it was signed with a development key of this project, which
 * everybody who has the build folder has: by its implementation id. That claim is mandatory in
 * every profile, and verifiers look platform keys and reference values up by it, so that a
 * development build can be taken for no other platform. The build signs nothing else with such a
 * key (mk/knobs.mk).
 */
#ifndef LIB_INCLUDE_TOKEN_DEVELOPMENT_H
#define LIB_INCLUDE_TOKEN_DEVELOPMENT_H

/* 32 bytes, zeros behind the text. */
#define TOKEN_DEVELOPMENT_IMPLEMENTATION "kvm-cca development platform"

#endif
