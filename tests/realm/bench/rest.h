/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waits until the kernel has nothing more to do by itself. For some seconds after its boot it tests
 * its algorithms (cryptomgr) and the like, which would be measured with everything else. Used on
 * the host by tests/bench/realm-bench.c and in the guest by its init; /proc has to be mounted.
 */
#ifndef REALM_BENCH_REST_H
#define REALM_BENCH_REST_H

#include <stdio.h>
#include <time.h>

#define REST_WINDOW_NS	  500000000L
#define REST_WINDOWS	  4   /* that many in a row */
#define REST_WINDOWS_MOST 600 /* and no more than these in all */
#define REST_BUSY_TICKS	  1   /* of the 50 in a window */

/* Ticks in which a CPU was not idle, since boot; what waits for a disk counts as idle. */
static inline unsigned long long rest_busy_ticks(void)
{
	unsigned long long user = 0, nice = 0, system = 0, irq = 0, softirq = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (f) {
		if (fscanf(f, "cpu %llu %llu %llu %*u %*u %llu %llu", &user, &nice, &system, &irq,
			   &softirq) != 5)
			user = 0;
		fclose(f);
	}
	return user + nice + system + irq + softirq;
}

/* True when it is at rest; false when it never came to rest. */
static inline int rest_wait(void)
{
	static const struct timespec window = {.tv_nsec = REST_WINDOW_NS};
	int quiet = 0;

	for (int i = 0; i < REST_WINDOWS_MOST && quiet < REST_WINDOWS; i++) {
		unsigned long long before = rest_busy_ticks();

		nanosleep(&window, NULL);
		quiet = before && rest_busy_ticks() - before <= REST_BUSY_TICKS ? quiet + 1 : 0;
	}
	return quiet == REST_WINDOWS;
}

#endif
