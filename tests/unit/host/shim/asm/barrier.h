/* SPDX-License-Identifier: BSD-3-Clause */
/* Barriers for the parts of the module that run natively: the test sees them in their order. */
#ifndef SHIM_BARRIER_H
#define SHIM_BARRIER_H

void shim_dsb(const char *kind);

#define dsb(opt)  shim_dsb(#opt)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#endif
