/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the measured guest does with its devices, by words of bench= (init.c). Before each of those
 * with a figure it says "begin" and waits for a line, so that the host can read its counters; the
 * figure's name ends the span. Figures are ticks of the guest's counter.
 *	modules			load the modules of /etc/modules
 *	copy			copying 1 MiB as Linux's memcpy() does it
 *	read4k:N		N random reads of 4 KiB from the first disk, 16 at a time
 *	read:MIB, write:MIB	from its start, 128 KiB each, 16 at a time
 *	net			the first interface gets the address 10.9.0.2
 *	tcp_out:MIB, tcp_in:MIB	one connection to the host, 128 KiB a call
 *	rtt:N			N times one byte to the host and back, over vsock
 */
#ifndef REALM_BENCH_DEVICES_H
#define REALM_BENCH_DEVICES_H

void devices_word(const char *word);

#endif
