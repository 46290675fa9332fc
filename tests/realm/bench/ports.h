/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the measured guest finds the host's stopwatch (tests/bench/device-bench.c). */
#ifndef REALM_BENCH_PORTS_H
#define REALM_BENCH_PORTS_H

#define HOST_ADDRESS  0x0a090001 /* 10.9.0.1 */
#define GUEST_ADDRESS 0x0a090002

/*
 * TCP: the guest says in 8 bytes how many the host is to send. If that is 0, the host reads to the
 * end instead, and closes.
 */
#define TCP_PORT   5201
#define VSOCK_PORT 5201 /* bytes come back */
#define TCP_BLOCK  (128 << 10)

#endif
