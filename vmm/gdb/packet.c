/* SPDX-License-Identifier: BSD-3-Clause */
/* See packet.h. */
#include <string.h>

#include "vmm/gdb/packet.h"

#define INTERRUPT 0x03
#define FRAME_END 3 /* bytes of '#' and the sum */

static const char digits[] = "0123456789abcdef";

int gdb_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void begin(struct gdb_in *in)
{
	in->state = GDB_INSIDE;
	in->size = 0;
	in->sum = 0;
	in->damaged = false;
}

static void add(struct gdb_in *in, char byte)
{
	in->sum = (uint8_t)(in->sum + (uint8_t)byte);
	if (in->size < GDB_TEXT_MAX)
		in->text[in->size++] = byte;
	else
		in->damaged = true;
}

/* A digit of the sum; what is left of the sum is 0 when both were right. */
static void take_digit(struct gdb_in *in, char byte, unsigned int shift)
{
	int digit = gdb_digit(byte);

	if (digit < 0)
		in->damaged = true;
	else
		in->sum = (uint8_t)(in->sum - (digit << shift));
}

static enum gdb_event finish(struct gdb_in *in)
{
	in->state = GDB_OUTSIDE;
	in->text[in->size] = 0;
	return in->damaged || in->sum ? GDB_DAMAGED : GDB_PACKET;
}

enum gdb_event gdb_in_take(struct gdb_in *in, char byte)
{
	switch (in->state) {
	case GDB_OUTSIDE:
		if (byte == '$')
			begin(in);
		return byte == INTERRUPT ? GDB_INTERRUPT : GDB_MORE;
	case GDB_INSIDE:
		if (byte == '$')
			begin(in);
		else if (byte == '#')
			in->state = GDB_SUM_HIGH;
		else
			add(in, byte);
		return GDB_MORE;
	case GDB_SUM_HIGH:
		take_digit(in, byte, 4);
		in->state = GDB_SUM_LOW;
		return GDB_MORE;
	default:
		take_digit(in, byte, 0);
		return finish(in);
	}
}

void gdb_out_begin(struct gdb_out *out)
{
	out->text[0] = '$';
	out->size = 1;
}

static bool has_room(const struct gdb_out *out, size_t size)
{
	return size <= sizeof(out->text) - FRAME_END - out->size;
}

void gdb_out_text(struct gdb_out *out, const char *text)
{
	size_t size = strlen(text);

	if (!has_room(out, size))
		return;
	memcpy(out->text + out->size, text, size);
	out->size += size;
}

void gdb_out_bytes(struct gdb_out *out, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;
	size_t i;

	if (!has_room(out, 2 * size))
		return;
	for (i = 0; i < size; i++) {
		out->text[out->size++] = digits[from[i] >> 4];
		out->text[out->size++] = digits[from[i] & 0xf];
	}
}

void gdb_out_number(struct gdb_out *out, uint64_t value)
{
	char text[17];
	size_t at = sizeof(text) - 1;

	text[at] = 0;
	do {
		text[--at] = digits[value & 0xf];
		value >>= 4;
	} while (value);
	gdb_out_text(out, text + at);
}

void gdb_out_end(struct gdb_out *out)
{
	uint8_t sum = 0;
	size_t i;

	for (i = 1; i < out->size; i++)
		sum = (uint8_t)(sum + (uint8_t)out->text[i]);
	out->text[out->size++] = '#';
	out->text[out->size++] = digits[sum >> 4];
	out->text[out->size++] = digits[sum & 0xf];
}

bool gdb_take_number(const char **text, uint64_t *value)
{
	const char *at = *text;

	*value = 0;
	while (gdb_digit(*at) >= 0) {
		if (*value >> 60)
			return false;
		*value = *value << 4 | (uint64_t)gdb_digit(*at++);
	}
	if (at == *text)
		return false;
	*text = at;
	return true;
}

bool gdb_take_bytes(const char **text, void *bytes, size_t size)
{
	uint8_t *to = bytes;
	size_t i;

	for (i = 0; i < size; i++) {
		int high = gdb_digit((*text)[0]), low = high < 0 ? -1 : gdb_digit((*text)[1]);

		if (low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
		*text += 2;
	}
	return true;
}
