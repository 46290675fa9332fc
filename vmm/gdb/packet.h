/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames of gdb's remote protocol ("$TEXT#SUM", appendix E.1 of gdb's manual): what comes in by
 * the byte becomes packets, and what goes out gets its sum. Pure.
 */
#ifndef VMM_GDB_PACKET_H
#define VMM_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_TEXT_MAX 4096

enum gdb_event {
	GDB_MORE,      /* nothing yet */
	GDB_PACKET,    /* in.text has one */
	GDB_DAMAGED,   /* one with a wrong sum, or a longer one than there may be */
	GDB_INTERRUPT, /* the user wants the guest to stop */
};

struct gdb_in {
	enum { GDB_OUTSIDE, GDB_INSIDE, GDB_SUM_HIGH, GDB_SUM_LOW } state;
	uint8_t sum;
	bool damaged;
	size_t size;
	char text[GDB_TEXT_MAX + 1]; /* ends with a zero once it is a packet */
};

struct gdb_out {
	size_t size;
	char text[GDB_TEXT_MAX + 8]; /* with room for the frame */
};

enum gdb_event gdb_in_take(struct gdb_in *in, char byte);

/* Begins a packet, adds to it, and ends it. What is too long for a packet is left out. */
void gdb_out_begin(struct gdb_out *out);
void gdb_out_text(struct gdb_out *out, const char *text);
void gdb_out_bytes(struct gdb_out *out, const void *bytes, size_t size); /* as hex digits */
void gdb_out_number(struct gdb_out *out, uint64_t value); /* hex, without leading zeros */
void gdb_out_end(struct gdb_out *out);

/* Value of a hex digit; -1: it is none. */
int gdb_digit(char c);

/* Takes a hex number off the front of a text. False if there is none, or it is too long. */
bool gdb_take_number(const char **text, uint64_t *value);

/* Takes this many bytes, as hex digits. */
bool gdb_take_bytes(const char **text, void *bytes, size_t size);

#endif
