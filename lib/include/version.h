/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The version of the whole stack, which every part prints: monitor, RMM, module and `realm`. One
 * number, because the parts are built and tested together; each of them still works with another
 * one's, by the versions of the interfaces (abi/). CHANGELOG.md says what came with which.
 */
#ifndef VERSION_H
#define VERSION_H

#define KVM_CCA_VERSION "0.1.0"

#endif
